// Who may hear of a route, and how its attributes look to them: RFC 4271 §5.1 and §9.2, reflection (RFC 4456), the
// well-known communities (RFC 1997), RFC 8212, roles (RFC 9234). A GroupKey is everything that changes the octets or
// the choice: members with equal keys get the same octets. Pure.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

#include "bgp/peer_config.h"
#include "bgp/policy.h"
#include "egress/route_targets.h"
#include "rib/rib.h"
#include "wire/attributes.h"

namespace bgp::egress {

struct GroupKey {
  Family family = ipv4_unicast;
  rib::PeerInfo::Kind kind = rib::PeerInfo::Kind::ibgp;
  bool client = false;
  RouterId cluster_id;
  bool client_to_client = true;
  bool four_octet_as = true;
  bool extended_messages = false;  ///< they take messages of up to 65,535 octets (RFC 8654)
  Asn local_as;
  bool extended_next_hop = false;  ///< IPv4: they take IPv6 next hops, too (RFC 8950)
  IpAddress own_next_hop;          ///< of what we originate, or rewrite; it may be of a family that they do not take
  bool next_hop_self = false;
  bool next_hop_unchanged = false;
  LocalAs local_name = {};  ///< see PeerConfig, as for what follows
  PrivateAs private_as = PrivateAs::keep;
  Asn remote_as = {};  ///< told only where it matters: with private_as
  std::optional<Role> role = {};
  bool graceful_shutdown = false;
  AddPathSend add_path = {};
  Interest interest = {};
  RouterId originator = {};  ///< of memberships told to clients: ourselves (RFC 4684 §3.2); else 0
  FilterPtr filter;          ///< null: nothing is sent (RFC 8212)
  friend bool operator==(GroupKey const&, GroupKey const&) = default;
};

/// The AS in whose name members of the group are told of routes.
[[nodiscard]] inline Asn our_as(GroupKey const& key) {
  return key.local_name.as.value != 0 ? key.local_name.as : key.local_as;
}

/// The AS that stands next to a path that was received, as often as we are to stand in it: the one in whose name we
/// speak stands in front of it, once (RFC 7705 §3), or in its place.
[[nodiscard]] inline Asn repeated_as(GroupKey const& key) {
  return key.local_name.replace && key.local_name.as.value != 0 ? key.local_name.as : key.local_as;
}

/// RFC 4684 §3.2: a client is told of a membership even when it is its own, so that it knows that somebody wants
/// routes.
[[nodiscard]] inline bool is_told_to_its_source(GroupKey const& key) { return key.originator.value != 0; }

/// Empty: the route is exported. Otherwise the rule that forbids it, for "explain".
using Forbidden = std::string_view;

inline constexpr Forbidden too_long = "its attributes do not fit in a message (RFC 8654 §4)";

/// Asks the rules about the route as it is: neither those that depend on the prefix (that is the filter's,
/// export_filter.h) nor on which member is asked (its own routes are left out by the Group), nor those about what the
/// filter may change.
[[nodiscard]] Forbidden forbidden_by_rules(GroupKey const& key, rib::Rib const& rib, rib::Path const& path);
/// The others, where no filter changes anything: the next hop must be one that members can be told, and the attributes
/// must fit in a message.
[[nodiscard]] Forbidden forbidden_unchanged(GroupKey const& key, rib::Rib const& rib, rib::Path const& path);

/// The next hop that members of the group are told.
struct ExportedNextHop {
  IpAddress address;
  IpAddress link_local;
  friend auto operator<=>(ExportedNextHop const&, ExportedNextHop const&) = default;
};
/// Whether members of the group can be told of it with a route: of the right family, or RFC 8950.
[[nodiscard]] bool takes_next_hop(GroupKey const& key, IpAddress const& next_hop);
[[nodiscard]] ExportedNextHop exported_next_hop(GroupKey const& key, rib::Rib const& rib, rib::Path const& path);

/// The edit of the path's attributes; the next hop apart.
[[nodiscard]] wire::ExportEdit export_edit(GroupKey const& key, rib::Rib const& rib, rib::Path const& path);

/// Appends the attributes of `path` as members of the group are told them, and says in `edit` with what edit: when they
/// do not fit in a message with a prefix, first without what RFC 7606 lets a receiver discard (RFC 8654 §4). False, and
/// nothing appended, when they do not fit even so.
[[nodiscard]] bool encode_attributes(GroupKey const& key, rib::Rib const& rib, rib::Path const& path,
                                     wire::ExportEdit& edit, Buffer& out);
/// The same for a set in canonical form, whoever made it, with a next hop for NEXT_HOP (unset: none) and the edit that
/// it needs.
[[nodiscard]] bool encode_attributes(GroupKey const& key, Bytes canonical, IpAddress const& next_hop,
                                     wire::ExportEdit& edit, Buffer& out);

}  // namespace bgp::egress
