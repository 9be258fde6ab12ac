#include "speaker/agent/encapsulation.h"

#include <algorithm>

namespace tern::speaker {

using config::TunnelMode;
using fib::Encapsulation;

bool EncapsulationRules::on_own_subnet(bgp::IpAddress const& address) const {
  return std::ranges::any_of(node_.addresses, [&](config::NodeAddress const& own) {
    return own.address.size() == address.size() && own.subnet().covers({address, 128});
  });
}

bool EncapsulationRules::in_tunnel(bgp::IpAddress const& address) const {
  return std::ranges::any_of(node_.pools, [&](config::Pool const& pool) {
    return (pool.ipip != TunnelMode::never || pool.vxlan != TunnelMode::never) && pool.cidr.covers({address, 128});
  });
}

Encapsulation EncapsulationRules::choose(bgp::Prefix const& prefix, bgp::IpAddress const& next_hop) const {
  auto const pool = std::ranges::find_if(node_.pools, [&](config::Pool const& one) { return one.cidr.covers(prefix); });
  // A tunnel's ends are of the pool's family: over a next hop of the other one (RFC 8950) packets go as they are.
  // A link-local one is on the link, where no tunnel ends.
  if (pool == node_.pools.end() || next_hop.is_v4() != prefix.address().is_v4() || next_hop.is_link_local()) {
    return Encapsulation::none;
  }
  auto const by_ipip = pool->ipip != TunnelMode::never;
  auto const mode = by_ipip ? pool->ipip : pool->vxlan;
  if (mode == TunnelMode::never || (mode == TunnelMode::cross_subnet && on_own_subnet(next_hop)) ||
      in_tunnel(next_hop)) {
    return Encapsulation::none;
  }
  return by_ipip ? Encapsulation::ipip : Encapsulation::vxlan;
}

std::optional<std::string> tunnel_device(Encapsulation encapsulation, bool v6) {
  switch (encapsulation) {
    case Encapsulation::none:
      return std::nullopt;
    case Encapsulation::ipip:
      return "tunl0";
    case Encapsulation::vxlan:
      return v6 ? "vxlan-v6.calico" : "vxlan.calico";
  }
  return std::nullopt;
}

std::vector<fib::TunnelDevice> tunnel_devices(config::Node const& node, config::TunnelConfig const& tunnels) {
  std::vector<fib::TunnelDevice> devices;
  for (auto const& own : node.addresses) {
    auto const wanted = [&](TunnelMode config::Pool::*mode) {
      return std::ranges::any_of(node.pools, [&](config::Pool const& pool) {
        return pool.cidr.address().size() == own.address.size() && pool.*mode != TunnelMode::never;
      });
    };
    fib::TunnelDevice device;
    device.managed = tunnels.managed;
    device.mtu = tunnels.mtu;
    device.addresses = {{own.address, static_cast<unsigned>(own.address.size() * 8)}};
    if (wanted(&config::Pool::ipip)) {
      device.kind = fib::TunnelDevice::Kind::ipip;
      device.name = *tunnel_device(Encapsulation::ipip, false);
      devices.push_back(device);
    }
    if (wanted(&config::Pool::vxlan)) {
      device.kind = fib::TunnelDevice::Kind::vxlan;
      device.name = *tunnel_device(Encapsulation::vxlan, own.address.is_v6());
      device.local = own.address;
      device.vni = tunnels.vni;
      device.port = tunnels.port;
      device.mac = vtep_mac(own.address);
      devices.push_back(device);
    }
  }
  return devices;
}

fib::rtnl::Mac vtep_mac(bgp::IpAddress const& address) {
  auto const* octets = address.data();
  if (address.is_v4()) return {0x02, 0x54, octets[0], octets[1], octets[2], octets[3]};
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < address.size(); ++i) hash = (hash ^ octets[i]) * 0x100000001b3;
  fib::rtnl::Mac mac{0x02};
  for (unsigned i = 0; i < 5; ++i) mac[1 + i] = static_cast<std::uint8_t>(hash >> (32 - 8 * i));
  return mac;
}

bgp::IpAddress vtep_gateway(bgp::IpAddress const& address) {
  if (!address.is_v6()) return address;
  auto const mac = vtep_mac(address);
  return bgp::IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(mac[0] ^ 0x02), mac[1], mac[2],
                             0xff, 0xfe, mac[3], mac[4], mac[5]});
}

}  // namespace tern::speaker
