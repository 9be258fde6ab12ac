// Time as the session sees it: a value that its caller passes in. There is no clock here, so that a session can be
// replayed from a script; the transport feeds it the steady clock, a test whatever it likes.
#pragma once

#include <chrono>

namespace bgp::session {

using Duration = std::chrono::nanoseconds;

/// The time line of sessions. It has no now(): only transport knows the time.
struct Timeline {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Timeline>;
  static constexpr bool is_steady = true;
};
using Time = Timeline::time_point;

/// A timer that does not run.
inline constexpr Time never = Time::max();

}  // namespace bgp::session
