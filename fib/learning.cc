#include "fib/learning.h"

#include <linux/rtnetlink.h>

namespace tern::fib {

namespace {

// Somebody else's routes at the prefixes of ours. The kernel shows the routes of a prefix one after the other: no more
// than those is ever kept.
class Beside {
 public:
  void look(rtnl::Route const& route, bool ours) {
    if (route.destination != prefix_) {
      prefix_ = route.destination;
      strangers_.clear();
      ours_seen_ = false;
    }
    if (!ours) {
      if (route.tos == 0 && (route.flags & RTM_F_CLONED) == 0) strangers_.push_back(route);
    } else {
      ours_seen_ = true;
    }
    if (!ours_seen_) return;
    found_.insert(found_.end(), strangers_.begin(), strangers_.end());
    strangers_.clear();
  }
  [[nodiscard]] std::vector<rtnl::Route> const& found() const { return found_; }

 private:
  bgp::Prefix prefix_;
  bool ours_seen_ = false;
  std::vector<rtnl::Route> strangers_, found_;
};

}  // namespace

bgp::Result<void> Learning::everything() {
  if (auto result = links(); !result.ok()) return result;
  if (auto result = addresses(); !result.ok()) return result;
  if (auto result = neighbours(); !result.ok()) return result;
  if (auto result = all_objects(); !result.ok()) return result;
  follow_objects(hops_, routes_);
  return routes();
}

bgp::Result<void> Learning::links() {
  auto const found = kernel_.links();
  if (!found.ok()) return found.error();
  hops_.links_are(*found);
  tunnels_.links_are(*found);
  return {};
}

bgp::Result<void> Learning::addresses() {
  auto const found = kernel_.addresses();
  if (!found.ok()) return found.error();
  tunnels_.addresses_are(*found);
  return {};
}

bgp::Result<void> Learning::neighbours() {
  auto const found = kernel_.neighbours();
  if (!found.ok()) return found.error();
  tunnels_.neighbours_are(*found);
  return {};
}

bgp::Result<void> Learning::objects() {
  if (auto result = all_objects(); !result.ok()) return result;
  if (!hops_.has_found()) return {};
  return named_by_others();
}

bgp::Result<void> Learning::all_objects() {
  if (hops_.is_inline()) return {};
  auto const found = kernel_.objects();
  if (!found.ok()) return found.error();
  hops_.learned(*found);
  return {};
}

bgp::Result<void> Learning::routes() {
  Beside beside;
  std::set<ObjectId> named;
  auto const found = kernel_.routes(RT_TABLE_UNSPEC, [&](rtnl::Route const& route) {
    auto const ours = routes_.cares_for(route);
    if (!ours && route.next_hop_id != 0) named.insert(route.next_hop_id);
    if (route.table == table_) beside.look(route, ours);
    return ours;
  });
  if (!found.ok()) return found.error();
  hops_.named_by_others(named);
  routes_.begin_learning();
  for (auto const& route : *found) routes_.learned(route);
  for (auto const& route : beside.found()) routes_.learned_beside(route);
  routes_.end_learning();
  return {};
}

bgp::Result<void> Learning::named_by_others() {
  std::set<ObjectId> named;
  auto const found = kernel_.routes(RT_TABLE_UNSPEC, [&](rtnl::Route const& route) {
    if (route.next_hop_id != 0 && !routes_.cares_for(route)) named.insert(route.next_hop_id);
    return false;
  });
  if (!found.ok()) return found.error();
  hops_.named_by_others(named);
  return {};
}

void follow_objects(HopBook& hops, RouteBook& routes) {
  routes.objects_gone(hops.take_gone());
  if (hops.take_changed()) routes.look_again();
}

}  // namespace tern::fib
