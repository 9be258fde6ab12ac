// Packets between two network namespaces, and what became of them. A Stream sends UDP datagrams with sequence numbers
// at a steady pace and counts what was lost, duplicated, and how long nothing came. A Watch counts what passes an
// interface, plain or in a tunnel. Both do their own threading: calls from one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "support/netns.h"

namespace support {

struct StreamReport {
  std::uint64_t sent = 0;      ///< also those that the sender's kernel had no way for
  std::uint64_t received = 0;  ///< each counted once
  std::uint64_t duplicated = 0;
  std::chrono::milliseconds longest_gap{};  ///< between two arrivals
  [[nodiscard]] std::uint64_t lost() const { return sent - received; }
  [[nodiscard]] std::string text() const;
};

class Stream {
 public:
  /// `destination` is an address of `to`. Begins at once. Throws std::runtime_error when there are no sockets.
  Stream(Namespace const& from, Namespace const& to, std::string const& destination,
         std::chrono::microseconds every = std::chrono::milliseconds(1));
  ~Stream();
  Stream(Stream const&) = delete;
  Stream& operator=(Stream const&) = delete;

  /// How many have come so far.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Ends it and waits for those that are under way.
  StreamReport finish();

 private:
  void receive();
  void count(std::uint64_t number);

  // Constant after construction
  int sender_ = -1;
  int receiver_ = -1;
  // Sending thread
  std::atomic<std::uint64_t> sent_{0};
  // Receiving thread; others read them after its end
  std::vector<bool> seen_;
  std::uint64_t duplicated_ = 0;
  std::chrono::steady_clock::time_point last_{};
  std::chrono::steady_clock::duration longest_gap_{};
  // Any thread
  std::atomic<std::uint64_t> received_{0};
  std::atomic<bool> sending_{true}, receiving_{true};
  std::thread sending_thread_, receiving_thread_;
};

/// What passed an interface in either direction.
struct Passed {
  unsigned plain = 0;  ///< ICMP echo and its answers (both families), UDP
  unsigned vxlan = 0;  ///< UDP to port 4789
  unsigned ipip = 0;   ///< protocol 4
  friend bool operator==(Passed const&, Passed const&) = default;
};

class Watch {
 public:
  Watch(Namespace const& network, std::string const& interface);
  ~Watch();
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;

  /// All that has passed since the last call.
  [[nodiscard]] Passed take();

 private:
  int socket_ = -1;
};

}  // namespace support
