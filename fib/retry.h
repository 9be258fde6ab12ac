// What the kernel refused, and when to try it again: after one second, doubling up to a minute. Plain values.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

namespace tern::fib {

using Time = std::chrono::steady_clock::time_point;
inline constexpr Time never = Time::max();

/// An errno with the kernel's own words.
struct Refused {
  int error = 0;
  std::string text;
};

struct Failure {
  std::string text;  ///< the kernel's words
  unsigned attempts = 0;
  Time next{};

  void again(std::string words, Time now) {
    text = std::move(words);
    next = now + std::min(std::chrono::seconds(1) * (1U << std::min(attempts, 6U)), std::chrono::seconds(60));
    ++attempts;
  }
};

}  // namespace tern::fib
