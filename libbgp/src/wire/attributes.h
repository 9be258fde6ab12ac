// Canonical attribute bytes <-> bgp::Attributes, the questions asked of canonical bytes on the way in, and the edits
// made to them on the way out. Canonical: see DecodedAttributes::canonical (update.h). Pure.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "bgp/attributes.h"
#include "bgp/peer_config.h"

namespace bgp::wire {

enum class AttributeType : std::uint8_t {
  origin = 1,
  as_path = 2,
  next_hop = 3,
  med = 4,
  local_pref = 5,
  atomic_aggregate = 6,
  aggregator = 7,
  communities = 8,
  originator_id = 9,
  cluster_list = 10,
  mp_reach = 14,
  mp_unreach = 15,
  extended_communities = 16,
  as4_path = 17,
  as4_aggregator = 18,
  pmsi_tunnel = 22,
  tunnel_encapsulation = 23,
  traffic_engineering = 24,
  ipv6_extended_communities = 25,
  aigp = 26,
  bgp_ls = 29,
  large_communities = 32,
  only_to_customer = 35,
  prefix_sid = 40,
  attr_set = 128,
};

/// Appends the canonical form of `attributes` (next hops are left out: they are kept beside). Segments are split at 255
/// ASes, an empty one is left out, and a list is cut where it would pass 65,535 octets. `unknown` may not speak for an
/// attribute that has a field of its own; its members are always written as optional ones.
void encode_canonical(Attributes const& attributes, Buffer& out);
/// The inverse; `canonical` is well formed by construction. Next hops stay unset.
[[nodiscard]] Attributes decode_canonical(Bytes canonical);

/// RFC 4271 §9.1.2: how often `as` stands in the AS_PATH.
[[nodiscard]] unsigned count_in_as_path(Bytes canonical, Asn as);
/// RFC 4456 §8: whether `cluster` stands in the CLUSTER_LIST.
[[nodiscard]] bool in_cluster_list(Bytes canonical, RouterId cluster);

/// What becomes of ASes for private use (RFC 6996) in AS_PATH.
struct PrivateAsEdit {
  PrivateAs what = PrivateAs::keep;
  Asn but = {};      ///< this one stays
  Asn instead = {};  ///< PrivateAs::replace
};

/// What export changes in an attribute block (RFC 4271 §5.1, RFC 4456 §8). Everything not named passes untouched.
struct ExportEdit {
  PrivateAsEdit private_as;                     ///< before anything is put in front
  std::optional<Asn> prepend;                   ///< eBGP: in a sequence in front; splits at 255 (RFC 7606 §5.1)
  std::optional<Asn> prepend_local;             ///< in front of that (RFC 7705 §3)
  bool remove_local_pref = false;               ///< eBGP (§5.1.5)
  std::optional<std::uint32_t> add_local_pref;  ///< iBGP, where none stands
  bool remove_med = false;                      ///< §5.1.4
  bool remove_reflection = false;               ///< ORIGINATOR_ID and CLUSTER_LIST do not leave the AS
  std::optional<RouterId> originator_id;        ///< set where none stands (RFC 4456 §8),
  bool replace_originator = false;              ///< or in place of the one that stands
  std::optional<RouterId> prepend_cluster;
  std::optional<Community> add_community;  ///< unless it stands
  std::optional<Asn> only_to_customer;     ///< set where none stands (RFC 9234 §5)
  bool remove_discardable = false;  ///< what RFC 7606 lets a receiver discard goes, so that the rest fits (RFC 8654 §4)
  bool four_octet_as = true;        ///< false: AS_TRANS, AS4_PATH and AS4_AGGREGATOR are made (RFC 6793 §4.2.2)
};

/// Appends the edited attributes in ascending order of type; NEXT_HOP stands in its place when `next_hop` is IPv4.
/// Lengths past 255 take the extended form. Returns false when the result cannot be encoded (a list over 65,535
/// octets).
[[nodiscard]] bool encode_for_export(Bytes canonical, ExportEdit const& edit, IpAddress const& next_hop, Buffer& out);

}  // namespace bgp::wire
