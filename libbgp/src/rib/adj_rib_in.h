// What a neighbour's UPDATE does to the RIB: decoding with the error handling of RFC 7606, interning, import policy,
// and the paths it announces and withdraws. One object per Established session; pure.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>

#include "bgp/policy.h"
#include "rib/import_filter.h"
#include "rib/plain_routes.h"
#include "rib/refreshed.h"
#include "wire/other_nlri.h"

namespace bgp::rib {

/// What import asks of a route.
struct ImportPolicy {
  Asn local_as;
  RouterId router_id;
  /// All of the speaker's, as they are now: a route that passed one of them has looped (RFC 4456 §8).
  std::shared_ptr<std::vector<RouterId> const> cluster_ids;
  /// All that are known to be the speaker's, of either family: as a next hop they are refused (RFC 4271 §5.1.3).
  std::vector<IpAddress> local_addresses;
  FilterPtr filter;                       ///< null: nothing passes (RFC 8212)
  LocalAs local_name = {};                ///< in whose name we speak to the neighbour (RFC 7705)
  unsigned allow_own_as = 0;              ///< how often our own AS may stand in AS_PATH
  bool honour_graceful_shutdown = false;  ///< RFC 8326
};

class AdjRibIn {
 public:
  /// Told of every UPDATE that was not as it should be, with its body (RFC 7606 §8: to be logged). The parts are null
  /// when it could not even be cut into them.
  using OnFault = std::function<void(wire::Verdict const&, wire::UpdateParts const*, Bytes body)>;

  AdjRibIn(Rib& rib, PeerId peer, wire::DecodeContext context, ImportPolicy policy, std::vector<Family> negotiated,
           OnFault on_fault);

  /// `body` is an UPDATE after its header. Returns the NOTIFICATION with which the session must close, if any.
  [[nodiscard]] std::optional<wire::Notification> update(Bytes body);

  /// Has what the UPDATE with which `rest` begins, if any, will be looked up by brought into the cache.
  void look_ahead(Bytes rest) const;

  /// Another policy, for what comes; import_again() is for what is there. False when nothing changes. The ASes, the
  /// router ID and the clusters stay.
  [[nodiscard]] bool change(ImportPolicy policy);
  /// How UPDATEs are read from now on; what came before and would be read otherwise has to come again.
  void read_as(bool check_first_as, bool accept_as_set) {
    context_.check_first_as = check_first_as;
    context_.accept_as_set = accept_as_set;
  }
  /// What import makes now of a path of this neighbour; nothing where it was refused for what does not change.
  [[nodiscard]] std::optional<Import> import_again(Family family, Prefix const& prefix, Path const& path);
  /// Whether its routes of rt_membership were touched since the last call.
  [[nodiscard]] bool take_memberships_touched() { return std::exchange(memberships_touched_, false); }
  /// The work at hand is done: nothing is kept alive for the next question.
  void rest() { filter_.forget(); }

  /// The End-of-RIB marker of this family has come (RFC 4724 §2).
  [[nodiscard]] bool end_of_rib(Family family) const { return end_of_rib_[family_index(family)]; }
  /// What of this family is not announced again from here on (RFC 7313 §4: BoRR) is stale,
  void begin_refresh(Family family) { refreshed_[family_index(family)].emplace(); }
  [[nodiscard]] bool refreshing(Family family) const { return refreshed_[family_index(family)].has_value(); }
  [[nodiscard]] bool is_stale(Family family, SlotId slot, PathId path) const {
    auto const& fresh = refreshed_[family_index(family)];
    return fresh && !fresh->contains(slot, path);
  }
  /// until that was removed.
  void end_refresh(Family family) { refreshed_[family_index(family)].reset(); }
  /// Those of all families of the session have come; false when there is no family.
  [[nodiscard]] bool in_sync() const { return in_sync_; }

 private:
  /// An attribute set with a reference that ends with this object.
  struct Received {
    AttrId attributes;
    RuleId refused_by;
  };
  /// `reach` is the family, with the next hop, whose routes the attributes are of.
  [[nodiscard]] std::optional<wire::Notification> receive(wire::UpdateParts const& parts, Bytes body,
                                                          wire::MpReach const& reach, Received& out);
  [[nodiscard]] RuleId check_import(Family family, AttrId id) const;
  [[nodiscard]] RuleId judge_path(AttributeSet const& set) const;
  [[nodiscard]] RuleId judge_role(wire::AttributeSummary const& summary) const;
  [[nodiscard]] RuleId judge_next_hop(AttrId id) const;
  [[nodiscard]] bool carries(Family family) const;
  /// The routes of `nlri`; none where the family is not carried, or its NLRI are no plain prefixes.
  [[nodiscard]] PlainRoutes plain_routes(Family family, Bytes nlri) const;
  template <class OnEach>
  void each_route(Family family, PlainRoutes& plain, Bytes nlri, bool withdrawn, OnEach&& on_each);
  /// What keeps some of them from being taken; empty: nothing.
  [[nodiscard]] std::string_view announce_all(wire::MpReach const& reach, PlainRoutes& plain, Received const& received);
  [[nodiscard]] AttrId with_value(AttrId base, Bytes value);
  [[nodiscard]] std::string_view withdraw_all(Family family, Bytes nlri);

  Rib& rib_;
  PeerId const peer_;
  wire::DecodeContext context_;
  ImportPolicy policy_;  // whose filter is in filter_
  ImportFilter filter_;
  std::vector<Family> const negotiated_;
  OnFault const on_fault_;
  std::array<bool, all_families.size()> end_of_rib_{};
  bool in_sync_ = false;
  bool memberships_touched_ = false;
  std::array<std::optional<Refreshed>, all_families.size()> refreshed_;  // while a refresh goes on
  Buffer scratch_;
  wire::OtherNlri other_;  // scratch
};

}  // namespace bgp::rib
