// RTM_NEWLINK and RTM_DELLINK, RTM_NEWADDR and RTM_DELADDR: devices and their addresses. Pure.
#pragma once

#include <array>

#include "fib/rtnl/message.h"

namespace tern::fib::rtnl {

using Mac = std::array<std::uint8_t, 6>;

/// What makes a VXLAN device what it is; another value needs another device.
struct VxlanOptions {
  std::uint32_t vni = 4096;
  std::uint16_t port = 4789;
  unsigned parent = 0;   ///< interface index
  bgp::IpAddress local;  ///< outer source
  bool learning = false;
  friend bool operator==(VxlanOptions const&, VxlanOptions const&) = default;
};

struct Link {
  unsigned index = 0;
  std::string name;
  std::string kind;      ///< "vxlan", "ipip", "veth", ...; empty for hardware
  bool up = false;       ///< administratively
  bool running = false;  ///< and able to carry packets
  std::uint32_t mtu = 0;
  std::optional<Mac> mac;
  std::optional<VxlanOptions> vxlan;
  std::string alias;  ///< a word to people, and to later processes
  friend bool operator==(Link const&, Link const&) = default;
};

struct InterfaceAddress {
  unsigned interface = 0;
  bgp::IpAddress address;  ///< the interface's own
  unsigned length = 0;     ///< of the prefix on the link
  friend auto operator<=>(InterfaceAddress const&, InterfaceAddress const&) = default;
};

[[nodiscard]] Link read_link(Message const& message);
[[nodiscard]] InterfaceAddress read_interface_address(Message const& message);

/// Appends RTM_NEWLINK with CREATE and EXCL: a VXLAN device as `link` says, but not up.
void put_new_vxlan(Buffer& out, std::uint32_t sequence, Link const& link);
/// The same for an IPIP device that decapsulates from anyone.
void put_new_ipip(Buffer& out, std::uint32_t sequence, std::string const& name);
/// Makes the device of this index up or not as `link` says, with its MTU (0: as it is) and alias. A device cannot be
/// given its alias with RTM_NEWLINK's CREATE: Linux ignores it there.
void put_change_link(Buffer& out, std::uint32_t sequence, Link const& link);
void put_delete_link(Buffer& out, std::uint32_t sequence, unsigned index);
void put_new_address(Buffer& out, std::uint32_t sequence, InterfaceAddress const& address);
void put_delete_address(Buffer& out, std::uint32_t sequence, InterfaceAddress const& address);

}  // namespace tern::fib::rtnl
