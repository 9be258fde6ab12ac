// Where the memory goes. Sums of what containers have allocated: nothing here goes through a table.
#include "engine/route_feed.h"
#include "engine/views.h"
#include "rib/heap_size.h"

namespace bgp::engine {

namespace {

MemoryStatus::Table table_memory(Instance const& instance, Family family) {
  auto const table = instance.rib().table(family).memory();
  MemoryStatus::Table out;
  out.family = family;
  out.paths = table.paths;
  out.slots = table.slots;
  out.index = table.index;
  out.changes = instance.rib().changes_memory(family);
  for (auto const& group : instance.egress().groups()) {
    if (group->key().family != family) continue;
    out.group_logs += group->queue_memory();
    out.group_sets += sizeof(egress::Group) + group->state_memory();
  }
  return out;
}

}  // namespace

std::size_t RouteFeed::memory() const {
  auto octets = sizeof *this + events_.capacity() * sizeof(RouteEvent) + attributes_.size() * sizeof(Attributes) +
                next_hops_.capacity() * sizeof(IpAddress);
  for (auto const& set : dirty_) octets += set.memory();
  for (auto const& set : told_) octets += set.memory();
  return octets;
}

std::size_t Instance::own_routes_memory() const { return originated_.size() * rib::tree_node_size(sizeof(Prefix)); }

std::size_t Instance::subscriptions_memory() const {
  std::size_t octets = 0;
  for (auto const& weak : feeds_) {
    if (auto const feed = weak.lock()) octets += feed->memory();
  }
  return octets;
}

MemoryStatus memory_of(Instance const& instance) {
  MemoryStatus out;
  for (auto const family : instance.families_in_use()) out.tables.push_back(table_memory(instance, family));
  out.attribute_sets = instance.rib().attributes.allocated();
  out.next_hops = instance.rib().next_hops.memory();
  out.own_routes = instance.own_routes_memory();
  out.subscriptions = instance.subscriptions_memory();
  return out;
}

}  // namespace bgp::engine
