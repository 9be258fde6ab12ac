// Passes over the whole table, a few thousand slots at a time: the paths of lost neighbours are removed (all that are
// lost by the time a pass begins share it), after next hops changed everything is decided again, what neighbours
// announced whose import filter was changed is imported again, and what they did not repeat in a refresh goes.
#pragma once

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "rib/rib.h"

namespace bgp::engine {

class Sweeper {
 public:
  explicit Sweeper(rib::Rib& rib) : rib_(rib) {}

  /// Removes the paths of `peer`.
  void purge(PeerId peer) { purged_.add(peer); }
  void decide_again() { decide_waiting_ = true; }
  /// Imports the paths of `peer` again.
  void import_again(PeerId peer) { imported_.add(peer); }
  /// Removes the stale paths of `peer`.
  void prune(PeerId peer) { pruned_.add(peer); }
  [[nodiscard]] bool purging(PeerId peer) const { return purged_.knows(peer); }
  [[nodiscard]] bool importing(PeerId peer) const { return imported_.knows(peer); }
  [[nodiscard]] bool idle() const {
    return !purged_.waits() && !imported_.waits() && !pruned_.waits() && !decide_waiting_ && !in_pass();
  }

  struct Asked {
    /// Hears of every path of a peer that is imported again; nothing: it stays as it is.
    std::function<std::optional<rib::Import>(Family, rib::SlotId, rib::Path const&)> judge;
    /// Of a path of a peer that is pruned.
    std::function<bool(Family, rib::SlotId, PeerId, PathId)> is_stale;
    /// For every neighbour that is done with.
    std::function<void(PeerId)> purged, imported, pruned;
  };
  /// A piece of the work: up to so many slots, fewer where paths are judged.
  void step(std::uint32_t budget, Asked const& asked);

 private:
  /// Peers of which a pass does one of these things, and those of the next one.
  class Peers {
   public:
    void add(PeerId peer) { waiting_.insert(peer); }
    void begin();
    [[nodiscard]] std::set<PeerId> end() { return std::exchange(current_, {}); }
    [[nodiscard]] bool waits() const { return !waiting_.empty(); }
    [[nodiscard]] bool knows(PeerId peer) const { return waiting_.contains(peer) || current_.contains(peer); }
    /// Those of the pass.
    [[nodiscard]] std::set<PeerId> const& current() const { return current_; }
    [[nodiscard]] bool contains(PeerId peer) const {
      return peer.value < is_current_.size() && is_current_[peer.value];
    }

   private:
    std::set<PeerId> waiting_, current_;
    std::vector<bool> is_current_;  // by PeerId
  };

  [[nodiscard]] bool in_pass() const {
    return !purged_.current().empty() || !imported_.current().empty() || !pruned_.current().empty() || deciding_;
  }
  [[nodiscard]] bool without_paths(Peers const& peers) const;
  [[nodiscard]] bool pass_over() const;
  bool sweep(Family family, std::uint32_t& budget, Asked const& asked);
  void begin_pass();

  rib::Rib& rib_;
  Peers purged_, imported_, pruned_;
  bool decide_waiting_ = false;
  bool deciding_ = false;
  std::size_t family_ = 0;
  std::uint32_t cursor_ = 0;
};

}  // namespace bgp::engine
