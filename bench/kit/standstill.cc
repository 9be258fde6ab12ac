#include "kit/standstill.h"

#include <sched.h>
#include <time.h>

namespace bench {
namespace {

constexpr Nanos kAsleep = kMillisecond / 2;

bool go_before_others_on(int processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  sched_param const priority{.sched_priority = sched_get_priority_max(SCHED_FIFO)};
  return sched_setaffinity(0, sizeof one, &one) == 0 && sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
}

}  // namespace

Standstill::Standstill() {
  cpu_set_t ours;
  if (sched_getaffinity(0, sizeof ours, &ours) != 0) may_not_ = true;
  for (int processor = 0; !may_not_ && processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &ours)) {
      threads_.emplace_back([this, processor](std::stop_token const& stop) { watch(stop, processor); });
    }
  }
}

std::optional<Nanos> Standstill::end() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
  return may_not_ ? std::nullopt : std::optional(longest_.load());
}

void Standstill::watch(std::stop_token const& stop, int processor) {
  if (!go_before_others_on(processor)) {
    may_not_ = true;
    return;
  }
  while (!stop.stop_requested()) {
    Nanos const due = now() + kAsleep;
    timespec const at{.tv_sec = due / kSecond, .tv_nsec = due % kSecond};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
    Nanos const late = now() - due;
    for (Nanos longest = longest_; late > longest && !longest_.compare_exchange_weak(longest, late);) continue;
  }
}

}  // namespace bench
