// IPv4 routes over IPv6 sessions and the reverse, with the daemons of others: by a next hop of the route's family, and
// by IPv6 next hops (RFC 8950). tern-reflector (AS 65000) speaks eBGP with AS 65010, iBGP with AS 65000.
#include <gmock/gmock.h>

#include "frr.h"
#include "interop_test.h"

namespace interop {
namespace {

using testing::HasSubstr;

auto const ours6 = "2001:db8:77::1", elsewhere6 = "2001:db8:99::1", theirs6 = "2001:db8:77::2",
           inner6 = "2001:db8:77::3";
auto const net4 = "203.0.113.0/24", outer_net4 = "198.51.100.0/24";

class NextHops : public Interop {
 protected:
  /// Over IPv6: an eBGP neighbour and a client; both families. `keys` are of both.
  void run_tern(std::string const& keys) {
    auto const all = ", passive: true, families: [ipv4-unicast, ipv6-unicast]" + keys;
    tern.emplace(directory_,
                 TernOptions{.addresses = {ours6},
                             .neighbours = {"address: \"" + std::string(theirs6) +
                                                "\", remoteAs: 65010, import: accept-all, export: accept-all" + all,
                                            "address: \"" + std::string(inner6) +
                                                "\", remoteAs: 65000, reflectorClient: true" + all}});
  }
  Bird& run_bird(std::optional<Bird>& bird, std::string const& name, BirdSession session, std::string const& routes) {
    session.neighbour = ours6;
    bird.emplace(directory_, BirdOptions{.name = name,
                                         .id = name == "outer" ? "10.77.0.2" : "10.77.0.3",
                                         .sessions = {session},
                                         .routes = "route " + routes + " blackhole;"});
    return *bird;
  }
  void run_birds(std::string const& channel) {
    auto const ipv4 = "import all; export where source = RTS_STATIC; " + channel;
    run_bird(outer, "outer", {.local = theirs6, .as = 65010, .ipv4 = ipv4, .ipv6 = "import all; export none;"},
             outer_net4);
    run_bird(inner, "inner", {.local = inner6, .ipv4 = ipv4, .ipv6 = "import all; export none;"}, net4);
  }
  static testing::AssertionResult shows_next_hop(std::optional<Bird>& bird, std::string const& prefix,
                                                 std::string const& next_hop) {
    auto const show = [&]() -> std::optional<Shown> {
      auto const route = bird->route(prefix);
      return route ? std::optional(Shown{{"next_hop", route->at("next_hop")}}) : std::nullopt;
    };
    return comes_to_show(show, Shown{{"next_hop", next_hop}});
  }

  std::optional<Tern> tern;
  std::optional<Bird> outer, inner;
};

TEST_F(NextHops, BirdsIpv4RoutesPassOverIpv6WithNextHopsOfTheirFamily) {
  if (!need({"bird"})) return;
  run_tern(", nextHopAddresses: [10.77.0.1]");
  run_birds("next hop address 10.77.0.9;");
  EXPECT_TRUE(shows_next_hop(outer, net4, "10.77.0.1")) << tern->tell({"explain", net4});
  EXPECT_TRUE(shows_next_hop(inner, outer_net4, "10.77.0.9")) << "a client gets it unchanged";
}

TEST_F(NextHops, BirdsIpv4RoutesHaveIpv6NextHops) {
  if (!need({"bird"})) return;
  run_tern(", extendedNextHop: true");
  run_birds("extended next hop on; next hop self;");
  EXPECT_TRUE(shows_next_hop(outer, net4, ours6)) << tern->tell({"explain", net4});
  EXPECT_TRUE(shows_next_hop(inner, outer_net4, theirs6));
  EXPECT_THAT(tern->tell({"peers", theirs6}), HasSubstr("ipv4-unicast over ipv6"));
  inner->command("disable routes4");
  EXPECT_TRUE(comes_to_show([this] { return outer->route(net4); }, std::nullopt)) << "and are withdrawn";
}

TEST_F(NextHops, BirdThatDoesNotTakeIpv6NextHopsIsToldOfNone) {
  if (!need({"bird"})) return;
  run_tern(", extendedNextHop: true");
  run_bird(outer, "outer",
           {.local = theirs6, .as = 65010, .ipv4 = "import all; export none;", .ipv6 = "import all; export none;"},
           outer_net4);
  run_bird(inner, "inner",
           {.local = inner6,
            .ipv4 = "import all; export where source = RTS_STATIC; extended next hop on; next hop self;",
            .ipv6 = "import all; export none;"},
           net4);
  auto const explained = [&] { return tern->tell({"explain", net4}); };
  EXPECT_TRUE(support::eventually(30s, [&] {
    return explained().find("not sent to 2001:db8:77::2: no next hop of this family") != std::string::npos;
  })) << explained();
  EXPECT_FALSE(outer->route(net4));
}

// FRR takes no next hop that is an address of its own machine, which all of ours here are.
TEST_F(NextHops, FrrsIpv4RoutesHaveIpv6NextHops) {
  if (!need({"bird", "/usr/lib/frr/bgpd"})) return;
  run_tern(", extendedNextHop: true, nextHopAddresses: [\"" + std::string(elsewhere6) + "\"]");
  Frr const frr(
      directory_,
      {"frr",
       "router bgp 65010\n bgp router-id 10.77.0.2\n no bgp "
       "ebgp-requires-policy\n no bgp network import-check\n neighbor 2001:db8:77::1 remote-as 65000\n "
       "neighbor 2001:db8:77::1 timers connect 1\n neighbor 2001:db8:77::1 update-source 2001:db8:77::2\n "
       "neighbor 2001:db8:77::1 capability extended-nexthop\n neighbor 2001:db8:77::1 disable-connected-check\n "
       "address-family ipv4 unicast\n  neighbor 2001:db8:77::1 activate\n  network 198.51.100.0/24\n "
       "exit-address-family\n",
       nullptr});
  run_bird(inner, "inner",
           {.local = inner6,
            .ipv4 = "import all; export where source = RTS_STATIC; extended next hop on; next hop self;",
            .ipv6 = "import all; export none;"},
           net4);
  auto const shown = [&] { return frr.command("show bgp ipv4 unicast 203.0.113.0/24"); };
  EXPECT_TRUE(support::eventually(30s, [&] { return shown().find("2001:db8:99::1 ") != std::string::npos; }))
      << shown() << tern->tell({"explain", net4});
  auto const route = [&] {
    auto const found = inner->route(outer_net4);
    return found ? found->at("next_hop") : "none";
  };
  EXPECT_TRUE(support::eventually(30s, [&] { return route().find("2001:db8:77::2") == 0; })) << route();
}

TEST_F(NextHops, BirdsIpv6RoutesPassOverIpv4) {
  if (!need({"bird"})) return;
  auto const channel = "import all; export where source = RTS_STATIC; next hop address 2001:db8:77::9;";
  tern.emplace(
      directory_,
      TernOptions{.neighbours = {"address: 10.77.0.2, remoteAs: 65010, passive: true, import: accept-all, export: "
                                 "accept-all, families: [ipv4-unicast, ipv6-unicast], nextHopAddresses: "
                                 "[\"2001:db8:77::1\"]",
                                 "address: 10.77.0.3, remoteAs: 65000, passive: true, families: [ipv6-unicast]"}});
  outer.emplace(directory_, BirdOptions{.name = "outer",
                                        .id = "10.77.0.2",
                                        .sessions = {{.local = "10.77.0.2", .as = 65010, .ipv6 = channel}}});
  inner.emplace(directory_, BirdOptions{.name = "inner",
                                        .id = "10.77.0.3",
                                        .sessions = {{.local = "10.77.0.3", .ipv4 = "", .ipv6 = channel}},
                                        .routes6 = "route 2001:db8:1::/48 blackhole;"});
  EXPECT_TRUE(shows_next_hop(outer, "2001:db8:1::/48", ours6)) << tern->tell({"explain", "2001:db8:1::/48"});
}

}  // namespace
}  // namespace interop
