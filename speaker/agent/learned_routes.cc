#include "speaker/agent/learned_routes.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace tern::speaker {

LearnedRoutes::LearnedRoutes(boost::asio::any_io_executor executor, fib::NextHopTracker& tracker)
    : executor_(std::move(executor)), tracker_(tracker) {
  tracker_.set_learned([this](bgp::IpAddress const& address) {
    auto const found = known_.find(address);
    return found == known_.end() ? std::nullopt : found->second;
  });
}

void LearnedRoutes::attach(bgp::Speaker const& speaker) {
  speaker_ = &speaker;
  for (auto const& [next_hop, learned] : known_) look_soon(next_hop);
}

void LearnedRoutes::asked(bgp::IpAddress const& next_hop) {
  if (known_.try_emplace(next_hop).second) look_soon(next_hop);
}

void LearnedRoutes::changed(bgp::Prefix const& prefix) {
  for (auto it = known_.lower_bound(prefix.address()); it != known_.end() && prefix.covers({it->first, 128}); ++it) {
    look_soon(it->first);
  }
}

void LearnedRoutes::look_soon(bgp::IpAddress const& next_hop) {
  if (speaker_ == nullptr) return;
  auto const first = to_look_up_.empty();
  to_look_up_.insert(next_hop);
  if (!first) return;
  boost::asio::post(executor_, [weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->look();
  });
}

void LearnedRoutes::look() {
  for (auto const& next_hop : std::exchange(to_look_up_, {})) {
    auto const known = known_.find(next_hop);
    if (known == known_.end()) continue;
    auto const before = std::exchange(known->second, look_up(next_hop));
    if (before) tracker_.learned_changed(before->prefix);
    if (known->second) tracker_.learned_changed(known->second->prefix);
  }
}

// RFC 4271 §9.1.2.1: a route does not count for its own next hops, then the next less specific one may. A default
// covers its next hops as well, and counts for all others.
LearnedRoutes::Learned LearnedRoutes::look_up(bgp::IpAddress const& next_hop) const {
  auto const longest = speaker_->match(next_hop);
  if (!longest) return std::nullopt;
  for (auto length = static_cast<int>(longest->length()); length >= 0; --length) {
    bgp::Prefix const prefix(next_hop, static_cast<unsigned>(length));
    if (auto const way = way_by(prefix, next_hop)) return {{prefix, *way}};
  }
  return std::nullopt;
}

std::optional<bgp::IpAddress> LearnedRoutes::way_by(bgp::Prefix const& prefix, bgp::IpAddress const& to) const {
  bgp::RouteQuery query;
  query.prefix = prefix;
  auto const listing = speaker_->routes(query);
  std::vector<bgp::RouteEntry> routes;
  while (listing->next(16, routes)) {
  }
  std::optional<bgp::IpAddress> way;
  for (auto const& route : routes) {
    if (route.attributes.next_hop == to) return std::nullopt;
    if (route.best && !route.attributes.next_hop.is_unset()) way = route.attributes.next_hop;
  }
  return way;
}

}  // namespace tern::speaker
