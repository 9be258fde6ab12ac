// Next hops as the real kernel would reach them, in a network namespace of the test's own: what `ip` does is heard.
#include <linux/rtnetlink.h>

#include "fib/next_hop_tracker.h"
#include "kernel_fixture.h"

namespace tern::fib {
namespace {

class NextHops : public Kernel {
 protected:
  void SetUp() override {
    Kernel::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) track(RT_TABLE_MAIN);
  }
  void TearDown() override { started.reset(); }
  void track(std::uint32_t table) {
    started.emplace(io.get_executor(), table, std::vector<std::uint8_t>{179});
    tracker().on_change([this](bgp::IpAddress const& address) { changed.push_back(address); });
    ASSERT_TRUE(tracker().start().ok());
  }
  NextHopTracker& tracker() { return *started; }
  bool reachable(bgp::IpAddress const& address) { return tracker().resolve(address).reachable; }
  // All that was done before is known: what it says of a further route is told by events in their order, or read.
  void heard_all() {
    auto const marked = [this] {
      auto const path = tracker().resolution("233.252.0.1"_ip).path;
      return path && path->interface == "west";
    };
    auto const before = marked();
    ip(std::string("route ") + (before ? "del" : "add") + " 233.252.0.0/24 dev west");
    ASSERT_TRUE(soon([&] { return marked() != before; }));
    io.restart();
    io.run_for(50ms);  // what is to be read again is read
  }

  std::optional<NextHopTracker> started;
  std::vector<bgp::IpAddress> changed;
};

TEST_F(NextHops, FollowTheKernelsRoutesByEvents) {
  auto const on_link = "192.0.2.7"_ip, far = "203.0.113.1"_ip;
  EXPECT_TRUE(tracker().resolve(on_link).reachable);
  EXPECT_FALSE(tracker().resolve(far).reachable);
  ip("route add 203.0.113.0/24 via 192.0.2.9 metric 30");
  EXPECT_TRUE(soon([&] { return changed == std::vector{far}; }));
  EXPECT_TRUE(tracker().resolve(far).reachable);
  EXPECT_EQ(tracker().resolve(far).cost, 30U);
  EXPECT_EQ(tracker().resolution(far).path, (HopPath{"east", "192.0.2.9"_ip, false}));
  ip("route add 203.0.113.0/25 via 198.51.100.9 proto 179");  // our own doing
  ip("link set east down");
  EXPECT_TRUE(soon([&] { return !tracker().resolve(on_link).reachable && !tracker().resolve(far).reachable; }));
  ip("link set east up");
  EXPECT_TRUE(soon([&] { return tracker().resolve(on_link).reachable; }));
  tracker().forget(on_link);
  changed.clear();
  ip("link set east down");
  EXPECT_TRUE(soon([&] { return !tracker().resolution(on_link).path; }));
  EXPECT_TRUE(changed.empty());
}

TEST_F(NextHops, StayReachableWhenOneOfTwoConnectedRoutesGoes) {
  auto const hop = "192.0.2.7"_ip;
  ASSERT_TRUE(reachable(hop));
  ip("addr add 192.0.2.5/24 dev west");
  ip("addr del 192.0.2.5/24 dev west");
  heard_all();
  EXPECT_TRUE(reachable(hop));
  ip("addr add 192.0.2.6/24 dev east");  // secondary; it is to become the only one
  ip("-4 addr flush dev east primary");
  heard_all();
  EXPECT_EQ(tracker().resolution(hop).path.has_value(), run("ip route get 192.0.2.7 | grep -c 'dev east'") == "1\n");
}

TEST_F(NextHops, StayReachableInAnIpv6NetworkOfTwoInterfaces) {
  auto const hop = "2001:db8:1::7"_ip;
  ip("addr add 2001:db8:1::2/64 dev west nodad");
  ip("addr add 2001:db8:1::3/64 dev east nodad");
  heard_all();
  ASSERT_TRUE(reachable(hop));
  ip("addr del 2001:db8:1::2/64 dev west");
  ip("addr del 2001:db8:1::3/64 dev east");
  heard_all();
  EXPECT_EQ(tracker().resolution(hop).path, (HopPath{"east", hop, false}));
}

TEST_F(NextHops, StayReachableWhenOneOfTwoIpv6GatewaysGoes) {
  ip("-6 route add default via 2001:db8:1::8 dev east metric 500");
  ip("-6 route append default via 2001:db8:1::9 dev east metric 500");
  heard_all();
  auto const far = "2001:db8:9::1"_ip;
  ASSERT_TRUE(reachable(far));
  ip("-6 route del default via 2001:db8:1::8 dev east metric 500");
  heard_all();
  EXPECT_EQ(tracker().resolution(far).path, (HopPath{"east", "2001:db8:1::9"_ip, false}));
  ip("-6 route replace default via 2001:db8:1::7 dev east metric 500");
  EXPECT_TRUE(soon([&] { return tracker().resolution(far).path == HopPath{"east", "2001:db8:1::7"_ip, false}; }));
  ip("-6 route del default metric 500");
  EXPECT_TRUE(soon([&] { return !reachable(far); }));
}

TEST_F(NextHops, GoTheWayOfTheRouteThatStandsFirst) {
  auto const far = "203.0.113.1"_ip;
  auto const leads_to = [&](bgp::IpAddress const& gateway) {
    return soon([&] { return tracker().resolution(far).path == HopPath{"east", gateway, false}; });
  };
  ip("route add 203.0.113.0/24 via 192.0.2.8");
  ip("route prepend 203.0.113.0/24 via 192.0.2.9");
  EXPECT_TRUE(leads_to("192.0.2.9"_ip));
  ip("route append 203.0.113.0/24 via 192.0.2.10");
  ip("route del 203.0.113.0/24 via 192.0.2.9");
  EXPECT_TRUE(leads_to("192.0.2.8"_ip));
  ip("route del 203.0.113.0/24 via 192.0.2.8");
  EXPECT_TRUE(leads_to("192.0.2.10"_ip));
}

TEST_F(NextHops, OfATableOfOurOwnAreOnTheLinksOfTheMainOne) {
  track(100);
  EXPECT_TRUE(reachable("192.0.2.7"_ip));
  auto const far = "203.0.113.1"_ip;
  EXPECT_FALSE(reachable(far));
  ip("route add 203.0.113.0/24 via 192.0.2.9 table 100");
  EXPECT_TRUE(soon([&] { return reachable(far); }));
  ip("route del 203.0.113.0/24 table 100");
  EXPECT_TRUE(soon([&] { return !reachable(far); }));
  ip("route add 203.0.113.0/24 via 192.0.2.9 table 101");
  heard_all();
  EXPECT_FALSE(reachable(far));
}

TEST_F(NextHops, LoseWhatTheKernelDropsWithAnAddressWithoutAWord) {
  auto const far = "203.0.113.1"_ip, sourced = "233.252.1.1"_ip;
  ip("route add 203.0.113.0/24 via 192.0.2.9 onlink dev east");
  ip("addr add 198.51.100.5/32 dev west");
  ip("route add 233.252.1.0/24 dev east src 198.51.100.5");
  ASSERT_TRUE(soon([&] { return reachable(far) && reachable(sourced); }));
  ip("addr del 198.51.100.5/32 dev west");
  EXPECT_TRUE(soon([&] { return !reachable(sourced); }));
  EXPECT_TRUE(reachable(far));
  ip("addr del 192.0.2.1/24 dev east");
  ip("addr add 192.0.2.1/24 dev east");
  EXPECT_EQ(run("ip route show 203.0.113.0/24"), "");
  EXPECT_TRUE(soon([&] { return !reachable(far); }));
  EXPECT_TRUE(soon([&] { return reachable("192.0.2.7"_ip); }));
}

TEST_F(NextHops, LoseWhatTheKernelDropsWithAnObjectOfOthers) {
  auto const far = "203.0.113.1"_ip;
  ip("nexthop add id 7 via 192.0.2.9 dev east");
  ip("route add 203.0.113.0/24 nhid 7");
  ASSERT_TRUE(soon([&] { return reachable(far); }));
  ip("nexthop replace id 7 via 198.51.100.9 dev west");
  EXPECT_TRUE(soon([&] { return tracker().resolution(far).path == HopPath{"west", "198.51.100.9"_ip, false}; }));
  ip("nexthop del id 7");
  EXPECT_TRUE(soon([&] { return !reachable(far); }));
}

TEST_F(NextHops, ThatOthersLeadToAreAskedAgainWithThem) {
  auto const near = "203.0.113.1"_ip, behind = "233.252.1.1"_ip;
  std::optional<bgp::IpAddress> learned = "192.0.2.9"_ip;
  tracker().set_learned([&](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if (address == behind) return {{"233.252.1.0/24"_pfx, near}};
    if (address == near && learned) return {{"203.0.113.0/24"_pfx, *learned}};
    return std::nullopt;
  });
  EXPECT_TRUE(reachable(behind));
  EXPECT_TRUE(reachable(near));
  learned.reset();
  tracker().learned_changed("203.0.113.0/24"_pfx);
  EXPECT_TRUE(soon([&] { return !reachable(behind) && !reachable(near); }));
  changed.clear();
  ip("route add 203.0.113.1/32 via 198.51.100.9");
  EXPECT_TRUE(soon([&] { return changed == std::vector{near, behind}; }));
}

TEST_F(NextHops, InACircleStayUnreachableForAWhileWhenTheirRoutesGo) {
  auto const one = "203.0.113.1"_ip, other = "233.252.1.1"_ip;
  ip("route add default via 192.0.2.9");
  heard_all();
  auto in_use = false;
  tracker().set_learned([&](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if (in_use && address == one) return {{"203.0.113.0/24"_pfx, other}};
    if (in_use && address == other) return {{"233.252.1.0/24"_pfx, one}};
    return std::nullopt;
  });
  ASSERT_TRUE(reachable(one) && reachable(other));
  unsigned turns = 0;
  // BGP uses the routes while their next hops are reachable, and only then.
  tracker().on_change([&](bgp::IpAddress const&) {
    ++turns;
    in_use = reachable(one) && reachable(other);
    tracker().learned_changed("203.0.113.0/24"_pfx);
    tracker().learned_changed("233.252.1.0/24"_pfx);
  });
  in_use = true;
  tracker().learned_changed("203.0.113.0/24"_pfx);
  tracker().learned_changed("233.252.1.0/24"_pfx);
  EXPECT_TRUE(soon([&] { return turns > 2; })) << "it is tried again";
  io.restart();
  io.run_for(800ms);
  EXPECT_LE(turns, 20U) << "after 100, 200, 400 and 800 ms";
}

TEST_F(NextHops, AreLookedAtAgainOnlyWhereSomethingChangedAndInSlices) {
  unsigned looks = 0;
  ip("route add default via 192.0.2.9");
  heard_all();
  tracker().set_learned([&](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if ("11.0.0.0/8"_pfx.covers({address, 32})) ++looks;
    return std::nullopt;
  });
  for (std::uint32_t n = 1; n <= 200; ++n) ASSERT_TRUE(reachable(bgp::IpAddress::v4(0x0b000000U + n)));
  looks = 0;
  ip("link add pod type veth peer name pod-end");
  ip("link set pod up");
  ip("route add 10.1.2.3/32 dev pod");
  ip("route add 11.0.0.0/30 via 192.0.2.9");
  heard_all();
  EXPECT_EQ(looks, 3U) << "11.0.0.1, 11.0.0.2 and 11.0.0.3";
  looks = 0;
  tracker().learned_changed("0.0.0.0/0"_pfx);
  io.restart();
  unsigned most = 0;
  while (looks < 200) {
    auto const before = looks;
    ASSERT_EQ(io.run_one_for(1s), 1U);
    most = std::max(most, looks - before);
  }
  EXPECT_EQ(most, 64U);
}

}  // namespace
}  // namespace tern::fib
