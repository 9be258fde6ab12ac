// Pool x next hop: how packets to a prefix travel to a next hop, and what the node needs for it. Pure.
#pragma once

#include <optional>
#include <vector>

#include "config/speaker.h"
#include "fib/model.h"
#include "fib/tunnel_book.h"

namespace tern::speaker {

class EncapsulationRules {
 public:
  explicit EncapsulationRules(config::Node const& node) : node_(node) {}

  /// None outside all pools; in a pool with CrossSubnet, none to next hops within the node's own subnet. None to a next
  /// hop that itself lies in a pool with a tunnel: the tunnel's packets would go into the tunnel.
  [[nodiscard]] fib::Encapsulation choose(bgp::Prefix const& prefix, bgp::IpAddress const& next_hop) const;

 private:
  [[nodiscard]] bool in_tunnel(bgp::IpAddress const& address) const;
  [[nodiscard]] bool on_own_subnet(bgp::IpAddress const& address) const;

  config::Node node_;
};

/// The device by which packets reach a next hop so encapsulated; nothing for none.
[[nodiscard]] std::optional<std::string> tunnel_device(fib::Encapsulation encapsulation, bool v6);

/// The devices that the node's pools want, each with the node's own address.
[[nodiscard]] std::vector<fib::TunnelDevice> tunnel_devices(config::Node const& node,
                                                            config::TunnelConfig const& tunnels);

/// The MAC of the VXLAN device of the node at `address`, which every node can work out: 02:54 and the four octets of an
/// IPv4 address; of an IPv6 address 02 and the low 40 bits of the FNV-1a hash (64 bits) of its sixteen octets.
[[nodiscard]] fib::rtnl::Mac vtep_mac(bgp::IpAddress const& address);

/// The gateway by which routes reach the node at `address` through a VXLAN device. IPv4: that very address. IPv6: the
/// link-local address that belongs to its MAC (RFC 4291 appendix A), for Linux takes no other gateway to which it
/// knows a way by another device.
[[nodiscard]] bgp::IpAddress vtep_gateway(bgp::IpAddress const& address);

}  // namespace tern::speaker
