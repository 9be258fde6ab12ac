// `ternctl watch` against a running daemon: what an operator sees while neighbours and routes come and go.
#include <csignal>
#include <regex>
#include <sstream>

#include "scene.h"

namespace programs {
namespace {

using support::sequence;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Watch : public Scene {
 protected:
  void SetUp() override {
    Scene::SetUp();
    if (IsSkipped() || HasFailure()) return;
    start(file());
  }
  /// ternctl watch, when it has begun.
  support::Process watch(Arguments arguments) {
    arguments.insert(arguments.begin(), "watch");
    support::Process process(ctl_command(arguments));
    EXPECT_TRUE(shows(process, "watching")) << process.output();
    return process;
  }
  static bool shows(support::Process& process, std::string const& text) {
    return support::eventually(10s,
                               [&] { return process.output().find(text) != std::string::npos || !process.running(); });
  }
  /// Its lines so far, without their times, each of which must be one.
  static std::vector<std::string> lines(support::Process const& process) {
    static std::regex const time("^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\dZ ");
    std::vector<std::string> out;
    std::istringstream all(process.output());
    for (std::string line; std::getline(all, line);) {
      EXPECT_TRUE(std::regex_search(line, time)) << line;
      out.push_back(std::regex_replace(line, time, ""));
    }
    return out;
  }
  static support::Update withdrawal(std::string const& prefix) {
    support::Update update;
    update.withdrawn = support::nlri(prefix);
    return update;
  }

  support::Peer one = neighbour("10.77.0.2");
};

TEST_F(Watch, ANeighbourAndARouteComeAndGo) {
  auto seen = watch({"--peers", "--routes"});
  ASSERT_TRUE(one.establish(soon()));
  ASSERT_TRUE(shows(seen, "10.77.0.2 up"));
  auto update = announcement({"203.0.113.0/24"}, sequence({64512, 64513}), "10.77.0.2");
  update.add(support::kOptional, support::kMed, support::u32(42));
  one.send(update.bytes());
  ASSERT_TRUE(shows(seen, "announce"));
  one.send(withdrawal("203.0.113.0/24").bytes());
  ASSERT_TRUE(shows(seen, "withdraw"));
  support::Update end_of_v6;
  end_of_v6.add(support::kOptional, support::kMpUnreach, support::mp_unreach(2, 1, {}));
  one.send(support::cat({support::Update().bytes(), end_of_v6.bytes()}));
  ASSERT_TRUE(shows(seen, "in sync"));
  one.send(support::notification(6, 2, support::hex("03 627965")));
  ASSERT_TRUE(shows(seen, "down"));
  EXPECT_THAT(lines(seen),
              ElementsAre("watching", "neighbour 10.77.0.2 up",
                          "announce 203.0.113.0/24 next hop 10.77.0.2 AS path 64512 64513 MED 42 from 10.77.0.2",
                          "withdraw 203.0.113.0/24", "neighbour 10.77.0.2 in sync",
                          AllOf(HasSubstr("neighbour 10.77.0.2 down: "), HasSubstr("(6/2)"), HasSubstr("bye"))));
}

TEST_F(Watch, OfNeighboursOnlyUnlessRoutesAreAskedFor) {
  auto neighbours = watch({}), routes = watch({"--routes"});
  ASSERT_TRUE(one.establish(soon()));
  one.send(announcement({"203.0.113.0/24"}, sequence({64512}), "10.77.0.2").bytes());
  ASSERT_TRUE(shows(routes, "announce"));  // one that came and went at once would not be told at all
  one.send(support::notification(6, 2));
  ASSERT_TRUE(shows(neighbours, "down"));
  ASSERT_TRUE(shows(routes, "withdraw"));
  EXPECT_THAT(neighbours.output(), Not(HasSubstr("203.0.113.0/24")));
  EXPECT_THAT(routes.output(), Not(HasSubstr("neighbour")));
}

TEST_F(Watch, RoutesOfAPrefixFromNowOnOrWithThoseThatAreThere) {
  ASSERT_TRUE(one.establish(soon()));
  one.send(announcement({"203.0.113.0/24", "198.51.100.0/24"}, sequence({64512}), "10.77.0.2").bytes());
  ASSERT_TRUE(support::eventually(10s, [&] { return json({"routes"}).as_array().size() == 2; }));
  auto changes = watch({"--routes", "203.0.113.0/24", "--longer"});
  auto all = watch({"--routes", "203.0.113.0/24", "--snapshot"});
  one.send(announcement({"198.51.100.0/25", "203.0.113.128/25"}, sequence({64512}), "10.77.0.2").bytes());
  one.send(withdrawal("203.0.113.0/24").bytes());
  ASSERT_TRUE(shows(changes, "withdraw"));
  ASSERT_TRUE(shows(all, "withdraw"));
  EXPECT_THAT(lines(changes), testing::UnorderedElementsAre("watching", HasSubstr("announce 203.0.113.128/25 "),
                                                            "withdraw 203.0.113.0/24"));
  EXPECT_THAT(lines(all), ElementsAre(HasSubstr("announce 203.0.113.0/24 "), "watching", "withdraw 203.0.113.0/24"));
}

TEST_F(Watch, AsJsonItIsAnObjectALine) {
  auto seen = watch({"--json", "--peers", "--routes"});
  ASSERT_TRUE(one.establish(soon()));
  one.send(announcement({"203.0.113.0/24"}, sequence({64512}), "10.77.0.2").bytes());
  ASSERT_TRUE(shows(seen, "announce"));
  std::istringstream all(seen.output());
  std::vector<std::string> events;
  for (std::string line; std::getline(all, line);) {
    auto const event = boost::json::parse(line);
    events.push_back(field(event, "event"));
    EXPECT_EQ(field(event, "time").size(), std::string("2026-01-31T12:00:00.123Z").size()) << line;
    if (events.back() != "announce") continue;
    EXPECT_EQ(field(event, "prefix"), "203.0.113.0/24");
    EXPECT_EQ(field(event, "peer"), "10.77.0.2");
    EXPECT_EQ(field(event, "nextHops"), "[\"10.77.0.2\"]");
    EXPECT_EQ(field(event, "asPath"), "64512");
    EXPECT_EQ(field(event, "localPref"), "100");
  }
  EXPECT_THAT(events, ElementsAre("watching", "up", "announce"));
}

TEST_F(Watch, EndsWithTheDaemonAndSaysSo) {
  auto seen = watch({});
  ASSERT_TRUE(one.establish(soon()));
  ASSERT_TRUE(shows(seen, "up"));
  reflector_->signal(SIGTERM);
  EXPECT_EQ(seen.wait(10s), 4);
  EXPECT_THAT(seen.output(), HasSubstr("ternctl: the watch has ended: the daemon stopped"));
  EXPECT_EQ(reflector_->wait(10s), 0);
}

TEST_F(Watch, SaysNoWithAReasonAndARemedy) {
  for (auto const& [arguments, says] : {std::pair<Arguments, char const*>{{"watch", "--longer"}, "requires PREFIX"},
                                        {{"watch", "203.0.113.0/24"}, "requires --routes"},
                                        {{"watch", "--snapshot"}, "requires --routes"},
                                        {{"watch", "--routes", "nonsense"}, "neither a prefix nor an address"},
                                        {{"watch", "--routes", "203.0.113.1/24"}, "write 203.0.113.0/24"}}) {
    auto const finished = ctl(arguments);
    EXPECT_EQ(finished.status, 2) << finished.output;
    EXPECT_THAT(finished.output, HasSubstr(says));
  }
}

TEST_F(Watch, NoMoreThanSixteenAtATime) {
  std::vector<support::Process> all;
  for (int i = 0; i < 16; ++i) all.push_back(watch({}));
  auto const refused = ctl({"watch"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.output, HasSubstr("16 watch already"));
  EXPECT_EQ(ctl({"status"}).status, 0) << "other questions are answered";
  all.pop_back();
  auto another = support::Process(ctl_command({"watch"}));
  EXPECT_TRUE(support::eventually(10s, [&] {
    if (another.running()) return another.output().find("watching") != std::string::npos;
    another = support::Process(ctl_command({"watch"}));  // it was faster than the end of the other
    return false;
  })) << another.output();
}

}  // namespace
}  // namespace programs
