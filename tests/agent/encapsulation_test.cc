// Pool x next hop, the devices that pools want, and the MAC by which nodes find each other.
#include "speaker/agent/encapsulation.h"

#include <gtest/gtest.h>

namespace tern::speaker {
namespace {

using namespace bgp::literals;
using config::TunnelMode;
using fib::Encapsulation;

auto const in_pool = "10.244.2.0/26"_pfx;
auto const near = "10.0.0.2"_ip, far = "10.0.1.2"_ip;

config::Node node(config::Pool pool) {
  config::Node node;
  node.addresses = {{"10.0.0.1"_ip, 24}, {"fd00::1"_ip, 64}};
  node.pools = {pool};
  return node;
}
config::Pool ipip(TunnelMode mode) { return {"10.244.0.0/16"_pfx, mode, TunnelMode::never}; }
config::Pool vxlan(TunnelMode mode) { return {"10.244.0.0/16"_pfx, TunnelMode::never, mode}; }

Encapsulation choose(config::Pool pool, bgp::IpAddress const& next_hop, bgp::Prefix prefix = in_pool) {
  return EncapsulationRules(node(pool)).choose(prefix, next_hop);
}

TEST(Encapsulation, AlwaysTakesTheTunnelToEveryNextHop) {
  EXPECT_EQ(choose(ipip(TunnelMode::always), near), Encapsulation::ipip);
  EXPECT_EQ(choose(ipip(TunnelMode::always), far), Encapsulation::ipip);
  EXPECT_EQ(choose(vxlan(TunnelMode::always), near), Encapsulation::vxlan);
  EXPECT_EQ(choose(vxlan(TunnelMode::always), far), Encapsulation::vxlan);
}

TEST(Encapsulation, CrossSubnetTakesItOnlyOutOfTheNodesOwnSubnet) {
  EXPECT_EQ(choose(ipip(TunnelMode::cross_subnet), near), Encapsulation::none);
  EXPECT_EQ(choose(ipip(TunnelMode::cross_subnet), far), Encapsulation::ipip);
  EXPECT_EQ(choose(vxlan(TunnelMode::cross_subnet), near), Encapsulation::none);
  EXPECT_EQ(choose(vxlan(TunnelMode::cross_subnet), far), Encapsulation::vxlan);
}

TEST(Encapsulation, NeverAndOutsideThePoolsItIsPlain) {
  EXPECT_EQ(choose(vxlan(TunnelMode::never), far), Encapsulation::none);
  EXPECT_EQ(choose(vxlan(TunnelMode::always), far, "10.245.0.0/26"_pfx), Encapsulation::none);
  EXPECT_EQ(choose(vxlan(TunnelMode::always), far, "10.0.0.0/8"_pfx), Encapsulation::none) << "wider than the pool";
}

TEST(Encapsulation, ATunnelDoesNotLeadIntoItself) {
  EXPECT_EQ(choose(vxlan(TunnelMode::always), "10.244.9.1"_ip, "10.244.9.0/26"_pfx), Encapsulation::none);
  EXPECT_EQ(choose(ipip(TunnelMode::cross_subnet), "10.244.7.1"_ip, "10.244.9.0/26"_pfx), Encapsulation::none);
}

TEST(Encapsulation, TheSubnetIsThatOfTheNextHopsFamily) {
  config::Pool const pool{"fd00:244::/48"_pfx, TunnelMode::never, TunnelMode::cross_subnet};
  EXPECT_EQ(choose(pool, "fd00::2"_ip, "fd00:244::/64"_pfx), Encapsulation::none);
  EXPECT_EQ(choose(pool, "fd00:0:0:1::2"_ip, "fd00:244::/64"_pfx), Encapsulation::vxlan);
}

TEST(Encapsulation, NoTunnelEndsAtALinkLocalNextHop) {
  for (auto const mode : {TunnelMode::always, TunnelMode::cross_subnet}) {
    config::Pool const pool{"fd00:244::/48"_pfx, TunnelMode::never, mode};
    EXPECT_EQ(choose(pool, "fe80::2"_ip, "fd00:244::/64"_pfx), Encapsulation::none);
  }
}

TEST(TunnelDevices, OnlyThoseThatAPoolWants) {
  EXPECT_TRUE(tunnel_devices(node(vxlan(TunnelMode::never)), {}).empty());
  auto const devices = tunnel_devices(node(vxlan(TunnelMode::cross_subnet)), {});
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].name, "vxlan.calico");
  EXPECT_EQ(devices[0].local, "10.0.0.1"_ip);
  EXPECT_EQ(devices[0].vni, 4096U);
  EXPECT_EQ(devices[0].mac, vtep_mac("10.0.0.1"_ip));
  EXPECT_EQ(devices[0].addresses, (std::vector<fib::DeviceAddress>{{"10.0.0.1"_ip, 32}}));
  auto const tunl0 = tunnel_devices(node(ipip(TunnelMode::always)), {});
  ASSERT_EQ(tunl0.size(), 1U);
  EXPECT_EQ(tunl0[0].name, "tunl0");
  auto const v6 = tunnel_devices(node({"fd00:244::/48"_pfx, TunnelMode::never, TunnelMode::always}), {});
  ASSERT_EQ(v6.size(), 1U);
  EXPECT_EQ(v6[0].name, "vxlan-v6.calico");
  EXPECT_EQ(v6[0].local, "fd00::1"_ip);
}

TEST(VtepMac, HoldsTheOctetsOfAnIpv4Address) {
  EXPECT_EQ(vtep_mac("10.0.1.3"_ip), (fib::rtnl::Mac{0x02, 0x54, 10, 0, 1, 3}));
}

// FNV-1a (64 bits) of the sixteen octets, worked out apart: 0xc3c95b9eb8bf5b8b; its low 40 bits.
TEST(VtepMac, IsAHashOfAnIpv6Address) {
  auto const mac = vtep_mac("fd00::1"_ip);
  EXPECT_EQ(mac, (fib::rtnl::Mac{0x02, 0x9e, 0xb8, 0xbf, 0x5b, 0x8b}));
  EXPECT_NE(mac, vtep_mac("fd00::2"_ip));
}

TEST(VtepGateway, IsTheAddressItselfOrTheLinkLocalOneOfTheMac) {
  EXPECT_EQ(vtep_gateway("10.0.1.3"_ip), "10.0.1.3"_ip);
  EXPECT_EQ(vtep_gateway("fd00::1"_ip), "fe80::9e:b8ff:febf:5b8b"_ip);
}

}  // namespace
}  // namespace tern::speaker
