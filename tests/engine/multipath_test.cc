// What is used beside the best path: which paths, who is told of it, and when.
#include "star.h"

namespace bgp::engine::test {
namespace {

Prefix const everything = "0.0.0.0/0"_pfx;
IpAddress const first = Star::address(0), second = Star::address(1), third = Star::address(2);
std::vector<Asn> const three_ases{65001_asn, 65002_asn, 65003_asn};

TEST(Multipath, EqualPathsAreUsedSideBySideAndOneThatIsLeftStays) {
  Star star(4, {65001_asn, 65002_asn});
  Sets sets(*star.hub);
  star.neighbours[0]->originate(everything);
  star.run();
  star.neighbours[1]->originate(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second}));
  EXPECT_EQ(star.marks({}), (std::vector<std::string>{"*192.0.2.1", "=192.0.2.2"}));
  star.neighbours[1]->withdraw(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{first});
  star.neighbours[1]->originate(everything);
  star.run();
  star.neighbours[0]->stop("", {});
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{second});
  EXPECT_EQ(sets.lines, (std::vector<std::string>{
                            "in sync",
                            "announce 0.0.0.0/0 next hop 192.0.2.1 AS path 65001",
                            "announce 0.0.0.0/0 next hops 192.0.2.1, 192.0.2.2 AS path 65001",
                            "announce 0.0.0.0/0 next hop 192.0.2.1 AS path 65001",
                            "announce 0.0.0.0/0 next hops 192.0.2.1, 192.0.2.2 AS path 65001",
                            "announce 0.0.0.0/0 next hop 192.0.2.2 AS path 65002",
                        }));
}

TEST(Multipath, ANewcomerIsToldTheWholeSetAndNeighboursOnlyOfTheBest) {
  Star star(4, three_ases);
  star.neighbours[0]->originate(everything);
  star.run();
  auto const updates = star.hub->peer(star.ids[2])->sent.update;
  star.neighbours[1]->originate(everything);
  star.run();
  EXPECT_EQ(star.hub->peer(star.ids[2])->sent.update, updates) << "their best path has not changed";
  Sets sets(*star.hub);
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second}));
  EXPECT_EQ(sets.lines.size(), 2U);
}

TEST(Multipath, WhatLosesByARungAboveTheCostIsNotUsed) {
  struct Case {
    std::string what;
    Attributes worse;
  };
  std::vector<Case> cases{{"longer", through({64512_asn})}, {"origin", {}}, {"MED", with_med(5)}};
  cases[1].worse.origin = Origin::incomplete;
  for (auto const& [what, worse] : cases) {
    Star star(4, {65001_asn, 65001_asn});  // of one AS, so that MED counts
    Sets sets(*star.hub);
    star.neighbours[0]->originate(everything, worse);
    star.neighbours[1]->originate(everything);
    star.run();
    EXPECT_EQ(sets.told.at(everything), Hops{second}) << what;
    star.neighbours[0]->originate(everything);
    star.run();
    EXPECT_EQ(sets.told.at(everything), (Hops{first, second})) << what;
  }
}

TEST(Multipath, AsPathsOfOneLengthMayDiffer) {
  Star star(4, {65001_asn, 65002_asn});
  Sets sets(*star.hub);
  star.neighbours[0]->originate(everything, through({64512_asn}));
  star.neighbours[1]->originate(everything, through({64513_asn}));
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second}));
}

TEST(Multipath, InternalPathsAreNotUsedBesideExternalOnes) {
  Star star(4, {65001_asn, 65000_asn, 65000_asn});
  Sets sets(*star.hub);
  star.neighbours[0]->originate(everything);
  star.neighbours[1]->originate(everything, through({65001_asn}));
  star.neighbours[2]->originate(everything, through({65001_asn}));
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{first});
  star.neighbours[0]->withdraw(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{second, third}));
}

TEST(Multipath, OnlyTheNearestNextHopsAreUsedAndTheSetFollowsTheResolver) {
  Star star(4, three_ases);
  Sets sets(*star.hub);
  star.resolver->set(second, {true, 10});
  for (auto const& neighbour : star.neighbours) neighbour->originate(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, third}));
  star.resolver->set(second, {true, 0});
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second, third}));
  star.resolver->set(third, {false, 0});
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second}));
  star.resolver->set(first, {true, 10});
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{second});
  star.resolver->set(third, {true, 0});
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{second, third}));
}

TEST(Multipath, NoMorePathsThanTheLimitTheBestOnes) {
  Star star(2, three_ases);
  Sets sets(*star.hub);
  for (auto const index : {2U, 1U, 0U}) {
    star.neighbours[index]->originate(everything);
    star.run();
  }
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second}));
  EXPECT_EQ(star.marks({RouteQuery::View::received, {}, false, star.ids[2]}), std::vector<std::string>{" 192.0.2.3"});
  auto const events = sets.lines.size();
  star.neighbours[2]->withdraw(everything);
  star.run();
  EXPECT_EQ(sets.lines.size(), events) << "it was not in use";
}

TEST(Multipath, ANextHopIsUsedOnce) {
  Star star(4, three_ases);
  Sets sets(*star.hub);
  Attributes by_third;
  by_third.next_hop = third;
  for (auto const& neighbour : star.neighbours) neighbour->originate(everything, by_third);
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{third});
  EXPECT_EQ(sets.lines.back(), "announce 0.0.0.0/0 next hop 192.0.2.3 AS path 65001");
  star.neighbours[1]->originate(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{third, second}));
}

TEST(Multipath, OneIsTheBestPathAlone) {
  Star star(1, {65001_asn, 65002_asn});
  Sets sets(*star.hub);
  star.neighbours[0]->originate(everything);
  star.run();
  star.neighbours[1]->originate(everything);
  star.run();
  star.resolver->set(second, {true, 10});
  star.run();
  star.neighbours[1]->withdraw(everything);
  star.run();
  EXPECT_EQ(sets.lines, (std::vector<std::string>{"in sync", "announce 0.0.0.0/0 next hop 192.0.2.1 AS path 65001"}));
  EXPECT_EQ(sets.told.at(everything), Hops{first});
  EXPECT_THROW(Star(0, {}), std::invalid_argument);
}

TEST(Multipath, ARouteOfOurOwnHasNoNextHopOrItsOwnAndNobodyBesideIt) {
  Star star(4, {65001_asn});
  Sets sets(*star.hub);
  star.neighbours[0]->originate(everything);
  star.hub->originate(everything);
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{});
  Attributes own;
  own.next_hop = third;
  star.hub->originate(everything, own);
  star.run();
  EXPECT_EQ(sets.told.at(everything), Hops{third});
}

TEST(Multipath, ExplainAndListingsShowWhatIsUsed) {
  Star star(4, three_ases);
  star.neighbours[0]->originate(everything, through({64512_asn}));
  star.neighbours[1]->originate(everything);
  star.neighbours[2]->originate(everything);
  star.run();
  auto const why = star.hub->explain(everything);
  ASSERT_EQ(why.paths.size(), 3U);
  EXPECT_TRUE(why.paths[0].route.best);
  EXPECT_FALSE(why.paths[0].route.multipath);
  EXPECT_EQ(why.paths[1].route.peer, star.ids[2]);
  EXPECT_TRUE(why.paths[1].route.multipath);
  EXPECT_EQ(why.paths[1].lost_by, "lower router ID");
  EXPECT_FALSE(why.paths[2].route.multipath);
  using View = RouteQuery::View;
  EXPECT_EQ(star.marks({}), (std::vector<std::string>{"*192.0.2.2", "=192.0.2.3"}));
  EXPECT_EQ(star.marks({View::loc_rib, {}, false, star.ids[2]}), std::vector<std::string>{"=192.0.2.3"});
  EXPECT_EQ(star.marks({View::received, {}, false, star.ids[2]}), std::vector<std::string>{"=192.0.2.3"});
  EXPECT_EQ(star.marks({View::received, {}, false, star.ids[0]}), std::vector<std::string>{" 192.0.2.1"});
  EXPECT_EQ(star.marks({View::sent, {}, false, star.ids[0]}), std::vector<std::string>{"*192.0.2.2"});
}

TEST(Multipath, OneThatIsPausedHearsOfTheLatestSetLater) {
  Star star(4, three_ases);
  star.neighbours[0]->originate(everything);
  star.run();
  Sets sets(*star.hub);
  star.run();
  sets.subscription.pause();
  for (auto const index : {1U, 2U}) {
    star.neighbours[index]->originate(everything);
    star.run();
  }
  EXPECT_EQ(sets.told.at(everything), Hops{first});
  sets.subscription.resume();
  star.run();
  EXPECT_EQ(sets.told.at(everything), (Hops{first, second, third}));
  EXPECT_EQ(sets.lines.size(), 3U);
}

}  // namespace
}  // namespace bgp::engine::test
