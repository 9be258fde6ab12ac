// One BGP neighbour that dials a daemon: handshake, keepalives, a queue of bytes to send, and the UPDATEs it hears. Not
// a full speaker: one way in (dialling), no collision handling, and it obeys rather than checks. One thread: the
// Loop's. RFC 4271 §8.
#pragma once
#include <deque>
#include <string>

#include "kit/clock.h"
#include "kit/endpoint.h"
#include "kit/message.h"

namespace bench {

class Loop;
class Neighbour;

class NeighbourEvents {
 public:
  virtual ~NeighbourEvents() = default;
  virtual void on_established(Neighbour&) {}
  virtual void on_update(Neighbour&, View /*body*/) {}
  virtual void on_keepalive(Neighbour&) {}  // once it is up
  // Everything queued has been handed to the kernel.
  virtual void on_drained(Neighbour&) {}
  virtual void on_down(Neighbour&, bool /*was_up*/, std::string const& /*why*/) {}
};

class Neighbour {
 public:
  struct Options {
    Endpoint local, remote;
    Open open = {};
    int receive_buffer = 0;      // SO_RCVBUF, 0: the kernel's choice
    Nanos redial = kSecond / 4;  // after a failed attempt; 0: never
  };
  enum class State { kDown, kConnecting, kOpenSent, kOpenConfirm, kEstablished };

  Neighbour(Loop& loop, Options options, NeighbourEvents& events);
  ~Neighbour();
  Neighbour(Neighbour const&) = delete;
  Neighbour& operator=(Neighbour const&) = delete;

  void dial();
  // Queued by reference: the bytes must stay until on_drained. Whole messages only.
  void send(View messages);
  void send_copy(Bytes messages);
  // While paused it reads nothing but still sends its keepalives.
  void pause_reading(bool paused);
  // Reads so many octets more, then pauses.
  void read_only(std::size_t octets);
  // With Cease 6/2 or, if `abrupt`, as a crash looks from outside. No redial.
  void close(bool abrupt = false);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool established() const { return state_ == State::kEstablished; }
  [[nodiscard]] bool drained() const { return pending_.empty(); }
  [[nodiscard]] Open const& remote_open() const { return remote_open_; }
  [[nodiscard]] Options const& options() const { return options_; }
  [[nodiscard]] std::string const& last_error() const { return last_error_; }
  [[nodiscard]] unsigned attempts() const { return attempts_; }

  // Called by the Loop.
  void on_ready(std::uint32_t epoll_events);
  void on_tick(Nanos time);

 private:
  static constexpr std::size_t kAll = ~std::size_t{0};
  struct Piece {
    Bytes owned;
    View bytes;
  };
  void on_connected();
  void read_some();
  void write_some();
  std::size_t consume(View bytes);
  bool on_message(std::uint8_t type, View body);
  void fail(std::string const& why);
  void shut();
  void watch();

  // Constant after construction
  Loop& loop_;
  Options const options_;
  NeighbourEvents& events_;

  State state_ = State::kDown;
  int fd_ = -1;
  std::uint32_t watched_ = 0;
  bool reading_ = true;
  std::size_t to_read_ = kAll;  // before it pauses
  bool wants_up_ = false;
  Nanos redial_at_ = 0;
  Nanos last_sent_ = 0;
  unsigned attempts_ = 0;
  Open remote_open_;
  Bytes partial_;  // the start of a message whose end has not come yet
  std::deque<Piece> pending_;
  std::string last_error_;
};

}  // namespace bench
