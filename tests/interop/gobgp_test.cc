// GoBGP beside BIRD at tern-reflector, in each of the three roles a neighbour can have.
#include <csignal>

#include "interop_test.h"

namespace interop {
namespace {

auto const from_bird = "203.0.113.0/24";
auto const from_gobgp = "198.51.100.0/24";
auto const from_non_client = "192.0.2.0/24";

struct GobgpRoles : Interop {
  /// tern-reflector at .1, BIRD at .2 as client and at .4 as non-client, GoBGP at .3 as `role` says.
  bool start(std::string const& role, std::uint32_t as) {
    if (!need({"bird", "gobgpd", "gobgp"})) return false;
    tern.emplace(
        directory_,
        TernOptions{.neighbours = {"address: 10.77.0.2, remoteAs: 65000, reflectorClient: true, passive: true",
                                   "address: 10.77.0.4, remoteAs: 65000, passive: true",
                                   "address: 10.77.0.3, localAddress: 10.77.0.1, remoteAs: " + std::to_string(as) +
                                       ", families: [ipv4-unicast, ipv6-unicast]" + role}});
    client.emplace(directory_, BirdOptions{.name = "client",
                                           .id = "10.77.0.2",
                                           .sessions = {{.local = "10.77.0.2"}},
                                           .routes = bird_route(from_bird)});
    non_client.emplace(directory_, BirdOptions{.name = "non-client",
                                               .id = "10.77.0.4",
                                               .sessions = {{.local = "10.77.0.4"}},
                                               .routes = bird_route(from_non_client)});
    gobgp.emplace(directory_, GobgpOptions{.address = "10.77.0.3", .as = as});
    announce();
    return support::eventually(
        40s, [&] { return gobgp->established() && client->established() && non_client->established(); });
  }
  static std::string bird_route(std::string const& prefix) {
    return "route " + prefix + " blackhole { " + usual_in_bird + " };";
  }
  void announce() const {
    auto attributes = usual_in_gobgp;
    attributes.insert(attributes.end(), {"nexthop", "10.77.0.3"});
    gobgp->rib("add", from_gobgp, attributes);
  }

  auto at_gobgp(std::string prefix) {
    return [this, prefix = std::move(prefix)] { return gobgp->route(prefix); };
  }
  auto at_client(std::string prefix) {
    return [this, prefix = std::move(prefix)] { return client->route(prefix); };
  }
  auto at_non_client(std::string prefix) {
    return [this, prefix = std::move(prefix)] { return non_client->route(prefix); };
  }

  /// Withdrawals in both directions, and what becomes of the routes of a GoBGP that dies. `wanted`: GoBGP's route at
  /// the client, `at_ours` the client's at GoBGP.
  void withdraw_and_die(Shown const& wanted, Shown const& at_ours) {
    gobgp->rib("del", from_gobgp);
    EXPECT_TRUE(comes_to_show(at_client(from_gobgp), std::nullopt));
    announce();
    EXPECT_TRUE(comes_to_show(at_client(from_gobgp), wanted));
    client->command("disable routes4");
    EXPECT_TRUE(comes_to_show(at_gobgp(from_bird), std::nullopt));
    client->command("enable routes4");
    EXPECT_TRUE(comes_to_show(at_gobgp(from_bird), at_ours));
    gobgp->kill();
    EXPECT_TRUE(comes_to_show(at_client(from_gobgp), std::nullopt));
    EXPECT_TRUE(client->established());
  }

  std::optional<Tern> tern;
  std::optional<Bird> client, non_client;
  std::optional<Gobgp> gobgp;
};

TEST_F(GobgpRoles, AClientHearsAllAndIsHeardByAll) {
  if (!start(", reflectorClient: true", 65000)) return;
  auto const ours = reflected(usual("10.77.0.2"), "10.77.0.2", "1.1.1.1");
  auto const its = reflected(usual("10.77.0.3"), "10.77.0.3", "1.1.1.1");
  EXPECT_TRUE(comes_to_show(at_gobgp(from_bird), ours));
  EXPECT_TRUE(comes_to_show(at_gobgp(from_non_client), reflected(usual("10.77.0.4"), "10.77.0.4", "1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), its));
  EXPECT_TRUE(comes_to_show(at_non_client(from_gobgp), its));
  withdraw_and_die(its, ours);
}

TEST_F(GobgpRoles, ANonClientHearsClientsAndIsHeardByClientsOnly) {
  if (!start("", 65000)) return;
  auto const ours = reflected(usual("10.77.0.2"), "10.77.0.2", "1.1.1.1");
  auto const its = reflected(usual("10.77.0.3"), "10.77.0.3", "1.1.1.1");
  EXPECT_TRUE(comes_to_show(at_gobgp(from_bird), ours));
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), its));
  EXPECT_TRUE(comes_to_show(at_client(from_non_client), reflected(usual("10.77.0.4"), "10.77.0.4", "1.1.1.1")));
  withdraw_and_die(its, ours);
  // All that tern had to say has been said by now.
  EXPECT_FALSE(gobgp->route(from_non_client));
  EXPECT_FALSE(non_client->route(from_gobgp));
}

TEST_F(GobgpRoles, AnExternalNeighbourIsOutsideTheAs) {
  if (!start(", import: accept-all, export: accept-all", 65010)) return;
  auto leaves_as = [](Shown route) {
    route["as_path"] = "65000 " + route["as_path"];
    route["next_hop"] = "10.77.0.1";
    route.erase("local_pref");
    route.erase("med");
    return route;
  };
  auto ours = leaves_as(usual("10.77.0.2"));
  auto its = usual("10.77.0.3");
  its["as_path"] = "65010 64512 64513";
  its["local_pref"] = "100";
  EXPECT_TRUE(comes_to_show(at_gobgp(from_bird), ours));
  EXPECT_TRUE(comes_to_show(at_gobgp(from_non_client), ours));
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), its));
  EXPECT_TRUE(comes_to_show(at_non_client(from_gobgp), its));
  withdraw_and_die(its, ours);
}

TEST_F(GobgpRoles, AFrozenOneIsTakenForDeadWhenItsHoldTimeIsOver) {
  if (!start(", reflectorClient: true, holdTime: 3", 65000)) return;
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), reflected(usual("10.77.0.3"), "10.77.0.3", "1.1.1.1")));
  gobgp->process().signal(SIGSTOP);
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), std::nullopt, 10s));
  auto const error = tern->peer("10.77.0.3", {"lastError"});
  EXPECT_NE(error.find("Hold Timer Expired"), std::string::npos) << error;
  gobgp->process().signal(SIGCONT);
  EXPECT_TRUE(comes_to_show(at_client(from_gobgp), reflected(usual("10.77.0.3"), "10.77.0.3", "1.1.1.1")));
}

}  // namespace
}  // namespace interop
