// The families that have a table here, and how their NLRI are written. What an array per family is about follows the
// order of all_families.
#pragma once

#include <array>
#include <string_view>

#include "bgp/types.h"

namespace bgp {

/// What names a route of a family, and what stands beside that in its NLRI.
enum class NlriKind : std::uint8_t {
  prefix,     ///< a prefix (RFC 4760 §5)
  labelled,   ///< a prefix and its label (RFC 8277)
  vpn,        ///< a prefix behind a route distinguisher, and its label (RFC 4364, 4659)
  evpn,       ///< a type, a length, fields (RFC 7432 §7, 9136)
  flow_spec,  ///< a length of one or two octets, components (RFC 8955, 8956)
  targets,    ///< the origin AS and as much of a route target as its length says (RFC 4684 §4)
  sr_policy,  ///< distinguisher, color and endpoint (RFC 9830)
  topology,   ///< a type and a length of two octets, a body (RFC 9552)
};

struct FamilyTraits {
  Family family;
  std::string_view name;
  NlriKind kind;
  /// Next hops stand behind a route distinguisher of zero (RFC 4364 §4.3.4).
  bool next_hop_has_rd = false;
};

inline constexpr std::array<FamilyTraits, 17> family_traits{{
    {ipv4_unicast, "ipv4-unicast", NlriKind::prefix},
    {ipv6_unicast, "ipv6-unicast", NlriKind::prefix},
    {ipv4_multicast, "ipv4-multicast", NlriKind::prefix},
    {ipv6_multicast, "ipv6-multicast", NlriKind::prefix},
    {ipv4_labelled, "ipv4-labelled-unicast", NlriKind::labelled},
    {ipv6_labelled, "ipv6-labelled-unicast", NlriKind::labelled},
    {ipv4_vpn, "ipv4-vpn", NlriKind::vpn, true},
    {ipv6_vpn, "ipv6-vpn", NlriKind::vpn, true},
    {l2vpn_evpn, "l2vpn-evpn", NlriKind::evpn},
    {ipv4_flow_spec, "ipv4-flowspec", NlriKind::flow_spec},
    {ipv6_flow_spec, "ipv6-flowspec", NlriKind::flow_spec},
    {ipv4_vpn_flow_spec, "ipv4-vpn-flowspec", NlriKind::flow_spec},
    {ipv6_vpn_flow_spec, "ipv6-vpn-flowspec", NlriKind::flow_spec},
    {rt_membership, "route-target", NlriKind::targets},
    {ipv4_sr_policy, "ipv4-sr-policy", NlriKind::sr_policy},
    {ipv6_sr_policy, "ipv6-sr-policy", NlriKind::sr_policy},
    {link_state, "link-state", NlriKind::topology},
}};

inline constexpr auto all_families = [] {
  std::array<Family, family_traits.size()> families;
  for (std::size_t i = 0; i < families.size(); ++i) families[i] = family_traits[i].family;
  return families;
}();

/// Of a family that has no table: all_families.size().
[[nodiscard]] constexpr std::size_t family_index(Family family) {
  std::size_t index = 0;
  while (index < all_families.size() && all_families[index] != family) ++index;
  return index;
}
[[nodiscard]] constexpr bool has_table(Family family) { return family_index(family) < all_families.size(); }
/// Of a family that has a table.
[[nodiscard]] constexpr FamilyTraits const& traits(Family family) { return family_traits[family_index(family)]; }
[[nodiscard]] constexpr bool is_unicast(Family family) { return family == ipv4_unicast || family == ipv6_unicast; }
/// Routes are named by prefixes and lead to next hops that we may stand in for: unicast and multicast.
[[nodiscard]] constexpr bool has_plain_prefixes(Family family) {
  return family == ipv4_unicast || (has_table(family) && traits(family).kind == NlriKind::prefix);
}

/// Whether a route of the family may have this next hop without more ado: IPv4 unicast with an IPv6 one is RFC 8950's.
[[nodiscard]] inline bool is_next_hop_of(Family family, IpAddress const& hop) {
  switch (traits(family).kind) {
    case NlriKind::prefix:
    case NlriKind::labelled:
    case NlriKind::vpn:
      return family.afi == ipv4_unicast.afi ? hop.is_v4() : hop.is_v6();
    case NlriKind::flow_spec:
      return false;
    default:
      return !hop.is_unset();
  }
}
/// RFC 8955 §4: a flow specification has none.
[[nodiscard]] inline bool needs_next_hop(Family family) { return traits(family).kind != NlriKind::flow_spec; }
/// ADD-PATH: whoever wants a target wants it once.
[[nodiscard]] constexpr bool may_have_several_paths(Family family) { return family != rt_membership; }

/// A flow specification of another AS is to be held against the unicast routes (RFC 8955 §6), which is not done here.
[[nodiscard]] constexpr bool carried_in_ebgp(Family family) {
  return !has_table(family) || traits(family).kind != NlriKind::flow_spec;
}

/// Some of all_families.
class FamilySet {
 public:
  [[nodiscard]] static FamilySet all() {
    FamilySet set;
    set.bits_ = (1U << all_families.size()) - 1;
    return set;
  }
  void insert(Family family) {
    if (has_table(family)) bits_ |= 1U << family_index(family);
  }
  [[nodiscard]] bool contains(Family family) const {
    return bits_ != 0 && has_table(family) && (bits_ >> family_index(family) & 1) != 0;
  }

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace bgp
