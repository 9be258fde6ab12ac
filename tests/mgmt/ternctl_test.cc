// ternctl as a program, against a service with an invented node behind it: what people are shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "client.h"
#include "fake_fib.h"
#include "mgmt/fib_api.h"
#include "mgmt/speaker_api.h"
#include "mgmt/ternctl/default_socket.h"
#include "support/process.h"

namespace tern::mgmt {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Node : public SpeakerWithAPath {
 public:
  /// Two paths: the best one, and one that is used beside it.
  class Paths : public bgp::RouteListing {
   public:
    bool next(std::size_t, std::vector<bgp::RouteEntry>& out) override {
      for (std::uint32_t const index : {0U, 1U}) {
        out.emplace_back();
        out.back().prefix = bgp::Prefix(bgp::IpAddress::v4(index << 8), 24);
        (index == 0 ? out.back().best : out.back().multipath) = true;
      }
      return false;
    }
  };
  std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery) const override { return std::make_unique<Paths>(); }
  bgp::Explanation explain(bgp::Prefix const& prefix) const override {
    auto out = SpeakerWithAPath::explain(prefix);
    if (prefix != "10.244.7.0/26"_pfx) return out;
    out.paths.resize(2);
    out.paths[0].route.best = out.paths[1].route.multipath = true;
    return out;
  }
  std::optional<bgp::PeerStatus> peer(bgp::PeerId id) const override {
    auto out = FakeSpeaker::peer(id);
    if (out) out->since = std::chrono::system_clock::from_time_t(1'700'000'000);
    if (out && id.value == 1) out->state = "Established";
    if (out && id.value == 2) {
      out->since = std::chrono::system_clock::now();
      out->state = "Active";
      out->last_error = "connection refused";
      out->dynamic = true;
    }
    if (out && id.value == 3) {
      out->address = "2001:db8::3"_ip;
      out->state = "Idle";
    }
    return out;
  }
};

struct TernctlOnANode : testing::Test {
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    serve_speaker(service, speaker, "tern-speaker");
    ASSERT_TRUE(service.listen(path).ok());
    auto& all = fib.all;
    all = {route("10.244.1.0/26"_pfx), route("10.244.1.64/26"_pfx), route("10.244.2.0/24"_pfx, FibState::leftover),
           route("10.244.2.0/26"_pfx, FibState::conflicting)};
    all[0].hops.push_back({"10.0.1.2"_ip, "vxlan", "vxlan.calico", "10.0.1.2"_ip, 2});
    all[0].hops.push_back({"10.0.9.9"_ip, "none", "eth0", "10.0.0.254"_ip, 1});
    all[1].blackhole = true;
    all[1].hops.clear();
    all[3].reason = "somebody else's route";
    all[3].stands = true;
    fib.the_summary.installed = 2;
    fib.the_summary.messages = 77;
    fib.the_summary.next_hop_objects = true;
    fib.the_summary.devices = {{"vxlan.calico", "vxlan", "", 3}, {"tunl0", "ipip", "no such device", 0}};
  }
  void with_fib() { serve_fib(service, fib, speaker); }

  /// What it printed, behind its exit status.
  std::string ctl(support::Arguments arguments) {
    arguments.insert(arguments.begin(), {TERN_BIN "/ternctl", "--socket", path});
    return beside(io, [&] {
      auto const finished = support::run(arguments);
      return std::to_string(finished.status) + "\n" + finished.output;
    });
  }

  boost::asio::io_context io{1};
  Node speaker;
  FakeFib fib{io};
  Service service{io.get_executor()};
  std::string path = temporary_path("ternctl");
};

TEST_F(TernctlOnANode, FibListsRoutesThenCountsAndDevices) {
  with_fib();
  EXPECT_EQ(
      ctl({"fib"}),
      "0\n"
      "PREFIX              STATE        METRIC  VIA                                           REASON\n"
      "10.244.1.0/26       installed      1024  via 10.0.0.2 dev eth0\n"
      "                                         via 10.0.1.2 dev vxlan.calico vxlan weight 2\n"
      "                                         via 10.0.0.254 dev eth0 for 10.0.9.9\n"
      "10.244.1.64/26      installed      1024  blackhole\n"
      "10.244.2.0/24       leftover       1024\n"
      "10.244.2.0/26       conflicting    1024  via 10.0.0.2 dev eth0                         somebody else's route; "
      "an earlier one stands\n"
      "\n"
      "routes           2 installed, 0 pending, 0 failed, 0 conflicting, 0 leftover\n"
      "kernel           77 messages, 0 refused, 0 overruns\n"
      "next hops        as objects that routes share\n"
      "\n"
      "DEVICE        KIND   REMOTE ENDS  STATE\n"
      "vxlan.calico  vxlan  3            ready\n"
      "tunl0         ipip   0            no such device\n");
}

TEST_F(TernctlOnANode, FibOfAPrefixAnAddressOrSomeStates) {
  with_fib();
  EXPECT_THAT(ctl({"fib", "10.244.2.0/24"}), AllOf(StartsWith("0\n"), HasSubstr("leftover "), Not(HasSubstr("/26"))));
  EXPECT_THAT(ctl({"fib", "10.244.2.7"}), AllOf(HasSubstr("10.244.2.0/26"), Not(HasSubstr("/24"))));
  EXPECT_THAT(ctl({"fib", "10.244.0.0/16", "--longer", "--state", "leftover", "--state", "conflicting"}),
              AllOf(HasSubstr("10.244.2.0/24"), HasSubstr("10.244.2.0/26"), Not(HasSubstr("10.244.1"))));
  EXPECT_THAT(ctl({"fib", "10.9.0.0/24"}), AllOf(StartsWith("1\n"), HasSubstr("there is no route to 10.9.0.0/24; "
                                                                              "'ternctl fib 10.9.0.0/24 --longer'")));
  EXPECT_THAT(ctl({"fib", "10.9.0.1"}), AllOf(StartsWith("1\n"), HasSubstr("no route covers 10.9.0.1")));
  EXPECT_THAT(ctl({"fib", "nonsense"}), StartsWith("2\n"));
  EXPECT_THAT(ctl({"fib", "--state", "gone"}), AllOf(StartsWith("2\n"), HasSubstr("gone")));
  EXPECT_THAT(ctl({"fib", "--state", "failed"}), AllOf(StartsWith("0\nno routes\n"), HasSubstr("2 installed")));
}

TEST_F(TernctlOnANode, FibAsJsonIsTheDaemons) {
  with_fib();
  EXPECT_THAT(ctl({"--json", "fib", "--state", "leftover"}),
              "0\n[\n{\"prefix\":\"10.244.2.0/24\",\"state\":\"leftover\""
              ",\"inKernel\":true,\"metric\":1024}\n]\n");
  EXPECT_THAT(ctl({"--json", "fib", "--summary"}), StartsWith("0\n{\"installed\":2,"));
  EXPECT_THAT(ctl({"fib", "--summary"}), StartsWith("0\nroutes           2 installed"));
}

TEST_F(TernctlOnANode, ADaemonWithoutKernelRoutesSaysSo) {
  EXPECT_EQ(ctl({"fib"}),
            "1\nternctl: this daemon puts no routes into the kernel; ask tern-speaker with --socket PATH or "
            "TERN_SOCKET\n");
  EXPECT_THAT(ctl({"explain", "10.244.1.0/26"}), Not(HasSubstr("kernel")));
}

TEST_F(TernctlOnANode, ExplainEndsInTheKernel) {
  with_fib();
  EXPECT_THAT(
      ctl({"explain", "10.244.1.0/26"}),
      HasSubstr("\n  kernel: installed, via 10.0.0.2 dev eth0, via 10.0.1.2 dev vxlan.calico vxlan weight 2, "));
  EXPECT_THAT(ctl({"explain", "10.244.2.1"}),
              AllOf(StartsWith("0\n10.244.2.0/26: decided by no path\n"),
                    HasSubstr("kernel: conflicting: somebody else's route; an earlier one stands, via 10.0.0.2")));
  fib.all.erase(fib.all.begin());
  EXPECT_THAT(ctl({"explain", "10.244.1.0/26"}), HasSubstr("\n  kernel: no route is wanted there\n"));
}

TEST_F(TernctlOnANode, WhatIsUsedBesideTheBestPathIsMarked) {
  EXPECT_THAT(ctl({"routes"}), HasSubstr("\n* 0.0.0.0/24 "));
  EXPECT_THAT(ctl({"routes"}), HasSubstr("\n= 0.0.1.0/24 "));
  EXPECT_THAT(ctl({"explain", "10.244.7.0/26"}),
              AllOf(HasSubstr("\n* from local  AS path []  best\n"),
                    HasSubstr("\n= from local  AS path []  used beside the best\n")));
}

TEST_F(TernctlOnANode, StatusHasTheTablesThatPeopleKnow) {
  speaker.peers = 3;
  auto const shown = ctl({"status"});
  EXPECT_THAT(shown, StartsWith("0\n"
                                "tern-speaker is running.\n"
                                "\n"
                                "IPv4 BGP status\n"
                                "+--------------+---------------+-------+------------+---------------------------+\n"
                                "| PEER ADDRESS |   PEER TYPE   | STATE |   SINCE    |           INFO            |\n"
                                "+--------------+---------------+-------+------------+---------------------------+\n"
                                "| 10.0.0.1     | node specific | up    | 2023-11-14 | Established               |\n"
                                "| 10.0.0.2     | range         | start | "));
  EXPECT_THAT(shown, HasSubstr("   | Active connection refused |\n"
                               "+--------------+---------------+-------+------------+---------------------------+\n"
                               "\n"
                               "IPv6 BGP status\n"
                               "+--------------+---------------+-------+------------+------+\n"
                               "| PEER ADDRESS |   PEER TYPE   | STATE |   SINCE    | INFO |\n"
                               "+--------------+---------------+-------+------------+------+\n"
                               "| 2001:db8::3  | node specific | down  | 2023-11-14 | Idle |\n"
                               "+--------------+---------------+-------+------------+------+\n"
                               "\n"
                               "AS "));
  EXPECT_THAT(shown, testing::ContainsRegex("start \\| [0-2][0-9]:[0-5][0-9]:[0-5][0-9] "));
}

TEST_F(TernctlOnANode, MemoryIsATableWithWhatIsNotAccountedFor) {
  speaker.the_memory.tables = {{bgp::ipv4_unicast, 2'400'000, 1'400'000, 1'000'000, 0, 100, 25'000},
                               {bgp::ipv6_unicast, 1000}};
  speaker.the_memory.attribute_sets = 12'345;
  auto const shown = ctl({"memory"});
  EXPECT_THAT(shown, StartsWith("0\n"
                                "KIND                         ipv4-unicast     ipv6-unicast           OCTETS\n"
                                "paths                           2,400,000            1,000        2,401,000\n"
                                "prefixes                        1,400,000                0        1,400,000\n"));
  EXPECT_THAT(shown, HasSubstr("all of the family               4,825,100            1,000        4,826,100\n"
                               "attribute sets                                                       12,345\n"));
  EXPECT_THAT(shown, HasSubstr("accounted for                                                     4,838,445\n\n"
                               "resident  "));
  EXPECT_THAT(shown, testing::ContainsRegex("\nnot accounted for  +-?[0-9,]+\n$"));
  EXPECT_THAT(ctl({"--json", "memory"}), AllOf(StartsWith("0\n{\"resident\":"), HasSubstr("\"accounted\":4838445,")));
}

TEST_F(TernctlOnANode, StatusWithoutNeighboursSaysSo) {
  EXPECT_THAT(ctl({"status"}), HasSubstr("IPv4 BGP status\nNo IPv4 peers found.\n\nIPv6 BGP status\nNo IPv6 peers "
                                         "found.\n\n"));
}

TEST_F(TernctlOnANode, StatusLeavesALongListToTheOtherVerb) {
  speaker.peers = 100;
  EXPECT_THAT(ctl({"status"}), HasSubstr("| 10.0.0.100 "));
  speaker.peers = 101;
  EXPECT_THAT(ctl({"status"}), AllOf(StartsWith("0\ntern-speaker is running.\n\npeers: 0 of 101 established; 'ternctl "
                                                "peers' lists them\n\nAS "),
                                     Not(HasSubstr("BGP status"))));
}

TEST(TernctlsSocket, IsTheOneThatIsThere) {
  support::TemporaryDirectory const folder;
  auto const& path = folder.path();
  auto const none = ctl::default_socket(path);
  EXPECT_EQ(none.path, "");
  EXPECT_FALSE(none.many);
  EXPECT_THAT(none.error, AllOf(HasSubstr(path + "/speaker.sock nor " + path + "/reflector.sock"),
                                HasSubstr("--socket PATH or TERN_SOCKET")));
  std::ofstream(path + "/reflector.sock") << "";
  EXPECT_EQ(ctl::default_socket(path).path, path + "/reflector.sock");
  std::ofstream(path + "/speaker.sock") << "";
  auto const two = ctl::default_socket(path);
  EXPECT_EQ(two.path, "");
  EXPECT_TRUE(two.many);
  EXPECT_THAT(two.error, AllOf(HasSubstr(path + "/speaker.sock and " + path + "/reflector.sock"),
                               HasSubstr("say which one with --socket PATH or TERN_SOCKET")));
  ASSERT_EQ(unlink((path + "/reflector.sock").c_str()), 0);
  EXPECT_EQ(ctl::default_socket(path).path, path + "/speaker.sock");
}

}  // namespace
}  // namespace tern::mgmt
