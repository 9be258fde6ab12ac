#include "config/next_hop_keys.h"

#include <algorithm>

namespace tern::config {

bool can_be_told(bgp::IpAddress const& address) {
  auto const first = address.data()[0];
  if (address.is_v4()) return first != 0 && first != 127 && first < 224;
  return (first & 0xe0) == 0x20 || (first & 0xfe) == 0xfc;  // global or unique local
}

namespace {

void read_own(Value const& value, PeerDraft& draft) {
  auto const address = value.address();
  if (!address) return;
  if (!can_be_told(*address)) {
    value.problem(address->text() + " can be nobody's next hop", "write an address of this router that others reach");
    return;
  }
  auto& own = address->is_v4() ? draft.peer.own_next_hop_v4 : draft.peer.own_next_hop_v6;
  if (!own.is_unset()) {
    value.problem("a second one of its family, after " + own.text(), "remove one of the two");
  }
  own = *address;
}

void read_addresses(Value const& value, PeerDraft& draft) {
  draft.peer.own_next_hop_v4 = draft.peer.own_next_hop_v6 = {};
  auto const addresses = value.list();
  for (auto const& one : addresses) read_own(one, draft);
  if (value.is_list() && addresses.empty()) value.problem("no address", "write for instance [192.0.2.1, 2001:db8::1]");
}

bool offers(bgp::PeerConfig const& peer, bgp::Family family) {
  return std::find(peer.families.begin(), peer.families.end(), family) != peer.families.end();
}

}  // namespace

std::span<Key<PeerDraft> const> next_hop_keys() {
  static std::vector<Key<PeerDraft>> const keys = {
      {"nextHopSelf", [](Value const& v, PeerDraft& d) { v.read(d.peer.next_hop_self); }},
      {"nextHopUnchanged", [](Value const& v, PeerDraft& d) { v.read(d.peer.next_hop_unchanged); }},
      {"nextHopAddresses", read_addresses},
      {"extendedNextHop", [](Value const& v, PeerDraft& d) { v.read(d.peer.extended_next_hop); }},
  };
  return keys;
}

void check_next_hop_keys(PeerDraft const& draft, bool ebgp, std::string const& both_ases, Problems& problems) {
  auto const refuse = [&](bool wrong, std::string const& key, std::string const& what) {
    if (wrong) problems.add(draft.places.at(key), what + both_ases, "remove it, or correct the AS numbers");
  };
  refuse(ebgp && draft.peer.next_hop_self, "nextHopSelf",
         "for iBGP neighbours: an eBGP one gets our own next hop anyhow");
  refuse(!ebgp && draft.peer.next_hop_unchanged, "nextHopUnchanged",
         "for eBGP neighbours: an iBGP one gets next hops unchanged anyhow");
}

void settle_next_hops(PeerDraft& draft, bgp::IpAddress const& remote, std::vector<bgp::IpAddress> const& own,
                      Problems& problems) {
  auto& peer = draft.peer;
  if (!draft.places.contains("nextHopAddresses")) {
    // The session's end is one for its own family, unless nobody beyond the link can reach it.
    for (auto const& address : own) {
      if (address.is_v4() == remote.is_v4() && !remote.is_link_local()) continue;
      (address.is_v4() ? peer.own_next_hop_v4 : peer.own_next_hop_v6) = address;
    }
  }
  if (peer.extended_next_hop && !offers(peer, bgp::ipv4_unicast)) {
    problems.add(draft.places.at("extendedNextHop"), "is for IPv4 routes (RFC 8950), and the session has none",
                 "remove it, or add ipv4-unicast to families");
  }
}

std::optional<bgp::Family> lacks_next_hop(bgp::PeerConfig const& peer, bgp::IpAddress const& remote, bool ebgp) {
  auto const tells_its_own = ebgp ? !peer.next_hop_unchanged : peer.next_hop_self;
  if (!tells_its_own) return std::nullopt;
  for (auto const family : {bgp::ipv6_unicast, bgp::ipv6_multicast}) {
    if (remote.is_v4() && offers(peer, family) && peer.own_next_hop_v6.is_unset()) return family;
  }
  if (remote.is_v6() && offers(peer, bgp::ipv4_multicast) && peer.own_next_hop_v4.is_unset())
    return bgp::ipv4_multicast;
  auto const v4_is_lost = peer.own_next_hop_v4.is_unset() && !peer.extended_next_hop;
  if (remote.is_v6() && offers(peer, bgp::ipv4_unicast) && v4_is_lost) return bgp::ipv4_unicast;
  return std::nullopt;
}

}  // namespace tern::config
