// Maximum prefixes: what is counted, what the log is told, how the session ends and when it may come back.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Lets in the prefixes [first, end).
class Within : public Filter {
 public:
  Within(std::uint32_t first, std::uint32_t end) : first_(first), end_(end) {}
  FilterVerdict judge(FilteredRoute const& route) const override {
    return {!(route.prefix < nth(first_)) && route.prefix < nth(end_), "outside"};
  }
  std::string name() const override { return "within"; }

 private:
  std::uint32_t const first_, end_;
};
FilterPtr within(std::uint32_t first, std::uint32_t end) { return std::make_shared<Within const>(first, end); }

class Limits : public Two {
 protected:
  Limits() {
    SpeakerConfig config;
    config.local_as = as_b;
    config.router_id = at_b;
    config.listen = {{at_b, 179}};
    config.log = [this](char severity, std::string const& line) {
      if (severity == 'w') warnings.push_back(line);
    };
    b = make(config);
  }
  PeerConfig limited(PrefixLimit limit, std::chrono::seconds restart = 0s) {
    auto config = peer(at_b, at_a, as_a);
    config.prefix_limits = {limit};
    config.prefix_limit_restart = restart;
    return config;
  }
  void start_limited(PrefixLimit limit, std::chrono::seconds restart = 0s) {
    start(peer(at_a, at_b, as_b, true), limited(limit, restart));
    ASSERT_TRUE(up());
  }
  void announce(std::uint32_t first, std::uint32_t end) {
    for (auto n = first; n < end; ++n) a->originate(nth(n));
    run();
  }
  bool up() { return b->status().peers_established == 1; }

  std::vector<std::string> warnings;
};

TEST_F(Limits, AreTakenToTheLastPrefixAndWarnedOfOnce) {
  start_limited({.received = 10});
  announce(0, 7);
  EXPECT_THAT(warnings, IsEmpty());
  announce(7, 10);
  EXPECT_THAT(warnings, ElementsAre("peer 192.0.2.1: 10 received ipv4-unicast prefixes, at 75 % of the limit of 10"));
  announce(0, 10);
  EXPECT_TRUE(up());
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(Limits, OneMoreEndsTheSessionWithTheFamilyAndTheBound) {
  start_limited({.received = 10});
  announce(0, 11);
  EXPECT_FALSE(up());
  // RFC 4486 §4: the neighbour is told which bound of which family it was.
  EXPECT_EQ(a->peer(b_at_a)->last_error,
            "received Cease / Maximum Number of Prefixes Reached (6/1): ipv4-unicast, limit 10");
  EXPECT_THAT(warnings.at(0), HasSubstr("11 received ipv4-unicast prefixes, over the limit of 10"));
  EXPECT_TRUE(b->peer(a_at_b)->disabled);
  EXPECT_EQ(b->status().tables.at(0).paths, 0U);
  pass(10min);
  EXPECT_FALSE(up()) << "it is held down";
  a->withdraw(nth(10));
  ASSERT_TRUE(b->enable_peer(a_at_b).ok());
  run();
  EXPECT_TRUE(up());
}

TEST_F(Limits, ItComesBackByItselfAfterTheTimeThatIsSaid) {
  start_limited({.received = 10}, 300s);
  announce(0, 11);
  EXPECT_FALSE(up());
  EXPECT_FALSE(b->peer(a_at_b)->disabled);
  a->withdraw(nth(10));
  pass(295s);
  EXPECT_FALSE(up());
  pass(10s);
  EXPECT_TRUE(up());
  announce(10, 11);
  EXPECT_FALSE(up()) << "a new session is counted anew";
}

TEST_F(Limits, OnlyAWarningWhereThatIsWanted) {
  start_limited({.received = 10, .warn_percent = 100, .only_warn = true});
  announce(0, 20);
  EXPECT_TRUE(up());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("20 received ipv4-unicast prefixes, over the limit of 10")));
  EXPECT_EQ(b->status().tables.at(0).paths, 20U);
}

TEST_F(Limits, AcceptedOnesAreCountedApart) {
  auto config = limited({.accepted = 5});
  config.import = reject_all;
  start(peer(at_a, at_b, as_b, true), config);
  announce(0, 20);
  EXPECT_TRUE(up());
  // Another filter lets all of them in, and it is too much.
  ASSERT_TRUE(b->set_filters(a_at_b, accept_all, accept_all).ok());
  run();
  EXPECT_FALSE(up());
  EXPECT_THAT(a->peer(b_at_a)->last_error, HasSubstr("ipv4-unicast, limit 5"));
}

TEST_F(Limits, OfWhatIsAcceptedComeWithTheFilterThatKeepsThem) {
  start(peer(at_a, at_b, as_b, true), peer(at_b, at_a, as_a));
  announce(0, 10'000);
  ASSERT_EQ(b->peer(a_at_b)->families[0].accepted, 10'000U);
  auto config = limited({.accepted = 6'000});
  config.import = within(0, 5'000);
  ASSERT_TRUE(b->update_peer(a_at_b, config).ok());
  run();
  EXPECT_TRUE(up()) << "what the old filter let in does not count";
  // In the middle of the table as many of the old ones are left as new ones have come.
  config.import = within(5'000, 10'000);
  ASSERT_TRUE(b->update_peer(a_at_b, config).ok());
  run();
  EXPECT_TRUE(up());
  EXPECT_EQ(b->peer(a_at_b)->families[0].accepted, 5'000U);
  config.import = within(0, 6'001);
  ASSERT_TRUE(b->update_peer(a_at_b, config).ok());
  run();
  EXPECT_FALSE(up());
}

TEST_F(Limits, AnOperatorBringsItBackBeforeItsTime) {
  start_limited({.received = 10}, 3600s);
  announce(0, 11);
  ASSERT_FALSE(up());
  a->withdraw(nth(10));
  pass(30s);
  ASSERT_FALSE(up());
  ASSERT_TRUE(b->enable_peer(a_at_b).ok());
  pass(5s);
  EXPECT_TRUE(up());
}

TEST_F(Limits, WhyItIsDownIsKnownAfterAnotherChange) {
  start_limited({.received = 10});
  announce(0, 11);
  auto config = limited({.received = 10});
  config.families = {ipv4_unicast, ipv6_unicast};
  auto const changed = b->update_peer(a_at_b, config);
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(b->peer(changed->id)->disabled);
  EXPECT_THAT(b->peer(changed->id)->last_error, HasSubstr("(6/1)"));
}

TEST_F(Limits, OtherLimitsOfARangeLetItsNeighboursComeBack) {
  auto config = limited({.received = 3}, 3600s);
  config.remote = {};
  ASSERT_TRUE(b->add_range({"192.0.2.0/24"_pfx, config}).ok());
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  announce(0, 4);
  pass(2min);
  ASSERT_FALSE(up());
  config.prefix_limits[0].received = 4;
  ASSERT_TRUE(b->update_range({"192.0.2.0/24"_pfx, config}).ok());
  pass(2min);
  EXPECT_TRUE(up());
}

TEST_F(Limits, ThatChangeHoldAtOnceForTheSessionThatIsThere) {
  start_limited({.received = 10});
  announce(0, 9);
  auto const raised = b->update_peer(a_at_b, limited({.received = 20}));
  ASSERT_TRUE(raised.ok());
  EXPECT_FALSE(raised->new_session);
  announce(9, 20);
  EXPECT_TRUE(up());
  ASSERT_TRUE(b->update_peer(a_at_b, limited({.received = 15})).ok());
  run();
  EXPECT_FALSE(up());
}

TEST_F(Limits, ANeighbourOfARangeComesBackAfterItsTimeOnly) {
  auto config = limited({.received = 3});
  config.remote = {};
  auto const refused = b->add_range({"192.0.2.0/24"_pfx, config});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("prefix_limit_restart is 0"));
  config.prefix_limit_restart = 60s;
  ASSERT_TRUE(b->add_range({"192.0.2.0/24"_pfx, config}).ok());
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  run();
  ASSERT_TRUE(up());
  announce(0, 4);
  EXPECT_FALSE(up());
  a->withdraw(nth(0));
  pass(55s);
  EXPECT_FALSE(up());
  pass(60s);
  EXPECT_TRUE(up());
}

TEST_F(Limits, ThatMakeNoSenseAreRefused) {
  auto const refused = [&](PrefixLimit limit) { return b->add_peer(limited(limit)).error().message; };
  EXPECT_THAT(refused({}), HasSubstr("give received, accepted, or both"));
  EXPECT_THAT(refused({.family = ipv6_unicast, .received = 1}), HasSubstr("ipv6-unicast is not among families"));
  EXPECT_THAT(refused({.received = 1, .warn_percent = 0}), HasSubstr("1 to 100"));
  auto twice = limited({.received = 1});
  twice.prefix_limits.push_back({.received = 2});
  EXPECT_THAT(b->add_peer(twice).error().message, HasSubstr("twice"));
}

}  // namespace
}  // namespace bgp::engine::test
