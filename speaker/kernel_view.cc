#include "speaker/kernel_view.h"

#include <algorithm>

#include "speaker/agent/admission.h"

namespace tern::speaker {

namespace {

using mgmt::FibRoute;
using mgmt::FibState;

FibState state_of(fib::RouteBook::State state) {
  using State = fib::RouteBook::State;
  switch (state) {
    case State::installed:
      return FibState::installed;
    case State::failed:
      return FibState::failed;
    case State::conflicting:
      return FibState::conflicting;
    case State::leftover:
      return FibState::leftover;
    case State::nothing:
    case State::pending:
      break;
  }
  return FibState::pending;
}

char const* name_of(fib::Encapsulation encapsulation) {
  switch (encapsulation) {
    case fib::Encapsulation::ipip:
      return "ipip";
    case fib::Encapsulation::vxlan:
      return "vxlan";
    case fib::Encapsulation::none:
      break;
  }
  return "none";
}

std::optional<FibRoute> describe(fib::Fib const& fib, bgp::Prefix const& prefix) {
  auto description = fib.describe(prefix);
  if (description.state == fib::RouteBook::State::nothing) return std::nullopt;
  FibRoute route;
  route.prefix = prefix;
  route.state = state_of(description.state);
  route.stands = description.stands;
  route.reason = std::move(description.reason);
  if (!description.target) return route;
  route.metric = description.target->metric;
  route.blackhole = description.target->hops.empty();
  for (auto const& [name, weight] : description.target->hops) {
    mgmt::FibHop hop{name.address, name_of(name.encapsulation)};
    if (auto const path = fib.path(name)) {
      hop.interface = path->interface;
      hop.gateway = path->gateway;
    }
    hop.weight = weight;
    route.hops.push_back(std::move(hop));
  }
  return route;
}

mgmt::FibSummary summary_of(fib::Fib const& fib) {
  auto const status = fib.status();
  mgmt::FibSummary summary;
  summary.installed = status.installed;
  summary.pending = status.pending;
  summary.failed = status.failed;
  summary.conflicting = status.conflicting;
  summary.leftover = status.leftover;
  summary.messages = status.messages;
  summary.refused = status.refused;
  summary.overruns = status.overruns;
  summary.next_hop_objects = !status.inline_hops;
  for (auto& device : fib.devices()) {
    auto const* kind = device.kind == fib::TunnelDevice::Kind::vxlan ? "vxlan" : "ipip";
    summary.devices.push_back({device.name, kind, std::move(device.why_not), device.remote_ends});
  }
  return summary;
}

std::optional<FibRoute> match_in(fib::Fib const& fib, bgp::IpAddress const& address) {
  for (auto length = static_cast<int>(address.size() * 8); length >= 0; --length) {
    if (auto route = describe(fib, {address, static_cast<unsigned>(length)})) return route;
  }
  return std::nullopt;
}

/// Which prefixes there are is looked up with the first piece; each is shown as it stands when its turn comes.
class Listing final : public mgmt::FibListing {
 public:
  Listing(KernelThread& kernel, boost::asio::any_io_executor executor, mgmt::FibQuery query)
      : kernel_(kernel), executor_(std::move(executor)), state_(std::make_shared<State>(std::move(query))) {}

  void next(std::size_t most, std::function<void(std::vector<FibRoute>, bool more)> done) override {
    kernel_.ask(
        executor_, [state = state_, most](fib::Fib const& fib) { return state->next(fib, most); },
        [done = std::move(done)](Piece piece) { done(std::move(piece.routes), piece.more); });
  }

 private:
  struct Piece {
    std::vector<FibRoute> routes;
    bool more = false;
  };
  /// Of the kernel's thread.
  struct State {
    explicit State(mgmt::FibQuery asked) : query(std::move(asked)) {}
    mgmt::FibQuery query;
    std::optional<std::vector<bgp::Prefix>> prefixes;
    std::size_t at = 0;

    Piece next(fib::Fib const& fib, std::size_t most) {
      if (!prefixes) {
        prefixes = fib.prefixes();
        if (query.within) std::erase_if(*prefixes, [&](auto const& prefix) { return !query.within->covers(prefix); });
      }
      Piece piece;
      auto const end = std::min(at + most, prefixes->size());
      for (; at < end; ++at) {
        auto route = describe(fib, (*prefixes)[at]);
        if (route && (query.states.empty() || std::ranges::count(query.states, route->state) > 0)) {
          piece.routes.push_back(*std::move(route));
        }
      }
      piece.more = at < prefixes->size();
      return piece;
    }
  };

  KernelThread& kernel_;
  boost::asio::any_io_executor const executor_;
  std::shared_ptr<State> const state_;
};

class View final : public mgmt::FibView {
 public:
  View(Agent& agent, boost::asio::any_io_executor executor)
      : agent_(agent), kernel_(agent.kernel()), executor_(std::move(executor)) {}

  void summary(std::function<void(mgmt::FibSummary)> done) const override {
    kernel_.ask(executor_, summary_of, std::move(done));
  }
  void find(bgp::Prefix const& prefix, std::function<void(std::optional<FibRoute>)> done) const override {
    auto const find = [prefix, refused = why_refused(prefix, agent_.node())](fib::Fib const& fib) {
      auto route = describe(fib, prefix);
      if (route || refused.empty()) return route;
      route.emplace();
      route->prefix = prefix;
      route->state = FibState::refused;
      route->reason = refused;
      return route;
    };
    kernel_.ask(executor_, find, std::move(done));
  }
  void match(bgp::IpAddress const& address, std::function<void(std::optional<FibRoute>)> done) const override {
    kernel_.ask(
        executor_, [address](fib::Fib const& fib) { return match_in(fib, address); }, std::move(done));
  }
  std::unique_ptr<mgmt::FibListing> routes(mgmt::FibQuery query) const override {
    return std::make_unique<Listing>(kernel_, executor_, std::move(query));
  }

 private:
  Agent const& agent_;
  KernelThread& kernel_;
  boost::asio::any_io_executor const executor_;
};

}  // namespace

std::unique_ptr<mgmt::FibView> view_of(Agent& agent, boost::asio::any_io_executor executor) {
  return std::make_unique<View>(agent, std::move(executor));
}

}  // namespace tern::speaker
