// Session options of operators, as the daemons of others see them: maximum prefixes, roles and ONLY_TO_CUSTOMER, local
// AS, private ASes, graceful shutdown, required capabilities. tern-reflector (AS 65000) speaks eBGP with AS 65010.
#include <gmock/gmock.h>

#include "frr.h"
#include "interop_test.h"
#include "openbgpd.h"

namespace interop {
namespace {

using testing::HasSubstr;

class Options : public Interop {
 protected:
  /// `ours`: further keys of the neighbour at 10.77.0.2 in our file.
  void run_tern(std::string const& ours, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                "address: 10.77.0.2, remoteAs: 65010, passive: true, import: accept-all, export: "
                "accept-all" +
                    (ours.empty() ? "" : ", " + ours));
    tern.emplace(directory_, TernOptions{.neighbours = more});
  }
  /// BIRD in AS 65010 at 10.77.0.2; `options` are lines of its session, `routes` what it announces.
  void run_bird(std::string const& options, std::string const& routes = "", std::uint32_t our_as = 65000) {
    BirdSession session{.local = "10.77.0.2", .as = 65010};
    session.options = options;
    session.ipv4 = "import all; export where source = RTS_STATIC;";
    session.neighbour_as = our_as;
    bird.emplace(directory_, BirdOptions{.name = "bird", .id = "10.77.0.2", .sessions = {session}, .routes = routes});
  }
  /// Another BIRD, iBGP, whose routes go to the one in AS 65010.
  void run_inner_bird(std::string const& routes) {
    BirdSession session{.local = "10.77.0.3"};
    inner.emplace(directory_, BirdOptions{.name = "inner", .id = "10.77.0.3", .sessions = {session}, .routes = routes});
  }
  static std::string inner_neighbour() { return "address: 10.77.0.3, remoteAs: 65000, passive: true"; }

  [[nodiscard]] bool up() const {
    return support::eventually(30s, [&] { return tern->established("10.77.0.2") && bird->established(); });
  }
  auto bird_shows(std::string const& prefix) {
    return [this, prefix] { return bird->route(prefix); };
  }
  [[nodiscard]] std::string bird_protocol() const { return bird->command("show protocols all tern"); }
  [[nodiscard]] bool bird_says(std::string const& text) const {
    return support::eventually(30s, [&] { return bird_protocol().find(text) != std::string::npos; });
  }

  std::optional<Tern> tern;
  std::optional<Bird> bird, inner;
};

// ---- Maximum prefixes

TEST_F(Options, BirdIsToldThatItAnnouncesTooMuchAndComesBackWhenItMay) {
  if (!need({"bird"})) return;
  run_tern("maximumPrefixes: {ipv4-unicast: 2, restartAfter: 5}");
  run_bird("", "route 203.0.113.0/24 blackhole; route 198.51.100.0/24 blackhole; route 192.0.2.0/24 blackhole;");
  EXPECT_TRUE(bird_says("Received: Maximum number of prefixes reached"));
  EXPECT_TRUE(support::eventually(10s, [&] { return !tern->peer("10.77.0.2", {"heldUntil"}).empty(); }));
  EXPECT_THAT(tern->tell({"peers"}), HasSubstr("Idle (held)"));
  EXPECT_TRUE(support::eventually(20s, [&] { return tern->peer("10.77.0.2", {"flaps"}) >= "2"; })) << "it came again";
  EXPECT_THAT(tern->peer("10.77.0.2", {"lastError"}), HasSubstr("(6/1): ipv4-unicast, limit 2"));
}

TEST_F(Options, FrrIsHeldDownUntilAnOperatorWantsItBack) {
  if (!need({"/usr/lib/frr/bgpd"})) return;
  run_tern("maximumPrefixes: {ipv4-unicast: {received: 10, accepted: 2}}");
  Frr const frr(directory_,
                {"frr",
                 "ip route 203.0.113.0/24 Null0\nrouter bgp 65010\n bgp router-id 10.77.0.2\n no bgp "
                 "ebgp-requires-policy\n no bgp network import-check\n neighbor 10.77.0.1 remote-as 65000\n "
                 "neighbor 10.77.0.1 timers connect 1\n neighbor 10.77.0.1 update-source 10.77.0.2\n network "
                 "203.0.113.0/24\n network 198.51.100.0/24\n network 192.0.2.0/24\n",
                 nullptr});
  EXPECT_TRUE(support::eventually(30s, [&] { return tern->peer("10.77.0.2", {"disabled"}) == "true"; }));
  EXPECT_THAT(tern->tell({"peers", "10.77.0.2"}), HasSubstr("limit 2"));
  auto const told = [&] {
    return frr.command("show bgp neighbors 10.77.0.1").find("Maximum Number of Prefixes Reached") != std::string::npos;
  };
  EXPECT_TRUE(support::eventually(10s, told)) << frr.command("show bgp neighbors 10.77.0.1");
}

// ---- Roles (RFC 9234)

TEST_F(Options, BirdsRolesFaceOursAndItsProvidersRoutesAreForCustomers) {
  if (!need({"bird"})) return;
  run_tern("role: customer", {inner_neighbour()});
  run_bird("local role provider; require roles;", "route 203.0.113.0/24 blackhole;");
  run_inner_bird("route 198.51.100.0/24 blackhole;");
  ASSERT_TRUE(up()) << bird_protocol();
  EXPECT_THAT(bird_protocol(), HasSubstr("Role: customer"));
  // BIRD says ONLY_TO_CUSTOMER itself; within our AS it goes on.
  auto const shown = [&] { return inner->command("show route all 203.0.113.0/24"); };
  EXPECT_TRUE(support::eventually(20s, [&] { return shown().find("BGP.otc: 65010") != std::string::npos; })) << shown();
  EXPECT_TRUE(comes_to_show([&] { return bird->count() == 1 ? std::optional(Shown{}) : std::nullopt; }, Shown{}))
      << "what is ours goes to a provider";
}

TEST_F(Options, WhatIsForCustomersOnlyIsNotToldToBirdThatIsAPeer) {
  if (!need({"bird"})) return;
  run_tern("role: peer", {inner_neighbour()});
  run_bird("local role peer;");
  run_inner_bird("route 203.0.113.0/24 blackhole { bgp_otc = 64496; }; route 198.51.100.0/24 blackhole;");
  ASSERT_TRUE(up()) << bird_protocol();
  auto const shown = [&] { return bird->command("show route all 198.51.100.0/24"); };
  EXPECT_TRUE(support::eventually(20s, [&] { return shown().find("BGP.otc: 65000") != std::string::npos; })) << shown();
  auto const explained = [&] { return tern->tell({"explain", "203.0.113.0/24"}); };
  EXPECT_TRUE(support::eventually(20s, [&] {
    return explained().find("not sent to 10.77.0.2: ONLY_TO_CUSTOMER, not for a peer (RFC 9234 §5)") !=
           std::string::npos;
  })) << explained();
  EXPECT_EQ(bird->count(), 1U);
}

TEST_F(Options, BirdThatIsNoCustomerOfOursIsRefused) {
  if (!need({"bird"})) return;
  run_tern("role: provider");
  run_bird("local role peer;");
  EXPECT_TRUE(support::eventually(
      20s, [&] { return tern->peer("10.77.0.2", {"lastError"}).find("Role Mismatch (2/11)") != std::string::npos; }));
  EXPECT_FALSE(tern->established("10.77.0.2"));
}

TEST_F(Options, FrrsRoleIsCheckedToo) {
  if (!need({"/usr/lib/frr/bgpd"})) return;
  auto const frr = [&](std::string const& role) {
    return FrrOptions{"frr",
                      "router bgp 65010\n bgp router-id 10.77.0.2\n no bgp ebgp-requires-policy\n neighbor 10.77.0.1 "
                      "remote-as 65000\n neighbor 10.77.0.1 timers connect 1\n neighbor 10.77.0.1 update-source "
                      "10.77.0.2\n neighbor 10.77.0.1 local-role " +
                          role + " strict-mode\n",
                      nullptr};
  };
  run_tern("role: provider, strictRole: true");
  {
    Frr const customer(directory_, frr("customer"));
    EXPECT_TRUE(support::eventually(30s, [&] {
      return tern->established("10.77.0.2") && customer.established("10.77.0.1");
    })) << customer.command("show bgp neighbors 10.77.0.1");
  }
  Frr const peer(directory_, frr("peer"));
  EXPECT_TRUE(support::eventually(30s, [&] {
    return tern->peer("10.77.0.2", {"lastError"}).find("Role Mismatch") != std::string::npos;
  })) << tern->peer("10.77.0.2", {"lastError"});
}

// ---- ASes

TEST_F(Options, BirdSeesTheLocalAsInFrontOfOurOwn) {
  if (!need({"bird"})) return;
  run_tern("localAs: 64999", {inner_neighbour()});
  run_bird("", "route 192.0.2.0/24 blackhole;", 64999);
  run_inner_bird("route 203.0.113.0/24 blackhole;");
  ASSERT_TRUE(up()) << bird_protocol();
  auto const path_at = [](Bird const& at, std::string const& prefix) {
    return [&at, prefix]() -> std::optional<Shown> {
      auto const route = at.route(prefix);
      return route ? std::optional(Shown{{"as_path", route->at("as_path")}}) : std::nullopt;
    };
  };
  EXPECT_TRUE(comes_to_show(path_at(*bird, "203.0.113.0/24"), Shown{{"as_path", "64999 65000"}}));
  EXPECT_TRUE(comes_to_show(path_at(*inner, "192.0.2.0/24"), Shown{{"as_path", "64999 65010"}}));
}

TEST_F(Options, BirdSeesNoPrivateAsAndTheChangeNeedsNoNewSession) {
  if (!need({"bird"})) return;
  auto const with = [](std::string const& ours) {
    return "  - {address: 10.77.0.2, remoteAs: 65010, passive: true, import: accept-all, export: accept-all" + ours +
           "}\n  - {" + inner_neighbour() + "}\n";
  };
  auto const file = [&](std::string const& ours) {
    return "router: {as: 65000, id: 10.77.0.1}\nlisten: [{address: 10.77.0.1}]\napi: {socket: {socket}}\nneighbors:\n" +
           with(ours);
  };
  TernDaemon daemon(directory_, "tern", {TernDaemon::program("tern-reflector")}, file(""));
  run_bird("");
  run_inner_bird("route 203.0.113.0/24 blackhole { bgp_path.prepend(64496); bgp_path.prepend(64512); };");
  auto const path = [&]() -> std::optional<Shown> {
    auto const route = bird->route("203.0.113.0/24");
    return route ? std::optional(Shown{{"as_path", route->at("as_path")}}) : std::nullopt;
  };
  EXPECT_TRUE(comes_to_show(path, Shown{{"as_path", "65000 64512 64496"}}));
  EXPECT_EQ(daemon.reload(file(", removePrivateAs: true")), "0 added, 0 removed, 1 changed\n");
  EXPECT_TRUE(comes_to_show(path, Shown{{"as_path", "65000 64496"}}));
  EXPECT_EQ(daemon.reload(file(", removePrivateAs: replace, gracefulShutdown: true")),
            "0 added, 0 removed, 1 changed\n");
  EXPECT_TRUE(comes_to_show(path, Shown{{"as_path", "65000 65000 64496"}}));
  EXPECT_THAT(bird->command("show route all 203.0.113.0/24"), HasSubstr("(65535,0)"));
  EXPECT_EQ(daemon.peer("10.77.0.2", {"flaps"}), "0");
}

// ---- A neighbour that moves to another group

TEST_F(Options, ABirdOfARangeBecomesAClientOfItsOwnAndNoSessionNotices) {
  if (!need({"bird"})) return;
  auto const file = [](std::string const& neighbours) {
    return "router: {as: 65000, id: 10.77.0.1}\nlisten: [{address: 10.77.0.1}]\napi: {socket: {socket}}\ngroups:\n"
           "  plain: {remoteAs: 65000}\n  clients: {remoteAs: 65000, reflectorClient: true, clusterId: 2.2.2.2}\n"
           "ranges: [{prefix: 10.77.0.0/24, group: plain}]\n" +
           neighbours;
  };
  TernDaemon const daemon(directory_, "tern", {TernDaemon::program("tern-reflector")}, file(""));
  std::optional<Bird> one, two;
  for (auto const& [own, last] : {std::pair(&one, "3"), std::pair(&two, "4")}) {
    BirdSession session{.local = std::string("10.77.0.") + last};
    own->emplace(directory_, BirdOptions{.name = std::string("bird") + last,
                                         .id = session.local,
                                         .sessions = {session},
                                         .routes = std::string("route 203.0.113.") + last + "/32 blackhole;"});
  }
  ASSERT_TRUE(
      support::eventually(20s, [&] { return daemon.established("10.77.0.3") && daemon.established("10.77.0.4"); }));
  EXPECT_FALSE(one->route("203.0.113.4/32"));
  EXPECT_EQ(daemon.reload(file("neighbors: [{address: 10.77.0.3, group: clients}]\n")),
            "1 added, 0 removed, 0 changed\n");
  EXPECT_TRUE(support::eventually(10s, [&] { return one->route("203.0.113.4/32") && two->route("203.0.113.3/32"); }));
  EXPECT_EQ(two->route("203.0.113.3/32")->at("cluster_list"), "2.2.2.2");
  EXPECT_EQ(daemon.reload(file("neighbors: [{address: 10.77.0.3, group: plain}]\n")),
            "0 added, 0 removed, 1 changed\n");
  EXPECT_TRUE(support::eventually(10s, [&] { return !one->route("203.0.113.4/32") && !two->route("203.0.113.3/32"); }));
  for (auto const* address : {"10.77.0.3", "10.77.0.4"}) EXPECT_EQ(daemon.peer(address, {"flaps"}), "0") << address;
}

// ---- Graceful shutdown (RFC 8326)

TEST_F(Options, BirdsRoutesThatGoAwaySoonAreTheLastChoice) {
  if (!need({"bird"})) return;
  run_tern("", {inner_neighbour()});
  run_bird("", "route 203.0.113.0/24 blackhole { bgp_community.add((65535,0)); };");
  run_inner_bird("");
  ASSERT_TRUE(up());
  auto const preference = [&]() -> std::optional<Shown> {
    auto const route = inner->route("203.0.113.0/24");
    return route ? std::optional(Shown{{"local_pref", route->at("local_pref")}}) : std::nullopt;
  };
  EXPECT_TRUE(comes_to_show(preference, Shown{{"local_pref", "0"}}));
}

// ---- Extended messages (RFC 8654)

TEST_F(Options, BirdsRouteThatNeedsAnExtendedMessageReachesTheBirdThatTakesThem) {
  if (!need({"bird"})) return;
  std::string many = "route 203.0.113.0/24 blackhole { ";
  for (int i = 0; i < 500; ++i) many += "bgp_large_community.add((65000, 1, " + std::to_string(i) + ")); ";
  many += "}; route 198.51.100.0/24 blackhole;";
  run_tern("extendedMessages: true", {inner_neighbour() + ", extendedMessages: true"});
  run_bird("enable extended messages on;");
  BirdSession session{.local = "10.77.0.3"};
  session.options = "enable extended messages on;";
  inner.emplace(directory_, BirdOptions{.name = "inner", .id = "10.77.0.3", .sessions = {session}, .routes = many});
  ASSERT_TRUE(up());
  auto const shown = [&] { return bird->command("show route all 203.0.113.0/24"); };
  EXPECT_TRUE(support::eventually(20s, [&] { return shown().find("(65000, 1, 499)") != std::string::npos; }))
      << shown();
  EXPECT_THAT(tern->tell({"peers", "10.77.0.2"}), HasSubstr("extended messages"));
}

// ---- Required capabilities

TEST_F(Options, FrrThatHidesItsCapabilitiesIsRefusedWhereOneIsRequired) {
  if (!need({"/usr/lib/frr/bgpd"})) return;
  run_tern("requiredCapabilities: [route-refresh]");
  Frr const frr(directory_, {"frr",
                             "router bgp 65010\n bgp router-id 10.77.0.2\n no bgp ebgp-requires-policy\n neighbor "
                             "10.77.0.1 remote-as 65000\n neighbor 10.77.0.1 timers connect 1\n neighbor 10.77.0.1 "
                             "update-source 10.77.0.2\n neighbor 10.77.0.1 dont-capability-negotiate\n",
                             nullptr});
  EXPECT_TRUE(support::eventually(30s, [&] {
    return tern->peer("10.77.0.2", {"lastError"}).find("Unsupported Capability (2/7)") != std::string::npos;
  })) << tern->peer("10.77.0.2", {"lastError"});
}

}  // namespace
}  // namespace interop
