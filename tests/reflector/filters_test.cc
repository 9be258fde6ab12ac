// Filters of the file, as an operator sees what they do: with ternctl, and at a neighbour.
#include "scene.h"

namespace programs {
namespace {

using support::sequence;
using testing::AllOf;
using testing::HasSubstr;

class FiltersOfTheFile : public Scene {
 protected:
  void SetUp() override {
    Scene::SetUp();
    if (IsSkipped() || HasFailure()) return;
    start(
        "router: {as: 65000, id: 10.77.0.1}\n"
        "listen: [{address: 10.77.0.1, port: 179}]\n"
        "api: {socket: " +
        socket_ +
        "}\n"
        "prefixLists: {test-nets: [198.51.100.0/24 le 32]}\n"
        "filters:\n"
        "  from-client:\n"
        "    - {name: no-tests, match: {prefix: test-nets}, then: reject}\n"
        "    - {name: prefer, match: {asPath: '64512+', community: '65000:*'}, set: {localPref: 200}, then: accept}\n"
        "  to-outside:\n"
        "    - {name: no-halves, match: {prefix: 203.0.113.0/24 ge 25}, then: reject}\n"
        "    - {name: twice, set: {prepend: 2, removeCommunities: '65000:*', addCommunities: no-export}, then: "
        "accept}\n"
        "neighbors:\n"
        "  - {address: 10.77.0.2, remoteAs: 65000, passive: true, import: from-client}\n"
        "  - {address: 192.0.2.1, remoteAs: 65010, passive: true, import: reject-all, export: to-outside}\n");
    if (HasFatalFailure()) return;
    ASSERT_TRUE(client.establish(soon()));
    ASSERT_TRUE(outside.establish(soon()));
    auto good = announcement({"203.0.113.0/24", "203.0.113.0/25", "198.51.100.0/25"}, sequence({64512}), "10.77.0.2");
    good.add(support::kOptTrans, support::kCommunities, support::hex("fde80007"));
    client.send(good.bytes());
    client.send(announcement({"192.0.2.128/25"}, sequence({64512, 64513}), "10.77.0.2").bytes());
    ASSERT_TRUE(outside.wait(soon(), [&] { return outside.rib().routes().size() == 1; }));
    ASSERT_TRUE(support::eventually(10s, [&] {
      return json({"routes", "--peer", "10.77.0.2", "--received"}).as_array().size() == 4;
    }));
  }
  std::string explained(std::string const& prefix) const { return ctl({"explain", prefix}).output; }

  support::Peer client = neighbour("10.77.0.2"), outside = neighbour("192.0.2.1", 65010);
};

TEST_F(FiltersOfTheFile, RoutesShowWhatImportMadeAndReceivedWhatCame) {
  auto const route = json({"routes", "203.0.113.0/24"}).as_array().at(0);
  EXPECT_EQ(field(route, "localPref"), "200");
  EXPECT_EQ(field(route, "changedBy"), "filter from-client, rule 2 (prefer)");
  auto const received = json({"routes", "203.0.113.0/24", "--peer", "10.77.0.2", "--received"}).as_array().at(0);
  EXPECT_EQ(field(received, "localPref"), "100");
}

TEST_F(FiltersOfTheFile, ExplainNamesTheRuleThatRefusedOrChanged) {
  EXPECT_THAT(explained("198.51.100.0/25"), HasSubstr("refused by filter from-client, rule 1 (no-tests)"));
  EXPECT_THAT(explained("192.0.2.128/25"), HasSubstr("refused by filter from-client, which no rule of it accepts"));
  EXPECT_THAT(explained("203.0.113.0/24"),
              AllOf(HasSubstr("changed by filter from-client, rule 2 (prefer)"),
                    HasSubstr("sent to 192.0.2.1, changed by filter to-outside, rule 2 (twice)")));
  EXPECT_THAT(explained("203.0.113.0/25"), HasSubstr("not sent to 192.0.2.1: filter to-outside, rule 1 (no-halves)"));
}

TEST_F(FiltersOfTheFile, TheNeighbourHearsWhatExportMade) {
  auto const sent = json({"routes", "203.0.113.0/24", "--peer", "192.0.2.1", "--sent"}).as_array().at(0);
  EXPECT_EQ(field(sent, "asPath"), "65000 65000 65000 64512");
  EXPECT_EQ(field(sent, "communities"), "[\"no-export\"]");
  auto const* route = outside.rib().find("203.0.113.0/24");
  ASSERT_NE(route, nullptr);
  auto const* communities = route->find(support::kCommunities);
  ASSERT_NE(communities, nullptr);
  EXPECT_EQ(communities->value, support::hex("ffffff01"));
  EXPECT_EQ(route->find(support::kLocalPref), nullptr);
}

}  // namespace
}  // namespace programs
