// RTM_NEWNEIGH and RTM_DELNEIGH: permanent neighbours (address to MAC) and entries of a VXLAN device's forwarding
// database (MAC to the outer address). Pure.
#pragma once

#include "fib/rtnl/link.h"

namespace tern::fib::rtnl {

struct Neighbour {
  unsigned interface = 0;
  bool forwarding = false;  ///< an entry of the forwarding database: `address` is the outer destination
  bgp::IpAddress address;
  Mac mac{};
  bool permanent = true;
  friend auto operator<=>(Neighbour const&, Neighbour const&) = default;
};

/// Creates one, a neighbour by its address, a forwarding entry by its MAC; what is there already is replaced, or the
/// request refused (EEXIST).
void put_new_neighbour(Buffer& out, std::uint32_t sequence, Neighbour const& neighbour, bool replace);
void put_delete_neighbour(Buffer& out, std::uint32_t sequence, Neighbour const& neighbour);

/// Nothing when the message is about something else, such as a bridge's port.
[[nodiscard]] std::optional<Neighbour> read_neighbour(Message const& message);

}  // namespace tern::fib::rtnl
