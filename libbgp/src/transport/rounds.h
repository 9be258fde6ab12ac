// Bounds a round of the executor, so that a thousand busy sockets delay no timer: between two rounds the reactor has
// its turn, and timers that are due are found. Work on sockets is done at once as long as the round is young; after
// that, and behind work that waits already, it waits for the next one, in order. What a round brought, and
// what waited, is dealt with at its end, all together. One thread: the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "transport/clock.h"

namespace bgp::transport {

class Rounds {
 public:
  /// `longest`: when no more is begun; the last piece of work may go beyond it by its own length.
  Rounds(boost::asio::any_io_executor const& executor, std::shared_ptr<Clock> clock, Duration longest);

  class Turn;
  /// True when work that just turned up may be done now, while the Turn lives.
  [[nodiscard]] Turn open();
  /// In a later round, in any case not from within this call; `work` is given the time. It must not own what owns these
  /// Rounds.
  void later(std::function<void(Time now)> work);
  [[nodiscard]] std::size_t waiting() const;

  /// `work` is done at the end of each round for which somebody asks for it, as long as it is owned elsewhere.
  void at_end(std::weak_ptr<std::function<void()>> work);
  /// Of this round, or of one that begins now. What is `brief` need not wait for it where, as in the round before, no
  /// second piece of work is to be expected: it comes as soon as the one that asks is done.
  void ask_for_end(bool brief = false);
  /// Once, behind that: what need not be done before. It must be short, and not own what owns these Rounds.
  void after_end(std::function<void()> work);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// It must not outlive the Rounds.
class Rounds::Turn {
 public:
  ~Turn();
  explicit operator bool() const { return state_ != nullptr; }
  /// When it was opened.
  [[nodiscard]] Time began() const { return began_; }
  /// The work is done: what it brought that is brief may be told.
  void done();
  Turn(Turn const&) = delete;
  Turn& operator=(Turn const&) = delete;

 private:
  friend class Rounds;
  Turn() = default;
  Turn(State* state, Time began) : state_(state), began_(began) {}
  State* state_ = nullptr;
  Time began_{};
};

}  // namespace bgp::transport
