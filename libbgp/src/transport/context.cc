#include "transport/context.h"

#include "transport/lingering.h"

namespace bgp::transport {

Context::Context(boost::asio::any_io_executor executor, std::shared_ptr<Network> network, std::shared_ptr<Clock> clock,
                 Limits limits)
    : executor_(std::move(executor)),
      clock_(std::move(clock)),
      network_(std::move(network)),
      limits_(limits),
      post_(executor_),
      rounds_(executor_, clock_, limits_.round),
      slice_times_(clock_),
      read_buffer_(limits_.read_size + wire::max_extended_message) {}

Context::Context(boost::asio::any_io_executor executor) : Context(executor, make_steady_clock(executor)) {}

Context::Context(boost::asio::any_io_executor executor, std::shared_ptr<Clock> clock)
    : Context(executor, make_tcp_network(executor, clock), clock) {}

Context::~Context() = default;

void Context::post(std::function<void()> work) {
  post_([weak = weak_from_this(), work = std::move(work)] {
    auto const self = weak.lock();
    if (!self) return work();
    Stopwatch const stopwatch(*self);
    work();
  });
}

void Context::when_quiet(std::function<void()> callback) {
  if (lingering_.empty()) return post(std::move(callback));
  quiet_.push_back(std::move(callback));
}

void Context::gone(std::shared_ptr<Lingering> const& lingering) {
  lingering_.erase(lingering);
  if (!lingering_.empty()) return;
  for (auto& callback : std::exchange(quiet_, {})) post(std::move(callback));
}

}  // namespace bgp::transport
