#include "kernel/view.h"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace bench {

bgp::IpAddress address(std::string const& text) {
  auto const parsed = bgp::IpAddress::parse(text);
  if (!parsed) throw std::runtime_error("not an address: " + text);
  return *parsed;
}

bgp::Prefix prefix_of(Prefix const& prefix) { return {bgp::IpAddress::v4(prefix.address), prefix.length}; }

KernelView::KernelView() : kernel_(value_of(rtnl::Kernel::open({}))) {}

unsigned KernelView::interface(std::string const& name) {
  for (auto const& link : value_of(kernel_.links())) {
    if (link.name == name) return link.index;
  }
  return 0;
}

rtnl::Via KernelView::via(Way const& way) {
  unsigned const index = interface(way.interface);
  if (index == 0) throw std::runtime_error("there is no interface " + way.interface);
  return {index, address(way.gateway), false, 1};
}

void KernelView::perform(rtnl::Buffer& requests, std::size_t count, std::uint32_t first) {
  auto const refused = value_of(kernel_.perform(requests, first, count));
  if (!refused.empty()) throw std::runtime_error("the kernel refused: " + refused.front().text);
}

// A change waits for those before it; this one is refused, as there is no such route.
void KernelView::await_changes() {
  rtnl::Route nowhere;
  nowhere.destination = {address("192.0.2.1"), 32};
  nowhere.table = 254;
  nowhere.protocol = 250;
  rtnl::Buffer request;
  rtnl::put_delete_route(request, 1, nowhere);
  static_cast<void>(value_of(kernel_.perform(request, 1, 1)));
}

std::uint64_t KernelView::objects(std::uint8_t protocol) {
  auto const all = value_of(kernel_.objects());
  return static_cast<std::uint64_t>(
      std::ranges::count_if(all, [&](auto const& object) { return object.protocol == protocol; }));
}

std::uint64_t KernelView::wrong(std::uint8_t protocol, std::span<Prefix const> prefixes, rtnl::Via const& way) {
  std::unordered_map<std::uint32_t, rtnl::Via> ways;
  for (auto const& object : value_of(kernel_.objects())) ways[object.id] = object.via;
  auto const here = [&](rtnl::Route const& route) {
    auto const only = route.next_hop_id != 0  ? ways[route.next_hop_id]
                      : route.via.size() == 1 ? route.via[0]
                                              : rtnl::Via();
    return only.interface == way.interface && only.gateway == way.gateway;
  };
  std::vector<bgp::Prefix> wanted, found;
  wanted.reserve(prefixes.size());
  for (auto const& prefix : prefixes) wanted.push_back(prefix_of(prefix));
  auto const ours = [&](rtnl::Route const& route) {
    return route.protocol == protocol && route.destination.address().is_v4();
  };
  std::uint64_t wrong = 0;
  for (auto const& route : value_of(kernel_.routes(254, ours))) {
    found.push_back(route.destination);
    if (!here(route)) ++wrong;
  }
  std::ranges::sort(wanted);
  std::ranges::sort(found);
  std::vector<bgp::Prefix> different;
  std::ranges::set_symmetric_difference(wanted, found, std::back_inserter(different));
  return wrong + different.size();
}

}  // namespace bench
