// Passes over the whole table, a few thousand slots at a time: the paths of lost neighbours are removed (all that are
// lost by the time a pass begins share it), after next hops changed everything is decided again, what neighbours
// announced whose import filter was changed is imported again, and what they did not repeat in a refresh goes.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "rib/rib.h"

namespace bgp::engine {

class Sweeper {
 public:
  explicit Sweeper(rib::Rib& rib) : rib_(rib) {}

  /// Removes the paths of `peer`.
  void purge(PeerId peer) { waiting_.insert(peer); }
  void decide_again() { decide_waiting_ = true; }
  /// Imports the paths of `peer` again.
  void import_again(PeerId peer) { import_waiting_.insert(peer); }
  /// Removes the stale paths of `peer`.
  void prune(PeerId peer) { prune_waiting_.insert(peer); }
  [[nodiscard]] bool purging(PeerId peer) const { return waiting_.contains(peer) || current_.contains(peer); }
  [[nodiscard]] bool importing(PeerId peer) const {
    return import_waiting_.contains(peer) || importing_.contains(peer);
  }
  [[nodiscard]] bool idle() const {
    return waiting_.empty() && import_waiting_.empty() && prune_waiting_.empty() && !decide_waiting_ && !in_pass();
  }

  struct Asked {
    /// Hears of every path of a peer that is imported again; nothing: it stays as it is.
    std::function<std::optional<rib::Import>(Family, rib::SlotId, rib::Path const&)> judge;
    /// Of a path of a peer that is pruned.
    std::function<bool(Family, rib::SlotId, PeerId)> is_stale;
    /// For every neighbour that is done with.
    std::function<void(PeerId)> purged, imported, pruned;
  };
  /// One slice of work.
  void step(std::uint32_t budget, Asked const& asked);

 private:
  [[nodiscard]] bool in_pass() const {
    return !current_.empty() || !importing_.empty() || !pruning_.empty() || deciding_;
  }
  [[nodiscard]] bool without_paths(std::set<PeerId> const& peers) const;
  [[nodiscard]] bool pass_over() const;
  bool sweep(Family family, std::uint32_t& budget, Asked const& asked);
  void begin_pass();

  rib::Rib& rib_;
  std::set<PeerId> waiting_;
  std::set<PeerId> current_;
  std::vector<bool> is_current_;  // by PeerId
  std::set<PeerId> import_waiting_;
  std::set<PeerId> importing_;
  std::vector<bool> is_importing_;  // by PeerId
  std::set<PeerId> prune_waiting_;
  std::set<PeerId> pruning_;
  std::vector<bool> is_pruning_;  // by PeerId
  bool decide_waiting_ = false;
  bool deciding_ = false;
  std::size_t family_ = 0;
  std::uint32_t cursor_ = 0;
};

}  // namespace bgp::engine
