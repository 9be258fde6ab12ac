#include "config/demand_keys.h"

#include <algorithm>
#include <map>

#include "config/family_names.h"
#include "config/suggest.h"

namespace tern::config {

namespace {

constexpr std::uint64_t most_prefixes = 4294967295;

void read_action(Value const& value, bgp::PrefixLimit& limit) {
  if (value.says("warn") || value.says("teardown")) {
    limit.only_warn = value.says("warn");
  } else {
    value.problem("is neither teardown nor warn", "write teardown to end the session, or warn to let it go on");
  }
}

std::span<Key<bgp::PrefixLimit> const> limit_keys() {
  using L = bgp::PrefixLimit;
  static auto const count = [](Value const& v) {
    return static_cast<std::uint32_t>(v.number(1, most_prefixes).value_or(0));
  };
  static std::vector<Key<L>> const keys = {
      {"received", [](Value const& v, L& l) { l.received = count(v); }},
      {"accepted", [](Value const& v, L& l) { l.accepted = count(v); }},
      {"warnAt", [](Value const& v, L& l) { l.warn_percent = static_cast<unsigned>(v.number(1, 100).value_or(75)); }},
      {"action", read_action},
  };
  return keys;
}

/// A number is short for {received: it}.
void read_limit(Value const& value, bgp::Family family, PeerDraft& draft) {
  bgp::PrefixLimit limit;
  limit.family = family;
  if (!value.is_map()) {
    limit.received =
        static_cast<std::uint32_t>(value.number(1, most_prefixes, "{received: N, accepted: N}, or ").value_or(1));
  } else {
    auto const places = read_map(value, limit_keys(), limit);
    if (!places.contains("received") && !places.contains("accepted")) {
      value.problem("has neither received nor accepted", "add at least one of the two");
    }
  }
  draft.peer.prefix_limits.push_back(limit);
}

std::vector<Key<PeerDraft>> all_limit_keys() {
  std::vector<Key<PeerDraft>> keys;
  for (auto const family : bgp::Family::all()) {
    keys.push_back({family.text(), [family](Value const& v, PeerDraft& d) { read_limit(v, family, d); }});
  }
  keys.push_back({"restartAfter", [](Value const& v, PeerDraft& d) {
                    d.peer.prefix_limit_restart = std::chrono::seconds(v.number(1, 31536000).value_or(1));
                  }});
  return keys;
}

void read_limits(Value const& value, PeerDraft& draft) {
  static auto const keys = all_limit_keys();
  draft.peer.prefix_limits.clear();
  draft.peer.prefix_limit_restart = std::chrono::seconds(0);
  if (!value.is_map()) {
    value.problem("is no map of families", "write for instance {ipv4-unicast: 1000, restartAfter: 300}");
    return;
  }
  read_map(value, keys, draft);
  if (draft.peer.prefix_limits.empty()) {
    value.problem("names no family, so that nothing is limited",
                  "add for instance ipv4-unicast: 1000; a neighbour's own map "
                  "replaces the whole one of its group");
  }
}

void read_capability(Value const& value, bgp::RequiredCapabilities& required) {
  static std::map<std::string, bool bgp::RequiredCapabilities::*> const flags = {
      {"route-refresh", &bgp::RequiredCapabilities::route_refresh},
      {"four-octet-as", &bgp::RequiredCapabilities::four_octet_as},
      {"enhanced-route-refresh", &bgp::RequiredCapabilities::enhanced_refresh},
      {"extended-messages", &bgp::RequiredCapabilities::extended_messages},
      {"extended-next-hop", &bgp::RequiredCapabilities::extended_next_hop},
      {"add-path", &bgp::RequiredCapabilities::add_path}};
  auto const name = value.text();
  if (!name) return;
  if (auto const flag = flags.find(*name); flag != flags.end()) {
    required.*(flag->second) = true;
  } else if (auto const known = bgp::Family::parse(*name)) {
    required.families.push_back(*known);
  } else {
    auto names = family_names();
    for (auto const& [one, member] : flags) names.push_back(one);
    value.problem("'" + *name + "' cannot be required", "write " + one_of(names));
  }
}

void read_required(Value const& value, PeerDraft& draft) {
  draft.peer.required = {};
  for (auto const& one : value.list()) read_capability(one, draft.peer.required);
}

}  // namespace

std::span<Key<PeerDraft> const> demand_keys() {
  static std::vector<Key<PeerDraft>> const keys = {
      {"maximumPrefixes", read_limits},
      {"requiredCapabilities", read_required},
  };
  return keys;
}

void check_demands(PeerDraft const& draft, bool is_range, Problems& problems) {
  auto const& peer = draft.peer;
  auto const offered = [&](bgp::Family family) {
    return std::find(peer.families.begin(), peer.families.end(), family) != peer.families.end();
  };
  for (auto const& limit : peer.prefix_limits) {
    if (offered(limit.family)) continue;
    problems.add(draft.places.at("maximumPrefixes"), limit.family.text() + " is not among the neighbour's families",
                 "remove it there, or add it to families");
  }
  for (auto const& family : peer.required.families) {
    if (offered(family)) continue;
    problems.add(draft.places.at("requiredCapabilities"), family.text() + " is not among the neighbour's families",
                 "add it to families: nobody can be required to have what we do not offer");
  }
  auto const not_offered = [&](bool wrong, std::string const& name, std::string const& key) {
    if (!wrong) return;
    problems.add(draft.places.at("requiredCapabilities"), name + " is required, but not offered",
                 "add " + key + ", or remove it here");
  };
  not_offered(peer.required.extended_messages && !peer.extended_messages, "extended-messages",
              "extendedMessages: true");
  not_offered(peer.required.extended_next_hop && !peer.extended_next_hop, "extended-next-hop", "extendedNextHop: true");
  not_offered(peer.required.add_path && !peer.add_path_receive && !peer.add_path_send.several(), "add-path", "addPath");
  auto const ends = std::any_of(peer.prefix_limits.begin(), peer.prefix_limits.end(),
                                [](auto const& limit) { return !limit.only_warn; });
  if (is_range && ends && peer.prefix_limit_restart.count() == 0) {
    problems.add(draft.places.at("maximumPrefixes"),
                 "has no restartAfter, but a range's neighbours are forgotten with their session, so that nobody could "
                 "bring one back",
                 "add restartAfter: the seconds after which it may return");
  }
}

}  // namespace tern::config
