// From the Loc-RIB to the kernel's thread: each route with its next hops becomes a wanted route with its hops, each
// encapsulated as its pool says. What has been handed over and not yet taken is bounded: beyond that BGP is told
// "later", and tells the latest state afterwards. All calls on BGP's thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "bgp/speaker.h"
#include "speaker/agent/encapsulation.h"
#include "speaker/agent/kernel_thread.h"
#include "speaker/agent/next_hops.h"

namespace tern::speaker {

class RoutePump : public std::enable_shared_from_this<RoutePump> {
 public:
  RoutePump(boost::asio::any_io_executor executor, bgp::Speaker& speaker, NextHops& next_hops, LearnedRoutes& learned,
            KernelThread& kernel, config::Node node, std::uint32_t metric);

  void start();
  void stop();
  /// All routes that the Loc-RIB has now are handed over, also those that were before; then `done` is called: what it
  /// posts to the kernel's thread runs behind them.
  void tell_all(std::function<void()> done);
  /// Another node from here on. What was told of the one before stands until tell_all().
  void node_is(config::Node node);

 private:
  void tell(std::span<bgp::RouteEvent const> events);
  struct Changes {
    std::vector<fib::RouteChange> routes;
    std::deque<fib::Target> targets;  // that these point to

    Changes() = default;
    Changes(Changes&&) = default;
    Changes(Changes const&) = delete;
  };
  [[nodiscard]] fib::Target const* target_of(bgp::RouteEvent const& event, std::deque<fib::Target>& targets);
  void hand_over(Changes changes);
  void taken(std::size_t count);

  boost::asio::any_io_executor const executor_;
  bgp::Speaker& speaker_;
  NextHops& next_hops_;
  LearnedRoutes& learned_;
  KernelThread& kernel_;
  config::Node node_;
  EncapsulationRules rules_;

  bgp::RouteSubscription routes_;
  // A second snapshot: when it is in sync, so is what came before it.
  bgp::RouteSubscription snapshot_;
  std::vector<std::function<void()>> told_;  // whom to tell of that
  fib::Target target_;                       // of the event at hand
  std::size_t under_way_ = 0;                // changes handed over and not yet told to be taken
  std::shared_ptr<std::size_t> const untold_ =
      std::make_shared<std::size_t>();  // taken and not yet told; the kernel's thread only
  bool paused_ = false;
};

}  // namespace tern::speaker
