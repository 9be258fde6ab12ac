#include "engine/sweeper.h"

#include <algorithm>

namespace bgp::engine {

namespace {
std::vector<bool> by_id(std::set<PeerId> const& peers) {
  std::vector<bool> is_there(peers.empty() ? 0 : peers.rbegin()->value + 1);
  for (auto const peer : peers) is_there[peer.value] = true;
  return is_there;
}
bool contains(std::vector<bool> const& peers, PeerId peer) { return peer.value < peers.size() && peers[peer.value]; }
}  // namespace

void Sweeper::begin_pass() {
  current_.swap(waiting_);
  importing_.swap(import_waiting_);
  pruning_.swap(prune_waiting_);
  deciding_ = std::exchange(decide_waiting_, false);
  is_current_ = by_id(current_);
  is_importing_ = by_id(importing_);
  is_pruning_ = by_id(pruning_);
  family_ = 0;
  cursor_ = 0;
}

bool Sweeper::without_paths(std::set<PeerId> const& peers) const {
  return std::ranges::all_of(peers, [this](PeerId peer) {
    return std::ranges::all_of(rib_.peer(peer).counts, [](auto const& c) { return c.received == 0; });
  });
}

// Nothing is left to find: most neighbours of a reflector announce few routes.
bool Sweeper::pass_over() const {
  if (family_ == rib::families.size()) return true;
  return !deciding_ && without_paths(current_) && without_paths(importing_) && without_paths(pruning_);
}

// The same slots for all that the pass is about: what takes longest says how many. True at the end of the table.
bool Sweeper::sweep(Family family, std::uint32_t& budget, Asked const& asked) {
  auto const gone = [&](rib::SlotId slot, rib::Path const& path) {
    if (contains(is_current_, path.peer)) return true;
    return contains(is_pruning_, path.peer) && asked.is_stale(family, slot, path.peer);
  };
  auto const from = cursor_;
  auto left = budget;
  auto at_end = false;
  if (importing_.empty()) {
    at_end = rib_.remove_paths(family, cursor_, budget, gone);
    left -= cursor_ - from;
  } else {
    at_end = rib_.import_again(family, cursor_, left, [&](rib::SlotId slot, rib::Path const& path) {
      return contains(is_importing_, path.peer) ? asked.judge(family, slot, path) : std::nullopt;
    });
    auto at = from;
    if (!current_.empty() || !pruning_.empty()) rib_.remove_paths(family, at, cursor_ - from, gone);
  }
  auto at = from;
  if (deciding_) rib_.decide_again(family, at, cursor_ - from);
  budget = left;
  return at_end;
}

void Sweeper::step(std::uint32_t budget, Asked const& asked) {
  if (!in_pass()) begin_pass();
  while (budget > 0 && !pass_over()) {
    if (!sweep(rib::families[family_], budget, asked)) continue;
    ++family_;
    cursor_ = 0;
  }
  if (!pass_over()) return;
  deciding_ = false;
  auto const imported = std::exchange(importing_, {});
  auto const purged = std::exchange(current_, {});
  auto const pruned = std::exchange(pruning_, {});
  for (auto const peer : purged) asked.purged(peer);
  for (auto const peer : imported) asked.imported(peer);
  for (auto const peer : pruned) asked.pruned(peer);
}

}  // namespace bgp::engine
