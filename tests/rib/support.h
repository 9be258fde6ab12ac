// What the tests of the RIB share: attribute sets made from plain values, next hops, and a RIB with neighbours.
#pragma once

#include "rib/rib.h"
#include "wire/attributes.h"

namespace bgp::rib::testing {

inline AsPath path_of(std::vector<Asn> asns) {
  if (asns.empty()) return {};
  return {{{AsPathSegment::Kind::sequence, std::move(asns)}}};
}

/// A set with a reference, which the caller gives back.
inline AttrId intern(Rib& rib, Attributes const& attributes, IpAddress const& next_hop = IpAddress::v4(0xc0000209)) {
  Buffer canonical;
  wire::encode_canonical(attributes, canonical);
  auto const hop = rib.next_hops.acquire(next_hop, {});
  auto const id = rib.attributes.intern(canonical, hop, wire::summarize(canonical));
  rib.next_hops.release(hop);
  return id;
}

inline void announce(Rib& rib, PeerId peer, Prefix const& prefix, Attributes const& attributes,
                     RuleId refused_by = accepted, IpAddress const& next_hop = IpAddress::v4(0xc0000209),
                     PathId path = {}) {
  auto const id = intern(rib, attributes, next_hop);
  rib.announce(prefix.family(), peer, prefix, path, id, refused_by);
  rib.attributes.release(id);
}

inline PeerId add_ibgp(Rib& rib, std::uint32_t number) {
  PeerInfo info;
  info.kind = PeerInfo::Kind::ibgp;
  info.router_id = RouterId{number};
  info.address = IpAddress::v4(0x0a000000 + number);
  return rib.add_peer(info).id;
}

inline std::vector<Change> take(Rib& rib, Family family = ipv4_unicast) {
  std::vector<Change> changes;
  rib.take_changes(family, changes);
  return changes;
}

/// Whose route is best; no_peer when none is.
inline PeerId best_peer(Rib const& rib, Prefix const& prefix) {
  auto const& table = rib.table(prefix.family());
  auto const slot = table.find(prefix);
  if (!slot || table.best(*slot) == no_path) return no_peer;
  return table.path(table.best(*slot)).peer;
}

inline Path const* find_path(Rib const& rib, PeerId peer, Prefix const& prefix) {
  auto const& table = rib.table(prefix.family());
  auto const slot = table.find(prefix);
  if (!slot) return nullptr;
  auto const index = table.find_path(*slot, peer, {});
  return index == no_path ? nullptr : &table.path(index);
}

}  // namespace bgp::rib::testing
