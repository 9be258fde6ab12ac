#include "engine/memberships.h"

namespace bgp::engine {

namespace {
constexpr auto longest_wait = std::chrono::seconds(60);  // RFC 4684 §6
}

Memberships::Memberships(transport::Clock& clock, std::function<void()> changed)
    : changed_(std::move(changed)), timer_(clock.make_timer()) {
  timer_->arm(clock.now() + longest_wait, [this] {
    known_ = true;
    changed_();
  });
}

void Memberships::settle(rib::Rib const& rib, PeerId peer, bool end_of_rib) {
  auto wanted = std::make_shared<egress::RouteTargets>();
  auto const& table = rib.table(rt_membership);
  for (std::uint32_t i = 0; i < table.extent(); ++i) {
    rib::SlotId const slot{i};
    if (table.first(slot) == rib::no_path) continue;
    auto const index = table.find_path(slot, peer, PathId{});
    if (index != rib::no_path && rib.usable(table.path(index))) wanted->insert(table.key(slot));
  }
  auto const knows = known_ || end_of_rib || !wanted->empty();
  if (knows == known_ && *wanted == *wanted_) return;
  known_ = knows;
  wanted_ = std::move(wanted);
  if (!known_) return;
  timer_->cancel();
  changed_();
}

}  // namespace bgp::engine
