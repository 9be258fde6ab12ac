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

LearnedRoutes::Learned LearnedRoutes::look_up(bgp::IpAddress const& next_hop) const {
  auto const prefix = speaker_->match(next_hop);
  if (!prefix) return std::nullopt;
  bgp::RouteQuery query;
  query.prefix = prefix;
  auto const listing = speaker_->routes(query);
  std::vector<bgp::RouteEntry> routes;
  while (listing->next(16, routes)) {
  }
  for (auto const& route : routes) {
    if (route.best && !route.attributes.next_hop.is_unset()) return {{*prefix, route.attributes.next_hop}};
  }
  return std::nullopt;
}

}  // namespace tern::speaker
