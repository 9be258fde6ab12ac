// Bounds a round of the executor, so that a thousand busy sockets delay no timer: between two rounds the reactor has
// its turn, and timers that are due are found. Work on sockets is done at once as long as the round is young; after
// that, and behind work that waits already, it waits for the next one, in order. One thread: the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <functional>
#include <memory>

#include "transport/clock.h"

namespace bgp::transport {

class Rounds {
 public:
  /// `longest`: when no more is begun; the last piece of work may go beyond it by its own length.
  Rounds(boost::asio::any_io_executor executor, std::shared_ptr<Clock> clock, Duration longest);

  /// True when work that just turned up may be done now.
  [[nodiscard]] bool open();
  /// In a later round, in any case not from within this call. It must not own what owns these Rounds.
  void later(std::function<void()> work);
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace bgp::transport
