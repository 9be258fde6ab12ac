// The file of a running daemon changes, and what an operator tells it: the daemon and ternctl as people run them. A
// BIRD is the neighbour that must not notice.
#include <signal.h>

#include <cstdio>
#include <fstream>

#include "scene.h"

namespace programs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Reload : public Scene {
 protected:
  std::string head() const {
    return "router: {as: 65000, id: 10.77.0.1}\n"
           "listen: [{address: 10.77.0.1, port: 179}]\n"
           "api: {socket: " +
           socket_ + "}\n";
  }
  static std::string neighbor(std::string const& address, std::string const& more = "") {
    return "  - {address: " + address + ", remoteAs: 65000, localAddress: 10.77.0.1, passive: true" + more + "}\n";
  }
  void rewrite(std::string const& yaml) { std::ofstream(directory_.path() + "/reflector.yaml") << yaml; }
  std::string peer_field(std::string const& address, std::string const& name) {
    return field(json({"peers", address}), name);
  }
  bool up(std::string const& address) {
    return support::eventually(20s, [&] { return peer_field(address, "state") == "Established"; });
  }
};

TEST_F(Reload, WhatDidNotChangeKeepsItsSession) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2") + neighbor("10.77.0.3"));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  rewrite(head() + "neighbors:\n" + neighbor("10.77.0.2", ", description: the second") + neighbor("10.77.0.4"));
  auto const done = ctl({"reload"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.output, "1 added, 1 removed, 1 changed\n");
  EXPECT_EQ(peer_field("10.77.0.2", "flaps"), "0");
  EXPECT_EQ(peer_field("10.77.0.2", "state"), "Established");
  EXPECT_EQ(peer_field("10.77.0.2", "description"), "the second");
  EXPECT_EQ(ctl({"peers", "10.77.0.3"}).status, 1);
  auto four = neighbour("10.77.0.4");
  EXPECT_TRUE(four.establish(soon()));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 0 changed\n");
}

TEST_F(Reload, ABadFileLeavesEverythingAsItWasAndSaysAllThatIsWrong) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  rewrite(head() + "neighbors:\n" + neighbor("10.77.0.4", ", holdTime: 2") + neighbor("10.77.0.3", ", colour: red"));
  auto const done = ctl({"reload"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("line 5: neighbors[0].holdTime: "),
                                 HasSubstr("line 6: neighbors[1].colour: "), HasSubstr("nothing was changed")));
  EXPECT_EQ(ctl({"peers", "10.77.0.4"}).status, 1);
  EXPECT_EQ(ctl({"peers", "10.77.0.2"}).status, 0);
  auto const report = support::run(ctl_command({"--json", "reload"}));
  EXPECT_EQ(report.status, 1);
  EXPECT_THAT(report.output, HasSubstr("\"applied\":false"));
}

TEST_F(Reload, WhatOnlyARestartCanDoIsRefusedByName) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  rewrite(
      "router: {as: 65009, id: 10.77.0.9, alwaysCompareMed: true}\n"
      "listen: [{address: 10.77.0.2, port: 179}]\n"
      "api: {socket: " +
      socket_ + "}\n");
  auto const done = ctl({"reload"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.output, AllOf(HasSubstr("router.as changed, which needs a restart"), HasSubstr("router.id changed"),
                                 HasSubstr("router.alwaysCompareMed changed"), HasSubstr("nothing was changed")));
  EXPECT_EQ(ctl({"peers", "10.77.0.2"}).status, 0);
}

TEST_F(Reload, WhereWeListenAndOurClusterChangeWhileSessionsStay) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  auto const file = [&](std::string const& listen) {
    return "router: {as: 65000, id: 10.77.0.1, clusterId: 7.7.7.7}\nlisten: [" + listen +
           "]\napi: {socket: " + socket_ + "}\nneighbors:\n" + neighbor("10.77.0.2");
  };
  auto const listens = [&](std::string const& address) {
    return support::run({"sh", "-c", "ss -Hltn | grep -q '" + address + "'"}).status == 0;
  };
  rewrite(file("{address: 10.77.0.1, port: 1790}, {address: 10.77.0.1, port: 179}"));
  EXPECT_EQ(ctl({"reload"}).output, "router.clusterId changed\nlisten changed\n0 added, 0 removed, 0 changed\n");
  EXPECT_TRUE(listens("10.77.0.1:1790") && listens("10.77.0.1:179 "));
  rewrite(file("{address: 203.0.113.77, port: 179}"));
  auto const failed = ctl({"reload"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.output,
              AllOf(HasSubstr("cannot listen on 203.0.113.77 port 179"), HasSubstr("nothing was changed")));
  EXPECT_TRUE(listens("10.77.0.1:1790") && listens("10.77.0.1:179 "));
  EXPECT_EQ(peer_field("10.77.0.2", "flaps"), "0");
  EXPECT_EQ(field(json({"status"}), "clusterId"), "7.7.7.7");
}

TEST_F(Reload, AChangedFilterIsAppliedToWhatIsHeldAndAnUnchangedOneIsNoChange) {
  auto const with_filter = [&](std::string const& then) {
    return head() + "prefixLists: {mine: [203.0.113.0/24 le 32]}\n" +
           "filters: {in: [{match: {prefix: mine}, then: " + then + "}, {then: accept}]}\n" + "neighbors:\n" +
           neighbor("10.77.0.2", ", import: in");
  };
  start(with_filter("accept"));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  two.send(announcement({"203.0.113.0/24", "198.51.100.0/24"}, {}, "10.77.0.2").bytes());
  auto const accepted = [&] { return field(json({"peers", "10.77.0.2"}).at("families").at(0), "accepted"); };
  ASSERT_TRUE(support::eventually(20s, [&] { return accepted() == "2"; }));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 0 changed\n");
  rewrite(with_filter("reject"));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 1 changed\n");
  EXPECT_TRUE(support::eventually(20s, [&] { return accepted() == "1"; }));
  EXPECT_EQ(peer_field("10.77.0.2", "flaps"), "0");
  EXPECT_EQ(field(json({"peers", "10.77.0.2"}).at("messages").at("sent"), "routeRefresh"), "0");
}

TEST_F(Reload, WhoComesToAFilterThatOthersHaveJoinsTheirGroup) {
  auto const with = [&](std::string const& neighbors) {
    return head() + "filters: {out: [{set: {med: 5}, then: accept}]}\n" + "neighbors:\n" + neighbors;
  };
  auto const groups = [&] { return field(json({"status"}).at("tables").at(0), "groups"); };
  start(with(neighbor("10.77.0.2", ", export: out")));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  rewrite(with(neighbor("10.77.0.2", ", export: out") + neighbor("10.77.0.3", ", export: out")));
  EXPECT_EQ(ctl({"reload"}).output, "1 added, 0 removed, 0 changed\n");
  auto three = neighbour("10.77.0.3");
  ASSERT_TRUE(three.establish(soon()));
  ASSERT_TRUE(up("10.77.0.3"));
  EXPECT_EQ(groups(), "1");
}

TEST_F(Reload, SighupDoesTheSame) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  rewrite(head() + "neighbors:\n" + neighbor("10.77.0.2") + neighbor("10.77.0.3"));
  reflector_->signal(SIGHUP);
  EXPECT_TRUE(support::eventually(20s, [&] { return ctl({"peers", "10.77.0.3"}).status == 0; }));
  EXPECT_THAT(reflector_->output(), HasSubstr("reading the file again on SIGHUP"));
  EXPECT_THAT(reflector_->output(), HasSubstr("1 added, 0 removed, 0 changed"));
}

TEST_F(Reload, RangesComeChangeAndGo) {
  auto const with_range = [&](std::string const& group, std::string const& limit) {
    return head() + "groups:\n  clients: {remoteAs: 65000" + group + "}\n" +
           "ranges: [{prefix: 10.77.0.0/24, group: clients, limit: " + limit + "}]\n";
  };
  start(head());
  rewrite(with_range("", "5"));
  EXPECT_EQ(ctl({"reload"}).output, "1 added, 0 removed, 0 changed\n");
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  rewrite(with_range(", description: all", "6"));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 1 changed\n");
  EXPECT_EQ(peer_field("10.77.0.2", "description"), "all");
  EXPECT_EQ(peer_field("10.77.0.2", "flaps"), "0");
  // A neighbour that came by the range is named now.
  rewrite(with_range(", description: all", "6") + "neighbors:\n" + neighbor("10.77.0.2"));
  EXPECT_EQ(ctl({"reload"}).output, "1 added, 0 removed, 0 changed\n");
  EXPECT_EQ(peer_field("10.77.0.2", "dynamic"), "false");
  rewrite(head());
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 2 removed, 0 changed\n");
  EXPECT_EQ(ctl({"peers", "10.77.0.2"}).status, 1);
}

TEST_F(Reload, PasswordsOfARangeAndOfANeighbourWithinComeAndGoTogether) {
  // A neighbour without one within a range that has one is refused by the kernel's rules, whichever goes first.
  auto const with = [&](std::string const& more) {
    return head() + "groups:\n  clients: {remoteAs: 65000" + more + "}\n" +
           "ranges: [{prefix: 10.0.0.0/8, group: clients}, {prefix: 10.77.0.0/16, group: clients}, "
           "{prefix: 10.77.0.0/24, group: clients}]\nneighbors:\n" +
           neighbor("10.77.0.2", more);
  };
  start(with(""));
  rewrite(with(", password: secret"));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 4 changed, 1 with a new session\n");
  EXPECT_EQ(peer_field("10.77.0.2", "md5"), "true");
  rewrite(with(""));
  EXPECT_EQ(ctl({"reload"}).output, "0 added, 0 removed, 4 changed, 1 with a new session\n");
  EXPECT_EQ(peer_field("10.77.0.2", "md5"), "false");
}

TEST_F(Reload, FiveHundredComeAndTenGoAndOneSessionStays) {
  auto const many = [&](int from, int to) {
    std::string all;
    for (int n = from; n < to; ++n) {
      all += neighbor("10.78." + std::to_string(n / 250) + "." + std::to_string(n % 250 + 1));
    }
    return head() + "neighbors:\n" + neighbor("10.77.0.2") + all;
  };
  start(many(0, 10));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  rewrite(many(10, 510));
  EXPECT_EQ(ctl({"reload"}).output, "500 added, 10 removed, 0 changed\n");
  EXPECT_EQ(field(json({"status"}), "peers"), "501");
  EXPECT_EQ(peer_field("10.77.0.2", "flaps"), "0");
}

using NeighborVerbs = Reload;

TEST_F(NeighborVerbs, DownUpResetAndRefresh) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  auto two = neighbour("10.77.0.2");
  ASSERT_TRUE(two.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  EXPECT_EQ(ctl({"neighbor", "refresh", "10.77.0.2"}).status, 0);
  EXPECT_EQ(ctl({"neighbor", "down", "10.77.0.2", "--text", "back at noon"}).status, 0);
  EXPECT_TRUE(support::eventually(20s, [&] { return peer_field("10.77.0.2", "state") == "Idle"; }));
  EXPECT_EQ(peer_field("10.77.0.2", "disabled"), "true");
  EXPECT_THAT(peer_field("10.77.0.2", "lastError"), AllOf(HasSubstr("6/2"), HasSubstr("back at noon")));
  EXPECT_THAT(ctl({"peers"}).output, HasSubstr("down"));
  // A reload does not bring up what an operator took down.
  EXPECT_EQ(ctl({"reload"}).status, 0);
  EXPECT_EQ(peer_field("10.77.0.2", "disabled"), "true");
  EXPECT_EQ(ctl({"neighbor", "reset", "10.77.0.2"}).status, 1);
  EXPECT_EQ(ctl({"neighbor", "up", "10.77.0.2"}).status, 0);
  auto again = neighbour("10.77.0.2");
  EXPECT_TRUE(again.establish(soon()));
  ASSERT_TRUE(up("10.77.0.2"));
  EXPECT_EQ(ctl({"neighbor", "reset", "10.77.0.2"}).status, 0);
  EXPECT_TRUE(support::eventually(20s, [&] { return peer_field("10.77.0.2", "state") != "Established"; }));
}

TEST_F(NeighborVerbs, SayWhatIsWrong) {
  start(head() + "neighbors:\n" + neighbor("10.77.0.2"));
  EXPECT_EQ(ctl({"neighbor", "down", "10.77.0.9"}).status, 1);
  EXPECT_EQ(ctl({"neighbor", "down", "nonsense"}).status, 2);
  EXPECT_EQ(ctl({"neighbor", "kick", "10.77.0.2"}).status, 2);
  EXPECT_EQ(ctl({"neighbor", "up", "10.77.0.2", "--text", "x"}).status, 2);
  EXPECT_EQ(ctl({"neighbor", "down", "10.77.0.2", "--text", std::string(256, 'x')}).status, 2);
  EXPECT_THAT(ctl({"neighbor", "refresh", "10.77.0.2"}).output, HasSubstr("there is no session with it"));
}

class Validate : public testing::Test {
 protected:
  support::Finished validate(std::string const& yaml) {
    return support::run({TERN_BIN "/ternctl", "validate", directory_.write("file.yaml", yaml)});
  }
  support::TemporaryDirectory directory_;
};

TEST_F(Validate, TellsOfAllThatIsWrongWithEitherDaemonsFile) {
  EXPECT_THAT(validate("router: {as: 65000, id: 10.77.0.1}\n").output, HasSubstr("good for tern-reflector"));
  EXPECT_EQ(validate("router: {as: 65000, id: 10.77.0.1}\n").status, 0);
  EXPECT_THAT(validate("node: n1\naddress: 10.0.0.1/24\nrouter: {as: 64512}\n").output,
              HasSubstr("good for tern-speaker"));
  auto const bad = validate("node: n1\naddress: 10.0.0.1/24\nrouter: {as: 0}\ncolour: red\n");
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.output, AllOf(HasSubstr("line 3: router.as: "), HasSubstr("line 4: colour: ")));
  EXPECT_EQ(support::run({TERN_BIN "/ternctl", "validate", directory_.path() + "/none"}).status, 1);
}

}  // namespace
}  // namespace programs
