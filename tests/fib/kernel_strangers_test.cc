// Fib beside somebody else's routes and next-hop objects in the same kernel: what is not ours stays as it was put
// there, and when it has gone, what is wanted stands exactly once.
#include <algorithm>

#include "kernel_fixture.h"

namespace tern::fib {
namespace {

class Strangers : public Kernel {
 protected:
  static std::string at(std::string const& prefix) { return run("ip route show " + prefix); }
  RouteBook::State state(std::uint32_t n) const { return fib->describe(nth(n)).state; }
  void expect_only(std::uint32_t n, std::string const& way) {
    EXPECT_TRUE(soon([&] { return state(n) == RouteBook::State::installed; }));
    auto const shown = at(nth(n).text());
    EXPECT_NE(shown.find(way), std::string::npos) << shown;
    EXPECT_EQ(std::ranges::count(shown, '\n'), 1) << shown;
  }
  void inline_hops() {
    FibOptions options;
    options.inline_hops = true;
    start(options);
  }
};

// IPv4 applies a replacement to the first of several, whoever put it there.
TEST_F(Strangers, ARoutePutBeforeOrBehindOursIsAConflictAndOutlivesAllThatWeDo) {
  for (auto const* how : {"prepend", "append"}) {
    for (auto const inlined : {false, true}) {
      SCOPED_TRACE(how + std::string(inlined ? " inline" : " objects"));
      FibOptions options;
      options.inline_hops = inlined;
      start(options);
      want({{nth(1), through({east})}, {nth(2), through({east})}});
      for (auto const* prefix : {"10.0.1.0/24", "10.0.2.0/24"}) {
        ip("route " + std::string(how) + " " + prefix + " via 192.0.2.77 metric 1024 proto 99");
      }
      auto const theirs = routes("proto 99");
      EXPECT_TRUE(soon([&] { return fib->status().conflicting == 2; }));
      EXPECT_EQ(fib->describe(nth(1)).reason, "another route stands beside ours at this prefix and metric");
      EXPECT_EQ(count_routes(), 2U) << "what is right stays";
      want({{nth(1), through({west})}});
      EXPECT_EQ(routes("proto 99"), theirs);
      want({{nth(2), nullptr}});
      EXPECT_EQ(routes("proto 99"), theirs);
      EXPECT_EQ(run("ip route show 10.0.2.0/24 proto 179"), "");
      run("ip route flush proto 99");
      expect_only(1, "via 198.51.100.2 dev west");
      want({{nth(1), nullptr}});
      EXPECT_EQ(at("10.0.1.0/24") + at("10.0.2.0/24"), "");
    }
  }
}

TEST_F(Strangers, ARouteBesideOursIsFoundAtTheStartToo) {
  start();
  want({{nth(1), through({east})}});
  fib.reset();
  ip("route prepend 10.0.1.0/24 via 192.0.2.77 metric 1024 proto 99");
  auto const theirs = routes("proto 99");
  start();
  want({{nth(1), through({west})}});
  EXPECT_EQ(routes("proto 99"), theirs);
  EXPECT_EQ(state(1), RouteBook::State::conflicting);
  run("ip route flush proto 99");
  expect_only(1, "via 198.51.100.2 dev west");
}

TEST_F(Strangers, AReplacementThatMetOneOfSeveralLeavesOneOfOursAtMost) {
  start();
  want({{nth(1), through({east})}});
  ip("route prepend 10.0.1.0/24 via 192.0.2.77 metric 1024 proto 99");
  ip("route replace 10.0.1.0/24 via 192.0.2.78 metric 1024 proto 98");  // theirs, not ours
  EXPECT_TRUE(soon([&] { return state(1) == RouteBook::State::conflicting; }));
  want({{nth(1), through({west})}});
  EXPECT_NE(at("10.0.1.0/24").find("proto 98"), std::string::npos);
  run("ip route flush proto 98");
  expect_only(1, "via 198.51.100.2 dev west");
}

TEST_F(Strangers, ASecondRouteInOurNameDoesNotStay) {
  start();
  want({{nth(1), through({east})}});
  for (auto const* how : {"append", "prepend"}) {
    ip("route " + std::string(how) + " 10.0.1.0/24 via 192.0.2.77 metric 1024 proto 179");
    EXPECT_TRUE(soon([&] {
      return std::ranges::count(at("10.0.1.0/24"), '\n') == 1 &&
             at("10.0.1.0/24").find("192.0.2.2 ") != std::string::npos;
    }));
  }
}

TEST_F(Strangers, Ipv6RoutesBesideOursStay) {
  start();
  HopName const one{"2001:db8:1::2"_ip, Encapsulation::none}, other{"2001:db8:1::3"_ip, Encapsulation::none};
  for (auto const& hop : {one, other}) fib->set_path(hop, HopPath{"east", hop.address, false});
  auto const prefix = "2001:db8:a::/48"_pfx;
  auto const through_v6 = [this](HopName const& hop) { return through({{hop, 1}}); };
  want({{prefix, through_v6(one)}});
  ip("-6 route append 2001:db8:a::/48 via 2001:db8:1::77 dev east metric 1024 proto 99");
  ip("-6 route append 2001:db8:a::/48 dev west metric 1024 proto 98");
  auto const theirs = routes("proto 99") + routes("proto 98");
  EXPECT_TRUE(soon([&] { return fib->status().conflicting == 1; }));
  want({{prefix, through_v6(other)}});
  EXPECT_EQ(routes("proto 99") + routes("proto 98"), theirs);
  run("ip -6 route flush proto 99; ip -6 route flush proto 98");
  EXPECT_TRUE(soon([&] { return fib->status().installed == 1; }));
  EXPECT_NE(routes().find("via 2001:db8:1::3 dev east"), std::string::npos) << routes();
}

// IPv6 makes one route of ours and of theirs, and shows it as ours.
TEST_F(Strangers, Ipv6NextHopsAppendedToOursStay) {
  HopName const one{"2001:db8:1::2"_ip, Encapsulation::none}, other{"2001:db8:1::3"_ip, Encapsulation::none};
  auto const prefix = "2001:db8:a::/48"_pfx;
  auto const target = [this](std::vector<WeightedHop> hops) { return through(std::move(hops)); };
  auto const shown = [] { return run("ip -6 route show 2001:db8:a::/48"); };
  auto const begin = [&] {
    inline_hops();
    for (auto const& hop : {one, other}) fib->set_path(hop, HopPath{"east", hop.address, false});
  };
  for (auto const restarted : {false, true}) {
    begin();
    want({{prefix, target({{one, 1}, {other, 1}})}});
    want({{prefix, target({{one, 1}})}});
    ip("-6 route append 2001:db8:a::/48 via 2001:db8:1::77 dev east metric 1024 proto 99");
    if (restarted) {
      begin();
    } else {
      EXPECT_TRUE(soon([&] { return fib->status().conflicting == 1; }));
    }
    want({{prefix, target({{other, 1}})}});
    EXPECT_EQ(fib->describe(prefix).state, RouteBook::State::conflicting);
    EXPECT_NE(shown().find("via 2001:db8:1::77 dev east "), std::string::npos) << shown();
    EXPECT_EQ(std::ranges::count(shown(), '\n'), 1) << shown();
    run("ip -6 route flush proto 99");
    EXPECT_TRUE(soon([&] { return shown().find("via 2001:db8:1::3 dev east proto 179") != std::string::npos; }));
    ip("-6 route append 2001:db8:a::/48 via 2001:db8:1::77 dev east metric 1024 proto 99");
    EXPECT_TRUE(soon([&] { return fib->status().conflicting == 1; }));
    want({{prefix, nullptr}});
    EXPECT_NE(shown().find("via 2001:db8:1::77 dev east "), std::string::npos) << shown();
    EXPECT_EQ(shown().find("2001:db8:1::3"), std::string::npos) << shown();
    run("ip -6 route flush proto 99");
    EXPECT_EQ(shown(), "");
  }
}

// The kernel does not tell of IPv4 routes that go with their interface.
TEST_F(Strangers, AConflictWhoseCauseGoesWithoutAWordEnds) {
  ip("route add 10.0.1.0/24 via 198.51.100.9 metric 1024 proto 99");
  start();
  want({{nth(1), through({east})}, {nth(2), through({east})}});
  ip("route prepend 10.0.2.0/24 via 198.51.100.9 metric 1024 proto 99");
  EXPECT_TRUE(soon([&] { return fib->status().conflicting == 2; }));
  ip("link set west down");
  EXPECT_TRUE(soon([&] { return fib->status().installed == 2; }));
  EXPECT_EQ(count_routes(), 2U);
}

TEST_F(Strangers, RoutesThatGoWithTheLastAddressOfAnInterfaceComeBackWithIt) {
  for (auto const inlined : {false, true}) {
    FibOptions options;
    options.inline_hops = inlined;
    start(options);
    want({{nth(1), through({east})}});
    ip("addr del 192.0.2.1/24 dev east");
    ip("addr add 192.0.2.1/24 dev east");
    EXPECT_TRUE(soon([&] { return count_routes() == 1 && state(1) == RouteBook::State::installed; })) << inlined;
    want({{nth(1), nullptr}});
  }
}

TEST_F(Strangers, AnObjectThatARouteOfAnotherTableNamesIsNotSwept) {
  ip("nexthop add id 187699999 via 192.0.2.2 dev east proto 179");
  ip("nexthop add id 187700001 via 192.0.2.9 dev east proto 179");
  ip("nexthop add id 187700000 group 187700001 proto 179");
  ip("nexthop add id 187700002 via 192.0.2.10 dev east proto 179");
  ip("route add 203.0.113.0/24 nhid 187699999 table 100 proto 179 metric 1024");
  ip("route add 203.0.114.0/24 nhid 187700000 table 100 proto 179 metric 1024");
  auto const theirs = run("ip route show table 100");
  start();
  want({{nth(1), through({east})}});
  fib->sweep();
  settle();
  EXPECT_EQ(run("ip nexthop show | grep -c 'via 192.0.2.10 '"), "0\n") << "that one nobody uses";
  want({{nth(1), nullptr}});
  settle();
  EXPECT_EQ(run("ip route show table 100"), theirs);
  ip("link set west down");  // objects are read again
  ip("link set west up");
  EXPECT_TRUE(soon([&] { return fib->status().pending == 0; }));
  settle();
  EXPECT_EQ(run("ip route show table 100"), theirs);
}

}  // namespace
}  // namespace tern::fib
