// The one thread's event loop: epoll over all neighbours, and a tick for keepalives and redials. It owns the read
// buffer that they share. Not thread-safe.
#pragma once
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "kit/clock.h"
#include "kit/message.h"

namespace bench {

class Neighbour;

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(Loop const&) = delete;
  Loop& operator=(Loop const&) = delete;

  // One round: waits at most `wait_ms` (0: polls) and lets every ready neighbour do its work.
  void step(int wait_ms);
  // Rounds until done() or the deadline; true when done.
  template <class Done>
  bool run_until(Done done, Nanos deadline) {
    while (!done()) {
      if (now() >= deadline || stopped()) return done();
      step(10);
    }
    return true;
  }
  void run_for(Nanos duration) {
    run_until([] { return false; }, now() + duration);
  }
  // After a round that brought little, sleep this long, so that a daemon which writes in crumbs is read in pieces and
  // the generator costs little. For bulk only: it adds as much delay.
  void set_pace(Nanos pace) { pace_ = pace; }
  // After SIGINT or SIGTERM, once catch_signals() was called.
  static void catch_signals();
  [[nodiscard]] static bool stopped();

  // For Neighbour.
  void add(Neighbour& neighbour) { neighbours_.insert(&neighbour); }
  void remove(Neighbour& neighbour);
  void watch(int fd, Neighbour& neighbour, std::uint32_t before, std::uint32_t wanted);
  // When the present round began: a clock that costs nothing.
  [[nodiscard]] Nanos time() const { return time_; }
  void note_read(std::size_t bytes) { round_bytes_ += bytes; }
  [[nodiscard]] Bytes& read_buffer() { return read_buffer_; }

 private:
  int const epoll_;
  std::unordered_set<Neighbour*> neighbours_;
  std::vector<Neighbour*> ready_;  // of this round; null once gone
  Nanos time_ = now();
  Nanos next_tick_ = 0;
  Nanos pace_ = 0;
  std::size_t round_bytes_ = 0;
  Bytes read_buffer_;
};

}  // namespace bench
