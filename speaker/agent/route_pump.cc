#include "speaker/agent/route_pump.h"

#include <algorithm>

#include "speaker/agent/admission.h"

namespace tern::speaker {

namespace {
// Some milliseconds' work for the kernel's thread.
constexpr std::size_t most_under_way = 16384;
// Of which it tells in parts: to wake the other thread costs as much as some routes.
constexpr std::size_t told_at_once = most_under_way / 4;
static_assert(told_at_once <= most_under_way / 2, "a paused pump goes on at half, and must be told of that");
}  // namespace

RoutePump::RoutePump(boost::asio::any_io_executor executor, bgp::Speaker& speaker, NextHops& next_hops,
                     LearnedRoutes& learned, KernelThread& kernel, config::Node node, std::uint32_t metric)
    : executor_(std::move(executor)),
      speaker_(speaker),
      next_hops_(next_hops),
      learned_(learned),
      kernel_(kernel),
      node_(std::move(node)),
      rules_(node_),
      target_{metric, {}} {}

void RoutePump::start() {
  routes_ = speaker_.on_routes([this](std::span<bgp::RouteEvent const> events) { tell(events); });
}

void RoutePump::stop() {
  routes_ = {};
  snapshot_ = {};
}

// One that is under way begins anew: it may have told some before whoever asks now had a reason to.
void RoutePump::tell_all(std::function<void()> done) {
  told_.push_back(std::move(done));
  snapshot_ = speaker_.on_routes([this](std::span<bgp::RouteEvent const> events) {
    auto const in_sync = events.back().kind == bgp::RouteEvent::Kind::in_sync;
    tell(events);
    if (!in_sync) return;
    auto const told = std::exchange(told_, {});
    snapshot_ = {};
    for (auto const& tell : told) tell();
  });
  if (paused_) snapshot_.pause();
}

void RoutePump::node_is(config::Node node) {
  node_ = std::move(node);
  rules_ = EncapsulationRules(node_);
}

void RoutePump::tell(std::span<bgp::RouteEvent const> events) {
  Changes changes;
  changes.routes.reserve(events.size());
  for (auto const& event : events) {
    if (event.kind == bgp::RouteEvent::Kind::in_sync) continue;
    learned_.changed(event.prefix);
    auto const refused = !why_refused(event.prefix, node_).empty();
    if (refused && is_own_block(event.prefix, node_)) continue;  // the agent's
    // One that is refused may have been let in while the node was another.
    changes.routes.push_back({event.prefix, refused ? nullptr : target_of(event, changes.targets)});
  }
  if (!changes.routes.empty()) hand_over(std::move(changes));
}

// Nothing for a withdrawal, and for routes of our own: they lead nowhere else. Routes come in runs of one target.
fib::Target const* RoutePump::target_of(bgp::RouteEvent const& event, std::deque<fib::Target>& targets) {
  if (event.kind == bgp::RouteEvent::Kind::withdraw || event.peer == bgp::local_peer) return nullptr;
  if (event.next_hops.empty()) return nullptr;
  target_.hops.clear();
  for (auto const& next_hop : event.next_hops) {
    target_.hops.push_back({{next_hop, rules_.choose(event.prefix, next_hop)}, 1});
  }
  std::ranges::sort(target_.hops);  // the same hops in another order are the same target
  if (targets.empty() || targets.back() != target_) {
    for (auto const& hop : target_.hops) next_hops_.use(hop.hop);
    targets.push_back(target_);
  }
  return &targets.back();
}

void RoutePump::hand_over(Changes changes) {
  auto const count = changes.routes.size();
  under_way_ += count;
  kernel_.post(
      [changes = std::move(changes), untold = untold_, executor = executor_, weak = weak_from_this()](fib::Fib& fib) {
        fib.apply(changes.routes);
        if ((*untold += changes.routes.size()) < told_at_once) return;
        boost::asio::post(executor, [weak, count = std::exchange(*untold, 0)] {
          if (auto const self = weak.lock()) self->taken(count);
        });
      });
  if (under_way_ < most_under_way || std::exchange(paused_, true)) return;
  routes_.pause();
  snapshot_.pause();
}

void RoutePump::taken(std::size_t count) {
  under_way_ -= count;
  if (!paused_ || under_way_ > most_under_way / 2) return;
  paused_ = false;
  routes_.resume();
  snapshot_.resume();
}

}  // namespace tern::speaker
