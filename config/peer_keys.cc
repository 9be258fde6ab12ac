#include "config/peer_keys.h"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "config/add_path_keys.h"
#include "config/as_keys.h"
#include "config/demand_keys.h"
#include "config/family_names.h"
#include "config/next_hop_keys.h"
#include "config/protection_keys.h"
#include "config/suggest.h"

namespace tern::config {

namespace {

void read_seconds(Value const& value, std::uint64_t min, std::uint64_t max, std::chrono::seconds& out) {
  if (auto const n = value.number(min, max)) out = std::chrono::seconds(*n);
}

/// RFC 4271 §4.2: zero, or at least three seconds.
void read_hold_time(Value const& value, std::chrono::seconds& out) {
  auto const n = value.number(0, 65535);
  if (!n) return;
  if (*n == 1 || *n == 2) {
    value.problem("a hold time of " + std::to_string(*n) + " s is forbidden (RFC 4271 §4.2)",
                  "write 0 for none, or 3 to 65535 seconds");
    return;
  }
  out = std::chrono::seconds(*n);
}

/// true, false, or the text that the neighbour is told. What other programs take for one of the first two is none.
void read_shutdown(Value const& value, std::optional<std::string>& out) {
  constexpr std::size_t longest = 255;  // RFC 9003 §2
  static std::vector<std::string> const ambiguous = {"y", "n", "yes", "no", "on", "off", "true", "false"};
  out.reset();
  auto const text = value.text();
  if (!text || *text == "false") return;
  out = *text == "true" ? "" : *text;
  if (*text == "true") return;
  auto lower = *text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto const number = lower.find_first_not_of("0123456789") == std::string::npos;  // or nothing at all
  if (number || std::ranges::find(ambiguous, lower) != ambiguous.end()) {
    value.problem("'" + *text + "' would be a text for the neighbour", "write true or false, or a longer text");
  }
  if (text->size() > longest) value.problem("is longer than 255 octets (RFC 9003)", "write less");
}

bool has_flow_specs(bgp::PeerConfig const& peer) {
  using namespace bgp;
  static constexpr std::array flows{ipv4_flow_spec, ipv6_flow_spec, ipv4_vpn_flow_spec, ipv6_vpn_flow_spec};
  return std::ranges::any_of(peer.families, [](Family f) { return std::ranges::find(flows, f) != flows.end(); });
}

void read_families(Value const& value, std::vector<bgp::Family>& out) {
  out.clear();
  auto const names = value.list();
  for (auto const& name : names) read_family(name, out);
  if (value.is_list() && names.empty()) value.problem("no family", "write for instance [ipv4-unicast, ipv6-unicast]");
}

/// What stands behind the '%' of "fe80::1%eth0": an interface's name or its index.
std::uint32_t scope_of(Value const& value, std::string const& interface) {
  std::uint32_t index = 0;
  auto const [end, error] = std::from_chars(interface.data(), interface.data() + interface.size(), index);
  bool const numeric = error == std::errc{} && end == interface.data() + interface.size();
  if (!numeric) index = if_nametoindex(interface.c_str());
  if (index == 0) value.problem("there is no interface '" + interface + "'", "see 'ip link' for their names");
  return index;
}

bool is_multicast(bgp::IpAddress const& a) {
  return a.is_v4() ? a.data()[0] >= 224 && a.data()[0] < 240 : a.is_v6() && a.data()[0] == 0xff;
}

bool is_any(bgp::IpAddress const& a) {
  return std::all_of(a.data(), a.data() + a.size(), [](std::uint8_t octet) { return octet == 0; });
}

void read_remote(Value const& value, PeerDraft& draft) {
  auto const text = value.text();
  if (!text) return;
  auto const percent = text->find('%');
  auto const parsed = bgp::IpAddress::parse(std::string_view(*text).substr(0, percent));
  if (!parsed || is_any(*parsed) || is_multicast(*parsed)) {
    value.problem("'" + *text + "' is no neighbour's IP address",
                  "write it in numbers, like 192.0.2.1, 2001:db8::1 or fe80::1%eth0");
    return;
  }
  if (parsed->is_link_local() && percent == std::string::npos) {
    value.problem("a link-local address needs its interface", "write for instance " + *text + "%eth0");
    return;
  }
  if (percent != std::string::npos) {
    if (!parsed->is_link_local()) {
      value.problem("only a link-local address has an interface", "write " + parsed->text());
      return;
    }
    draft.peer.scope_id = scope_of(value, text->substr(percent + 1));
  }
  draft.peer.remote = *parsed;
}

std::vector<Key<PeerDraft>> const& shared_keys() {
  static std::vector<Key<PeerDraft>> const keys = {
      {"remoteAs", [](Value const& v, PeerDraft& d) { d.peer.remote_as = v.asn().value_or(bgp::Asn{}); }},
      {"description", [](Value const& v, PeerDraft& d) { d.peer.description = v.text().value_or(""); }},
      {"port", [](Value const& v,
                  PeerDraft& d) { d.peer.remote_port = static_cast<std::uint16_t>(v.number(1, 65535).value_or(179)); }},
      {"localAddress", [](Value const& v, PeerDraft& d) { d.peer.local = v.address().value_or(bgp::IpAddress{}); }},
      {"passive", [](Value const& v, PeerDraft& d) { v.read(d.peer.passive); }},
      {"shutdown", [](Value const& v, PeerDraft& d) { read_shutdown(v, d.peer.shutdown); }},
      {"holdTime", [](Value const& v, PeerDraft& d) { read_hold_time(v, d.peer.hold_time); }},
      {"keepaliveTime", [](Value const& v, PeerDraft& d) { read_seconds(v, 1, 21845, d.peer.keepalive); }},
      {"connectRetry", [](Value const& v, PeerDraft& d) { read_seconds(v, 1, 65535, d.peer.connect_retry); }},
      {"families", [](Value const& v, PeerDraft& d) { read_families(v, d.peer.families); }},
      {"import", [](Value const& v, PeerDraft& d) { d.peer.import = find_filter(v, *d.filters, true); }},
      {"export", [](Value const& v, PeerDraft& d) { d.peer.export_filter = find_filter(v, *d.filters, false); }},
      {"reflectorClient", [](Value const& v, PeerDraft& d) { v.read(d.peer.reflector_client); }},
      {"clusterId", [](Value const& v, PeerDraft& d) { d.peer.cluster_id = v.router_id(); }},
      {"extendedMessages", [](Value const& v, PeerDraft& d) { v.read(d.peer.extended_messages); }},
      {"addPath", [](Value const& v, PeerDraft& d) { read_add_path(v, d.peer); }},
      {"acceptAsSet", [](Value const& v, PeerDraft& d) { v.read(d.peer.accept_as_set); }},
      {"checkFirstAs", [](Value const& v, PeerDraft& d) { v.read(d.peer.check_first_as); }},
  };
  return keys;
}

}  // namespace

std::span<Key<PeerDraft> const> peer_keys() {
  static auto const keys = [] {
    auto all = shared_keys();
    for (auto const& more : {protection_keys(), as_keys(), demand_keys(), next_hop_keys()}) {
      all = with_shared(std::move(all), more);
    }
    return all;
  }();
  return keys;
}

std::span<Key<PeerDraft> const> neighbor_keys() {
  static std::vector<Key<PeerDraft>> const keys = [] {
    std::vector<Key<PeerDraft>> own = {{"address", read_remote, true}, {"group", [](Value const&, PeerDraft&) {}}};
    return with_shared(std::move(own), peer_keys());
  }();
  return keys;
}

void read_peer(Value const& map, std::span<Key<PeerDraft> const> keys, PeerDraft& draft) {
  draft.at = map.at();
  auto const own = read_map(map, keys, draft);
  check_protection(own, map.problems());
  for (auto const& [name, place] : own) draft.places.insert_or_assign(name, place);
}

void check_peer(PeerDraft const& draft, bgp::Asn local_as, Problems& problems) {
  auto const& peer = draft.peer;
  if (peer.remote_as.value == 0 || local_as.value == 0) return;
  bool const ebgp = peer.remote_as != local_as;
  std::string const both =
      " (router.as is " + std::to_string(local_as.value) + ", remoteAs " + std::to_string(peer.remote_as.value) + ")";
  check_as_keys(draft, local_as, problems);
  check_next_hop_keys(draft, ebgp, both, problems);
  auto const refuse = [&](bool wrong, std::string const& key, std::string const& what) {
    if (wrong) problems.add(draft.places.at(key), what + both, "remove it, or correct the AS numbers");
  };
  refuse(ebgp && peer.reflector_client, "reflectorClient", "an eBGP neighbour cannot be a reflector client");
  refuse(ebgp && has_flow_specs(peer), "families",
         "flow specifications of another AS would have to be validated (RFC 8955 §6), which is not done: iBGP only");
  refuse(ebgp && peer.cluster_id, "clusterId", "an eBGP neighbour belongs to no cluster");
  refuse(!ebgp && !peer.check_first_as, "checkFirstAs",
         "for eBGP neighbours: the first AS of paths from iBGP is not checked anyhow");
}

void check_addresses(PeerDraft const& draft, bgp::IpAddress const& remote, Problems& problems) {
  auto const& local = draft.peer.local;
  if (local.is_unset() || remote.is_unset() || local.size() == remote.size()) return;
  problems.add(draft.places.at("localAddress"),
               local.text() + " and the neighbour's " + remote.text() + " are of different families",
               remote.is_v4() ? "write an IPv4 address of this router" : "write an IPv6 address of this router");
}

void default_family(PeerDraft& draft, bgp::IpAddress const& remote) {
  if (draft.places.contains("families")) return;
  draft.peer.families = {remote.is_v6() ? bgp::ipv6_unicast : bgp::ipv4_unicast};
}

}  // namespace tern::config
