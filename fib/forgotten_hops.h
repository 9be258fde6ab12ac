// Hops that nobody asks for any more. Each is given up when no wanted route leads there, and so is the remote end that
// served it alone. Until then removals of routes wait, for a second after it came at the utmost: with the last of its
// routes the hop's object may go, and takes along in one message what would be as many. Pure: time is an argument. One
// thread.
#pragma once

#include <string>
#include <vector>

#include "fib/hop_book.h"
#include "fib/tunnel_book.h"

namespace tern::fib {

class ForgottenHops {
 public:
  /// `device`, `vtep`: the remote end, when a VXLAN device is named.
  void add(HopName const& hop, std::string const& device, bgp::IpAddress const& vtep, Time now);
  /// It is asked for again.
  void recall(HopName const& hop);
  /// Gives up those that can be; true when there were any.
  [[nodiscard]] bool give_up(HopBook& hops, TunnelBook& tunnels);
  /// Until when removals wait; never: they need not.
  [[nodiscard]] Time removals_wait_until(Time now) const;

 private:
  struct Forgotten {
    HopName hop;
    std::string device;
    bgp::IpAddress vtep;
    Time patience{};  // until when removals wait for it
  };
  std::vector<Forgotten> hops_;
};

}  // namespace tern::fib
