#include "fib/learning.h"

namespace tern::fib {

bgp::Result<void> Learning::everything() {
  if (auto result = links(); !result.ok()) return result;
  if (auto result = addresses(); !result.ok()) return result;
  if (auto result = neighbours(); !result.ok()) return result;
  if (auto result = objects(); !result.ok()) return result;
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
  if (hops_.is_inline()) return {};
  auto const found = kernel_.objects();
  if (!found.ok()) return found.error();
  hops_.learned(*found);
  return {};
}

bgp::Result<void> Learning::routes() {
  auto const found = kernel_.routes(table_, [this](rtnl::Route const& route) { return routes_.cares_for(route); });
  if (!found.ok()) return found.error();
  routes_.begin_learning();
  for (auto const& route : *found) routes_.learned(route);
  routes_.end_learning();
  return {};
}

void follow_objects(HopBook& hops, RouteBook& routes) {
  routes.objects_gone(hops.take_gone());
  if (hops.take_changed()) routes.look_again();
}

}  // namespace tern::fib
