#include "fib/resolution.h"

#include <linux/rtnetlink.h>

#include <algorithm>

namespace tern::fib {

// ---- What the kernel has

void ResolutionBook::links_are(std::vector<rtnl::Link> const& links) {
  links_.clear();
  for (auto const& link : links) links_[link.index] = link;
}

void ResolutionBook::link_is(rtnl::Link const& link) {
  links_[link.index] = link;
  if (!link.up) drop_routes_through(link.index);
}

void ResolutionBook::link_gone(unsigned index) {
  links_.erase(index);
  drop_routes_through(index);
}

// The kernel drops IPv4 routes through an interface that is taken down and does not say so; nor do they come back with
// it.
void ResolutionBook::drop_routes_through(unsigned index) {
  for (auto it = routes_.begin(); it != routes_.end();) {
    auto& candidates = it->second;
    for (auto& candidate : candidates) {
      auto const before = candidate.via.size();
      std::erase_if(candidate.via, [index](auto const& via) { return via.interface == index; });
      candidate.lost = candidate.via.empty() && before != 0;
    }
    std::erase_if(candidates, [](Candidate const& candidate) { return candidate.lost; });
    it = candidates.empty() ? routes_.erase(it) : std::next(it);
  }
}

void ResolutionBook::addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses) {
  addresses_ = {addresses.begin(), addresses.end()};
}

void ResolutionBook::heard(rtnl::InterfaceAddress const& address, bool removed) {
  if (removed) {
    addresses_.erase(address);
  } else {
    addresses_.insert(address);
  }
}

void ResolutionBook::routes_are(std::vector<rtnl::Route> const& routes) {
  routes_.clear();
  for (auto const& route : routes) heard(route, false, false);
}

bool ResolutionBook::counts(rtnl::Route const& route) const {
  return route.table == table_ && route.tos == 0 && (route.flags & RTM_F_CLONED) == 0 &&
         std::ranges::find(ours_, route.protocol) == ours_.end();
}

void ResolutionBook::heard(rtnl::Route const& route, bool removed, bool replaced) {
  if (!counts(route)) return;
  auto& candidates = routes_[route.destination];
  auto const same_metric = [&](Candidate const& known) { return known.metric == route.metric; };
  if (removed || replaced) std::erase_if(candidates, same_metric);
  if (!removed) {
    auto const at = std::ranges::find_if(candidates, [&](auto const& known) { return known.metric > route.metric; });
    candidates.insert(at, {route.metric, route.type, route.via, false});
  }
  if (candidates.empty()) routes_.erase(route.destination);
}

// ---- Answers

std::optional<HopPath> ResolutionBook::way(bgp::IpAddress const& address, std::vector<Candidate> const& candidates,
                                           std::uint32_t& cost, std::string& reason) const {
  for (auto const& candidate : candidates) {
    if (candidate.type != RTN_UNICAST) {
      reason = "the kernel's route to it is a blackhole or unreachable";
      return std::nullopt;
    }
    for (auto const& via : candidate.via) {
      auto const link = links_.find(via.interface);
      if (link == links_.end() || !link->second.running) {
        reason = "interface " + (link == links_.end() ? std::to_string(via.interface) : link->second.name) + " is down";
        continue;
      }
      cost = candidate.metric;
      auto const on_link = via.gateway.is_unset();
      return HopPath{link->second.name, on_link ? address : via.gateway, via.onlink};
    }
  }
  return std::nullopt;
}

Resolution ResolutionBook::through_kernel(bgp::IpAddress const& address, unsigned least_length) const {
  Resolution resolution;
  resolution.reason = "the kernel has no route to it";
  for (auto length = static_cast<int>(address.size() * 8); length >= static_cast<int>(least_length); --length) {
    auto const known = routes_.find(bgp::Prefix(address, static_cast<unsigned>(length)));
    if (known == routes_.end()) continue;
    resolution.path = way(address, known->second, resolution.cost, resolution.reason);
    if (resolution.path) resolution.reason.clear();
    return resolution;
  }
  return resolution;
}

// What BGP learned counts where it is more specific than the kernel's other routes, but not for its own next hop: a
// default covers that too, and leads to it by the link. RFC 4271 §9.1.2.1.
Resolution ResolutionBook::resolve(bgp::IpAddress const& address, unsigned depth) const {
  auto const own = std::ranges::any_of(addresses_, [&](auto const& known) { return known.address == address; });
  if (own) return {std::nullopt, 0, "it is this node's own address"};
  auto const learned = learned_ && depth < depth_limit ? learned_(address) : std::nullopt;
  auto const usable = learned && learned->next_hop != address;
  if (!usable) return through_kernel(address, 0);
  auto const more_specific = through_kernel(address, learned->prefix.length());
  if (more_specific.path) return more_specific;
  auto const through_bgp = resolve(learned->next_hop, depth + 1);
  return through_bgp.path ? through_bgp : through_kernel(address, 0);
}

}  // namespace tern::fib
