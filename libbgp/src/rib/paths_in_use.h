// Which paths of a slot are used: the best one and, with multipath, those that tie with it down to the cost of the next
// hop. Computed whenever somebody asks, because a set a route would cost more memory than the routes. Pure.
#pragma once

#include "rib/decision.h"
#include "rib/table.h"

namespace bgp::rib {

class Rib;

class PathsInUse {
 public:
  /// The best first, the others in the ladder's order, each with a next hop of its own; none when there is no best.
  /// Valid until the next call.
  [[nodiscard]] std::span<std::uint32_t const> of(Rib const& rib, Table const& table, SlotId slot);

 private:
  void add_ties(Rib const& rib, Table const& table, SlotId slot);

  std::vector<std::uint32_t> paths_;
  // Scratch.
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> usable_;
  std::vector<std::size_t> ties_;
};

}  // namespace bgp::rib
