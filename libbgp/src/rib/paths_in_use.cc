#include "rib/paths_in_use.h"

#include <algorithm>

#include "rib/rib.h"

namespace bgp::rib {

std::span<std::uint32_t const> PathsInUse::of(Rib const& rib, Table const& table, SlotId slot) {
  paths_.clear();
  auto const best = table.best(slot);
  if (best == no_path) return paths_;
  paths_.push_back(best);
  if (rib.decision(table.family()).multipath > 1) add_ties(rib, table, slot);
  return paths_;
}

void PathsInUse::add_ties(Rib const& rib, Table const& table, SlotId slot) {
  rib.collect_usable(table, slot, candidates_, usable_);
  auto const best = std::ranges::find(usable_, paths_.front());
  if (best == usable_.end()) return;  // its next hop was lost, and the pass that decides again has yet to come here
  find_ties(candidates_, static_cast<std::size_t>(best - usable_.begin()), rib.decision(table.family()), ties_);
  for (auto const tie : ties_) {
    if (paths_.size() >= rib.decision(table.family()).multipath) return;
    auto const& hop = rib.next_hop(table.path(usable_[tie])).address;
    auto const same = [&](std::uint32_t path) { return rib.next_hop(table.path(path)).address == hop; };
    if (std::ranges::none_of(paths_, same)) paths_.push_back(usable_[tie]);
  }
}

}  // namespace bgp::rib
