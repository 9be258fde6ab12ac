// The benches' one clock: nanoseconds of the monotonic clock.
#pragma once
#include <chrono>
#include <cstdint>

namespace bench {

using Nanos = std::int64_t;

inline Nanos now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

constexpr Nanos kMillisecond = 1'000'000;
constexpr Nanos kSecond = 1'000'000'000;
inline double seconds(Nanos n) { return static_cast<double>(n) / 1e9; }
inline Nanos from_seconds(double s) { return static_cast<Nanos>(s * 1e9); }

}  // namespace bench
