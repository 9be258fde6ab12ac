// What the node takes from its top-of-rack routers and what it tells them, as both sides say.
#include "rack.h"

namespace tor {
namespace {

// As ternctl says: installed, and the next hops.
std::set<std::string> fib_hops(TernDaemon const& daemon, std::string const& prefix) {
  std::set<std::string> hops;
  auto const answer = daemon.ask({"fib", prefix});
  if (!answer.is_array() || answer.get_array().size() != 1) return hops;
  auto const& entry = answer.get_array()[0].as_object();
  if (entry.at("state") != boost::json::value("installed")) return hops;
  for (auto const& hop : entry.at("hops").as_array()) hops.emplace(hop.at("nextHop").as_string());
  return hops;
}

TEST_F(Tors, ADefaultFromBothIsOneRouteToAGroupOfBoth) {
  ASSERT_TRUE(start());
  for (auto const& any : {any4, any6}) {
    auto const shown = route(any);
    EXPECT_NE(shown.find("metric 1024"), std::string::npos) << shown;
    auto const nhid = shown.find("nhid ");
    ASSERT_NE(nhid, std::string::npos) << shown;
    EXPECT_EQ(shown.find("nhid ", nhid + 1), std::string::npos) << "one route: " << shown;
    auto const id = shown.substr(nhid + 5, shown.find(' ', nhid + 5) - nhid - 5);
    auto const group = node_->run("ip nexthop show id " + id);
    EXPECT_NE(group.find(" group "), std::string::npos) << group;
    EXPECT_NE(group.find("proto 179"), std::string::npos) << group;
    EXPECT_EQ(fib_hops(*daemon_, any), (std::set{tor(0).options().below.of(any), tor(1).options().below.of(any)}))
        << daemon_->tell({"fib", any});
  }
}

TEST_F(Tors, ADefaultWithALongerPathIsNotUsedUntilItIsAsShort) {
  ASSERT_TRUE(start());
  for (auto const longer : {0U, 1U}) {
    tor(longer).prepend(true);
    ASSERT_TRUE(soon(10s, [&] { return only(tor(1 - longer)); })) << "tor " << longer;
    for (auto const& any : {any4, any6}) {
      EXPECT_EQ(fib_hops(*daemon_, any), std::set{tor(1 - longer).options().below.of(any)});
    }
    tor(longer).prepend(false);
    ASSERT_TRUE(soon(10s, [&] { return ecmp(); })) << "tor " << longer;
  }
}

TEST_F(Tors, TheRoutersSeeTheBlocksByThisLinkAndNothingElse) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(soon(5s, [&] { return !route(others_block).empty(); })) << "another node's, to be leaked";
  for (auto const& tor : tors_) {
    for (auto const& block : {block4, block6}) {
      EXPECT_EQ(tor->seen(block), (Seen{"64512", tor->options().node.of(block)})) << tor->options().name << block;
    }
    EXPECT_EQ(tor->from_node(), (std::set{block4, block6})) << tor->options().name;
  }
}

TEST_F(Tors, PodsAndTheOutsideReachEachOtherThroughBoth) {
  ASSERT_TRUE(start());
  for (auto const& any : {any4, any6}) {
    EXPECT_TRUE(ping(*pod_, outside_at.of(any)));
    Flows up, down;
    flow_up(up, any);
    flow_down(down, any);
    for (auto* const flows : {&up, &down}) {
      auto const report = flows->finish();
      EXPECT_EQ(report.lost, 0U) << report.text;
    }
  }
  EXPECT_TRUE(ping(*outside_, *pod_));
}

}  // namespace
}  // namespace tor
