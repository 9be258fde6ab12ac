// Which way the kernel would go, by story.
#include "fib/resolution.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

namespace tern::fib {
namespace {

using namespace bgp::literals;

class Resolutions : public testing::Test {
 protected:
  Resolutions() {
    for (unsigned index : {1U, 2U}) link(index, true);
    book.addresses_are({{1, "192.0.2.1"_ip, 24}});
    book.routes_are({route("192.0.2.0/24"_pfx, {1, {}, false, 1}),
                     route("0.0.0.0/0"_pfx, {2, "10.0.0.1"_ip, false, 1}, 100),
                     route("10.0.0.0/24"_pfx, {2, {}, false, 1})});
  }
  void link(unsigned index, bool running, bool up = true) {
    rtnl::Link link;
    link.index = index;
    link.name = "eth" + std::to_string(index);
    link.up = up;
    link.running = running;
    book.link_is(link);
  }
  static rtnl::Route route(bgp::Prefix const& prefix, rtnl::Via const& via, std::uint32_t metric = 0,
                           std::uint8_t protocol = RTPROT_KERNEL) {
    rtnl::Route route;
    route.destination = prefix;
    route.table = RT_TABLE_MAIN;
    route.protocol = protocol;
    route.type = RTN_UNICAST;
    route.metric = metric;
    route.via = {via};
    return route;
  }
  std::optional<HopPath> path(bgp::IpAddress const& address) const { return book.resolve(address).path; }

  ResolutionBook book{RT_TABLE_MAIN, {179}};
};

TEST_F(Resolutions, OnTheLinkTheNextHopIsItsOwnGateway) {
  EXPECT_EQ(path("192.0.2.7"_ip), (HopPath{"eth1", "192.0.2.7"_ip, false}));
  EXPECT_EQ(book.resolve("192.0.2.7"_ip).cost, 0U);
}

TEST_F(Resolutions, ALinkLocalNextHopIsWhereTheNeighbourOfThatAddressIs) {
  auto const hop = "fe80::7"_ip;
  auto const heard = [&] { return book.take_changes().prefixes.contains({hop, 128}); };
  book.heard(route("fe80::/64"_pfx, {1, {}, false, 1}, 256), false, false);
  EXPECT_EQ(path(hop), (HopPath{"eth1", hop, false})) << "there is no other";
  book.heard(route("fe80::/64"_pfx, {2, {}, false, 1}, 256), false, false);
  EXPECT_EQ(book.resolve(hop).reason, "it is link-local, and no neighbour of this address says by which interface");
  book.neighbour_is(hop, 2, true);
  EXPECT_TRUE(heard());
  EXPECT_EQ(path(hop), (HopPath{"eth2", hop, false})) << "not the first of all interfaces";
  EXPECT_FALSE(path("fe80::8"_ip)) << "somebody else";
  book.neighbour_is(hop, 1, true);
  EXPECT_TRUE(heard());
  EXPECT_EQ(book.resolve(hop).reason, "it is link-local, and neighbours of this address are on several interfaces");
  book.neighbour_is(hop, 2, false);
  EXPECT_EQ(path(hop), (HopPath{"eth1", hop, false}));
  link(1, false);
  EXPECT_EQ(book.resolve(hop).reason, "interface eth1 is down");
  link(1, true);
  (void)heard();
  book.neighbour_is(hop, 1, true);
  EXPECT_FALSE(heard()) << "nothing new";
  book.neighbour_is(hop, 1, false);
  EXPECT_FALSE(path(hop));
}

TEST_F(Resolutions, ElsewhereTheRoutesGatewayIs) {
  EXPECT_EQ(path("203.0.113.1"_ip), (HopPath{"eth2", "10.0.0.1"_ip, false}));
  EXPECT_EQ(book.resolve("203.0.113.1"_ip).cost, 100U);
}

TEST_F(Resolutions, OurOwnAddressIsNoNextHop) {
  EXPECT_EQ(book.resolve("192.0.2.1"_ip).reason, "it is this node's own address");
}

TEST_F(Resolutions, AnInterfaceThatIsDownCarriesNothing) {
  link(1, false);
  EXPECT_EQ(book.resolve("192.0.2.7"_ip).reason, "interface eth1 is down");
  link(1, true);
  EXPECT_TRUE(path("192.0.2.7"_ip));
}

TEST_F(Resolutions, AnInterfaceThatIsTakenDownLosesItsRoutes) {
  link(1, false, false);
  link(1, true);
  EXPECT_EQ(path("192.0.2.7"_ip)->gateway, "10.0.0.1"_ip) << "the kernel tells when it puts one back";
}

TEST_F(Resolutions, TheLowestMetricIsAskedFirstAndTheNextWhenItIsGone) {
  auto const better = route("0.0.0.0/0"_pfx, {1, "192.0.2.9"_ip, false, 1}, 50);
  book.heard(better, false, false);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "192.0.2.9"_ip);
  book.heard(better, true, false);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "10.0.0.1"_ip);
}

TEST_F(Resolutions, AReplacedRouteCountsOnce) {
  book.heard(route("0.0.0.0/0"_pfx, {1, "192.0.2.8"_ip, false, 1}, 100), false, true);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "192.0.2.8"_ip);
  book.heard(route("0.0.0.0/0"_pfx, {1, "192.0.2.8"_ip, false, 1}, 100), true, false);
  EXPECT_EQ(book.resolve("203.0.113.1"_ip).reason, "the kernel has no route to it");
}

TEST_F(Resolutions, ABlackholeIsAnAnswer) {
  auto hole = route("203.0.113.0/24"_pfx, {});
  hole.type = RTN_BLACKHOLE;
  hole.via.clear();
  book.heard(hole, false, false);
  EXPECT_FALSE(path("203.0.113.1"_ip));
}

TEST_F(Resolutions, WhatWePutThereOurselvesDoesNotCount) {
  book.heard(route("203.0.113.0/24"_pfx, {1, "192.0.2.8"_ip, false, 1}, 0, 179), false, false);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "10.0.0.1"_ip);
}

TEST_F(Resolutions, ALearnedRouteLeadsToAnothersNextHop) {
  book.set_learned([](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if ("203.0.113.0/24"_pfx.covers({address, 32})) return {{"203.0.113.0/24"_pfx, "192.0.2.8"_ip}};
    return std::nullopt;
  });
  EXPECT_EQ(path("203.0.113.1"_ip), (HopPath{"eth1", "192.0.2.8"_ip, false}));
}

TEST_F(Resolutions, TheKernelsMoreSpecificRouteComesBeforeALearnedOne) {
  book.set_learned([](bgp::IpAddress const&) -> std::optional<ResolutionBook::LearnedRoute> {
    return {{"0.0.0.0/0"_pfx, "10.0.0.9"_ip}};
  });
  EXPECT_EQ(path("192.0.2.7"_ip), (HopPath{"eth1", "192.0.2.7"_ip, false}));
}

TEST_F(Resolutions, ALearnedRouteThatCoversItsNextHopOnALinkLeadsThere) {
  book.set_learned([](bgp::IpAddress const&) -> std::optional<ResolutionBook::LearnedRoute> {
    return {{"192.0.0.0/8"_pfx, "192.0.2.8"_ip}};
  });
  EXPECT_EQ(path("192.1.1.1"_ip), (HopPath{"eth1", "192.0.2.8"_ip, false})) << "as a default does";
}

TEST_F(Resolutions, ALearnedRouteDoesNotCarryTheWayToItsOwnNextHop) {
  book.set_learned([](bgp::IpAddress const&) -> std::optional<ResolutionBook::LearnedRoute> {
    return {{"203.0.113.0/24"_pfx, "203.0.113.9"_ip}};
  });
  EXPECT_EQ(path("203.0.113.9"_ip)->gateway, "10.0.0.1"_ip) << "the kernel's default route does";
}

TEST_F(Resolutions, NextHopsInACircleAreUnreachable) {
  book.set_learned([](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if (address == "203.0.113.1"_ip) return {{"203.0.113.0/24"_pfx, "198.51.100.1"_ip}};
    return {{"198.51.100.0/24"_pfx, "203.0.113.1"_ip}};
  });
  ResolutionBook::Chain chain;
  auto const resolution = book.resolve("203.0.113.1"_ip, chain);
  EXPECT_FALSE(resolution.path);
  EXPECT_TRUE(resolution.circular);
  EXPECT_EQ(resolution.reason, "the way to it leads in a circle, through 203.0.113.1");
  EXPECT_EQ(chain, (ResolutionBook::Chain{"203.0.113.1"_ip, "198.51.100.1"_ip}));
}

TEST_F(Resolutions, AChainOfNextHopsIsFollowedFourStepsDeepAndIsUnreachableBeyond) {
  book.set_learned([](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    for (std::uint32_t n = 1; n <= 5; ++n) {
      auto const own = bgp::IpAddress::v4(0xcb007100U + n);
      if (address == own) return {{{own, 32}, bgp::IpAddress::v4(0xcb007101U + n)}};
    }
    return std::nullopt;
  });
  EXPECT_EQ(path("203.0.113.2"_ip)->gateway, "10.0.0.1"_ip);
  EXPECT_EQ(book.resolve("203.0.113.1"_ip).reason, "the way to it leads through more than 4 next hops");
}

// ---- Routes of one prefix and metric

TEST_F(Resolutions, WhenOneOfTwoConnectedRoutesGoesTheOtherRemains) {
  auto const second = route("192.0.2.0/24"_pfx, {2, {}, false, 1});
  book.heard(second, false, false);
  book.heard(route("192.0.2.0/24"_pfx, {1, {}, false, 1}), true, false);
  EXPECT_EQ(path("192.0.2.7"_ip), (HopPath{"eth2", "192.0.2.7"_ip, false}));
  book.heard(second, true, false);
  EXPECT_EQ(path("192.0.2.7"_ip)->gateway, "10.0.0.1"_ip);
}

TEST_F(Resolutions, WhenOneGatewayOfAnIpv6RouteGoesTheOthersRemain) {
  auto all = route("::/0"_pfx, {1, "fd00::64"_ip, false, 1}, 500);
  book.heard(all, false, false);
  all.via.push_back({1, "fd00::65"_ip, false, 1});
  book.heard(all, false, false);  // the kernel tells of all of them
  book.heard(route("::/0"_pfx, {1, "fd00::64"_ip, false, 1}, 500), true, false);
  EXPECT_EQ(path("2001:db8::1"_ip)->gateway, "fd00::65"_ip);
  book.heard(route("::/0"_pfx, {1, "fd00::65"_ip, false, 1}, 500), true, false);
  EXPECT_EQ(book.resolve("2001:db8::1"_ip).reason, "the kernel has no route to it");
}

TEST_F(Resolutions, RoutesThatDifferInTheirSourceOnlyAreReadAgainWhenOneGoes) {
  auto const twin = route("192.0.2.0/24"_pfx, {1, {}, false, 1});
  book.heard(twin, false, false);
  static_cast<void>(book.take_changes());
  book.heard(twin, true, false);
  EXPECT_TRUE(path("192.0.2.7"_ip));
  EXPECT_TRUE(book.take_changes().stale);
}

TEST_F(Resolutions, ARouteThatReplacesTakesTheFirstOnesPlace) {
  book.heard(route("0.0.0.0/0"_pfx, {1, "192.0.2.8"_ip, false, 1}, 100), false, false);
  static_cast<void>(book.take_changes());
  book.heard(route("0.0.0.0/0"_pfx, {1, "192.0.2.9"_ip, false, 1}, 100), false, true);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "192.0.2.9"_ip);
  EXPECT_TRUE(book.take_changes().stale) << "there was a choice";
  book.heard(route("0.0.0.0/0"_pfx, {1, "192.0.2.9"_ip, false, 1}, 100), true, false);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "192.0.2.8"_ip);
}

// ---- What the kernel does not tell

TEST_F(Resolutions, TheMainTableCountsBesideOurs) {
  ResolutionBook ours{100, {179}};
  rtnl::Link eth;
  eth.index = 1;
  eth.name = "eth1";
  eth.up = eth.running = true;
  ours.links_are({eth});
  auto own = route("203.0.113.0/24"_pfx, {1, "192.0.2.8"_ip, false, 1}, 50);
  own.table = 100;
  ours.routes_are({route("192.0.2.0/24"_pfx, {1, {}, false, 1}),
                   route("203.0.113.0/24"_pfx, {1, "192.0.2.9"_ip, false, 1}, 10), own});
  EXPECT_TRUE(ours.resolve("192.0.2.7"_ip).path);
  EXPECT_EQ(ours.resolve("203.0.113.1"_ip).path->gateway, "192.0.2.8"_ip) << "at one length ours is asked first";
  EXPECT_FALSE(book.counts(own));
}

TEST_F(Resolutions, AreStaleWithTheLastIpv4AddressOfAnInterface) {
  book.heard(rtnl::InterfaceAddress{1, "192.0.2.3"_ip, 24}, false);
  book.heard(rtnl::InterfaceAddress{2, "192.0.2.3"_ip, 32}, false);
  static_cast<void>(book.take_changes());
  book.heard(rtnl::InterfaceAddress{1, "192.0.2.3"_ip, 24}, true);
  EXPECT_FALSE(book.take_changes().stale) << "one is left, and the address is the node's still";
  book.heard(rtnl::InterfaceAddress{1, "192.0.2.1"_ip, 24}, true);
  EXPECT_TRUE(book.take_changes().stale);
}

TEST_F(Resolutions, AreStaleWithAnothersNextHopObjectWhereARouteNamesOne) {
  rtnl::NextHopObject object;
  object.id = 7;
  book.heard(object);
  EXPECT_FALSE(book.take_changes().stale);
  auto through_object = route("203.0.113.0/24"_pfx, {1, "192.0.2.8"_ip, false, 1});
  through_object.next_hop_id = 7;
  book.heard(through_object, false, false);
  object.protocol = 179;
  book.heard(object);
  EXPECT_FALSE(book.take_changes().stale) << "our own";
  object.protocol = 0;
  book.heard(object);
  EXPECT_TRUE(book.take_changes().stale);
}

TEST_F(Resolutions, ARouteOfSeveralWaysStaysWhileOneOfThemIsUp) {
  auto both = route("203.0.113.0/24"_pfx, {1, "192.0.2.8"_ip, false, 1});
  both.via.push_back({2, "10.0.0.8"_ip, false, 1});
  book.heard(both, false, false);
  link(1, false, false);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "10.0.0.8"_ip);
  link(1, true);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "192.0.2.8"_ip);
  book.link_gone(1);
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "10.0.0.1"_ip) << "it goes with the first interface that is removed";
}

TEST_F(Resolutions, AreStaleWithAnInterfaceThatIsGoneWithoutGoingDown) {
  static_cast<void>(book.take_changes());
  link(2, false, false);
  book.link_gone(2);
  EXPECT_FALSE(book.take_changes().stale) << "its routes went before";
  book.link_gone(1);
  EXPECT_TRUE(book.take_changes().stale) << "it may be a bridge only that it left";
}

TEST_F(Resolutions, SayWhichPrefixesChanged) {
  static_cast<void>(book.take_changes());
  link(2, true);
  EXPECT_TRUE(book.take_changes().prefixes.empty()) << "nothing is different";
  link(2, false);
  EXPECT_EQ(book.take_changes().prefixes, (std::set{"0.0.0.0/0"_pfx, "10.0.0.0/24"_pfx}));
  book.heard(rtnl::InterfaceAddress{1, "192.0.2.3"_ip, 24}, false);
  EXPECT_EQ(book.take_changes().prefixes, (std::set{"192.0.2.3/32"_pfx}));
  book.routes_are({route("192.0.2.0/24"_pfx, {1, {}, false, 1}), route("10.0.0.0/24"_pfx, {2, {}, false, 1})});
  EXPECT_EQ(book.take_changes().prefixes, (std::set{"0.0.0.0/0"_pfx})) << "what is read again is compared";
}

}  // namespace
}  // namespace tern::fib
