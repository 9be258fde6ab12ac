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

TEST_F(Resolutions, CirclesAreRefused) {
  auto const itself = [](bgp::IpAddress const&) -> std::optional<ResolutionBook::LearnedRoute> {
    return {{"203.0.113.0/24"_pfx, "203.0.113.9"_ip}};
  };
  book.set_learned(itself);
  EXPECT_EQ(path("203.0.113.9"_ip)->gateway, "10.0.0.1"_ip) << "the kernel's default route remains";
  book.set_learned([](bgp::IpAddress const& address) -> std::optional<ResolutionBook::LearnedRoute> {
    if (address == "203.0.113.1"_ip) return {{"203.0.113.0/24"_pfx, "198.51.100.1"_ip}};
    return {{"198.51.100.0/24"_pfx, "203.0.113.1"_ip}};
  });
  EXPECT_EQ(path("203.0.113.1"_ip)->gateway, "10.0.0.1"_ip);
}

}  // namespace
}  // namespace tern::fib
