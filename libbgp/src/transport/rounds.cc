#include "transport/rounds.h"

#include <boost/asio/post.hpp>

namespace bgp::transport {

struct Rounds::State : std::enable_shared_from_this<State> {
  State(boost::asio::any_io_executor the_executor, std::shared_ptr<Clock> the_clock, Duration how_long)
      : executor(std::move(the_executor)), clock(std::move(the_clock)), longest(how_long) {}

  // The end of a round is a mark in the executor's queue: it comes up when all that was ready has had its turn, the
  // reactor included.
  void begin() {
    if (std::exchange(begun, true)) return;
    end = clock->now() + longest;
    boost::asio::post(executor, [weak = weak_from_this()] {
      if (auto const self = weak.lock()) self->next();
    });
  }
  void next() {
    begun = false;
    if (waiting.empty()) return;
    begin();
    for (auto left = waiting.size(); left > 0 && clock->now() < end; --left) {
      auto const work = std::move(waiting.front());
      waiting.pop_front();
      work();
    }
  }

  boost::asio::any_io_executor const executor;
  std::shared_ptr<Clock> const clock;
  Duration const longest;
  bool begun = false;
  Time end{};
  std::deque<std::function<void()>> waiting;
};

Rounds::Rounds(boost::asio::any_io_executor executor, std::shared_ptr<Clock> clock, Duration longest)
    : state_(std::make_shared<State>(std::move(executor), std::move(clock), longest)) {}

bool Rounds::open() {
  if (!state_->waiting.empty()) return false;
  state_->begin();
  return state_->clock->now() < state_->end;
}

void Rounds::later(std::function<void()> work) {
  state_->waiting.push_back(std::move(work));
  state_->begin();
}

std::size_t Rounds::waiting() const { return state_->waiting.size(); }

}  // namespace bgp::transport
