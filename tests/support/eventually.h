// Waiting for a condition, with a deadline: what a test does instead of sleeping.
// Not for pure rooms: it reads the real clock. Any thread.
#pragma once

#include <chrono>
#include <thread>

namespace support {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

inline Deadline in(std::chrono::milliseconds span) { return Clock::now() + span; }

/// Milliseconds left until the deadline, never negative: what poll(2) wants.
inline int left_ms(Deadline deadline) {
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

/// Asks `condition` again and again until it holds (true) or `span` is over (false).
template <typename Condition>
[[nodiscard]] bool eventually(std::chrono::milliseconds span, Condition&& condition) {
  auto const deadline = in(span);
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace support
