// How late the machine is: a thread on each processor, which goes before all other programs', asks to be woken every
// half millisecond and sees when it is. What it waits for, a hypervisor that has others to serve or a kernel that is
// not to be interrupted, everybody on that processor waits for. Takes a hundredth of each processor.
#pragma once
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "kit/clock.h"

namespace bench {

class Standstill {
 public:
  // Begins.
  Standstill();

  // Ends; the latest that a thread was woken on any processor, and it may have stood still for half a millisecond more.
  // Nothing where we may not go before others: CAP_SYS_NICE, RLIMIT_RTPRIO, or a control group has no time for it.
  [[nodiscard]] std::optional<Nanos> end();

 private:
  void watch(std::stop_token const& stop, int processor);

  std::atomic<Nanos> longest_ = 0;
  std::atomic<bool> may_not_ = false;
  std::vector<std::jthread> threads_;  // last: they end before what they note in
};

}  // namespace bench
