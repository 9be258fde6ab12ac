#include "engine/sweeper.h"

#include <algorithm>

namespace bgp::engine {

void Sweeper::Peers::begin() {
  current_.swap(waiting_);
  is_current_.assign(current_.empty() ? 0 : current_.rbegin()->value + 1, false);
  for (auto const peer : current_) is_current_[peer.value] = true;
}

void Sweeper::begin_pass() {
  for (auto* const peers : {&purged_, &imported_, &pruned_}) peers->begin();
  deciding_ = std::exchange(decide_waiting_, false);
  family_ = 0;
  cursor_ = 0;
}

bool Sweeper::without_paths(Peers const& peers) const {
  return std::ranges::all_of(peers.current(), [this](PeerId peer) {
    return std::ranges::all_of(rib_.peer(peer).counts, [](auto const& c) { return c.received == 0; });
  });
}

// Nothing is left to find: most neighbours of a reflector announce few routes.
bool Sweeper::pass_over() const {
  if (family_ == all_families.size()) return true;
  return !deciding_ && without_paths(purged_) && without_paths(imported_) && without_paths(pruned_);
}

// The same slots for all that the pass is about: what takes longest says how many. True at the end of the table.
bool Sweeper::sweep(Family family, std::uint32_t& budget, Asked const& asked) {
  auto const gone = [&](rib::SlotId slot, PeerId peer, PathId path) {
    if (purged_.contains(peer)) return true;
    return pruned_.contains(peer) && asked.is_stale(family, slot, peer, path);
  };
  auto const from = cursor_;
  auto left = budget;
  auto at_end = false;
  if (imported_.current().empty()) {
    at_end = rib_.remove_paths(family, cursor_, budget, gone);
    left -= cursor_ - from;
  } else {
    at_end = rib_.import_again(family, cursor_, left, [&](rib::SlotId slot, rib::Path const& path) {
      return imported_.contains(path.peer) ? asked.judge(family, slot, path) : std::nullopt;
    });
    auto at = from;
    if (!purged_.current().empty() || !pruned_.current().empty()) rib_.remove_paths(family, at, cursor_ - from, gone);
  }
  auto at = from;
  if (deciding_) rib_.decide_again(family, at, cursor_ - from);
  budget = left;
  return at_end;
}

void Sweeper::step(std::uint32_t budget, Asked const& asked) {
  if (!in_pass()) begin_pass();
  while (budget > 0 && !pass_over()) {
    if (!sweep(all_families[family_], budget, asked)) continue;
    ++family_;
    cursor_ = 0;
  }
  if (!pass_over()) return;
  deciding_ = false;
  // What is called back may ask for the next pass.
  auto const purged = purged_.end(), imported = imported_.end(), pruned = pruned_.end();
  for (auto const peer : purged) asked.purged(peer);
  for (auto const peer : imported) asked.imported(peer);
  for (auto const peer : pruned) asked.pruned(peer);
}

}  // namespace bgp::engine
