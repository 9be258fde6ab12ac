// The neighbour of a daemon that is measured: it sends a stream once it is up, and goes when it is told to. One thread.
#pragma once
#include <stdexcept>
#include <string>

#include "kernel/options.h"
#include "kit/loop.h"
#include "kit/neighbour.h"

namespace bench {

class Session : NeighbourEvents {
 public:
  Session(KernelOptions const& options, bool four_octet)
      : options_(options),
        neighbour_(loop_,
                   {.local = parse_endpoint(options.local, 0),
                    .remote = parse_endpoint(options.remote, 179),
                    .open = {.as = options.as, .id = parse_ipv4(options.local), .four_octet = four_octet}},
                   *this) {}

  // Throws when there is no session within the timeout.
  void bring_up() {
    neighbour_.dial();
    if (!run_until([this] { return neighbour_.established(); })) {
      throw std::runtime_error("no session: " + neighbour_.last_error());
    }
  }
  // When it was begun. `messages` must stay.
  Nanos send(View messages) {
    Nanos const start = now();
    neighbour_.send(messages);
    return start;
  }
  [[nodiscard]] bool sent() const { return neighbour_.drained(); }
  void close() {
    closing_ = true;
    neighbour_.close();
  }
  [[nodiscard]] bool fell() const { return fell_; }
  void run_for(Nanos duration) { loop_.run_for(duration); }

  // Looks every millisecond; false after the timeout, or when the session falls.
  template <class Done>
  bool run_until(Done done) {
    Nanos const deadline = now() + from_seconds(options_.timeout);
    while (!done()) {
      if (fell_ || now() >= deadline || Loop::stopped()) return false;
      loop_.step(1);
    }
    return true;
  }

 private:
  void on_down(Neighbour&, bool was_up, std::string const&) override { fell_ = fell_ || (was_up && !closing_); }

  KernelOptions const& options_;
  Loop loop_;
  Neighbour neighbour_;
  bool closing_ = false, fell_ = false;
};

}  // namespace bench
