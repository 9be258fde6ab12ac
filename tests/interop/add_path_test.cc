// Several paths of a prefix (RFC 7911) from the daemons of others, and for them. More of them: matrix_test.cc.
#include <gmock/gmock.h>

#include "interop_test.h"

namespace interop {
namespace {

using testing::HasSubstr;

auto const net4 = "203.0.113.0/24", net6 = "2001:db8:1::/48";

class AddPath : public Interop {
 protected:
  void run_tern(std::string const& keys) {
    tern.emplace(directory_, TernOptions{.neighbours = {"address: 10.77.0.2, remoteAs: 65000, passive: true, families: "
                                                        "[ipv4-unicast, ipv6-unicast], " +
                                                        keys}});
  }
  /// A BIRD with two routes of each prefix, and what it says of its session to Tern.
  void run_bird() {
    auto const second = [](std::string const& family, std::string const& name, std::string const& prefix) {
      return "protocol static " + name + " { " + family + " { import filter { bgp_med = 20; accept; }; }; route " +
             prefix + " blackhole; }\n";
    };
    auto const channel = "import none; export where source = RTS_STATIC; next hop self; add paths tx;";
    bird.emplace(directory_,
                 BirdOptions{.name = "bird",
                             .id = "10.77.0.2",
                             .sessions = {{.local = "10.77.0.2",
                                           .ipv4 = channel,
                                           .ipv6 = std::string(channel) + " next hop address 2001:db8:77::2;"}},
                             .routes = "route " + std::string(net4) + " blackhole;",
                             .routes6 = "route " + std::string(net6) + " blackhole;",
                             .extra = second("ipv4", "second4", net4) + second("ipv6", "second6", net6)});
  }
  std::string received(std::string const& prefix) const {
    return tern->tell({"routes", "--json", "--peer", "10.77.0.2", "--received", prefix});
  }
  /// How many paths of the prefix have come, and with how many identifiers.
  std::pair<std::size_t, std::size_t> paths(std::string const& prefix) const {
    auto const shown = received(prefix);
    std::set<std::string> ids;
    std::size_t count = 0;
    for (auto at = shown.find("\"peer\""); at != std::string::npos; at = shown.find("\"peer\"", at + 1)) ++count;
    for (auto at = shown.find("\"pathId\":"); at != std::string::npos; at = shown.find("\"pathId\":", at + 1)) {
      ids.insert(shown.substr(at, shown.find_first_of(",}", at) - at));
    }
    return {count, ids.size()};
  }

  std::optional<Tern> tern;
  std::optional<Bird> bird;
};

TEST_F(AddPath, BirdsPathsAreAllReceived) {
  if (!need({"bird", "bgpdump"})) return;
  run_tern("addPath: {receive: true}");
  run_bird();
  using Paths = std::pair<std::size_t, std::size_t>;
  for (std::string const prefix : {net4, net6}) {
    EXPECT_TRUE(support::eventually(10s, [&] { return paths(prefix) == Paths(2, 2); })) << received(prefix);
  }
  EXPECT_THAT(bird->command("show protocols all tern"), HasSubstr("ADD-PATH"));
  EXPECT_THAT(tern->tell({"peers", "10.77.0.2"}), HasSubstr("ADD-PATH ipv4-unicast send"));
  auto const dump = directory_.path() + "/paths.mrt";
  EXPECT_EQ(tern->tell({"mrt", "dump", "--received", "--peer", "10.77.0.2", dump}), "");
  auto const shown = support::run({"bgpdump", "-m", dump}).output;
  EXPECT_THAT(shown, HasSubstr("TABLE_DUMP2_AP|")) << "as a table with identifiers";
  EXPECT_THAT(shown, testing::ContainsRegex("10.77.0.2.65000.203.0.113.0/24.+\n(.*\n)*.*203.0.113.0/24"));
  bird->command("disable routes4");
  EXPECT_TRUE(support::eventually(10s, [&] { return paths(net4) == Paths(1, 1); }))
      << "and each is withdrawn by itself";
  EXPECT_THAT(received(net4), HasSubstr("\"med\":20"));
}

// What BIRD announces goes through Tern to another BIRD.
class AddPathOnward : public AddPath {
 protected:
  [[nodiscard]] static std::string file(std::string const& send) {
    auto const head =
        "  - {remoteAs: 65000, reflectorClient: true, passive: true, families: [ipv4-unicast, ipv6-unicast], ";
    return "router: {as: 65000, id: 10.77.0.1, clusterId: 1.1.1.1}\napi: {socket: {socket}}\nlisten: [{address: "
           "10.77.0.1}]\nneighbors:\n" +
           std::string(head) + "address: 10.77.0.2, addPath: {receive: true}}\n" + head +
           "address: 10.77.0.4, addPath: {send: " + send + "}}\n";
  }
  void start(std::string const& send) {
    onward.emplace(directory_, "tern", support::Arguments{TernDaemon::program("tern-reflector")}, file(send));
    run_bird();
    auto const channel = "import all; export none; add paths rx;";
    reader.emplace(directory_, BirdOptions{.name = "reader",
                                           .id = "10.77.0.4",
                                           .sessions = {{.local = "10.77.0.4", .ipv4 = channel, .ipv6 = channel}}});
  }
  [[nodiscard]] bool reader_has(std::string const& prefix, std::size_t paths) const {
    return support::eventually(10s, [&] { return reader->paths(prefix) == paths; });
  }

  std::optional<TernDaemon> onward;
  std::optional<Bird> reader;
};

TEST_F(AddPathOnward, AllAreToldAndEachIsTakenBackByItself) {
  if (!need({"bird"})) return;
  start("all");
  for (auto const* const prefix : {net4, net6}) EXPECT_TRUE(reader_has(prefix, 2)) << prefix;
  EXPECT_THAT(onward->tell({"peers", "10.77.0.4"}), HasSubstr("ADD-PATH ipv6-unicast send"));
  EXPECT_THAT(onward->tell({"explain", net4}), HasSubstr("sent to 10.77.0.4 as path 1 (the one from 10.77.0.2  path "));
  auto const sent = onward->tell({"routes", "--peer", "10.77.0.4", "--sent", net4});
  EXPECT_THAT(sent, AllOf(HasSubstr("path 1"), HasSubstr("path 2")));
  bird->command("disable routes4");
  EXPECT_TRUE(reader_has(net4, 1));
  EXPECT_THAT(reader->command("show route all " + std::string(net4)), HasSubstr("BGP.med: 20"));
  bird->command("disable second4");
  bird->command("disable second6");
  EXPECT_TRUE(reader_has(net4, 0));
  EXPECT_TRUE(reader_has(net6, 1));
  bird->command("enable second4");
  EXPECT_TRUE(reader_has(net4, 1));
}

TEST_F(AddPathOnward, AnotherChoiceIsNoFlap) {
  if (!need({"bird"})) return;
  start("best-of-each-as");
  EXPECT_TRUE(reader_has(net4, 1)) << "both are of one";
  auto const since = onward->peer("10.77.0.4", {"since"});
  auto const answer = onward->reload(file("2"));
  EXPECT_TRUE(reader_has(net4, 2)) << answer;
  EXPECT_TRUE(reader_has(net6, 2));
  EXPECT_EQ(onward->peer("10.77.0.4", {"since"}), since);
  onward->kill();
  EXPECT_TRUE(reader_has(net4, 0));
}

TEST_F(AddPath, WithoutTheKeyOneIs) {
  if (!need({"bird"})) return;
  run_tern("holdTime: 9");
  run_bird();
  EXPECT_TRUE(support::eventually(10s, [&] { return paths(net4).first == 1; })) << received(net4);
}

}  // namespace
}  // namespace interop
