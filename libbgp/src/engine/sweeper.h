// Passes over the whole table, a few thousand slots at a time: the paths of lost neighbours are removed (all that are
// lost by the time a pass begins share it), and after next hops changed everything is decided again.
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
  [[nodiscard]] bool purging(PeerId peer) const { return waiting_.contains(peer) || current_.contains(peer); }
  [[nodiscard]] bool idle() const { return waiting_.empty() && current_.empty() && !decide_waiting_ && !deciding_; }

  /// One slice of work. `purged` is called for every neighbour whose paths are gone.
  void step(std::uint32_t budget, std::function<void(PeerId)> const& purged);

 private:
  [[nodiscard]] bool pass_over() const;
  void begin_pass();

  rib::Rib& rib_;
  std::set<PeerId> waiting_;
  std::set<PeerId> current_;
  std::vector<bool> is_current_;  // by PeerId
  bool decide_waiting_ = false;
  bool deciding_ = false;
  std::size_t family_ = 0;
  std::uint32_t cursor_ = 0;
};

}  // namespace bgp::engine
