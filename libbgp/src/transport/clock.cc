#include "transport/clock.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <map>

namespace bgp::transport {
namespace {

using Steady = std::chrono::steady_clock;

// The wait outlives the Timer, so what it refers to is shared; the number tells a wait that was replaced.
class SteadyTimer final : public Timer {
 public:
  explicit SteadyTimer(boost::asio::any_io_executor const& executor) : state_(std::make_shared<State>(executor)) {}
  ~SteadyTimer() override { cancel(); }

  void arm(Time at, std::function<void()> callback) override {
    auto const number = ++state_->number;
    state_->callback = std::move(callback);
    state_->timer.expires_at(Steady::time_point(at.time_since_epoch()));
    state_->timer.async_wait([state = state_, number](boost::system::error_code error) {
      if (error || state->number != number) return;
      auto const call = std::move(state->callback);
      call();
    });
  }
  void cancel() override {
    ++state_->number;
    state_->callback = nullptr;
    state_->timer.cancel();
  }

 private:
  struct State {
    explicit State(boost::asio::any_io_executor const& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    std::uint64_t number = 0;
    std::function<void()> callback;
  };
  std::shared_ptr<State> state_;
};

class SteadyClock final : public Clock {
 public:
  explicit SteadyClock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  [[nodiscard]] Time now() const override { return Time(Steady::now().time_since_epoch()); }
  [[nodiscard]] Duration processor_time() const override {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
  [[nodiscard]] std::unique_ptr<Timer> make_timer() override { return std::make_unique<SteadyTimer>(executor_); }

 private:
  boost::asio::any_io_executor executor_;
};

}  // namespace

std::shared_ptr<Clock> make_steady_clock(boost::asio::any_io_executor executor) {
  return std::make_shared<SteadyClock>(std::move(executor));
}

struct ManualClock::Timers {
  Time now{std::chrono::hours(1)};
  Duration off_processor{};
  std::uint64_t next_number = 0;
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> armed;
};

class ManualClock::ManualTimer final : public Timer {
 public:
  explicit ManualTimer(std::shared_ptr<Timers> timers) : timers_(std::move(timers)) {}
  ~ManualTimer() override { cancel(); }
  void arm(Time at, std::function<void()> callback) override {
    cancel();
    key_ = {at, ++timers_->next_number};
    timers_->armed.emplace(key_, std::move(callback));
  }
  void cancel() override { timers_->armed.erase(key_); }

 private:
  std::shared_ptr<Timers> timers_;
  std::pair<Time, std::uint64_t> key_{};
};

ManualClock::ManualClock() : timers_(std::make_shared<Timers>()) {}
ManualClock::~ManualClock() = default;
Time ManualClock::now() const { return timers_->now; }
Duration ManualClock::processor_time() const { return timers_->now.time_since_epoch() - timers_->off_processor; }
std::unique_ptr<Timer> ManualClock::make_timer() { return std::make_unique<ManualTimer>(timers_); }
Time ManualClock::next() const { return timers_->armed.empty() ? session::never : timers_->armed.begin()->first.first; }

void ManualClock::advance(Duration by) {
  auto const timers = timers_;
  auto const end = timers->now + by;
  while (!timers->armed.empty() && timers->armed.begin()->first.first <= end) {
    auto node = timers->armed.extract(timers->armed.begin());
    timers->now = std::max(timers->now, node.key().first);
    node.mapped()();
  }
  timers->now = std::max(timers->now, end);
}

void ManualClock::advance_off_processor(Duration by) {
  timers_->off_processor += by;
  timers_->now += by;
}

}  // namespace bgp::transport
