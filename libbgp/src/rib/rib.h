// The routing information base of an Instance: attribute sets, next hops, a table per family, the decision, and the
// batch of changed slots that egress and subscribers take after each slice of work. Pure; one thread (the engine's). It
// knows neighbours only as PeerInfo and never sends.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <span>

#include "rib/decision.h"
#include "rib/paths_in_use.h"
#include "rib/rule_book.h"
#include "rib/table.h"
#include "rib/vacant_slots.h"

namespace bgp::rib {

/// Nobody: what a slot's best path came from when it had none.
inline constexpr PeerId no_peer{0xffff};

/// What import policy makes of a path.
struct Import {
  AttrId effective;         ///< its attributes afterwards; none: it is refused
  RuleId rule;              ///< as of Path
  bool told_again = false;  ///< import_again(): others hear of it anew though it stays as it is
};

/// A slot whose best path changed in this batch, and whose route stood there before the batch.
struct Change {
  SlotId slot;
  PeerId prior;
};

/// A path that may be used and came, changed its attributes or went (then its index may be another's by now), or whose
/// next hop became reachable; no_path: none did, but some next hop of the slot was lost or has another cost.
struct PathChange {
  SlotId slot;
  std::uint32_t path = no_path;
  bool is_new = false;  ///< it came in this batch, as far as this change knows
  friend auto operator<=>(PathChange const&, PathChange const&) = default;
};

class Rib {
 public:
  Rib(HashKey key, DecisionOptions decision);

  NextHops next_hops;
  AttributeTable attributes;
  RuleBook rules;

  /// Of a family that has one.
  [[nodiscard]] Table& table(Family family) {
    assert(has_table(family));
    return tables_[family_index(family)].table;
  }
  [[nodiscard]] Table const& table(Family family) const {
    assert(has_table(family));
    return tables_[family_index(family)].table;
  }

  /// Those of which there is a route, or was: few of all_families.
  [[nodiscard]] std::span<Family const> families() const { return families_; }

  /// Makes a neighbour known; ids are reused once forget_peer() has given them back.
  PeerInfo& add_peer(PeerInfo info);
  /// How many more there can be.
  [[nodiscard]] std::size_t room_for_peers() const { return no_peer.value - peers_.used(); }
  void forget_peer(PeerId id);
  [[nodiscard]] PeerInfo& peer(PeerId id) { return peers_[id.value]; }
  [[nodiscard]] PeerInfo const& peer(PeerId id) const { return peers_[id.value]; }

  /// Puts a path in Adj-RIB-In, or changes it, and decides. `received` may be none only for a refused path. Returns the
  /// route's slot.
  SlotId announce(Family family, PeerId peer, RouteKey const& key, PathId path, AttrId received, Import const& import);
  /// The same where import changes nothing.
  SlotId announce(Family family, PeerId peer, RouteKey const& key, PathId path, AttrId received, RuleId refused_by) {
    return announce(family, peer, key, path, received, {refused_by == accepted ? received : AttrId{}, refused_by});
  }
  /// Whether `path` would be one more than `most` of this neighbour's paths of the prefix.
  [[nodiscard]] bool would_exceed(std::size_t most, Family family, PeerId peer, RouteKey const& key, PathId path) const;
  /// False when there was none.
  bool withdraw(Family family, PeerId peer, RouteKey const& key, PathId path);

  /// A piece of a pass over all slots of a family: from `cursor`, up to `budget` slots. True at the end of the table.
  /// Removes all paths for which `gone` holds.
  using IsGone = std::function<bool(SlotId, PeerId, PathId)>;
  bool remove_paths(Family family, std::uint32_t& cursor, std::uint32_t budget, IsGone const& gone);
  /// What import policy makes now of a path that stands there; nothing: that path is not asked about.
  using Judge = std::function<std::optional<Import>(SlotId, Path const&)>;
  /// Imports paths anew from what was received. `budget` is what is left of it: a judged path costs more than a slot.
  bool import_again(Family family, std::uint32_t& cursor, std::uint32_t& budget, Judge const& judge);
  /// Decides again, after next hops changed.
  bool decide_again(Family family, std::uint32_t& cursor, std::uint32_t budget);

  /// The changes since the last call, and the number of the batch they form. Swap with an empty vector.
  std::uint64_t take_changes(Family family, std::vector<Change>& out);
  /// Of this kind or the next.
  [[nodiscard]] bool has_changes(Family family) const {
    auto const& in = tables_[family_index(family)];
    return !in.changes.empty() || !in.path_changes.empty();
  }
  /// The changes of single paths in the batch that take_changes() takes; none but for a family in which they are
  /// tracked. Ascending, each once.
  void take_path_changes(Family family, std::vector<PathChange>& out);
  void track_paths(Family family, bool track) { tables_[family_index(family)].paths_tracked = track; }
  /// With multipath: the slots since the last call whose best path stayed while what is used beside it changed, or may
  /// have changed. A slot may be there several times, and among the changes as well.
  void take_use_changes(Family family, std::vector<SlotId>& out);
  /// Of all kinds; a change of a best path, which is one of a path as well, counts once.
  [[nodiscard]] std::size_t pending_changes(Family family) const {
    auto const& in = tables_[family_index(family)];
    return std::max(in.changes.size(), in.path_changes.size()) + in.use_changes.size();
  }

  /// Gives vacant slots back whose withdrawal was in a batch before `passed` and which `needed` does not name any more.
  /// Looks at up to `budget` slots. Returns how many remain.
  std::size_t reclaim(Family family, std::uint64_t passed, std::function<bool(SlotId)> const& needed,
                      std::size_t budget);
  [[nodiscard]] std::size_t vacant_slots(Family family) const { return tables_[family_index(family)].vacant.size(); }
  /// Octets for the changes that wait to be taken, and for the list of vacant slots.
  [[nodiscard]] std::size_t changes_memory(Family family) const {
    auto const& in = tables_[family_index(family)];
    return in.changes.capacity() * sizeof(Change) + in.path_changes.capacity() * sizeof(PathChange) +
           in.use_changes.capacity() * sizeof(SlotId) + in.vacant.memory();
  }

  /// A set as values, with its next hop; none gives none.
  [[nodiscard]] Attributes attributes_of(AttrId id) const;
  /// May this path be chosen?
  [[nodiscard]] bool usable(Path const& path) const;
  /// Of a path that is not refused.
  [[nodiscard]] Candidate candidate(Table const& table, std::uint32_t path) const;
  [[nodiscard]] NextHop const& next_hop(Path const& path) const {
    return next_hops[attributes[path.effective].next_hop];
  }
  /// All usable paths of a slot, in the order of its list.
  void collect_usable(Table const& table, SlotId slot, std::vector<Candidate>& candidates,
                      std::vector<std::uint32_t>& paths) const;
  /// All usable paths of a slot, and the choice among them.
  [[nodiscard]] Choice choose_among(Table const& table, SlotId slot, std::vector<Candidate>& candidates,
                                    std::vector<std::uint32_t>& paths) const;
  /// RFC 4684 §3.2: of memberships those of clients are told to the others.
  [[nodiscard]] DecisionOptions decision(Family family) const {
    auto options = decision_;
    options.clients_first = family == rt_membership;
    return options;
  }

 private:
  struct PerFamily {
    PerFamily(Family family, HashKey key) : table(family, key) {}
    Table table;
    std::vector<Change> changes;
    std::vector<PathChange> path_changes;
    bool paths_tracked = false;
    std::vector<SlotId> use_changes;
    std::uint64_t batch = 1;
    VacantSlots vacant;
    // As NextHops::changes() counts them: those that every slot has been decided with, and those of the present pass.
    std::uint64_t settled = 0;
    std::uint64_t settling = 0;
  };

  void decide(PerFamily& in, SlotId slot, std::uint32_t touched);
  void note_change(PerFamily& in, SlotId slot, std::uint32_t old_best);
  static void note_path(PerFamily& in, SlotId slot, std::uint32_t path, bool is_new = false);
  /// The sets of those that go are in to_release_ afterwards.
  template <class Gone>
  void drop_paths(PerFamily& in, SlotId slot, Gone&& gone);
  static void look_ahead(PerFamily const& in, std::size_t count);
  void place_new(PerFamily& in, SlotId slot, std::uint32_t path);
  [[nodiscard]] PathCounts& counts_of(Path const& path, Family family) {
    return peers_[path.peer.value].counts[family_index(family)];
  }
  void count(Path const& path, Family family, int sign);
  void retain(AttrId received, Import const& import);
  void release(Path const& path);
  bool change_path(PerFamily& in, SlotId slot, std::uint32_t index, AttrId received, Import const& import);

  [[nodiscard]] bool multipath() const { return decision_.multipath > 1; }
  void collect_next_hops(PerFamily const& in, SlotId slot, std::vector<IpAddress>& out);
  void before_change_of_use(PerFamily const& in, SlotId slot);
  void after_change_of_use(PerFamily& in, SlotId slot);
  [[nodiscard]] bool use_unsettled(PerFamily const& in, SlotId slot) const;
  void note_unsettled_paths(PerFamily& in, SlotId slot) const;

  DecisionOptions decision_;
  std::array<PerFamily, all_families.size()> tables_;  // in the order of all_families
  std::vector<Family> families_;
  Pool<PeerInfo> peers_{no_peer.value};
  // Scratch of decide().
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> candidate_paths_;
  AttributeReferences to_release_;        // of drop_paths()
  std::vector<std::uint32_t> importing_;  // of import_again(): deciding changes the order of a slot's paths
  // Scratch of before_ and after_change_of_use().
  PathsInUse in_use_;
  std::vector<IpAddress> next_hops_before_;
  std::vector<IpAddress> next_hops_after_;
  bool unsettled_before_ = false;
};

}  // namespace bgp::rib
