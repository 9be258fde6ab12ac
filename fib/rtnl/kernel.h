// The kernel as its users want to see it: what it has, as lists of plain values; what changes, as calls; and requests
// in batches. Two sockets: what is asked for through one is not told by the other. One thread.
#pragma once

#include "fib/rtnl/link.h"
#include "fib/rtnl/neighbour.h"
#include "fib/rtnl/next_hop.h"
#include "fib/rtnl/route.h"
#include "fib/rtnl/socket.h"

namespace tern::fib::rtnl {

/// What somebody else changed, or the kernel itself.
class Events {
 public:
  virtual ~Events() = default;
  virtual void heard(Link const& link, bool removed) = 0;
  virtual void heard(InterfaceAddress const& address, bool removed) = 0;
  /// `replaced`: it took the place of what stood at its (destination, metric).
  virtual void heard(Route const& route, bool removed, bool replaced) = 0;
  virtual void heard(NextHopObject const&, bool) {}
  virtual void heard(Neighbour const&, bool) {}
  /// Some were lost: everything may be different.
  virtual void overrun() = 0;
};

class Kernel {
 public:
  /// `groups`: what to hear of (RTNLGRP_*), but not of routes of the protocols in `deaf_to`. Error: the system's
  /// reason.
  [[nodiscard]] static bgp::Result<Kernel> open(std::vector<int> const& groups,
                                                std::vector<std::uint8_t> const& deaf_to = {});

  [[nodiscard]] bgp::Result<std::vector<Link>> links();
  [[nodiscard]] bgp::Result<std::vector<InterfaceAddress>> addresses();
  /// Neighbours, and the entries of forwarding databases.
  [[nodiscard]] bgp::Result<std::vector<Neighbour>> neighbours();
  /// Whether it has next-hop objects (Linux 5.3 and later).
  [[nodiscard]] bgp::Result<bool> knows_objects();
  [[nodiscard]] bgp::Result<std::vector<NextHopObject>> objects();
  /// Those of a table (RT_TABLE_UNSPEC: of all) of both families for which `wanted` holds.
  [[nodiscard]] bgp::Result<std::vector<Route>> routes(std::uint32_t table,
                                                       std::function<bool(Route const&)> const& wanted);

  /// Readable when there is something to hear.
  [[nodiscard]] int descriptor() const { return monitor_.descriptor(); }
  /// Tells all that waits.
  void hear(Events& events);

  /// As Socket::perform().
  [[nodiscard]] bgp::Result<std::vector<Refusal>> perform(Buffer& requests, std::uint32_t first, std::size_t count) {
    return requests_.perform(requests, first, count);
  }

 private:
  Kernel(Socket requests, Socket monitor) : requests_(std::move(requests)), monitor_(std::move(monitor)) {}

  Socket requests_;
  Socket monitor_;
};

}  // namespace tern::fib::rtnl
