// IPIP through tunl0: the device, the routes, and packets that really go through it. Few machines' kernels have it, so
// this program runs in the user-mode kernel, where tunl0 is in every network namespace and cannot be removed.
#include "fib/kernel_fixture.h"

namespace tern::fib {
namespace {

class Ipip : public Kernel {
 protected:
  void SetUp() override {
    Kernel::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    ASSERT_NE(shown(), "") << "this kernel has no IPIP";
  }

  static std::string shown(std::string const& device = "tunl0") {
    return support::run({"sh", "-c", "ip -d addr show " + device + " 2>/dev/null"}).output;
  }
  static bool shows(std::string const& part) { return shown().find(part) != std::string::npos; }
  static TunnelDevice device() {
    TunnelDevice tunl0;
    tunl0.kind = TunnelDevice::Kind::ipip;
    tunl0.name = "tunl0";
    tunl0.addresses = {{"10.1.0.1"_ip, 32}};
    return tunl0;
  }
  WeightedHop hop(bgp::IpAddress const& address) {
    HopName const name{address, Encapsulation::ipip};
    fib->set_path(name, HopPath{"tunl0", address, true});
    return {name, 1};
  }
  void start_with_tunnel() {
    start();
    fib->want(device());
    settle();
    ASSERT_EQ(fib->why_not("tunl0"), "");
  }
};

TEST_F(Ipip, TheDeviceIsConfiguredAndPutBackToBare) {
  auto const bare = shown();
  start_with_tunnel();
  for (auto const* part : {"inet 10.1.0.1/32", "UP", "mtu 1440", "alias tern"}) EXPECT_TRUE(shows(part)) << shown();
  fib->unwant("tunl0");
  settle();
  EXPECT_FALSE(shows("inet") || shows("UP") || shows("alias")) << shown() << "was\n" << bare;
  fib->want(device());
  settle();
  EXPECT_TRUE(shows("inet 10.1.0.1/32") && shows("UP"));
}

TEST_F(Ipip, TheMtuIsTwentyLessThanTheCards) {
  ip("link add eth0 type veth peer name eth0-end");
  ip("link set eth0 mtu 1400 up");
  start_with_tunnel();
  EXPECT_TRUE(shows("mtu 1380")) << shown();
  ip("link set eth0 mtu 1300");
  EXPECT_TRUE(soon([] { return shows("mtu 1280"); })) << shown();
}

TEST_F(Ipip, WhatOthersDoToTheDeviceIsUndone) {
  start_with_tunnel();
  auto const before = shown();
  for (auto const* what : {"link set tunl0 down", "addr del 10.1.0.1/32 dev tunl0", "addr add 10.9.9.9/32 dev tunl0",
                           "link set tunl0 mtu 1000"}) {
    ip(what);
    EXPECT_NE(shown(), before);
    EXPECT_TRUE(soon([&] { return shown() == before; })) << what << "\n" << shown();
  }
}

TEST_F(Ipip, RoutesReturnWithTheDevice) {
  start_with_tunnel();
  want({{nth(1), through({hop("192.0.2.2"_ip)})}});
  auto const before = routes();
  EXPECT_NE(before.find("via 192.0.2.2 dev tunl0"), std::string::npos) << before;
  EXPECT_NE(before.find("onlink"), std::string::npos) << before;
  ip("link set tunl0 down");
  EXPECT_TRUE(soon([&] { return shows("UP") && routes() == before; }));
}

TEST_F(Ipip, SeveralHopsShareTheLoadEachEncapsulatedOnItsOwn) {
  start_with_tunnel();
  want({{nth(1), through({hop("192.0.2.2"_ip), hop("198.51.100.2"_ip)})},
        {nth(2), through({hop("192.0.2.2"_ip), west})}});
  auto const both = run("ip route show 10.0.1.0/24"), mixed = run("ip route show 10.0.2.0/24");
  EXPECT_NE(both.find("nexthop via 192.0.2.2 dev tunl0"), std::string::npos) << both;
  EXPECT_NE(both.find("nexthop via 198.51.100.2 dev tunl0"), std::string::npos) << both;
  EXPECT_NE(mixed.find("nexthop via 192.0.2.2 dev tunl0"), std::string::npos) << mixed;
  EXPECT_NE(mixed.find("nexthop via 198.51.100.2 dev west"), std::string::npos) << mixed;
}

TEST_F(Ipip, ThePrefixHasARouteWhileItsModeChanges) {
  start_with_tunnel();
  auto const tunnelled = hop("192.0.2.2"_ip);
  want({{nth(1), through({tunnelled})}, {nth(2), through({tunnelled, west})}});
  support::Process monitor({"ip", "-4", "monitor", "route"});
  auto const heard = [&](std::string const& what) { return monitor.output().find(what) != std::string::npos; };
  // It listens when it tells what we do.
  ASSERT_TRUE(soon([&] {
    run("ip route add 203.0.113.0/24 dev east; ip route del 203.0.113.0/24 dev east");
    return heard("203.0.113.0/24");
  }));
  for (int round = 0; round < 5; ++round) {
    want({{nth(1), through({east})}, {nth(2), through({east, west})}});
    EXPECT_NE(routes().find("via 192.0.2.2 dev east"), std::string::npos) << routes();
    want({{nth(1), through({tunnelled})}, {nth(2), through({tunnelled, west})}});
    EXPECT_EQ(routes().find("via 192.0.2.2 dev east"), std::string::npos) << routes();
  }
  want({{nth(3), through({east})}, {nth(3), nullptr}});
  ip("route add 203.0.113.128/25 dev east");
  ASSERT_TRUE(soon([&] { return heard("203.0.113.128/25"); })) << monitor.output();
  EXPECT_FALSE(heard("Deleted 10.0.1.0/24")) << monitor.output();
  EXPECT_FALSE(heard("Deleted 10.0.2.0/24")) << monitor.output();
  EXPECT_TRUE(heard("10.0.1.0/24")) << monitor.output();
}

TEST_F(Ipip, WhatAnEarlierProcessConfiguredGoesWithTheSweep) {
  start_with_tunnel();
  auto const before = shown();
  fib.reset();
  start();
  settle();
  EXPECT_EQ(shown(), before);
  fib->sweep();
  settle();
  EXPECT_FALSE(shows("inet") || shows("UP") || shows("alias")) << shown();
}

TEST_F(Ipip, WhatSomebodyElseConfiguredIsUsedOrReportedAndNeverTouched) {
  ip("addr add 10.1.0.1/32 dev tunl0");
  ip("link set tunl0 mtu 1440 up");
  auto const before = shown();
  start_with_tunnel();
  EXPECT_EQ(shown(), before);
  auto other = device();
  other.addresses = {{"10.1.0.2"_ip, 32}};
  fib->want(other);
  settle();
  EXPECT_NE(fib->why_not("tunl0").find("addresses"), std::string::npos) << fib->why_not("tunl0");
  EXPECT_NE(fib->why_not("tunl0").find("devices: external"), std::string::npos) << fib->why_not("tunl0");
  fib->unwant("tunl0");
  fib->sweep();
  settle();
  EXPECT_EQ(shown(), before);
}

TEST_F(Ipip, WhoHasSetItUpHasBegunToUseIt) {
  ip("link set tunl0 up");
  auto const before = shown();
  start();
  fib->want(device());
  settle();
  EXPECT_EQ(shown(), before);
  EXPECT_NE(fib->why_not("tunl0").find("it is not ours"), std::string::npos) << fib->why_not("tunl0");
  ip("link set tunl0 down");
  EXPECT_TRUE(soon([] { return shows("alias tern") && shows("inet 10.1.0.1/32"); })) << shown();
}

TEST_F(Ipip, AnMtuThatTheKernelRefusesKeepsTheDeviceNotDown) {
  start();
  auto large = device();
  large.mtu = 65535;
  fib->want(large);
  settle();
  EXPECT_TRUE(shows("UP") && shows("inet 10.1.0.1/32")) << shown();
  EXPECT_NE(fib->why_not("tunl0").find("its MTU is refused"), std::string::npos) << fib->why_not("tunl0");
}

TEST_F(Ipip, AnExternalDeviceIsOnlyLookedAt) {
  auto const before = shown();
  auto external = device();
  external.managed = false;
  start();
  fib->want(external);
  settle();
  EXPECT_EQ(shown(), before);
  fib->unwant("tunl0");
  settle();
  EXPECT_EQ(shown(), before);
}

// ---- Packets: pod1 -- this node == node2 -- pod2. What stands on node2 was put there by hand.

class IpipPackets : public Ipip {
 protected:
  void SetUp() override {
    Ipip::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    node2.emplace();
    pod1.emplace();
    pod2.emplace();
    node2->join("wire", {"203.0.113.1/24"}, "wire2", {"203.0.113.2/24"});
    pod1->join("cali1", {"169.254.1.1/32"}, "eth0", {"10.1.1.5/32"});
    pod2->join("cali2", {"169.254.1.1/32"}, "eth0", {"10.1.2.5/32"});
    ip("link set cali2 netns /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(node2->fd()));
    at(node2, "addr add 169.254.1.1/32 dev cali2", "link set cali2 up", "route add 10.1.2.5 dev cali2",
       "addr add 10.1.2.1/32 dev tunl0", "link set tunl0 up", "route add 10.1.1.0/26 via 203.0.113.1 dev tunl0 onlink");
    ip("route add 10.1.1.5 dev cali1");
    for (auto const* pod : {&pod1, &pod2})
      at(*pod, "route add 169.254.1.1 dev eth0", "route add default via 169.254.1.1");
    for (auto const* forwarding : {&own, &node2}) sysctl(*forwarding, "net.ipv4.ip_forward=1");
    start_with_tunnel();
  }
  template <class... Lines>
  static void at(std::optional<support::Namespace> const& where, Lines const&... lines) {
    (support::must_run({"sh", "-c", std::string("ip ") + lines}, {.network = where ? &*where : nullptr}), ...);
  }
  static void sysctl(std::optional<support::Namespace> const& where, std::string const& setting) {
    support::must_run({"sysctl", "-qw", setting}, {.network = where ? &*where : nullptr});
  }
  // How many packets the tunnel of a node has sent.
  static unsigned sent(std::optional<support::Namespace> const& where) {
    auto const text =
        support::must_run({"sh", "-c", "ip -s -o link show tunl0 | sed 's/.*TX: [a-z_ ]*\\\\ *[0-9]* *//'"},
                          {.network = where ? &*where : nullptr});
    return static_cast<unsigned>(std::stoul(text));
  }
  bool ping(std::string const& size = "56") const {
    return support::run({"ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "-M", "do", "-s", size, "10.1.2.5"},
                        {.network = &*pod1})
               .status == 0;
  }

  std::optional<support::Namespace> own, node2, pod1, pod2;
};

TEST_F(IpipPackets, PodsReachEachOtherThroughTheTunnelAndAfterwardsWithoutIt) {
  EXPECT_FALSE(ping());
  auto const block = "10.1.2.0/26"_pfx;
  want({{block, through({hop("203.0.113.2"_ip)})}});
  EXPECT_TRUE(ping());
  EXPECT_EQ(sent(own), 3U);
  EXPECT_EQ(sent(node2), 3U);
  EXPECT_TRUE(ping("1412")) << "the largest packet that fits";
  EXPECT_FALSE(ping("1413"));
  auto const before = sent(own);
  HopName const plain{"203.0.113.2"_ip, Encapsulation::none};
  fib->set_path(plain, HopPath{"wire", plain.address, false});
  want({{block, through({{plain, 1}})}});
  EXPECT_TRUE(ping());
  EXPECT_EQ(sent(own), before);
}

}  // namespace
}  // namespace tern::fib
