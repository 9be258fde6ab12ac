// `ternctl mrt dump` against a running daemon, read by bgpdump: it must show the routes that `ternctl routes` does.
#include <set>
#include <sstream>

#include "scene.h"

namespace programs {
namespace {

using support::sequence;

/// "prefix|AS path|next hop" of every route.
using Routes = std::set<std::string>;

Routes of_bgpdump(std::string const& file) {
  Routes out;
  std::istringstream lines(support::must_run({"bgpdump", "-m", "-v", file}));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream rest(line);
    for (std::string field; std::getline(rest, field, '|');) fields.push_back(field);
    if (fields.size() < 9) ADD_FAILURE() << line;
    if (fields.size() >= 9) out.insert(fields[5] + "|" + fields[6] + "|" + fields[8]);
  }
  return out;
}

Routes of_json(boost::json::value const& routes) {
  Routes out;
  for (auto const& route : routes.as_array()) {
    out.insert(field(route, "prefix") + "|" + field(route, "asPath") + "|" + field(route, "nextHop"));
  }
  return out;
}

class MrtDump : public Scene {
 protected:
  void SetUp() override {
    Scene::SetUp();
    if (IsSkipped() || HasFailure()) return;
    start(file());
    ASSERT_TRUE(one.establish(soon()));
    ASSERT_TRUE(two.establish(soon()));
    one.send(announcement({"203.0.113.0/24", "203.0.113.128/25"}, sequence({64512}), "10.77.0.2").bytes());
    two.send(announcement({"203.0.113.0/24", "192.0.2.0/24"}, sequence({64513, 70000}), "10.77.0.3").bytes());
    auto six = announcement({}, sequence({64514}), "10.77.0.3");
    six.drop(support::kNextHop);
    six.first(support::kOptional, support::kMpReach,
              support::mp_reach(2, 1, support::ip("2001:db8::3"), support::nlri("2001:db8:1::/48")));
    two.send(six.bytes());
    ASSERT_TRUE(support::eventually(20s, [&] { return json({"routes"}).as_array().size() == 4; }));
  }
  std::string dump(std::string const& name, Arguments const& more = {}) {
    auto const path = directory_.path() + "/" + name;
    Arguments arguments{"mrt", "dump", path};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto const finished = ctl(arguments);
    EXPECT_EQ(finished.status, 0) << finished.output;
    return path;
  }

  support::Peer one = neighbour("10.77.0.2"), two = neighbour("10.77.0.3");
};

TEST_F(MrtDump, IsTheLocRib) {
  auto const expected = of_json(json({"routes"}));
  EXPECT_EQ(expected.size(), 4U);
  EXPECT_EQ(of_bgpdump(dump("table.mrt")), expected);
  EXPECT_EQ(of_bgpdump(dump("table.mrt.gz")), expected) << "packed";
}

TEST_F(MrtDump, IsWhatNeighboursAnnounced) {
  auto expected = of_json(json({"routes", "--received", "--peer", "10.77.0.3"}));
  EXPECT_EQ(expected.size(), 3U);
  EXPECT_EQ(of_bgpdump(dump("two.mrt", {"--received", "--peer", "10.77.0.3"})), expected);
  expected.merge(of_json(json({"routes", "--received", "--peer", "10.77.0.2"})));
  EXPECT_EQ(expected.size(), 5U);
  EXPECT_EQ(of_bgpdump(dump("all.mrt", {"--received"})), expected);
}

TEST_F(MrtDump, IsReadByTernctlDecode) {
  auto const shown = support::run({TERN_BIN "/ternctl", "decode", dump("table.mrt.gz")});
  EXPECT_EQ(shown.status, 0) << shown.output;
  EXPECT_THAT(shown.output, testing::HasSubstr("\"record\":\"PEER_INDEX_TABLE\""));
  EXPECT_THAT(shown.output, testing::HasSubstr("\"prefix\":\"2001:db8:1::/48\""));
  EXPECT_THAT(shown.output, testing::HasSubstr("\"peer\":\"10.77.0.2\",\"peerAs\":65000"));
}

TEST_F(MrtDump, LeavesNothingWhenItFails) {
  auto const path = directory_.path() + "/none.mrt";
  EXPECT_EQ(ctl({"mrt", "dump", path, "--received", "--peer", "10.9.9.9"}).status, 1);
  EXPECT_EQ(ctl({"mrt", "dump", path + ".bz2"}).status, 2) << "it would not be what it is called";
  EXPECT_NE(support::run({"test", "-e", path}).status, 0);
}

}  // namespace
}  // namespace programs
