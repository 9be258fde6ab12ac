// Decoding an UPDATE (RFC 4271 §4.3, 4760, 6793) with the error handling of RFC 7606, in three steps so that a known
// attribute block is not parsed again: cut_update finds the parts and checks everything about NLRI and next hops;
// decode_attributes checks the remaining attributes by the table of rules and makes them canonical (skipped when the
// RIB knows these very octets); judge combines both into the fate of the UPDATE.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/families.h"
#include "bgp/attributes.h"
#include "bgp/result.h"
#include "wire/notification.h"

namespace bgp::wire {

/// What the meaning of an UPDATE's octets depends on, fixed for an Established session.
struct DecodeContext {
  bool four_octet_as = true;  ///< both sides sent capability 65
  bool ebgp = false;
  bool check_first_as = true;  ///< eBGP: the first AS must be the peer's (RFC 4271 §6.3); off for route-server peers
  bool accept_as_set = false;  ///< RFC 9774 refuses AS_SET unless this is set
  FamilySet add_paths = {};    ///< in these families every NLRI has a path identifier (RFC 7911 §3)
  bool extended_next_hop = false;  ///< IPv4 unicast routes may have IPv6 next hops (RFC 8950)
  Asn peer_as;

  [[nodiscard]] bool add_path(Family family) const { return add_paths.contains(family); }
  /// The part of the context on which the validity of an attribute block depends (not the peer's AS): 0..7.
  [[nodiscard]] unsigned key() const {
    return (four_octet_as ? 1U : 0U) | (ebgp ? 2U : 0U) | (accept_as_set ? 4U : 0U);
  }
};

/// RFC 7606 §2, weakest first.
enum class Action : std::uint8_t { none, discard, withdraw, reset };

/// One thing that was wrong with an attribute. `rule` is a static text such as "AS_SET in AS_PATH (RFC 9774)".
struct AttributeFault {
  Action action = Action::none;
  std::uint8_t type = 0;
  std::uint8_t subcode = 0;  ///< of the RFC 4271 §6.3 UPDATE error, for a reset
  Buffer data;               ///< of that NOTIFICATION: usually the whole attribute
  std::string_view rule;
  std::size_t position = 0;  ///< in UpdateParts::rest: where the attribute stands, or would stand
  /// The octet that is wrong: of cut_update's faults in the body of the UPDATE, of decode_attributes' in its `rest`.
  std::size_t octet = 0;
};

/// MP_REACH_NLRI cut into its parts (RFC 4760 §3). For a family that has no table (base/families.h) only this structure
/// is checked: `nlri` is what was left, the next hop is set when its length is that of an address. Whoever negotiates
/// families ignores those that were not.
struct MpReach {
  Family family;
  IpAddress next_hop;    ///< without the route distinguisher that stands before it in VPNs; unset: it has no octets
  IpAddress link_local;  ///< set when the next hop has 32 octets and the second half is link-local (RFC 2545 §3)
  Bytes nlri;
};
struct MpUnreach {
  Family family;
  Bytes withdrawn;
};

/// An UPDATE cut into parts: views into the message, every NLRI list checked to the end.
struct UpdateParts {
  Bytes withdrawn;  ///< IPv4 unicast
  Bytes nlri;       ///< IPv4 unicast
  std::optional<MpReach> mp_reach;
  std::optional<MpUnreach> mp_unreach;
  std::optional<IpAddress> next_hop;   ///< NEXT_HOP, when it is there and well formed
  Bytes rest;                          ///< all other attributes, as received, in the scratch buffer given to cut_update
  bool any_attribute = false;          ///< any but MP_UNREACH
  std::vector<AttributeFault> faults;  ///< structure and NEXT_HOP: withdraw or discard
  /// RFC 4724 §2: an End-of-RIB marker and its family.
  [[nodiscard]] std::optional<Family> end_of_rib() const;
  [[nodiscard]] bool announces() const { return !nlri.empty() || (mp_reach && !mp_reach->nlri.empty()); }
};

/// Cuts `body` (an UPDATE after its header). The fault is a session reset (RFC 7606: R). Views go into `body`
/// and `scratch`, which is overwritten and keeps its capacity. The check of the first AS, the one rule that depends on
/// the peer's AS, is made here, so that what decode_attributes says of `rest` holds for every peer of the same key().
[[nodiscard]] Result<UpdateParts, Fault> cut_update(Bytes body, DecodeContext const& context, Buffer& scratch);
/// The field of the path attributes of such a body, as far as it is there.
[[nodiscard]] Bytes attributes_of(Bytes body);
/// Where octet `at` of UpdateParts::rest stands in the body that it was cut from.
[[nodiscard]] std::size_t octet_in_body(Bytes body, std::size_t at);

/// What the decision, the loop checks and the export rules need to know of an attribute set, decoded once.
struct AttributeSummary {
  Origin origin = Origin::incomplete;
  // Single bits: there is one of these for each attribute set of the table.
  bool has_origin : 1 = false;
  bool has_as_path : 1 = false;
  bool has_med : 1 = false;
  bool has_local_pref : 1 = false;
  bool has_originator_id : 1 = false;
  bool no_export : 1 = false;  ///< RFC 1997 well-known communities
  bool no_advertise : 1 = false;
  bool no_export_subconfed : 1 = false;
  bool graceful_shutdown : 1 = false;     ///< RFC 8326
  bool has_only_to_customer : 1 = false;  ///< RFC 9234
  std::uint16_t as_path_length = 0;       ///< as the decision counts
  std::uint16_t cluster_list_length = 0;
  Asn first_as;           ///< the neighbouring AS: 0 when the path is empty or starts with a set
  Asn origin_as;          ///< the last AS: 0 when the path is empty or ends with a set
  std::uint32_t med = 0;  ///< 0 when missing
  std::uint32_t local_pref = 100;
  RouterId originator_id;
  Asn only_to_customer;
};

struct DecodedAttributes {
  /// The attributes of `rest` in canonical form: ascending type, four-octet ASes (AS4_PATH merged, RFC 6793 §4.2.3),
  /// normal flags (extended length only where needed, Partial set on unknown optional transitive ones), discarded and
  /// unknown non-transitive ones gone, first of duplicates. Without NEXT_HOP, MP_REACH, MP_UNREACH. What a fault of
  /// Action::withdraw is about is gone as well, but for an AS_PATH that can be read: it is shown with the refused
  /// route.
  Buffer canonical;
  AttributeSummary summary;
  std::vector<AttributeFault> faults;
};
[[nodiscard]] DecodedAttributes decode_attributes(Bytes rest, DecodeContext const& context);
/// The same into the memory of `out`, whatever that was; `rest` must not lie in it.
void decode_attributes(Bytes rest, DecodeContext const& context, DecodedAttributes& out);

/// The fate of a whole UPDATE.
struct Verdict {
  Action action = Action::none;  ///< withdraw: every announced prefix is treated as withdrawn
  std::string_view rule;         ///< of the strongest fault, static text
  std::uint8_t attribute = 0;    ///< its attribute type
  Notification notification;     ///< when action is reset
};
/// Missing mandatory attributes (iBGP without LOCAL_PREF is no fault), RFC 7606 §5.2, the strongest of all faults.
/// `attributes` are those decoded from parts.rest; pass its summary and faults.
[[nodiscard]] Verdict judge(UpdateParts const& parts, AttributeSummary const& summary,
                            std::vector<AttributeFault> const& faults);

/// The summary of canonical bytes, made again (for attribute sets that were built locally).
[[nodiscard]] AttributeSummary summarize(Bytes canonical);

}  // namespace bgp::wire
