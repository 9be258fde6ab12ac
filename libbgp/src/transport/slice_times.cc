#include "transport/slice_times.h"

#include <unistd.h>

#include <algorithm>

namespace bgp::transport {
namespace {

// To ask for the time on the processor is a system call, of up to a microsecond: as much as a lone change can spare.
constexpr Duration look_after = std::chrono::microseconds(100);

}  // namespace

std::uint64_t SliceTimes::this_thread() {
  thread_local auto const number = static_cast<std::uint64_t>(::gettid());
  return number;
}

// What another thread has had of a processor says nothing about this one's work.
void SliceTimes::enter_thread() {
  thread_ = this_thread();
  processor_time_at_look_ = clock_->processor_time();
  worked_since_look_ = {};
}

void SliceTimes::note(Duration lasted) {
  longest_ = std::max(longest_, lasted);
  worked_since_look_ += lasted;
  if (worked_since_look_ < look_after) return;
  auto const now = clock_->processor_time();
  auto const since_look = now - std::exchange(processor_time_at_look_, now);
  longest_on_processor_ = std::max(longest_on_processor_, std::min(lasted, since_look));
  worked_since_look_ = {};
}

}  // namespace bgp::transport
