#include "config/neighbors.h"

#include <algorithm>
#include <map>

#include "config/demand_keys.h"
#include "config/next_hop_keys.h"
#include "config/peer_keys.h"
#include "config/protection_keys.h"
#include "config/suggest.h"

namespace tern::config {

namespace {

/// What is known while they are read.
struct Draft {
  DaemonConfig& config;
  NeighborRules const& rules;
  bool listens = true;
  Filters filters = {};
  std::map<std::string, PeerDraft> group = {};
  std::map<std::string, int> lines = {};  // where each neighbour and range stands
  std::vector<Guarded> guarded = {};      // the same with their passwords
};

struct RangeDraft {
  bgp::Prefix prefix;
  bool prefix_ok = false;
  std::string group;
  std::size_t limit = bgp::RangeConfig{}.limit;
};

void read_groups(Value const& groups, Draft& draft) {
  for (auto const& [name, value] : groups.map()) {
    PeerDraft group;
    group.filters = &draft.filters;
    group.peer.group = name;
    read_peer(value, peer_keys(), group);
    check_peer(group, draft.config.speaker.local_as, value.problems());
    draft.group.emplace(name, std::move(group));
  }
}

PeerDraft const* find_group(Value const& value, std::string const& name, Draft const& draft) {
  if (auto const found = draft.group.find(name); found != draft.group.end()) return &found->second;
  std::vector<std::string> names;
  for (auto const& [known, group] : draft.group) names.push_back(known);
  auto const meant = closest(name, names);
  value.problem("there is no group '" + name + "'", meant           ? "did you mean " + *meant + "?"
                                                    : names.empty() ? "add it under groups"
                                                                    : "the groups are " + one_of(names));
  return nullptr;
}

/// RFC 8212: legal, but a surprise to whoever forgot the filters.
void warn_without_policy(bgp::PeerConfig const& peer, std::string const& who, Place const& at, Draft& draft) {
  if (peer.remote_as == draft.config.speaker.local_as) return;
  bool const accepts = peer.import != nullptr, sends = peer.export_filter || draft.rules.exports_by_default;
  if (accepts && sends) return;
  std::string what, remedy;
  if (accepts) {
    what = "nothing is sent to " + who + ", an eBGP neighbour without 'export'";
    remedy = "write export: accept-all";
  } else if (sends) {
    what = "nothing is accepted from " + who + ", an eBGP neighbour without 'import'";
    remedy = "write import: accept-all";
  } else {
    what = "no route passes to or from " + who + ", an eBGP neighbour without 'import' and 'export'";
    remedy = "write import: accept-all and export: accept-all";
  }
  draft.config.warnings.push_back({at, what + " (RFC 8212)", remedy + ", or reject-all where nothing is meant"});
}

/// Such routes would be told to nobody.
void warn_without_next_hop(bgp::PeerConfig const& peer, bgp::IpAddress const& remote, std::string const& who,
                           Place const& at, Draft& draft) {
  auto const ebgp = peer.remote_as != draft.config.speaker.local_as;
  auto const sends =
      peer.export_filter ? peer.export_filter != bgp::reject_all : !ebgp || draft.rules.exports_by_default;
  if (!sends) return;
  auto const family = lacks_next_hop(peer, remote, ebgp);
  if (!family) return;
  auto const v4 = family->afi == bgp::ipv4_unicast.afi;
  draft.config.warnings.push_back(
      {at, family->text() + " routes cannot be told to " + who + ": there is no next hop of ours for them",
       std::string("add nextHopAddresses: [") + (v4 ? "an IPv4" : "an IPv6") + " address of this router]" +
           (*family == bgp::ipv4_unicast ? ", or extendedNextHop: true" : "")});
}

void check_listener(Value const& value, Draft const& draft) {
  if (!draft.listens) value.problem("waits to be dialled, but nothing listens", "add an address under listen");
}

std::span<Key<RangeDraft> const> range_keys() {
  static std::vector<Key<RangeDraft>> const keys = {
      {"prefix",
       [](Value const& v, RangeDraft& r) {
         auto const prefix = v.prefix();
         if (prefix) r.prefix = *prefix;
         r.prefix_ok = prefix.has_value();
       },
       true},
      {"group", [](Value const& v, RangeDraft& r) { r.group = v.text().value_or(""); }, true},
      {"limit", [](Value const& v, RangeDraft& r) { r.limit = v.number(1, 1000000).value_or(r.limit); }},
  };
  return keys;
}

/// Addresses of ours that may stand for a next hop: on a link without subnets only those that have one elsewhere.
std::vector<bgp::IpAddress> const& next_hops_for(bgp::IpAddress const& remote, NeighborRules const& rules) {
  return remote.is_link_local() ? rules.on_subnets : rules.own;
}

std::string given_twice(std::string const& what, std::map<std::string, int> const& lines) {
  auto const first = lines.find(what);
  return what + " is given twice" + (first == lines.end() ? "" : ", first in line " + std::to_string(first->second));
}

void read_range(Value const& value, Draft& draft) {
  RangeDraft range;
  auto const places = read_map(value, range_keys(), range);
  check_listener(value, draft);
  if (range.group.empty() || !range.prefix_ok) return;
  Value const named(YAML::Node{}, places.at("group"), value.problems());
  auto const* group = find_group(named, range.group, draft);
  if (!group) return;
  if (!group->places.contains("remoteAs")) {
    named.problem("group '" + range.group + "' has no remoteAs, which a range needs", "add it to the group");
  }
  check_addresses(*group, range.prefix.address(), value.problems());
  for (auto const& other : draft.config.ranges) {
    if (other.prefix == range.prefix) {
      value.problems().add(places.at("prefix"), given_twice(range.prefix.text(), draft.lines), "remove one of the two");
      return;
    }
  }
  draft.lines.emplace(range.prefix.text(), places.at("prefix").line);
  if (group->peer.shutdown) {
    named.problem("group '" + range.group + "' has shutdown, and a range cannot be held down",
                  "remove the range, or shutdown from its group");
  }
  PeerDraft peer = *group;
  default_family(peer, range.prefix.address());
  check_demands(peer, true, value.problems());
  settle_next_hops(peer, range.prefix.address(), next_hops_for(range.prefix.address(), draft.rules), value.problems());
  warn_without_next_hop(peer.peer, range.prefix.address(), range.prefix.text(), value.at(), draft);
  peer.peer.passive = true;
  warn_without_policy(peer.peer, range.prefix.text(), value.at(), draft);
  draft.guarded.push_back({range.prefix, peer.peer.password, places.at("prefix")});
  draft.config.ranges.push_back({range.prefix, std::move(peer.peer), range.limit});
}

/// The neighbour's group, to start from; problems there are its own.
PeerDraft group_of(Value const& neighbor, Draft const& draft) {
  for (auto const& [name, value] : neighbor.map()) {
    if (name != "group") continue;
    auto const group = value.text();
    auto const* found = group ? find_group(value, *group, draft) : nullptr;
    if (found) return *found;
    PeerDraft broken;
    broken.places.emplace("remoteAs", value.at());  // may well be in the group that was meant
    return broken;
  }
  return {};
}

/// Whether the address of a neighbour is one that nobody else has; otherwise its problem.
bool is_somebody_else(PeerDraft const& peer, Problems& problems, Draft& draft) {
  auto const& address = peer.peer.remote;
  auto const refuse = [&](std::string const& what, std::string const& remedy) {
    problems.add(peer.places.at("address"), what, remedy);
    return false;
  };
  for (auto const& other : draft.config.neighbors) {
    if (other.remote != address || other.scope_id != peer.peer.scope_id) continue;
    return refuse(given_twice(address.text(), draft.lines), "remove one of the two");
  }
  draft.lines.emplace(address.text(), peer.places.at("address").line);
  auto const& own = draft.rules.own;
  if (std::find(own.begin(), own.end(), address) != own.end()) {
    return refuse(address.text() + " is the node's own address", "write the neighbour's address");
  }
  for (auto const& listen : draft.config.speaker.listen) {
    // Somebody else on this machine may still dial in, or listen on another port.
    if (listen.address != address || listen.port != peer.peer.remote_port || peer.peer.passive) continue;
    return refuse(address.text() + " is our own address under listen", "write the neighbour's address");
  }
  return true;
}

void read_neighbor(Value const& value, Draft& draft) {
  PeerDraft peer = group_of(value, draft);
  peer.filters = &draft.filters;
  read_peer(value, neighbor_keys(), peer);
  if (!peer.places.contains("remoteAs")) report_missing(value, "remoteAs");
  check_peer(peer, draft.config.speaker.local_as, value.problems());
  check_addresses(peer, peer.peer.remote, value.problems());
  if (peer.peer.passive) check_listener(value, draft);
  if (peer.peer.remote.is_unset() || !is_somebody_else(peer, value.problems(), draft)) return;
  default_family(peer, peer.peer.remote);
  check_demands(peer, false, value.problems());
  settle_next_hops(peer, peer.peer.remote, next_hops_for(peer.peer.remote, draft.rules), value.problems());
  warn_without_next_hop(peer.peer, peer.peer.remote, peer.peer.remote.text(), value.at(), draft);
  warn_without_policy(peer.peer, peer.peer.remote.text(), value.at(), draft);
  draft.guarded.push_back({bgp::Prefix(peer.peer.remote, 128), peer.peer.password, peer.places.at("address")});
  draft.config.neighbors.push_back(std::move(peer.peer));
}

}  // namespace

void read_neighbors(DaemonDraft& daemon, NeighborRules const& rules) {
  Draft draft{daemon.config, rules, daemon.listens, read_filters(daemon.prefix_lists, daemon.filters)};
  for (auto const& groups : daemon.groups) read_groups(groups, draft);
  for (auto const& ranges : daemon.ranges) {
    for (auto const& range : ranges.list()) read_range(range, draft);
  }
  for (auto const& neighbors : daemon.neighbors) {
    for (auto const& neighbor : neighbors.list()) read_neighbor(neighbor, draft);
    check_passwords(draft.guarded, neighbors.problems());
  }
  // Without neighbours the ranges are among themselves.
  if (daemon.neighbors.empty() && !daemon.ranges.empty()) {
    check_passwords(draft.guarded, daemon.ranges.front().problems());
  }
}

}  // namespace tern::config
