// Every form of ternctl against a running daemon, for people and as JSON.
#include <sys/stat.h>

#include <sstream>

#include "scene.h"

namespace programs {
namespace {

using support::segment;
using support::sequence;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// 10.77.0.2 announces two good routes and one with an AS_SET; 10.77.0.3 a longer path to one of them; 192.0.2.1
/// (AS 65010) hears.
class Ternctl : public Scene {
 protected:
  void SetUp() override {
    Scene::SetUp();
    if (IsSkipped() || HasFailure()) return;
    start(file(5000, "  - {address: fe80::9%lo, remoteAs: 65000, passive: true}\n"));
    if (HasFatalFailure()) return;
    ASSERT_TRUE(one.establish(soon()));
    ASSERT_TRUE(two.establish(soon()));
    ASSERT_TRUE(outside.establish(soon()));
    auto rich = announcement({"203.0.113.0/24", "203.0.113.128/25"}, sequence({64512}), "10.77.0.2");
    rich.add(support::kOptional, support::kMed, support::u32(42));
    rich.add(support::kOptTrans, support::kCommunities, support::hex("fde80007"));
    one.send(rich.bytes());
    one.send(
        announcement({"198.51.100.0/24"}, support::cat({sequence({64512}), segment(1, {64513, 64514})}), "10.77.0.2")
            .bytes());
    two.send(announcement({"203.0.113.0/24"}, sequence({64512, 64515}), "10.77.0.3").bytes());
    ASSERT_TRUE(outside.wait(soon(), [&] { return outside.rib().routes().size() == 2; }));
    ASSERT_TRUE(support::eventually(
        10s, [&] { return field(json({"status"}), "tables").find("\"paths\":4") != std::string::npos; }));
  }
  std::string good(Arguments const& arguments) {
    auto const finished = ctl(arguments);
    EXPECT_EQ(finished.status, 0) << finished.output;
    return finished.output;
  }

  support::Peer one = neighbour("10.77.0.2"), two = neighbour("10.77.0.3"), outside = neighbour("192.0.2.1", 65010);
};

TEST_F(Ternctl, Status) {
  auto const shown = good({"status"});
  EXPECT_THAT(shown, AllOf(HasSubstr("65000"), HasSubstr("10.77.0.1"), HasSubstr("1.1.1.1")));
  EXPECT_THAT(shown, HasSubstr("3 of 4 established"));
  auto const status = json({"status"});
  EXPECT_EQ(field(status, "as"), "65000");
  EXPECT_EQ(field(status, "routerId"), "10.77.0.1");
  EXPECT_EQ(field(status, "clusterId"), "1.1.1.1");
  EXPECT_EQ(field(status, "peersEstablished"), "3");
  auto const v4 = pick(status.at("tables"), "family", "ipv4-unicast");
  EXPECT_EQ(field(v4, "prefixes"), "2");
  EXPECT_EQ(field(v4, "paths"), "4") << "the refused one, too";
  EXPECT_EQ(field(v4, "members"), "3");
}

TEST_F(Ternctl, Peers) {
  auto const shown = good({"peers"});
  EXPECT_THAT(shown, AllOf(HasSubstr("10.77.0.2"), HasSubstr("10.77.0.3"), HasSubstr("192.0.2.1")));
  auto const peers = json({"peers"});
  ASSERT_EQ(peers.as_array().size(), 4U);
  auto const client = pick(peers, "address", "10.77.0.2");
  EXPECT_EQ(field(client, "state"), "Established");
  EXPECT_EQ(field(client, "dynamic"), "true");
  EXPECT_EQ(field(client, "group"), "clients");
  EXPECT_EQ(field(pick(peers, "address", "192.0.2.1"), "as"), "65010");
}

TEST_F(Ternctl, OnePeer) {
  auto const shown = good({"peers", "10.77.0.2"});
  EXPECT_THAT(shown, AllOf(HasSubstr("Established"), HasSubstr("four-octet AS 65000"), HasSubstr("reflector client")));
  auto const peer = json({"peers", "10.77.0.2"});
  EXPECT_EQ(field(peer, "routerId"), "10.77.0.2");
  EXPECT_EQ(field(peer, "holdTimeSeconds"), "240");
  auto const family = pick(peer.at("families"), "family", "ipv4-unicast");
  EXPECT_EQ(field(family, "received"), "3");
  EXPECT_EQ(field(family, "accepted"), "2");
  EXPECT_EQ(field(family, "sent"), "0") << "both good ones are its own";
  EXPECT_EQ(field(peer.at("messages").at("received"), "update"), "2");
}

TEST_F(Ternctl, ALinkLocalPeerHasItsInterface) {
  EXPECT_THAT(good({"peers"}), HasSubstr("fe80::9%lo"));
  EXPECT_EQ(field(json({"peers", "fe80::9%lo"}), "state"), "Active");
  EXPECT_EQ(field(json({"peers", "fe80::9%1"}), "address"), "fe80::9%lo");
}

TEST_F(Ternctl, AnErrorBeforeTheSessionIsNotShownAfterwards) {
  // The daemon dials 192.0.2.1 in vain before that one dials in; all that is over.
  EXPECT_EQ(field(json({"peers", "192.0.2.1"}), "lastError"), "");
  outside.send(support::notification(6, 2, support::hex("03 627965")));
  ASSERT_TRUE(support::eventually(10s, [&] { return field(json({"peers", "192.0.2.1"}), "flaps") == "1"; }));
  EXPECT_THAT(field(json({"peers", "192.0.2.1"}), "lastError"), Not(testing::IsEmpty()));
  ASSERT_TRUE(outside.establish(soon()));
  EXPECT_THAT(field(json({"peers", "192.0.2.1"}), "lastError"), AllOf(HasSubstr("(6/2)"), HasSubstr("bye")));
}

TEST_F(Ternctl, Routes) {
  auto const shown = good({"routes"});
  EXPECT_THAT(shown, AllOf(HasSubstr("* 203.0.113.0/24"), HasSubstr("* 203.0.113.128/25"), HasSubstr("64512")));
  EXPECT_THAT(shown, Not(HasSubstr("198.51.100.0/24")));
  auto const routes = json({"routes"});
  ASSERT_EQ(routes.as_array().size(), 2U);
  auto const route = pick(routes, "prefix", "203.0.113.0/24");
  EXPECT_EQ(field(route, "peer"), "10.77.0.2");
  EXPECT_EQ(field(route, "nextHop"), "10.77.0.2");
  EXPECT_EQ(field(route, "asPath"), "64512");
  EXPECT_EQ(field(route, "med"), "42");
  EXPECT_EQ(field(route, "communities"), "[\"65000:7\"]");
}

TEST_F(Ternctl, RoutesOfAPrefixAndWithin) {
  EXPECT_THAT(good({"routes", "203.0.113.0/24"}), Not(HasSubstr("203.0.113.128/25")));
  EXPECT_EQ(json({"routes", "203.0.113.0/24"}).as_array().size(), 1U);
  EXPECT_THAT(good({"routes", "203.0.0.0/16", "--longer"}), HasSubstr("203.0.113.128/25"));
  EXPECT_EQ(json({"routes", "203.0.0.0/16", "--longer"}).as_array().size(), 2U);
  auto const of_address = json({"routes", "203.0.113.200"});
  ASSERT_EQ(of_address.as_array().size(), 1U);
  EXPECT_EQ(field(of_address.as_array()[0], "prefix"), "203.0.113.128/25");
  EXPECT_THAT(good({"routes", "--peer", "10.77.0.3"}), HasSubstr("no routes"));
}

TEST_F(Ternctl, RoutesReceivedAndSent) {
  auto const shown = good({"routes", "--peer", "10.77.0.2", "--received"});
  EXPECT_THAT(shown, AllOf(HasSubstr("! 198.51.100.0/24"), HasSubstr("refused: AS_SET in AS_PATH (RFC 9774)")));
  EXPECT_EQ(json({"routes", "--peer", "10.77.0.2", "--received"}).as_array().size(), 3U);
  EXPECT_EQ(json({"routes", "--peer", "10.77.0.3"}).as_array().size(), 0U) << "its path is not the best";
  EXPECT_THAT(good({"routes", "--peer", "192.0.2.1", "--sent"}), HasSubstr("65000 64512"));
  auto const sent = json({"routes", "203.0.113.0/24", "--peer", "192.0.2.1", "--sent"});
  ASSERT_EQ(sent.as_array().size(), 1U);
  EXPECT_EQ(field(sent.as_array()[0], "nextHop"), "10.77.0.1");
  auto const reflected = json({"routes", "--peer", "10.77.0.3", "--sent"});
  ASSERT_EQ(reflected.as_array().size(), 2U);
  EXPECT_EQ(field(reflected.as_array()[0], "originatorId"), "10.77.0.2");
  EXPECT_EQ(field(reflected.as_array()[0], "clusterList"), "[\"1.1.1.1\"]");
}

TEST_F(Ternctl, Explain) {
  auto const shown = good({"explain", "203.0.113.0/24"});
  EXPECT_THAT(shown, AllOf(HasSubstr("decided by shorter AS path"), HasSubstr("* from 10.77.0.2"),
                           HasSubstr("lost by shorter AS path"), HasSubstr("sent to 192.0.2.1"),
                           HasSubstr("not sent to 10.77.0.2: it is the source of the route")));
  auto const why = json({"explain", "203.0.113.0/24"});
  EXPECT_EQ(field(why, "decidedBy"), "shorter AS path");
  ASSERT_EQ(why.at("paths").as_array().size(), 2U);
  EXPECT_EQ(field(pick(why.at("paths"), "peer", "10.77.0.3"), "lostBy"), "shorter AS path");
  EXPECT_EQ(field(pick(why.at("exports"), "peer", "192.0.2.1"), "sent"), "true");
}

TEST_F(Ternctl, ExplainShowsARefusedPathWithWhatWasWrongInIt) {
  EXPECT_THAT(good({"explain", "198.51.100.0/24"}),
              AllOf(HasSubstr("refused by AS_SET in AS_PATH (RFC 9774)"), HasSubstr("64512 {64513 64514}")));
  auto const why = json({"explain", "198.51.100.0/24"});
  ASSERT_EQ(why.at("paths").as_array().size(), 1U);
  EXPECT_EQ(field(why.at("paths").as_array()[0], "asPath"), "64512 {64513 64514}");
  EXPECT_EQ(field(why.at("paths").as_array()[0], "refusedBy"), "AS_SET in AS_PATH (RFC 9774)");
}

TEST_F(Ternctl, SaysNoWithAReasonAndARemedy) {
  struct Case {
    Arguments arguments;
    int status;
    char const* says;
  };
  for (auto const& [arguments, status, says] : {
           Case{{"peers", "10.99.0.1"},
                1,
                "there is no neighbour 10.99.0.1; 'ternctl peers' (GET"
                " /v1/peers) lists them"},
           Case{{"peers", "nonsense"}, 2, "'nonsense' is no IP address; write the neighbour's address"},
           Case{{"routes", "nonsense"}, 2, "'nonsense' is neither a prefix nor an address; write for instance"},
           Case{{"explain", "192.0.2.0/24"}, 1, "there is no path to 192.0.2.0/24"},
           Case{{"routes", "192.0.2.0/24"},
                1,
                "there is no route to 192.0.2.0/24; 'ternctl routes 192.0.2.0/24 --longer'"},
           Case{{"routes", "192.0.2.0/24", "--json"}, 1, "there is no route to 192.0.2.0/24"},
           Case{{"routes", "192.0.2.0/24", "--longer"}, 1, "there is no route within 192.0.2.0/24"},
           Case{{"routes", "192.0.2.7"}, 1, "no route covers 192.0.2.7; 'ternctl routes'"},
           Case{{"routes", "203.0.113.1/24"}, 2, "'203.0.113.1/24' has bits set past its length; write 203.0.113.0/24"},
           Case{{"explain", "203.0.113.1/24"}, 2, "write 203.0.113.0/24"},
           Case{{"routes", "--longer"}, 2, "--longer requires PREFIX"},
           Case{{"explain", ""}, 2, "PREFIX: is empty"},
           Case{{"--socket=", "status"}, 2, "the path after --socket is empty"},
           Case{{"routes", "--received"}, 2, "--received requires --peer"},
           Case{{"routes", "--peer", "10.77.0.2", "--sent", "--received"}, 2, "excludes"},
           Case{{"explain"}, 2, "PREFIX is required"},
           Case{{"nonsense"}, 2, "there is no command 'nonsense'; 'ternctl --help' lists them"},
           Case{{"status", "nonsense"}, 2, "nonsense"},
           Case{{}, 2, "subcommand is required"},
       }) {
    auto const finished = ctl(arguments);
    EXPECT_EQ(finished.status, status) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(says));
  }
}

TEST_F(Ternctl, OutputThatIsLostIsAFailure) {
  for (std::string const arguments : {"routes", "--json routes", "status", "peers", "--json peers", "--version"}) {
    auto const lost = support::run(
        {"sh", "-c", std::string(TERN_BIN "/ternctl --socket ") + socket_ + " " + arguments + " > /dev/full"});
    EXPECT_EQ(lost.status, 4) << arguments << ": " << lost.output;
    EXPECT_THAT(lost.output, HasSubstr("cannot write the output: ")) << arguments;
  }
}

TEST_F(Ternctl, LongPrefixesKeepTheColumnsOfRoutes) {
  one.send(announcement({"198.51.100.0/24"}, sequence({64512}), "10.77.0.2").bytes());
  support::Update update;
  update.add(support::kOptional, 14,
             support::cat({support::hex("0002 01 10 20010db8000000000000000000000002 00"),
                           support::hex("80 20010db8123456789abcdef012345678")}));
  update.add(support::kWellKnown, support::kOrigin, support::u8(0));
  update.add(support::kWellKnown, support::kAsPath, sequence({64512}));
  update.add(support::kWellKnown, support::kLocalPref, support::u32(100));
  one.send(update.bytes());
  std::string const prefix = "2001:db8:1234:5678:9abc:def0:1234:5678/128";
  ASSERT_TRUE(support::eventually(10s, [&] { return good({"routes"}).find(prefix) != std::string::npos; }));
  std::istringstream shown(good({"routes"}));
  std::string heading, line;
  std::getline(shown, heading);
  while (std::getline(shown, line)) {
    EXPECT_EQ(line.rfind("  64512"), heading.find("  AS PATH")) << heading << "\n" << line;
  }
}

TEST_F(Ternctl, ADaemonThatIsNotThereIsNamed) {
  auto const elsewhere = directory_.path() + "/other.sock";
  auto const missing = support::run({TERN_BIN "/ternctl", "--socket", elsewhere, "status"});
  EXPECT_EQ(missing.status, 3);
  auto const nowhere = support::run({TERN_BIN "/ternctl", "--socket", "", "status"});
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.output, HasSubstr("the path after --socket is empty"));
  EXPECT_THAT(missing.output, AllOf(HasSubstr(elsewhere), HasSubstr("start it, or say where")));
  reflector_->signal(SIGKILL);
  ASSERT_TRUE(reflector_->wait(10s));
  auto const dead = ctl({"status"});
  EXPECT_EQ(dead.status, 3);
  EXPECT_THAT(dead.output, HasSubstr("it has ended: start it again"));
}

TEST_F(Ternctl, TheSocketIsForItsGroupOnly) {
  struct stat there {};
  ASSERT_EQ(::stat(socket_.c_str(), &there), 0);
  EXPECT_TRUE(S_ISSOCK(there.st_mode));
  EXPECT_EQ(there.st_mode & 07777, 0660U);
}

}  // namespace
}  // namespace programs
