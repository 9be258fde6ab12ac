#include "transport/rounds.h"

#include <deque>
#include <vector>

#include "transport/poster.h"

namespace bgp::transport {

struct Rounds::State : std::enable_shared_from_this<State> {
  State(boost::asio::any_io_executor const& executor, std::shared_ptr<Clock> the_clock, Duration how_long)
      : post(executor), clock(std::move(the_clock)), longest(how_long) {}

  void begin() {
    if (!begun) begin_at(clock->now());
    if (!in_turn) mark_end();
  }
  void begin_at(Time now) {
    begun = mark_due = true;
    end = now + longest;
  }
  // The end of a round is a mark in the executor's queue: it comes up when all that was ready has had its turn, the
  // reactor included. To put it there takes as long as a part of a lone change, which therefore goes first, and
  // with it what that has posted.
  void mark_end() {
    if (!std::exchange(mark_due, false)) return;
    post([weak = weak_from_this()] {
      if (auto const self = weak.lock()) self->next();
    });
  }
  void next() {
    // The more an end deals with together, the better: what waits goes first. Then, with a turn for timers in between,
    // it comes, so that neither keeps the other waiting.
    put_off = end_asked && !put_off && !waiting.empty();
    auto const ends_alone = end_asked && !put_off;
    put_off ? go_on() : end_round();
    if (!ends_alone) do_waiting();
  }
  void end_round() {
    struct GoesOn {  // also when work throws
      ~GoesOn() { state.go_on(); }
      State& state;
    } const goes_on{*this};
    if (std::exchange(end_asked, false)) do_at_end();
    do_after_end();
  }
  void go_on() {
    begun = brief = false;
    if (worked != 0) worked_before = std::exchange(worked, 0);
    if (end_asked || !after.empty() || !waiting.empty()) begin();
  }
  // Were it wrong to expect no more, what comes is told at the end of the round, and none ends early until it is quiet.
  [[nodiscard]] bool ends_early() const { return brief && worked == 1 && worked_before <= 1 && waiting.empty(); }
  void do_at_end() {
    std::erase_if(ends, [](auto const& work) { return work.expired(); });
    for (std::size_t i = 0; i < ends.size(); ++i) {  // they may add others
      if (auto const work = ends[i].lock()) (*work)();
    }
  }
  void do_after_end() {
    under_way.clear();
    under_way.swap(after);
    for (auto const& work : under_way) work();
  }
  void do_waiting() {
    for (auto left = waiting.size(); left > 0; --left) {
      auto const now = clock->now();
      if (now >= end) return;
      auto const work = std::move(waiting.front());
      waiting.pop_front();
      ++worked;
      work(now);
    }
  }

  Poster const post;
  std::shared_ptr<Clock> const clock;
  Duration const longest;
  bool begun = false;
  bool mark_due = false;
  bool in_turn = false;
  bool end_asked = false;
  bool put_off = false;        // the end, by what waited
  bool brief = false;          // what the end was asked for
  unsigned worked = 0;         // pieces of work in this round,
  unsigned worked_before = 0;  // in the last one that had any
  Time end{};
  std::vector<std::weak_ptr<std::function<void()>>> ends;
  std::vector<std::function<void()>> after, under_way;  // what comes behind the end: asked for, being done
  std::deque<std::function<void(Time)>> waiting;
};

Rounds::Rounds(boost::asio::any_io_executor const& executor, std::shared_ptr<Clock> clock, Duration longest)
    : state_(std::make_shared<State>(executor, std::move(clock), longest)) {}

Rounds::Turn Rounds::open() {
  auto& state = *state_;
  if (!state.waiting.empty()) return {};
  auto const now = state.clock->now();
  if (!state.begun) state.begin_at(now);
  if (now >= state.end) return {};
  state.in_turn = true;
  return {&state, now};
}

void Rounds::Turn::done() {
  ++state_->worked;
  if (!state_->ends_early()) return;
  state_->end_asked = state_->brief = false;
  state_->do_at_end();
}

Rounds::Turn::~Turn() {
  if (state_ == nullptr) return;
  state_->in_turn = false;
  state_->mark_end();
}

void Rounds::later(std::function<void(Time now)> work) {
  state_->waiting.push_back(std::move(work));
  state_->begin();
}

std::size_t Rounds::waiting() const { return state_->waiting.size(); }

void Rounds::at_end(std::weak_ptr<std::function<void()>> work) { state_->ends.push_back(std::move(work)); }

void Rounds::ask_for_end(bool brief) {
  auto& state = *state_;
  state.brief = brief && (state.brief || !state.end_asked);
  state.end_asked = true;
  state.begin();
}

void Rounds::after_end(std::function<void()> work) {
  state_->after.push_back(std::move(work));
  state_->begin();
}

}  // namespace bgp::transport
