// When changes are told. One that comes alone is told at once. Where they come faster than they can be told one by one,
// to write each to each neighbour would be all that is done: then, after telling, for as long as that took the next
// ones are gathered, so that they go out together. Pure; whoever asks has the clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include "session/time.h"

namespace bgp::engine {

class Pace {
 public:
  /// So many messages brought what is to be told.
  void came(unsigned messages) { waiting_ += messages; }
  /// Whether it may have to wait.
  [[nodiscard]] bool rests() const { return rest_until_ != session::Time{}; }
  /// When it may be: `now`, or later.
  [[nodiscard]] session::Time earliest(session::Time now) const { return std::max(now, rest_until_); }
  /// What came is told now;
  void begin(session::Time now) {
    began_ = now;
    if (rest_until_ <= now) rest_until_ = {};
    in_a_row_ = waiting_ > 1;
    waiting_ = 0;
  }
  /// it is written out.
  void end(session::Time now) {
    if (std::exchange(in_a_row_, false)) rest_until_ = now + std::min(now - began_, longest_rest);
  }

 private:
  static constexpr session::Duration longest_rest = std::chrono::milliseconds(1);

  unsigned waiting_ = 0;
  bool in_a_row_ = false;  // that came while the one before was being told
  session::Time began_{};
  session::Time rest_until_{};
};

}  // namespace bgp::engine
