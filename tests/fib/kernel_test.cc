// Fib against the real kernel, in a network namespace of the test's own, asserted from what `ip` says.
#include "kernel_fixture.h"

namespace tern::fib {
namespace {

TEST_F(Kernel, OneHopSeveralHopsAndBlackholes) {
  start();
  auto heavier = west;
  heavier.weight = 3;
  want({{nth(1), through({east})}, {nth(2), through({east, heavier})}, {nth(3), through({})}});
  auto const shown = routes();
  EXPECT_NE(shown.find("10.0.1.0/24 nhid"), std::string::npos) << shown;
  EXPECT_NE(shown.find("via 192.0.2.2 dev east metric 1024"), std::string::npos) << shown;
  EXPECT_NE(shown.find("nexthop via 198.51.100.2 dev west weight 3"), std::string::npos) << shown;
  EXPECT_NE(shown.find("blackhole 10.0.3.0/24 metric 1024"), std::string::npos) << shown;
  EXPECT_EQ(fib->status().installed, 3U);
}

TEST_F(Kernel, Ipv6) {
  start();
  HopName const hop{"2001:db8:1::2"_ip, Encapsulation::none};
  fib->set_path(hop, HopPath{"east", hop.address, false});
  auto const* const target = through({{hop, 1}});
  auto const* const nothing = through({});
  want({{"2001:db8:a::/48"_pfx, target}, {"2001:db8:b::/48"_pfx, nothing}});
  auto const shown = routes();
  EXPECT_NE(shown.find("2001:db8:a::/48 nhid"), std::string::npos) << shown;
  EXPECT_NE(shown.find("via 2001:db8:1::2 dev east"), std::string::npos) << shown;
  EXPECT_NE(shown.find("blackhole 2001:db8:b::/48"), std::string::npos) << shown;
  want({{"2001:db8:a::/48"_pfx, nullptr}, {"2001:db8:b::/48"_pfx, nullptr}});
  EXPECT_EQ(routes(), "");
}

// RFC 8950: with next-hop objects and without, alone and beside an IPv4 gateway.
TEST_F(Kernel, Ipv4RoutesThroughIpv6Gateways) {
  for (auto const inlined : {false, true}) {
    FibOptions options;
    options.inline_hops = inlined;
    start(options);
    HopName const hop{"2001:db8:1::2"_ip, Encapsulation::none};
    fib->set_path(hop, HopPath{"east", hop.address, false});
    want({{nth(1), through({{hop, 1}})}, {nth(2), through({{hop, 1}, west})}});
    auto const shown = routes();
    EXPECT_NE(shown.find("via inet6 2001:db8:1::2 dev east"), std::string::npos) << shown;
    EXPECT_NE(shown.find("nexthop via inet6 2001:db8:1::2 dev east weight 1"), std::string::npos) << shown;
    EXPECT_NE(shown.find("nexthop via 198.51.100.2 dev west weight 1"), std::string::npos) << shown;
    EXPECT_EQ(fib->status().installed, 2U);
    ip("route del 10.0.1.0/24 proto 179");
    EXPECT_TRUE(soon([&] { return routes() == shown; }));
    want({{nth(1), nullptr}, {nth(2), nullptr}});
    EXPECT_EQ(routes(), "");
    fib.reset();
  }
}

TEST_F(Kernel, AHopThatMovesTakesAllItsRoutesAlongInOneMessage) {
  start();
  std::vector<RouteChange> changes;
  auto const target = through({east});
  for (std::uint32_t n = 0; n < 5000; ++n) changes.push_back({nth(n), target});
  want(changes);
  ASSERT_EQ(count_routes(), 5000U);
  auto const before = fib->status().messages;
  fib->set_path(east.hop, HopPath{"west", "198.51.100.2"_ip, false});
  settle();
  EXPECT_EQ(fib->status().messages - before, 1U);
  EXPECT_EQ(run("ip route show proto 179 | grep -c 'via 198.51.100.2 dev west'"), "5000\n");
}

TEST_F(Kernel, WhatOthersRemoveOrChangeIsPutBack) {
  start();
  want({{nth(1), through({east})}, {nth(2), through({west})}});
  auto const expected = routes();
  ip("route del 10.0.1.0/24 proto 179");
  EXPECT_TRUE(soon([&] { return routes() == expected; }));
  ip("route replace 10.0.2.0/24 dev east proto 179 metric 1024");
  EXPECT_TRUE(soon([&] { return routes() == expected; }));
  run("ip nexthop flush proto 179");
  EXPECT_TRUE(soon([&] { return routes() == expected; }));
  run("ip route flush proto 179");
  EXPECT_TRUE(soon([&] { return routes() == expected; }));
}

TEST_F(Kernel, AnInterfaceThatGoesDownAndComesBackHasItsRoutesAgain) {
  start();
  std::vector<RouteChange> changes;
  for (std::uint32_t n = 0; n < 100; ++n) changes.push_back({nth(n), through({n % 2 == 0 ? east : west})});
  changes.push_back({nth(100), through({east, west})});
  want(changes);
  ASSERT_EQ(count_routes(), 101U + 2);  // a group takes two more lines
  ip("link set east down");
  EXPECT_TRUE(soon([] { return count_routes() == 51; }));
  EXPECT_TRUE(soon([&] { return fib->status().pending == 50; }));
  EXPECT_EQ(fib->describe(nth(0)).reason, "next hop 192.0.2.2: interface east is down");
  ip("link set east up");
  EXPECT_TRUE(soon([] { return count_routes() == 103; }));
  EXPECT_EQ(fib->status().installed, 101U);
}

TEST_F(Kernel, SomebodyElsesRouteIsAConflictUntilItGoes) {
  ip("route add 10.0.1.0/24 via 198.51.100.2 proto bird metric 1024");
  auto const theirs = routes("proto bird");
  start();
  want({{nth(1), through({east})}});
  EXPECT_EQ(fib->describe(nth(1)).state, RouteBook::State::conflicting);
  EXPECT_EQ(routes("proto bird"), theirs);
  ip("route del 10.0.1.0/24 proto bird");
  EXPECT_TRUE(soon([&] { return fib->describe(nth(1)).state == RouteBook::State::installed; }));
  EXPECT_NE(routes().find("10.0.1.0/24"), std::string::npos);
}

TEST_F(Kernel, ConflictsAreToldInFewLines) {
  for (unsigned n = 1; n <= 5; ++n) ip("route add 10.0." + std::to_string(n) + ".0/24 via 198.51.100.2 metric 1024");
  start();
  for (std::uint32_t n = 1; n <= 5; ++n) want({{nth(n), through({east})}});
  ASSERT_EQ(log.size(), 3U) << "with the first, the second and the fourth";
  EXPECT_EQ(log[0],
            "10.0.1.0/24 is conflicting: another route stands at this prefix and metric (1 in all; 'ternctl fib "
            "--state conflicting' lists them)");
  ip("route flush root 10.0.0.0/8 proto boot");
  EXPECT_TRUE(soon([&] { return fib->status().installed == 5; }));
  EXPECT_EQ(log.back(), "no route is conflicting any more");
}

TEST_F(Kernel, WhatAnEarlierProcessLeftServesOnAndGoesWithTheSweep) {
  start();
  want({{nth(1), through({east})}, {nth(2), through({west})}});
  auto const before = routes();
  fib.reset();
  EXPECT_EQ(routes(), before);
  start();
  want({{nth(1), through({east})}});
  EXPECT_EQ(routes(), before) << "nothing goes before the sweep";
  EXPECT_EQ(fib->status().leftover, 1U);
  EXPECT_EQ(fib->status().messages, 0U) << "what is right already is not sent again";
  fib->sweep();
  settle();
  EXPECT_EQ(count_routes(), 1U);
  EXPECT_EQ(run("ip nexthop show proto 179 | wc -l"), "1\n");
}

TEST_F(Kernel, RoutesOfAnIncumbentAreTakenOverOnRequestOnly) {
  ip("route add 10.0.1.0/24 via 192.0.2.2 proto 80 metric 1024");
  ip("route add 10.0.2.0/24 via 192.0.2.2 proto 80 metric 1024");
  FibOptions options;
  options.adopt = {80};
  start(options);
  want({{nth(1), through({west})}});
  fib->sweep();
  settle();
  EXPECT_EQ(routes("proto 80"), "");
  EXPECT_NE(routes().find("10.0.1.0/24 nhid"), std::string::npos) << routes();
}

TEST_F(Kernel, WithoutObjectsRoutesCarryTheirHops) {
  FibOptions options;
  options.inline_hops = true;
  start(options);
  want({{nth(1), through({east})}, {nth(2), through({east, west})}});
  EXPECT_EQ(run("ip nexthop show proto 179"), "");
  EXPECT_NE(routes().find("10.0.1.0/24 via 192.0.2.2 dev east"), std::string::npos) << routes();
  ip("link set east down");
  EXPECT_TRUE(soon([] { return routes().find("dev east") == std::string::npos; }));
  ip("link set east up");
  EXPECT_TRUE(soon([] { return routes().find("10.0.1.0/24 via 192.0.2.2 dev east") != std::string::npos; }));
}

TEST_F(Kernel, IsScannedOnRequestOnlyAndThenChangesNothing) {
  FibOptions options;
  options.scan_every = 1s;
  start(options);
  want({{nth(1), through({east})}, {nth(2), through({east, west})}});
  auto const before = routes();
  auto const messages = fib->status().messages;
  EXPECT_TRUE(soon([&] { return fib->status().scans >= 2; }));
  settle();
  EXPECT_EQ(routes(), before);
  EXPECT_EQ(fib->status().messages, messages);
}

TEST_F(Kernel, WhatTheKernelRefusesIsShownAndTriedAgain) {
  start();
  fib->set_path(east.hop, HopPath{"east", "203.0.113.1"_ip, false});  // not on the link
  want({{nth(1), through({east})}});
  auto const described = fib->describe(nth(1));
  EXPECT_EQ(described.state, RouteBook::State::pending);
  EXPECT_NE(described.reason.find("invalid gateway"), std::string::npos) << described.reason;
  ip("addr add 203.0.113.2/24 dev east");
  EXPECT_TRUE(soon([] { return count_routes() == 1; }));
}

}  // namespace
}  // namespace tern::fib
