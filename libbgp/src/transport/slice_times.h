// How long pieces of work hold the executor, one after the other: by the clock, and by the time on a processor that
// they take, for the kernel may let others go on meanwhile. One thread at a time: the executor's.
#pragma once

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "transport/clock.h"

namespace bgp::transport {

class SliceTimes {
 public:
  explicit SliceTimes(std::shared_ptr<Clock> clock) : clock_(std::move(clock)), seen_(clock_->processor_time()) {}

  /// A piece of work begins; one that is part of another ends before it.
  void begin() { ++depth_; }
  void end(Time begun) {
    if (--depth_ == 0) note(clock_->now() - begun);
  }

  [[nodiscard]] Duration longest() const { return longest_; }
  /// Not less than any that took `look_after` or more. What the thread did before it since the last look counts with
  /// it, other pieces of work and whatever lay between them, but no more than it lasted by the clock.
  [[nodiscard]] Duration longest_on_processor() const { return longest_on_processor_; }

 private:
  // To ask for the time on the processor is a system call, of up to a microsecond: as much as a lone change can spare.
  static constexpr Duration look_after = std::chrono::microseconds(100);

  void note(Duration lasted) {
    longest_ = std::max(longest_, lasted);
    unseen_ += lasted;
    if (unseen_ < look_after) return;
    longest_on_processor_ = std::max(longest_on_processor_, std::min(lasted, look()));
    unseen_ = {};
  }
  // On a processor since the last look. Another thread has had its own: how much is not known.
  Duration look() {
    auto const now = clock_->processor_time();
    auto const since = now - std::exchange(seen_, now);
    auto const thread = std::this_thread::get_id();
    return std::exchange(thread_, thread) == thread ? since : Duration::max();
  }

  std::shared_ptr<Clock> clock_;
  unsigned depth_ = 0;
  Duration longest_{};
  Duration longest_on_processor_{};
  Duration unseen_{};                                    // of work, since the last look,
  Duration seen_;                                        // which saw this
  std::thread::id thread_ = std::this_thread::get_id();  // of this thread
};

}  // namespace bgp::transport
