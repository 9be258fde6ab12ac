// What of a node can change while it runs: its blocks, its pools and its tunnels, by a file that is read again.
#include "cluster.h"

namespace speaker {
namespace {

using scene::ping;

class Reloads : public Cluster {
 protected:
  void SetUp() override {
    Cluster::SetUp();
    if (!scene) return;
    start_all({.mode = mode_});
    ASSERT_TRUE(converged());
  }
  static bool has(Node const& node, std::string const& prefix, std::string const& what) {
    return node.route(prefix).find(what) != std::string::npos;
  }
  static bool has_device(Node const& node, std::string const& name) {
    return node.host->show("ip link show " + name).find("does not exist") == std::string::npos;
  }
  static std::string flaps(Node const& node) { return node.daemon->peer("10.0.0.100", {"flaps"}); }

  std::string mode_ = "vxlan: CrossSubnet";
};

std::string const unchanged = "0 added, 0 removed, 0 changed\n";

TEST_F(Reloads, ABlockMoreIsAnnouncedAndOneLessIsWithdrawn) {
  EXPECT_EQ(reload(node(1), {.blocks = ", 10.244.9.0/26, 10.244.9.77/32"}), "podCidrs changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] {
    return has(node(2), "10.244.9.0/26", "via 10.0.0.1 dev eth0") && has(node(2), "10.244.9.77", "via 10.0.0.1");
  }));
  EXPECT_TRUE(soon(5s, [&] { return has(node(3), "10.244.9.0/26", "dev vxlan.calico"); }));
  EXPECT_TRUE(soon(5s, [&] { return has(node(1), "10.244.9.0/26", "blackhole"); }));
  EXPECT_EQ(node(1).route("10.244.9.77"), "") << "a single address has none";

  EXPECT_EQ(reload(node(1), {}), "podCidrs changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] {
    return node(2).route("10.244.9.0/26").empty() && node(3).route("10.244.9.77").empty() &&
           node(1).route("10.244.9.0/26").empty();
  }));
  EXPECT_TRUE(has(node(1), node(1).block(), "blackhole")) << "the others stay";
  EXPECT_FALSE(node(2).route(node(1).block()).empty());
  EXPECT_EQ(flaps(node(1)), "0");
  EXPECT_EQ(reload(node(1), {}), unchanged);
}

TEST_F(Reloads, WhatABlockOfOursCoversLeavesTheKernelAndComesBack) {
  ASSERT_EQ(reload(node(2), {.blocks = ", 10.244.9.0/26, 10.244.9.64/28, 10.244.9.99/32"}),
            "podCidrs changed\n" + unchanged);
  auto const by_node_2 = [&](std::string const& prefix) { return has(node(1), prefix, "via 10.0.0.2"); };
  ASSERT_TRUE(
      soon(5s, [&] { return by_node_2("10.244.9.0/26") && by_node_2("10.244.9.64/28") && by_node_2("10.244.9.99"); }));
  EXPECT_EQ(reload(node(1), {.blocks = ", 10.244.9.0/24"}), "podCidrs changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] {
    return has(node(1), "10.244.9.0/24", "blackhole") && node(1).route("10.244.9.0/26").empty() &&
           node(1).route("10.244.9.64/28").empty();
  }));
  EXPECT_TRUE(by_node_2("10.244.9.99")) << "a pod may have moved there with its address";
  auto const why = node(1).daemon->tell({"explain", "10.244.9.64/28"});
  EXPECT_NE(why.find("a part of this node's own block 10.244.9.0/24"), std::string::npos) << why;

  // The very block of another: ours, until it is not.
  EXPECT_EQ(reload(node(1), {.blocks = ", 10.244.9.0/26"}), "podCidrs changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] { return has(node(1), "10.244.9.0/26", "blackhole") && by_node_2("10.244.9.64/28"); }));
  EXPECT_EQ(reload(node(1), {}), "podCidrs changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] { return by_node_2("10.244.9.0/26") && by_node_2("10.244.9.64/28"); }));
  EXPECT_EQ(flaps(node(1)), "0");
}

TEST_F(Reloads, ARefusedFileLeavesBlocksAndPoolsAsTheyWere) {
  auto const before = node(1).route("");
  auto const answer =
      reload(node(1), {.mode = "vxlan: Never", .more = "kernel: {metric: 77}\n", .blocks = ", 10.244.9.0/26"});
  EXPECT_EQ(answer, "kernel changed, which needs a restart\nternctl: nothing was changed\n");
  EXPECT_EQ(node(1).route(""), before);
  EXPECT_TRUE(has_device(node(1), "vxlan.calico"));
}

TEST_F(Reloads, OtherTunnelsAreMadeAnew) {
  auto const mtu = [&] { return node(1).host->show("ip link show vxlan.calico"); };
  EXPECT_EQ(reload(node(1), {.more = "tunnels: {mtu: 1400}\n"}), "tunnels changed\n" + unchanged);
  EXPECT_TRUE(soon(5s, [&] { return mtu().find("mtu 1400") != std::string::npos; })) << mtu();
  for (auto& one : nodes_) {
    EXPECT_EQ(reload(one, {.more = "tunnels: {mtu: 1400, vni: 77, port: 8472}\n"}), "tunnels changed\n" + unchanged);
  }
  EXPECT_TRUE(soon(10s, [&] { return ping(*node(1).pod, *node(3).pod) && ping(*node(3).pod, *node(2).pod); }));
  auto const device = node(3).host->show("ip -d link show vxlan.calico");
  EXPECT_NE(device.find("vxlan id 77"), std::string::npos) << device;
  EXPECT_NE(device.find("dstport 8472"), std::string::npos) << device;
}

class ReloadsOfTunnels : public Reloads {
 protected:
  ReloadsOfTunnels() { mode_ = "vxlan: Always"; }
};

TEST_F(ReloadsOfTunnels, AnotherModeLosesNoPacket) {
  ASSERT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); }));
  for (auto const& address : node(2).pod->addresses()) {
    support::Stream stream(node(1).pod->network(), node(2).pod->network(), address);
    auto const of = [&] { return address.find(':') == std::string::npos ? node(2).block() : node(2).block6(); };
    ASSERT_TRUE(soon(5s, [&] { return stream.received() > 100; }));
    for (auto const& [mode, device] : {std::pair("Never", "dev eth0"), std::pair("Always", "dev vxlan")}) {
      EXPECT_EQ(reload(node(1), {.mode = std::string("vxlan: ") + mode}), "pools changed\n" + unchanged);
      ASSERT_TRUE(soon(20s, [&, device = device] { return has(node(1), of(), device); })) << mode;
      ASSERT_TRUE(
          soon(5s, [&, is = std::string(mode) == "Always"] { return has_device(node(1), "vxlan.calico") == is; }));
      auto const then = stream.received();
      ASSERT_TRUE(soon(5s, [&] { return stream.received() > then + 100; }));
    }
    auto const report = stream.finish();
    EXPECT_EQ(report.lost(), 0U) << report.text();
    EXPECT_EQ(report.duplicated, 0U) << report.text();
  }
  EXPECT_EQ(flaps(node(1)), "0");
}

TEST_F(ReloadsOfTunnels, NothingOfATunnelIsLeftThatNobodyWants) {
  for (auto& one : nodes_) EXPECT_EQ(reload(one, {.mode = "vxlan: CrossSubnet"}), "pools changed\n" + unchanged);
  ASSERT_TRUE(soon(10s, [&] { return has(node(1), node(2).block(), "dev eth0"); }));
  auto const& host = *node(1).host;
  auto const shown = [&] {
    return host.show("bridge fdb show dev vxlan.calico; ip neigh show dev vxlan.calico; ip nexthop show");
  };
  EXPECT_TRUE(soon(5s, [&] {
    return shown().find("10.0.0.2 dev vxlan.calico") == std::string::npos &&
           shown().find("dst 10.0.0.2") == std::string::npos;
  })) << shown();
  EXPECT_NE(shown().find("dst 10.0.1.3"), std::string::npos) << "across the subnet it is still wanted";

  // One after the other, faster than any of it is done: the last one counts.
  for (auto const* mode : {"vxlan: Never", "vxlan: Always", "vxlan: Never", "vxlan: Always"}) {
    EXPECT_EQ(reload(node(1), {.mode = mode}), "pools changed\n" + unchanged);
  }
  EXPECT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(3).pod); }));
  EXPECT_TRUE(soon(5s, [&] { return has(node(1), node(2).block(), "dev vxlan.calico"); }));
  for (auto& one : nodes_) EXPECT_EQ(reload(one, {.mode = "vxlan: Never"}), "pools changed\n" + unchanged);
  EXPECT_TRUE(
      soon(5s, [&] { return !has_device(node(1), "vxlan.calico") && !has_device(node(1), "vxlan-v6.calico"); }));
  EXPECT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); }));
}

#ifdef __SANITIZE_THREAD__
constexpr unsigned routes = 2000;  // each is compared with each where the file is checked
#else
constexpr unsigned routes = 15000;
#endif

// So many that one reload meets the next in the middle of its work.
TEST_F(ReloadsOfTunnels, QuicklyOneAfterTheOtherEndAsTheLastOneSays) {
  std::string many;
  for (unsigned i = 0; i < routes; ++i) {
    many += ", 10.244." + std::to_string(128 + i / 250) + "." + std::to_string(i % 250) + "/32";
  }
  ASSERT_EQ(reload(node(2), {.mode = mode_, .blocks = many}), "podCidrs changed\n" + unchanged);
  auto const by = [&](std::string const& device) {
    auto const count = node(1).host->show("ip route show proto 179 | grep -c '10.244.1[2-9].*" + device + "'");
    return std::stoul("0" + count) >= routes;
  };
  ASSERT_TRUE(soon(20s, [&] { return by("vxlan.calico"); }));
  for (int round = 0; round < 5; ++round) {
    for (auto const* mode : {"Never", "Always", "Never", "Always"}) {
      EXPECT_EQ(reload(node(1), {.mode = std::string("vxlan: ") + mode}), "pools changed\n" + unchanged);
    }
    ASSERT_TRUE(soon(20s, [&] { return by("vxlan.calico"); })) << round;
    EXPECT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); })) << round;
  }
  auto const shown = node(1).host->show("bridge fdb show dev vxlan.calico");
  EXPECT_NE(shown.find("dst 10.0.0.2"), std::string::npos) << shown;
}

}  // namespace
}  // namespace speaker
