// Listings and explanations: which path won, by which rung, what was refused and by which rule, who hears of it.
#include "harness.h"

namespace bgp::engine::test {
namespace {

class Resolver : public NextHopResolver {
 public:
  NextHopState resolve(IpAddress const& next_hop) override { return {!lost.contains(next_hop), 7}; }
  void on_change(std::function<void(IpAddress const&)> changed) override { tell = std::move(changed); }
  std::set<IpAddress> lost;
  std::function<void(IpAddress const&)> tell;
};

/// `hub` (AS 65000) with `left` (65001) and `right` (65002) as external neighbours.
class Explain : public World {
 protected:
  IpAddress const at_hub = "192.0.2.100"_ip, at_left = "192.0.2.1"_ip, at_right = "192.0.2.2"_ip;
  std::shared_ptr<Resolver> resolver = std::make_shared<Resolver>();
  std::unique_ptr<Speaker> hub, left = speaker(65001_asn, at_left), right = speaker(65002_asn, at_right);
  Prefix const prefix = "203.0.113.0/24"_pfx;
  PeerId left_id, right_id;

  void SetUp() override {
    SpeakerConfig config;
    config.local_as = 65000_asn;
    config.router_id = at_hub;
    config.listen = {{at_hub, 179}};
    config.resolver = resolver;
    hub = make(config);
    left_id = *hub->add_peer(peer(at_hub, at_left, 65001_asn, true));
    right_id = *hub->add_peer(peer(at_hub, at_right, 65002_asn, true));
    ASSERT_TRUE(hub->start().ok());
    ASSERT_TRUE(left->add_peer(peer(at_left, at_hub, 65000_asn)).ok());
    ASSERT_TRUE(right->add_peer(peer(at_right, at_hub, 65000_asn)).ok());
    ASSERT_TRUE(left->start().ok());
    ASSERT_TRUE(right->start().ok());
    run();
    ASSERT_EQ(hub->status().peers_established, 2U);
  }
  static Attributes through(std::vector<Asn> ases) {
    Attributes attributes;
    attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::move(ases)}};
    return attributes;
  }
};

TEST_F(Explain, TheBestIsFirstAndTheLoserSaysByWhichRung) {
  left->originate(prefix, through({64512_asn}));
  right->originate(prefix);
  run();
  auto const why = hub->explain(prefix);
  ASSERT_EQ(why.paths.size(), 2U);
  EXPECT_TRUE(why.paths[0].route.best);
  EXPECT_EQ(why.paths[0].route.peer, right_id);
  EXPECT_EQ(why.paths[0].lost_by, "");
  EXPECT_EQ(why.paths[0].next_hop_cost, 7U);
  EXPECT_FALSE(why.paths[1].route.best);
  EXPECT_EQ(why.paths[1].route.attributes.as_path.text(), "65001 64512");
  EXPECT_EQ(why.paths[1].lost_by, why.decided_by);
  EXPECT_EQ(why.decided_by, "shorter AS path");
}

TEST_F(Explain, WhoHearsOfItAndWhoDoesNotAndWhy) {
  left->originate(prefix);
  run();
  auto const exports = hub->explain(prefix).exports;
  ASSERT_EQ(exports.size(), 2U);
  EXPECT_EQ(exports[0].peer, at_left);
  EXPECT_FALSE(exports[0].sent);
  EXPECT_EQ(exports[0].rule, "it is the source of the route");
  EXPECT_TRUE(exports[1].sent);
  EXPECT_EQ(exports[1].rule, "");
}

TEST_F(Explain, ALoopIsRefusedByName) {
  left->originate(prefix, through({65000_asn}));
  run();
  auto const why = hub->explain(prefix);
  ASSERT_EQ(why.paths.size(), 1U);
  EXPECT_FALSE(why.paths[0].route.usable);
  EXPECT_EQ(why.paths[0].route.refused_by, "own AS in AS_PATH (RFC 4271 §9.1.2)");
  EXPECT_EQ(why.paths[0].route.attributes.as_path.text(), "65001 65000");
  EXPECT_TRUE(why.exports.empty());
}

TEST_F(Explain, ARefusedPathIsShownWithWhatWasWrongInIt) {
  Attributes attributes;
  attributes.as_path.segments = {{AsPathSegment::Kind::set, {64512_asn, 64513_asn}}};
  left->originate(prefix, attributes);
  run();
  auto const why = hub->explain(prefix);
  ASSERT_EQ(why.paths.size(), 1U);
  EXPECT_EQ(why.paths[0].route.refused_by, "AS_SET in AS_PATH (RFC 9774)");
  EXPECT_EQ(why.paths[0].route.attributes.as_path.text(), "65001 {64512 64513}");
  EXPECT_TRUE(list(*hub, {}).empty());
}

TEST_F(Explain, NoPathIsNoPath) {
  auto const why = hub->explain(prefix);
  EXPECT_TRUE(why.paths.empty());
  EXPECT_EQ(why.prefix, prefix);
  EXPECT_EQ(why.decided_by, "no usable path");
}

TEST_F(Explain, ANextHopThatIsLostTakesItsRoutesAlongAndGivesThemBack) {
  left->originate(prefix);
  right->originate(prefix, through({64512_asn}));
  run();
  Watch watch(*hub);
  resolver->lost = {at_left, at_right};
  resolver->tell(at_left);
  run();
  auto const why = hub->explain(prefix);
  EXPECT_EQ(why.paths[0].route.peer, right_id) << "the other one has not been told of yet";
  EXPECT_EQ(why.paths[1].route.refused_by, "next hop is unreachable");
  resolver->tell(at_right);
  run();
  EXPECT_TRUE(watch.routes.empty());
  resolver->lost.clear();
  resolver->tell(at_left);
  run();
  EXPECT_EQ(watch.routes.at(prefix).next_hop, at_left);
}

TEST_F(Explain, ARouteOfOurOwnNeedsNoWayToItsNextHop) {
  resolver->lost = {at_hub};
  Attributes own;
  own.next_hop = at_hub;
  hub->originate(prefix, own);
  run();
  EXPECT_EQ(list(*left, {}).size(), 1U);
  EXPECT_TRUE(hub->explain(prefix).paths.at(0).route.best);
}

TEST_F(Explain, AResolverThatOutlivesTheSpeakerDoesNoHarm) {
  left->originate(prefix);
  run();
  hub.reset();
  resolver->tell(at_left);
  run();
}

TEST_F(Explain, ListingsByView) {
  left->originate(nth(0));
  left->originate(nth(1), through({64512_asn}));
  right->originate(nth(1));
  right->originate(nth(2), through({65000_asn}));  // refused
  run();
  using View = RouteQuery::View;
  EXPECT_EQ(list(*hub, {}).size(), 2U);
  EXPECT_EQ(list(*hub, {View::loc_rib, {}, false, left_id}).size(), 1U);
  EXPECT_EQ(list(*hub, {View::received, {}, false, left_id}).size(), 2U);
  auto const of_right = list(*hub, {View::received, {}, false, right_id});
  ASSERT_EQ(of_right.size(), 2U);
  EXPECT_NE(of_right[0].usable, of_right[1].usable);
  auto const to_right = list(*hub, {View::sent, {}, false, right_id});
  ASSERT_EQ(to_right.size(), 1U);
  EXPECT_EQ(to_right[0].attributes.as_path.text(), "65000 65001");
  EXPECT_EQ(to_right[0].attributes.next_hop, at_hub);
  EXPECT_TRUE(list(*hub, {View::sent, {}, false, PeerId{99}}).empty());
}

TEST_F(Explain, ListingsByPrefix) {
  left->originate("10.1.0.0/16"_pfx);
  left->originate("10.1.2.0/24"_pfx);
  left->originate("10.2.0.0/16"_pfx);
  run();
  using View = RouteQuery::View;
  EXPECT_EQ(list(*hub, {View::loc_rib, "10.1.0.0/16"_pfx, false, {}}).size(), 1U);
  EXPECT_EQ(list(*hub, {View::loc_rib, "10.1.0.0/16"_pfx, true, {}}).size(), 2U);
  EXPECT_TRUE(list(*hub, {View::loc_rib, "10.0.0.0/8"_pfx, false, {}}).empty());
  EXPECT_EQ(hub->match("10.1.2.3"_ip), "10.1.2.0/24"_pfx);
  EXPECT_EQ(hub->match("10.1.3.3"_ip), "10.1.0.0/16"_pfx);
  EXPECT_EQ(hub->match("10.3.3.3"_ip), std::nullopt);
  left->originate("10.1.3.0/24"_pfx, through({65000_asn}));  // refused
  run();
  EXPECT_EQ(hub->match("10.1.3.3"_ip), "10.1.0.0/16"_pfx);
  EXPECT_EQ(hub->match("10.1.3.3"_ip, true), "10.1.3.0/24"_pfx);
}

TEST_F(Explain, AListingKeepsItsPlaceWhileRoutesComeAndGo) {
  constexpr std::uint32_t many = 1000;
  for (std::uint32_t i = 0; i < many; ++i) left->originate(nth(i));
  run();
  auto const listing = hub->routes({});
  std::map<Prefix, unsigned> seen;
  bool more = true;
  for (std::uint32_t turn = 0; more; ++turn) {
    std::vector<RouteEntry> some;
    more = listing->next(50, some);
    EXPECT_LE(some.size(), 50U);
    for (auto const& entry : some) ++seen[entry.prefix];
    if (turn >= 10) continue;
    left->withdraw(nth(turn * 2));
    left->originate(nth(many + turn));
    run();
  }
  for (std::uint32_t i = 0; i < many; ++i) {
    bool const stayed = i >= 20 || i % 2 == 1;
    if (!stayed) continue;
    EXPECT_EQ(seen[nth(i)], 1U) << nth(i).text();
  }
}

}  // namespace
}  // namespace bgp::engine::test
