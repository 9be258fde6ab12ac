// How long pieces of work hold the executor, one after the other: by the clock, and by the time on a processor that
// they take, for the kernel may let others go on meanwhile. One thread at a time: the executor's.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "transport/clock.h"

namespace bgp::transport {

class SliceTimes {
 public:
  explicit SliceTimes(std::shared_ptr<Clock> clock) : clock_(std::move(clock)) {}

  /// A piece of work begins; one that is part of another ends before it.
  void begin() {
    if (depth_++ == 0 && thread_ != this_thread()) enter_thread();
  }
  void end(Time begun) {
    if (--depth_ == 0) note(clock_->now() - begun);
  }

  [[nodiscard]] Duration longest() const { return longest_; }
  /// Not less than any that took 100 us or more. What the thread did before it since the last look counts with
  /// it, other pieces of work and whatever lay between them, but no more than it lasted by the clock.
  [[nodiscard]] Duration longest_on_processor() const { return longest_on_processor_; }

 private:
  // The kernel's: a std::thread::id is the next one's as well.
  static std::uint64_t this_thread();
  void enter_thread();
  void note(Duration lasted);

  std::shared_ptr<Clock> clock_;
  unsigned depth_ = 0;
  Duration longest_{};
  Duration longest_on_processor_{};
  Duration worked_since_look_{};       // by the clock
  Duration processor_time_at_look_{};  // of this thread
  std::uint64_t thread_ = 0;           // 0: nothing was done yet
};

}  // namespace bgp::transport
