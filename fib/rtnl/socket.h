// A route netlink socket of libnl3. Requests go out in batches, and the kernel has done all of a batch when send()
// returns; a dump is read to its end; a subscribed socket is read when it is readable. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "bgp/result.h"
#include "fib/rtnl/message.h"

struct nl_sock;

namespace tern::fib::rtnl {

/// What the kernel refused: an errno, with its own words where it has some (NLMSGERR_ATTR_MSG).
struct Refusal {
  std::uint32_t sequence = 0;
  int error = 0;
  std::string text;
};

class Socket {
 public:
  /// Error: the system's reason.
  [[nodiscard]] static bgp::Result<Socket> open();
  Socket(Socket&&) noexcept;
  Socket& operator=(Socket&&) noexcept;
  ~Socket();

  [[nodiscard]] int descriptor() const;
  /// The number by which the kernel names this socket as the cause of a change.
  [[nodiscard]] std::uint32_t port() const;

  /// RTNLGRP_* numbers. The socket is non-blocking from then on. The kernel itself keeps from it what `port` did and
  /// routes of `protocols`.
  [[nodiscard]] bgp::Result<void> subscribe(std::vector<int> const& groups, std::uint32_t port,
                                            std::vector<std::uint8_t> const& protocols);

  /// Performs a batch of requests, numbered from `first` on without a gap; returns those that were refused. Error: the
  /// socket itself failed, and nothing is known of any of them.
  [[nodiscard]] bgp::Result<std::vector<Refusal>> perform(Buffer& requests, std::uint32_t first, std::size_t count);

  /// Sends a dump request under a number of its own and hands over each answer. Begins again when the kernel says that
  /// the answers do not fit together: `begin` is called before the first one each time.
  [[nodiscard]] bgp::Result<void> dump(Buffer request, std::function<void()> const& begin,
                                       std::function<void(Message const&)> const& answer);

  enum class Heard { messages, nothing, overrun };
  /// Reads what waits on a subscribed socket, one read; overrun: the kernel had to drop some (ENOBUFS).
  [[nodiscard]] Heard hear(std::function<void(Message const&)> const& message);

 private:
  explicit Socket(nl_sock* socket);
  [[nodiscard]] bgp::Result<void> request(Bytes requests);
  [[nodiscard]] bgp::Result<Bytes> receive();
  /// False: the kernel says that the answers do not fit together.
  [[nodiscard]] bgp::Result<bool> read_dump(std::function<void(Message const&)> const& answer);

  struct Free {
    void operator()(nl_sock* socket) const;
  };
  std::unique_ptr<nl_sock, Free> socket_;
  Buffer received_;
  std::uint32_t dump_ = 0;  // the number of the last; downwards, for batches count up
};

}  // namespace tern::fib::rtnl
