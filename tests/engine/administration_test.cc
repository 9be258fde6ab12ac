// What an operator does to neighbours and ranges of a running speaker.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Administration : public Two {
 protected:
  PeerConfig b_in_a() const { return peer(at_a, at_b, as_b, true); }
  std::uint64_t flaps() { return a->peer(b_at_a)->flaps; }
  std::string state() { return a->peer(b_at_a)->state; }
  /// A change of `a`'s neighbour.
  Result<PeerUpdate> update(void (*change)(PeerConfig&)) {
    auto config = b_in_a();
    change(config);
    auto const updated = a->update_peer(b_at_a, config);
    run();
    return updated;
  }
};

TEST_F(Administration, WhatASessionCanStandChangesBeneathIt) {
  start();
  for (auto const change : std::vector<void (*)(PeerConfig&)>{
           [](PeerConfig&) {}, [](PeerConfig& c) { c.description = "the other one"; },
           [](PeerConfig& c) { c.group = "x"; }, [](PeerConfig& c) { c.passive = false; },
           [](PeerConfig& c) { c.remote_port = 1179; }, [](PeerConfig& c) { c.connect_retry = 7s; }}) {
    auto const updated = update(change);
    ASSERT_TRUE(updated.ok()) << updated.error().message;
    EXPECT_EQ(updated->id, b_at_a);
    EXPECT_FALSE(updated->new_session || updated->at_next_session);
  }
  EXPECT_EQ(flaps(), 0U);
  EXPECT_EQ(state(), "Established");
  ASSERT_TRUE(update([](PeerConfig& c) { c.description = "d"; }).ok());
  EXPECT_EQ(a->peer(b_at_a)->description, "d");
}

TEST_F(Administration, FiltersChangeBeneathTheSession) {
  start();
  a->originate(nth(1));
  b->originate(nth(2));
  run();
  ASSERT_EQ(list(*a, {}).size(), 2U);
  auto const updated = update([](PeerConfig& c) { c.import = c.export_filter = reject_all; });
  ASSERT_TRUE(updated.ok());
  EXPECT_FALSE(updated->new_session);
  EXPECT_EQ(list(*a, {}).size(), 1U);
  EXPECT_EQ(list(*b, {}).size(), 1U);
  ASSERT_TRUE(update([](PeerConfig&) {}).ok());
  EXPECT_EQ(list(*a, {}).size(), 2U);
  EXPECT_EQ(list(*b, {}).size(), 2U);
  EXPECT_EQ(flaps(), 0U);
  EXPECT_EQ(b->peer(a_at_b)->received.route_refresh, 0U);
}

TEST_F(Administration, TheHoldTimeWaitsForTheNextSession) {
  start();
  auto const updated = update([](PeerConfig& c) { c.hold_time = 30s; });
  ASSERT_TRUE(updated.ok());
  EXPECT_TRUE(updated->at_next_session);
  EXPECT_EQ(a->peer(b_at_a)->hold_time, 90s);
  ASSERT_TRUE(a->reset_peer(b_at_a).ok());
  pass(1min);
  EXPECT_EQ(state(), "Established");
  EXPECT_EQ(a->peer(b_at_a)->hold_time, 30s);
}

TEST_F(Administration, WhatNoSessionCanStandBeginsANewOneAndSaysWhy) {
  start();
  PeerWatch at_b_peers(*b);
  auto const updated = update([](PeerConfig& c) { c.families = {ipv4_unicast, ipv6_unicast}; });
  ASSERT_TRUE(updated.ok());
  EXPECT_TRUE(updated->new_session);
  EXPECT_THAT(at_b_peers.lines, ElementsAre(HasSubstr("(6/6)")));
  EXPECT_EQ(a->find_peer(at_b), updated->id);
  EXPECT_EQ(a->peer(updated->id)->last_error, "sent Cease / Other Configuration Change (6/6)");
  pass(1min);
  EXPECT_EQ(a->peer(updated->id)->state, "Established");
}

TEST_F(Administration, NonsenseChangesNothing) {
  start();
  EXPECT_FALSE(update([](PeerConfig& c) { c.remote_as = {}; }).ok());
  EXPECT_FALSE(update([](PeerConfig& c) { c.remote = "192.0.2.99"_ip; }).ok());
  EXPECT_FALSE(update([](PeerConfig& c) { c.hold_time = 2s; }).ok());
  EXPECT_FALSE(a->update_peer(PeerId{77}, b_in_a()).ok());
  EXPECT_EQ(state(), "Established");
  EXPECT_EQ(flaps(), 0U);
}

TEST_F(Administration, OneThatDoesNotWaitAnyMoreDialsAtOnce) {
  start(peer(at_a, at_b, as_b, true), peer(at_b, at_a, as_a, true));
  EXPECT_NE(state(), "Established");
  ASSERT_TRUE(update([](PeerConfig& c) { c.passive = false; }).ok());
  EXPECT_EQ(state(), "Established");
}

TEST_F(Administration, DownIsToldAndStaysDownUntilItIsUpAgain) {
  start();
  PeerWatch at_b_peers(*b);
  ASSERT_TRUE(a->disable_peer(b_at_a, "back at noon").ok());
  run();
  EXPECT_THAT(at_b_peers.lines, ElementsAre(testing::AllOf(HasSubstr("(6/2)"), HasSubstr("back at noon"))));
  pass(10min);
  EXPECT_EQ(state(), "Idle");
  EXPECT_TRUE(a->peer(b_at_a)->disabled);
  EXPECT_FALSE(a->reset_peer(b_at_a).ok());
  EXPECT_FALSE(a->refresh_peer(b_at_a).ok());
  ASSERT_TRUE(a->enable_peer(b_at_a).ok());
  pass(2min);
  EXPECT_EQ(state(), "Established");
  EXPECT_FALSE(a->peer(b_at_a)->disabled);
}

TEST_F(Administration, AChangeBeforeTheStartIsNoStart) {
  b_at_a = *a->add_peer(b_in_a());
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a, true));
  ASSERT_TRUE(b->start().ok());
  ASSERT_TRUE(update([](PeerConfig& c) { c.passive = false; }).ok());
  pass(1min);
  EXPECT_EQ(state(), "Idle");
}

TEST_F(Administration, DownBeforeTheStartIsNoStart) {
  b_at_a = *a->add_peer(b_in_a());
  ASSERT_TRUE(a->disable_peer(b_at_a).ok());
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a));
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  pass(1min);
  EXPECT_EQ(state(), "Idle");
}

TEST_F(Administration, TheConfigurationHoldsDownAndLetsGo) {
  auto const held = [](PeerConfig& c) { c.shutdown = "back at noon"; };
  auto config = b_in_a();
  held(config);
  b_at_a = *a->add_peer(config);
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a));
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  pass(10min);
  EXPECT_TRUE(a->peer(b_at_a)->disabled);
  EXPECT_EQ(state(), "Idle");
  EXPECT_FALSE(update([](PeerConfig&) {})->new_session);
  pass(2min);
  EXPECT_EQ(state(), "Established");
  PeerWatch at_b_peers(*b);
  EXPECT_FALSE(update(held)->new_session);
  run();
  EXPECT_THAT(at_b_peers.lines, ElementsAre(testing::AllOf(HasSubstr("(6/2)"), HasSubstr("back at noon"))));
  ASSERT_TRUE(a->enable_peer(b_at_a).ok());
  pass(2min);
  ASSERT_TRUE(update(held).ok());
  EXPECT_EQ(state(), "Established") << "what the operator said stays where the configuration does";
  ASSERT_TRUE(update([](PeerConfig&) {}).ok());
  ASSERT_TRUE(update(held).ok());
  EXPECT_TRUE(a->peer(b_at_a)->disabled);
  auto const anew = update([](PeerConfig& c) { c.families = {ipv4_unicast, ipv6_unicast}; });
  pass(2min);
  EXPECT_FALSE(a->peer(anew->id)->disabled);
}

// What an operator does counts for as long as the file says the same.
TEST_F(Administration, AHoldOfTheFileAndOneOfAnOperatorAreTwo) {
  auto const held = [](PeerConfig& c) { c.shutdown = "back at noon"; };
  auto const held_and_both = [](PeerConfig& c) {
    c.shutdown = "back at noon";
    c.families = {ipv4_unicast, ipv6_unicast};
  };
  auto config = b_in_a();
  held(config);
  b_at_a = *a->add_peer(config);
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a));
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  ASSERT_TRUE(a->enable_peer(b_at_a).ok());
  b_at_a = update(held_and_both)->id;
  pass(2min);
  EXPECT_EQ(state(), "Established") << "wanted up, whatever else changes";
  ASSERT_TRUE(a->disable_peer(b_at_a).ok());
  b_at_a = update([](PeerConfig& c) { c.families = {ipv4_unicast, ipv6_unicast}; })->id;
  pass(2min);
  EXPECT_TRUE(a->peer(b_at_a)->disabled) << "the file lets go of what it held, and this is an operator's";
  ASSERT_TRUE(a->enable_peer(b_at_a).ok());
  pass(2min);
  PeerWatch at_b_peers(*b);
  b_at_a = update(held)->id;
  run();
  EXPECT_THAT(at_b_peers.lines, ElementsAre(testing::AllOf(HasSubstr("(6/2)"), HasSubstr("back at noon"))))
      << "also where more changes at the same time";
  EXPECT_TRUE(a->peer(b_at_a)->disabled);
}

TEST_F(Administration, DownSurvivesAChange) {
  start();
  ASSERT_TRUE(a->disable_peer(b_at_a).ok());
  auto const updated = update([](PeerConfig& c) { c.families = {ipv4_unicast, ipv6_unicast}; });
  ASSERT_TRUE(updated.ok());
  pass(10min);
  EXPECT_EQ(a->peer(updated->id)->state, "Idle");
  EXPECT_TRUE(a->peer(updated->id)->disabled);
}

TEST_F(Administration, AResetIsToldAndComesBackByItself) {
  start();
  PeerWatch at_b_peers(*b);
  ASSERT_TRUE(a->reset_peer(b_at_a, "new card").ok());
  run();
  ASSERT_FALSE(at_b_peers.lines.empty());
  EXPECT_THAT(at_b_peers.lines.front(), testing::AllOf(HasSubstr("(6/4)"), HasSubstr("new card")));
  pass(2min);
  EXPECT_EQ(state(), "Established");
  EXPECT_EQ(flaps(), 1U);
}

TEST_F(Administration, ARefreshAsksForAllAndSendsAllAgainWithoutAFlap) {
  start();
  a->originate(nth(1));
  b->originate(nth(2));
  run();
  auto const sent = updates_from_a();
  auto const received = a->peer(b_at_a)->received.update;
  ASSERT_TRUE(a->refresh_peer(b_at_a).ok());
  run();
  EXPECT_GT(updates_from_a(), sent);
  EXPECT_GT(a->peer(b_at_a)->received.update, received);
  EXPECT_EQ(b->peer(a_at_b)->received.route_refresh, 3U) << "the request, and where ours begins and ends (RFC 7313)";
  EXPECT_EQ(flaps(), 0U);
  EXPECT_EQ(list(*a, {}).size(), 2U);
}

/// `b` comes from a range of `a`'s.
class RangeAdministration : public Administration {
 protected:
  RangeConfig range() const {
    RangeConfig config;
    config.prefix = "192.0.2.0/24"_pfx;
    config.peer = peer(at_a, {}, as_b);
    config.limit = 5;
    return config;
  }
  void SetUp() override {
    ASSERT_TRUE(a->add_range(range()).ok());
    ASSERT_TRUE(b->add_peer(peer(at_b, at_a, as_a)).ok());
    ASSERT_TRUE(a->start().ok());
    ASSERT_TRUE(b->start().ok());
    run();
    ASSERT_EQ(a->status().peers_established, 1U);
  }
};

TEST_F(RangeAdministration, ChangesBeneathItsNeighboursOrBeginsThemAnew) {
  auto config = range();
  config.peer.description = "clients";
  EXPECT_EQ(a->update_range(config)->new_sessions, 0U);
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->description, "clients");
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->flaps, 0U);
  config.peer.families = {ipv4_unicast, ipv6_unicast};
  EXPECT_EQ(a->update_range(config)->new_sessions, 1U);
  pass(1min);
  EXPECT_EQ(a->status().peers_established, 1U);
  config.prefix = "198.51.100.0/24"_pfx;
  EXPECT_FALSE(a->update_range(config).ok());
}

TEST_F(RangeAdministration, TellsHowManyWaitForTheirNextSession) {
  auto config = range();
  config.peer.hold_time = 30s;
  auto const update = a->update_range(config);
  ASSERT_TRUE(update.ok());
  EXPECT_EQ(update->new_sessions, 0U);
  EXPECT_EQ(update->at_next_session, 1U);
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->hold_time, 90s);
}

// One neighbour a turn: others have theirs before all have followed.
TEST_F(RangeAdministration, ThatGoesAndComesAtOnceHasNoneOfTheOldNeighbours) {
  IpAddress const at_c = "192.0.2.3"_ip;
  auto const c = speaker(as_b, at_c);
  ASSERT_TRUE(c->add_peer(peer(at_c, at_a, as_a)).ok());
  ASSERT_TRUE(c->start().ok());
  run();
  ASSERT_EQ(a->status().peers_established, 2U);
  ASSERT_TRUE(a->remove_range(range().prefix).ok());
  EXPECT_EQ(a->status().peers_established, 1U) << "the other one waits for its turn";
  auto again = range();
  again.peer.description = "again";
  ASSERT_TRUE(a->add_range(again).ok());
  pass(2min);
  ASSERT_EQ(a->status().peers_established, 2U);
  for (auto const& one : a->peers()) EXPECT_EQ(one.description, "again");
  EXPECT_EQ(c->peers().at(0).flaps, 0U) << "it is of the new one before its turn to go has come";
}

TEST_F(RangeAdministration, ThatIsGoneKeepsNoAddressFromOthers) {
  IpAddress const at_c = "192.0.2.3"_ip;
  auto const c = speaker(as_b, at_c);
  ASSERT_TRUE(c->add_peer(peer(at_c, at_a, as_a)).ok());
  ASSERT_TRUE(c->start().ok());
  run();
  ASSERT_TRUE(a->remove_range(range().prefix).ok());
  for (auto const& address : {at_b, at_c}) EXPECT_TRUE(a->add_peer(peer(at_a, address, as_b, true)).ok());
  pass(2min);
  EXPECT_EQ(a->status().peers_established, 2U);
  for (auto const& one : a->peers()) EXPECT_FALSE(one.dynamic);
}

TEST_F(RangeAdministration, ANarrowerOneTakesOverItsNeighbours) {
  auto narrow = range();
  narrow.prefix = "192.0.2.2/32"_pfx;
  narrow.peer.description = "narrow";
  ASSERT_TRUE(a->add_range(narrow).ok());
  pass(2min);
  EXPECT_EQ(a->status().peers_established, 1U);
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->description, "narrow");
  EXPECT_EQ(b->peers().at(0).flaps, 0U) << "the two differ in nothing that a session cannot stand";
}

TEST_F(RangeAdministration, AWiderOneTakesThemOverWhenItGoes) {
  auto wide = range();
  wide.prefix = "192.0.0.0/16"_pfx;
  wide.peer.description = "wide";
  ASSERT_TRUE(a->add_range(wide).ok());
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->description, "") << "the longer prefix counts";
  ASSERT_TRUE(a->remove_range(range().prefix).ok());
  pass(2min);
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->description, "wide");
  EXPECT_EQ(b->peers().at(0).flaps, 0U);
  auto other = wide;
  other.prefix = "192.0.2.0/25"_pfx;
  other.peer.families = {ipv4_unicast, ipv6_unicast};
  ASSERT_TRUE(a->add_range(other).ok());
  pass(2min);
  EXPECT_EQ(b->peers().at(0).flaps, 1U) << "this needs another OPEN";
  EXPECT_EQ(a->status().peers_established, 1U);
}

TEST_F(RangeAdministration, ItsFiltersChangeBeneathTheSessions) {
  a->originate(nth(1));
  run();
  ASSERT_EQ(list(*b, {}).size(), 1U);
  auto config = range();
  config.peer.export_filter = reject_all;
  EXPECT_EQ(a->update_range(config)->new_sessions, 0U);
  run();
  EXPECT_TRUE(list(*b, {}).empty());
  EXPECT_EQ(a->peer(*a->find_peer(at_b))->flaps, 0U);
}

TEST_F(RangeAdministration, GoesWithItsNeighbours) {
  PeerWatch at_b_peers(*b);
  ASSERT_TRUE(a->remove_range(range().prefix).ok());
  pass(10min);
  ASSERT_FALSE(at_b_peers.lines.empty());
  EXPECT_THAT(at_b_peers.lines.front(), HasSubstr("(6/3)"));
  EXPECT_TRUE(a->peer_ids().empty());
  EXPECT_FALSE(a->remove_range(range().prefix).ok());
}

TEST_F(RangeAdministration, ItsNeighboursAreNotHeldDown) {
  auto const id = *a->find_peer(at_b);
  EXPECT_FALSE(a->disable_peer(id).ok());
  EXPECT_FALSE(a->update_peer(id, b_in_a()).ok());
  EXPECT_TRUE(a->reset_peer(id).ok());
  pass(2min);
  EXPECT_EQ(a->status().peers_established, 1U);
}

}  // namespace
}  // namespace bgp::engine::test
