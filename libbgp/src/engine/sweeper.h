// Passes over the whole table, a few thousand slots at a time: the paths of lost neighbours are removed (all that are
// lost by the time a pass begins share it), after next hops changed everything is decided again, and what neighbours
// announced whose import filter was changed is imported again.
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
  /// Hears of every path of such a peer; nothing: it stays as it is.
  using Judge = std::function<std::optional<rib::Import>(Family, rib::SlotId, rib::Path const&)>;
  [[nodiscard]] bool purging(PeerId peer) const { return waiting_.contains(peer) || current_.contains(peer); }
  [[nodiscard]] bool importing(PeerId peer) const {
    return import_waiting_.contains(peer) || importing_.contains(peer);
  }
  [[nodiscard]] bool idle() const {
    return waiting_.empty() && import_waiting_.empty() && !decide_waiting_ && !in_pass();
  }

  /// Calls for every neighbour whose paths are gone, or have been imported again.
  struct Done {
    std::function<void(PeerId)> purged, imported;
  };
  /// One slice of work.
  void step(std::uint32_t budget, Done const& done, Judge const& judge);

 private:
  [[nodiscard]] bool in_pass() const { return !current_.empty() || !importing_.empty() || deciding_; }
  [[nodiscard]] bool without_paths(std::set<PeerId> const& peers) const;
  [[nodiscard]] bool pass_over() const;
  bool sweep(Family family, std::uint32_t& budget, Judge const& judge);
  void begin_pass();

  rib::Rib& rib_;
  std::set<PeerId> waiting_;
  std::set<PeerId> current_;
  std::vector<bool> is_current_;  // by PeerId
  std::set<PeerId> import_waiting_;
  std::set<PeerId> importing_;
  std::vector<bool> is_importing_;  // by PeerId
  bool decide_waiting_ = false;
  bool deciding_ = false;
  std::size_t family_ = 0;
  std::uint32_t cursor_ = 0;
};

}  // namespace bgp::engine
