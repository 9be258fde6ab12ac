// RapidCheck generators of the wire room's values, in the form in which decoding gives them back.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "bgp/attributes.h"
#include "wire/open.h"

namespace bgp::wire::testing {

inline std::uint32_t any_u32() { return *rc::gen::arbitrary<std::uint32_t>(); }
inline int between(int low, int high) { return *rc::gen::inRange(low, high + 1); }
inline bool any_bool() { return between(0, 1) == 1; }
inline Buffer any_octets(int most) { return *rc::gen::resize(most, rc::gen::arbitrary<Buffer>()); }
inline Asn any_asn() { return Asn{any_bool() ? *rc::gen::inRange(1U, 65536U) : *rc::gen::inRange(1U, 0xffffffffU)}; }

template <class T, class Make>
std::vector<T> some(int most, Make make) {
  std::vector<T> out;
  for (int left = between(0, most); left > 0; --left) out.push_back(make());
  return out;
}

inline Prefix any_prefix(bool v6) {
  std::uint8_t octets[16];
  for (auto& octet : octets) octet = static_cast<std::uint8_t>(between(0, 255));
  auto const address = IpAddress::from_bytes(octets, v6 ? 16 : 4);
  return Prefix(address, static_cast<unsigned>(between(0, v6 ? 128 : 32)));
}

/// Sequences and, when `sets`, sets; two sequences may follow one another.
inline AsPath any_path(bool sets) {
  using Kind = AsPathSegment::Kind;
  return {some<AsPathSegment>(4, [&] {
    auto const kind = sets && any_bool() ? Kind::set : Kind::sequence;
    AsPathSegment segment{kind, some<Asn>(6, any_asn)};
    segment.asns.push_back(any_asn());
    return segment;
  })};
}

template <std::size_t Size>
std::array<std::uint8_t, Size> any_array() {
  std::array<std::uint8_t, Size> out;
  for (auto& octet : out) octet = static_cast<std::uint8_t>(between(0, 255));
  return out;
}

/// Types that the table does not know, so that only their flags and length mean something.
inline std::vector<UnknownAttribute> any_unknown() {
  std::set<std::uint8_t> types;
  for (int left = between(0, 3); left > 0; --left) types.insert(static_cast<std::uint8_t>(between(150, 255)));
  types.insert(static_cast<std::uint8_t>(between(11, 13)));
  std::vector<UnknownAttribute> out;
  for (auto const type : types) out.push_back({0xe0, type, any_octets(300)});
  return out;
}

inline Attributes any_attributes(bool sets) {
  Attributes out;
  out.origin = static_cast<Origin>(between(0, 2));
  out.as_path = any_path(sets);
  if (any_bool()) out.med = any_u32();
  if (any_bool()) out.local_pref = any_u32();
  out.atomic_aggregate = any_bool();
  if (any_bool()) out.aggregator = Aggregator{any_asn(), IpAddress::v4(any_u32())};
  out.communities = some<Community>(80, [] { return Community{any_u32()}; });
  out.extended_communities = some<ExtendedCommunity>(4, any_array<8>);
  out.ipv6_extended_communities = some<Ipv6ExtendedCommunity>(2, any_array<20>);
  out.large_communities = some<LargeCommunity>(4, [] { return LargeCommunity{any_u32(), any_u32(), any_u32()}; });
  if (any_bool()) out.originator_id = RouterId{any_u32()};
  out.cluster_list = some<RouterId>(4, [] { return RouterId{any_u32()}; });
  out.unknown = any_unknown();
  if (!out.communities.empty() && any_bool()) out.partial.push_back(8);
  return out;
}

inline Open any_open() {
  Open out;
  out.as_field = static_cast<std::uint16_t>(between(1, 65535));
  out.hold_time = static_cast<std::uint16_t>(any_bool() ? 0 : between(3, 65535));
  out.router_id = RouterId{*rc::gen::inRange(1U, 0xffffffffU)};
  std::set<Family> families;
  for (int left = between(0, 4); left > 0; --left) {
    families.insert({static_cast<std::uint16_t>(between(0, 65535)), static_cast<std::uint8_t>(between(0, 255))});
  }
  out.capabilities.families.assign(families.begin(), families.end());
  out.capabilities.route_refresh = any_bool();
  if (any_bool()) out.capabilities.four_octet_as = any_asn();
  out.capabilities.unknown = some<UnknownCapability>(5, [] {
    return UnknownCapability{static_cast<std::uint8_t>(between(100, 255)), any_octets(255)};
  });
  return out;
}

}  // namespace bgp::wire::testing
