#include "engine/sweeper.h"

#include <algorithm>

namespace bgp::engine {

void Sweeper::begin_pass() {
  current_.swap(waiting_);
  deciding_ = std::exchange(decide_waiting_, false);
  is_current_.clear();
  for (auto const peer : current_) {
    is_current_.resize(std::max<std::size_t>(is_current_.size(), peer.value + 1));
    is_current_[peer.value] = true;
  }
  family_ = 0;
  cursor_ = 0;
}

// Nothing is left to find: most neighbours of a reflector announce few routes.
bool Sweeper::pass_over() const {
  if (family_ == rib::families.size()) return true;
  return !deciding_ && std::ranges::all_of(current_, [this](PeerId peer) {
    return std::ranges::all_of(rib_.peer(peer).counts, [](auto const& c) { return c.received == 0; });
  });
}

void Sweeper::step(std::uint32_t budget, std::function<void(PeerId)> const& purged) {
  if (current_.empty() && !deciding_) begin_pass();
  auto const gone = [this](PeerId peer) { return peer.value < is_current_.size() && is_current_[peer.value]; };
  while (budget > 0 && !pass_over()) {
    auto const family = rib::families[family_];
    auto const from = cursor_;
    auto cursor = from;
    auto at_end = rib_.remove_paths(family, cursor, budget, gone);
    if (deciding_) {
      cursor_ = from;
      at_end = rib_.decide_again(family, cursor_, budget);
    }
    cursor_ = cursor;
    budget -= std::min(budget, cursor - from);
    if (!at_end) continue;
    ++family_;
    cursor_ = 0;
  }
  if (!pass_over()) return;
  deciding_ = false;
  auto const done = std::exchange(current_, {});
  for (auto const peer : done) purged(peer);
}

}  // namespace bgp::engine
