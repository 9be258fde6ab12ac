// The only clock of libbgp, behind an interface so that tests can turn it by hand. One thread: the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "session/time.h"

namespace bgp::transport {

using session::Duration;
using session::Time;

/// Calls back once at a time. Destroying it, cancel() or another arm() forget what was armed: the old callback is never
/// called afterwards.
class Timer {
 public:
  virtual ~Timer() = default;
  virtual void arm(Time at, std::function<void()> callback) = 0;
  virtual void cancel() = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
  /// Of the calling thread on a processor, from any origin.
  [[nodiscard]] virtual Duration processor_time() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Timer> make_timer() = 0;
};

/// The steady clock of the machine, with Asio's timers.
[[nodiscard]] std::shared_ptr<Clock> make_steady_clock(boost::asio::any_io_executor executor);

/// A clock that stands still until it is told to go on. Callbacks run within advance(), in order of their times.
class ManualClock final : public Clock {
 public:
  ManualClock();
  ~ManualClock() override;
  [[nodiscard]] Time now() const override;
  [[nodiscard]] Duration processor_time() const override;
  [[nodiscard]] std::unique_ptr<Timer> make_timer() override;
  void advance(Duration by);
  /// Time goes on, but others have the processor. Timers that are due meanwhile fire in the next advance().
  void advance_off_processor(Duration by);
  /// The earliest armed timer; session::never when there is none.
  [[nodiscard]] Time next() const;

 private:
  class ManualTimer;
  struct Timers;
  std::shared_ptr<Timers> timers_;
};

}  // namespace bgp::transport
