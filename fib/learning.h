// Tells the books what the kernel has: all of it, or the part that may have changed without a word. Here because books
// know no socket, and fib.h has enough to do. One thread.
#pragma once

#include "fib/hop_book.h"
#include "fib/route_book.h"
#include "fib/rtnl/kernel.h"
#include "fib/tunnel_book.h"

namespace tern::fib {

class Learning {
 public:
  /// All of them outlive it.
  Learning(rtnl::Kernel& kernel, std::uint32_t table, HopBook& hops, RouteBook& routes, TunnelBook& tunnels)
      : kernel_(kernel), table_(table), hops_(hops), routes_(routes), tunnels_(tunnels) {}

  // Error: the kernel could not be asked.
  [[nodiscard]] bgp::Result<void> everything();
  [[nodiscard]] bgp::Result<void> links();
  [[nodiscard]] bgp::Result<void> objects();
  [[nodiscard]] bgp::Result<void> routes();
  /// The next-hop objects that others' routes name, of any table: looks at all routes.
  [[nodiscard]] bgp::Result<void> named_by_others();

 private:
  bgp::Result<void> addresses();
  bgp::Result<void> all_objects();
  bgp::Result<void> neighbours();

  rtnl::Kernel& kernel_;
  std::uint32_t const table_;
  HopBook& hops_;
  RouteBook& routes_;
  TunnelBook& tunnels_;
};

/// Routes follow what became of the objects that they name.
void follow_objects(HopBook& hops, RouteBook& routes);

}  // namespace tern::fib
