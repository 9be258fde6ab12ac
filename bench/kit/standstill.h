// For how long the machine gives nobody a processor, as a hypervisor does that has others to serve: nothing that runs
// here can be sooner than that. A thread on each processor, which goes before every other program's, asks to be woken
// every half millisecond, and sees how late it is. Takes a hundredth of each processor.
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

  // Ends; the longest that any of the processors stood still. Nothing where we may not go before others (CAP_SYS_NICE).
  [[nodiscard]] std::optional<Nanos> end();

 private:
  void watch(std::stop_token const& stop, int processor);

  std::atomic<Nanos> longest_ = 0;
  std::atomic<bool> may_not_ = false;
  std::vector<std::jthread> threads_;  // last: they end before what they note in
};

}  // namespace bench
