#include "engine/route_feed.h"

#include "engine/instance.h"
#include "engine/views.h"

namespace bgp::engine {

namespace {
constexpr std::size_t events_a_batch = 512;
}

RouteFeed::RouteFeed(Instance& instance, Callback callback)
    : instance_(instance.weak_from_this()), callback_(std::move(callback)) {}

RouteFeed::~RouteFeed() {
  if (auto const instance = instance_.lock()) instance->egress().remove_listener(this);
}

void RouteFeed::begin() {
  auto const instance = instance_.lock();
  instance->flush();
  for (auto const family : told_families) {
    rib::SlotId const end{instance->rib().table(family).extent()};
    dirty_[family_index(family)].insert_range(rib::SlotId{0}, end);
  }
  instance->egress().add_listener(this);
  schedule();
}

void RouteFeed::changed(Family family, std::vector<rib::Change> const& changes) {
  if (!is_unicast(family)) return;
  for (auto const& change : changes) dirty_[family_index(family)].insert(change.slot);
  schedule();
}

void RouteFeed::use_changed(Family family, std::vector<rib::SlotId> const& slots) {
  if (!is_unicast(family)) return;
  for (auto const slot : slots) dirty_[family_index(family)].insert(slot);
  schedule();
}

void RouteFeed::resume() {
  if (std::exchange(paused_, false)) schedule();
}

void RouteFeed::schedule() {
  if (paused_ || std::exchange(scheduled_, true)) return;
  if (auto const instance = instance_.lock()) {
    instance->post([weak = weak_from_this()] {
      if (auto const self = weak.lock()) self->tell();
    });
  }
}

void RouteFeed::add_event(Family family, rib::SlotId slot) {
  auto const instance = instance_.lock();
  auto const& rib = instance->rib();
  auto const& table = rib.table(family);
  auto& told = told_[family_index(family)];
  if (!table.in_use(slot)) return;  // marked with the whole table
  auto const best = table.best(slot);
  if (best == rib::no_path) {
    if (told.erase(slot)) events_.push_back({RouteEvent::Kind::withdraw, table.prefix(slot), {}, nullptr});
    return;
  }
  told.insert(slot);
  // Routes come in runs of one attribute set.
  if (auto const set = table.path(best).effective; attributes_.empty() || set != decoded_) {
    attributes_.push_back(rib.attributes_of(set));
    decoded_ = set;
  }
  auto const& hop = attributes_.back().next_hop;
  events_.push_back({RouteEvent::Kind::announce,
                     table.prefix(slot),
                     table.path(best).peer,
                     &attributes_.back(),
                     {&hop, hop.is_unset() ? 0U : 1U}});
  if (rib.decision(family).multipath > 1) add_next_hops(rib, table, in_use_.of(rib, table, slot));
}

void RouteFeed::add_next_hops(rib::Rib const& rib, rib::Table const& table, std::span<std::uint32_t const> paths) {
  if (paths.size() < 2) return;
  several_.push_back({events_.size() - 1, next_hops_.size(), paths.size()});
  for (auto const path : paths) next_hops_.push_back(rib.next_hop(table.path(path)).address);
}

// Not before all are there: they move while there come more.
void RouteFeed::point_to_next_hops() {
  for (auto const& several : several_) {
    events_[several.event].next_hops = std::span(next_hops_).subspan(several.first, several.count);
  }
}

void RouteFeed::collect(Family family, std::size_t budget) {
  auto& dirty = dirty_[family_index(family)];
  auto& at = cursor_[family_index(family)];
  for (; budget > 0 && !dirty.empty(); --budget) {
    at = dirty.next(at);
    if (at == dirty.end()) at = dirty.next(0);
    dirty.erase(rib::SlotId{at});
    add_event(family, rib::SlotId{at});
  }
}

void RouteFeed::tell() {
  auto const instance = instance_.lock();
  if (!instance) return;
  scheduled_ = false;
  if (paused_) return;
  instance->flush();
  events_.clear();
  attributes_.clear();
  next_hops_.clear();
  several_.clear();
  for (auto const family : told_families) collect(family, events_a_batch);
  point_to_next_hops();
  auto const more = !dirty_[0].empty() || !dirty_[1].empty();
  if (!more && !std::exchange(in_sync_, true)) events_.push_back({RouteEvent::Kind::in_sync, {}, {}, nullptr});
  if (more) schedule();
  instance->told();
  // The callback may end this subscription, or everything.
  auto const self = shared_from_this();
  if (!events_.empty()) callback_(events_);
}

}  // namespace bgp::engine
