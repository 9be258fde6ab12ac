// A cluster whose pods reach each other through IPIP. Few machines' kernels have it: this program runs in the user-mode
// kernel of tests/kernel.
#include "cluster.h"

namespace speaker {
namespace {

using scene::ping;

class IpipCluster : public Cluster {
 protected:
  IpipCluster() { hold_time_ = 30; }  // the kernel has one slow processor for all of the cluster

  // IPIP is for IPv4 only: the other pool is as it would be without.
  void start_all(std::string const& mode) {
    for (auto& node : nodes_) start_one(node, mode);
    ASSERT_TRUE(converged());
  }
  static NodeOptions options(std::string const& mode) { return {.mode = "ipip: " + mode, .mode6 = "vxlan: Never"}; }
  void start_one(Node& node, std::string const& mode) { start(node, options(mode)); }
  static std::string address(Node const& node) { return node.pod->addresses()[0]; }
  // Within the subnet and across it: (plain, ipip) packets of a ping each.
  support::Passed passed(unsigned to) {
    support::Watch watch(node(1).network(), "eth0");
    EXPECT_TRUE(soon(10s, [&] { return ping(*node(1).pod, address(node(to))); }));
    return watch.take();
  }
  // node1, told by `change`, reaches node2 plainly and by a tunnel again.
  void loses_no_packet(std::function<void(std::string const& mode)> const& change) {
    start_all("Always");
    ASSERT_TRUE(soon(10s, [&] { return ping(*node(1).pod, address(node(2))); }));
    support::Stream stream(node(1).pod->network(), node(2).pod->network(), address(node(2)), 5ms);
    ASSERT_TRUE(soon(10s, [&] { return stream.received() > 50; }));
    for (auto const& [mode, device] : {std::pair("Never", "dev eth0"), std::pair("Always", "dev tunl0")}) {
      change(mode);
      ASSERT_TRUE(soon(20s, [&] { return node(1).route(node(2).block()).find(device) != std::string::npos; })) << mode;
      auto const then = stream.received();
      ASSERT_TRUE(soon(10s, [&] { return stream.received() > then + 50; }));
    }
    auto const report = stream.finish();
    EXPECT_EQ(report.lost(), 0U) << report.text();
    EXPECT_EQ(report.duplicated, 0U) << report.text();
  }
};

TEST_F(IpipCluster, CrossSubnetIsPlainWithinTheSubnetAndTunnelledAcrossIt) {
  start_all("CrossSubnet");
  auto const near = passed(2), far = passed(3);
  EXPECT_EQ(near.ipip, 0U);
  EXPECT_GE(near.plain, 6U);
  EXPECT_GE(far.ipip, 6U);
  EXPECT_EQ(far.plain, 0U);
  EXPECT_NE(node(1).route(node(3).block()).find("via 10.0.1.3 dev tunl0"), std::string::npos);
}

TEST_F(IpipCluster, AlwaysIsTunnelledEverywhere) {
  start_all("Always");
  for (auto const to : {2U, 3U}) {
    auto const seen = passed(to);
    EXPECT_GE(seen.ipip, 6U);
    EXPECT_EQ(seen.plain, 0U);
  }
}

TEST_F(IpipCluster, AnotherModeAfterARestartLosesNoPacket) {
  loses_no_packet([this](std::string const& mode) { start_one(node(1), mode); });
}

TEST_F(IpipCluster, AnotherModeByReloadLosesNoPacket) {
  loses_no_packet([this](std::string const& mode) {
    EXPECT_EQ(reload(node(1), options(mode)), "pools changed\n0 added, 0 removed, 0 changed\n");
  });
}

TEST_F(IpipCluster, TheDeviceIsBareWhenALaterStartWantsNoTunnel) {
  start_all("Always");
  auto const device = [&] { return node(1).host->show("ip -d addr show tunl0"); };
  EXPECT_NE(device().find("inet 10.0.0.1/32"), std::string::npos) << device();
  EXPECT_NE(device().find("mtu 1480"), std::string::npos) << device();
  start_one(node(1), "Never");
  EXPECT_TRUE(soon(20s, [&] { return device().find("inet ") == std::string::npos; })) << device();
  EXPECT_EQ(device().find("UP"), std::string::npos) << device();
}

}  // namespace
}  // namespace speaker
