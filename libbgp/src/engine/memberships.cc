#include "engine/memberships.h"

#include <utility>

namespace bgp::engine {

namespace {
constexpr auto longest_wait = std::chrono::seconds(60);  // RFC 4684 §6
constexpr auto soon = std::chrono::milliseconds(100);
}  // namespace

Memberships::Memberships(transport::Clock& clock, std::function<void()> changed)
    : clock_(clock), changed_(std::move(changed)), wait_(clock.make_timer()), soon_(clock.make_timer()) {
  wait_->arm(clock.now() + longest_wait, [this] {
    known_ = true;
    changed_();
  });
}

void Memberships::touched(rib::Rib const& rib, PeerId peer, bool end_of_rib) {
  if (end_of_rib && !std::exchange(end_of_rib_, true)) return settle(rib, peer);
  if (std::exchange(settles_soon_, true)) return;
  soon_->arm(clock_.now() + soon, [this, &rib, peer] { settle(rib, peer); });
}

// Whoever asks for routes need not be reachable as a next hop.
void Memberships::settle(rib::Rib const& rib, PeerId peer) {
  settles_soon_ = false;
  soon_->cancel();
  auto wanted = std::make_shared<egress::RouteTargets>();
  auto const& table = rib.table(rt_membership);
  for (std::uint32_t i = 0; i < table.extent(); ++i) {
    rib::SlotId const slot{i};
    if (table.first(slot) == rib::no_path) continue;
    auto const index = table.find_path(slot, peer, PathId{});
    if (index != rib::no_path && !table.path(index).refused()) wanted->insert(table.key(slot));
  }
  auto const knows = known_ || end_of_rib_ || !wanted->empty();
  if (knows == known_ && *wanted == *wanted_) return;
  known_ = knows;
  wanted_ = std::move(wanted);
  if (!known_) return;
  wait_->cancel();
  changed_();
}

}  // namespace bgp::engine
