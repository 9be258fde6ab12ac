// How long pieces of work hold the executor's thread, one after the other: by the clock, and by the time on a processor
// that they take, for the kernel may let others go on meanwhile. One thread: the executor's.
#pragma once

#include <algorithm>
#include <memory>

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
  /// Too long by what was done since the last look before that piece of work, `look_after` or a little more.
  [[nodiscard]] Duration longest_on_processor() const { return longest_on_processor_; }

 private:
  // To ask for the time on the processor is a system call, of up to a microsecond: as much as a lone change can spare.
  static constexpr Duration look_after = std::chrono::microseconds(100);

  void note(Duration lasted) {
    longest_ = std::max(longest_, lasted);
    unseen_ += lasted;
    if (unseen_ < look_after) return;
    auto const seen = clock_->processor_time();
    longest_on_processor_ = std::max(longest_on_processor_, std::min(lasted, seen - std::exchange(seen_, seen)));
    unseen_ = {};
  }

  std::shared_ptr<Clock> clock_;
  unsigned depth_ = 0;
  Duration longest_{};
  Duration longest_on_processor_{};
  Duration unseen_{};  // of work, since the last look at the time on the processor,
  Duration seen_;      // which was this
};

}  // namespace bgp::transport
