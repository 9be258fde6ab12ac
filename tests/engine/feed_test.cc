// What on_routes promises: a snapshot, in_sync, deltas; the last event of a prefix is its present state.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using Feed = Two;

TEST_F(Feed, AnEmptyTableIsInSyncAtOnce) {
  Watch watch(*a);
  EXPECT_TRUE(watch.batches.empty()) << "never from within the call";
  run();
  EXPECT_EQ(watch.batches, (std::vector<std::vector<std::string>>{{"in sync"}}));
}

TEST_F(Feed, SnapshotThenInSyncThenDeltas) {
  constexpr std::uint32_t many = 5000;  // several batches
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i));
  run();
  Watch watch(*a);
  run();
  EXPECT_EQ(watch.announced, many);
  EXPECT_EQ(watch.announced_before_in_sync, many);
  EXPECT_EQ(watch.in_sync, 1U);
  EXPECT_GT(watch.batches.size(), 5U) << "a snapshot must not hold the executor for long";
  EXPECT_EQ(watch.batches.back().back(), "in sync");
  a->originate(nth(many));
  a->withdraw(nth(0));
  run();
  EXPECT_EQ(watch.in_sync, 1U);
  EXPECT_EQ(watch.routes.size(), many);
  EXPECT_FALSE(watch.routes.contains(nth(0)));
}

TEST_F(Feed, ChangesDuringTheSnapshotAreNotLost) {
  constexpr std::uint32_t many = 5000;
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), with_med(1));
  run();
  Watch watch(*a);
  turn_until([&] { return watch.announced >= many / 2; });
  ASSERT_EQ(watch.in_sync, 0U);
  a->originate(nth(0), with_med(2));     // told already
  a->originate(nth(4999), with_med(2));  // not yet
  a->withdraw(nth(1));
  a->withdraw(nth(4998));
  run();
  EXPECT_EQ(watch.in_sync, 1U);
  EXPECT_EQ(watch.routes.size(), many - 2);
  EXPECT_EQ(watch.routes.at(nth(0)).med, 2U);
  EXPECT_EQ(watch.routes.at(nth(4999)).med, 2U);
}

TEST_F(Feed, OnlyTheLastOfSeveralChangesIsTold) {
  Watch watch(*a);
  run();
  for (std::uint32_t med = 1; med <= 5; ++med) a->originate("203.0.113.0/24"_pfx, with_med(med));
  a->originate("198.51.100.0/24"_pfx);
  a->withdraw("198.51.100.0/24"_pfx);
  run();
  EXPECT_EQ(watch.announced, 1U);
  EXPECT_EQ(watch.withdrawn, 0U) << "what came and went was never told";
  EXPECT_EQ(watch.routes.at("203.0.113.0/24"_pfx).med, 5U);
}

TEST_F(Feed, ASlotThatAnotherPrefixTookOverIsToldRight) {
  Watch watch(*a);
  for (std::uint32_t round = 0; round < 20; ++round) {
    a->originate(nth(round));
    run();
    ASSERT_EQ(watch.routes.size(), 1U) << round;
    ASSERT_TRUE(watch.routes.contains(nth(round)));
    a->withdraw(nth(round));
    if (round % 2 == 0) run();  // and sometimes the next one comes within the same turn
  }
}

TEST_F(Feed, WhoAnnouncedItIsTold) {
  start();
  std::vector<PeerId> sources;
  auto const subscription = b->on_routes([&](std::span<RouteEvent const> events) {
    for (auto const& event : events) {
      if (event.kind == RouteEvent::Kind::announce) sources.push_back(event.peer);
    }
  });
  a->originate("203.0.113.0/24"_pfx);
  run();
  b->originate("198.51.100.0/24"_pfx);
  run();
  EXPECT_EQ(sources, (std::vector<PeerId>{a_at_b, local_peer}));
}

TEST_F(Feed, OneThatIsPausedHearsTheLatestStateLater) {
  start();
  std::size_t batches = 0;
  std::map<Prefix, std::optional<std::uint32_t>> told;
  RouteSubscription routes;
  routes = b->on_routes([&](std::span<RouteEvent const> events) {
    ++batches;
    for (auto const& event : events) {
      if (event.kind == RouteEvent::Kind::announce) told[event.prefix] = event.attributes->med;
      if (event.kind == RouteEvent::Kind::withdraw) told.erase(event.prefix);
    }
    routes.pause();
  });
  run();
  ASSERT_EQ(batches, 1U);  // in sync
  for (auto const med : {1U, 2U, 3U}) {
    for (std::uint32_t i = 0; i < 100; ++i) a->originate(nth(i), with_med(med));
    run();
  }
  for (std::uint32_t i = 50; i < 100; ++i) a->withdraw(nth(i));
  run();
  EXPECT_EQ(batches, 1U);
  EXPECT_TRUE(told.empty());
  routes.resume();
  run();
  EXPECT_EQ(batches, 2U);
  ASSERT_EQ(told.size(), 50U);
  for (auto const& [prefix, med] : told) EXPECT_EQ(med, 3U) << prefix.text();
}

TEST_F(Feed, ASubscriptionThatHasEndedHearsNothing) {
  Watch watch(*a);
  a->originate("203.0.113.0/24"_pfx);
  watch.end();  // with events on their way
  run();
  EXPECT_TRUE(watch.batches.empty());
  a->originate("198.51.100.0/24"_pfx);
  run();
  EXPECT_TRUE(watch.batches.empty());
}

TEST_F(Feed, ASecondSubscriptionGetsASnapshotOfItsOwn) {
  Watch first(*a);
  a->originate("203.0.113.0/24"_pfx);
  run();
  Watch second(*a);
  run();
  EXPECT_EQ(first.announced, 1U) << "the newcomer's snapshot is none of its business";
  EXPECT_EQ(second.routes.size(), 1U);
  EXPECT_EQ(second.announced_before_in_sync, 1U);
}

// Whoever must know when a receiver has heard all that stands now makes another subscription and waits for its in_sync.
TEST_F(Feed, WhenALaterOneIsInSyncTheEarlierOnesHaveToldAllThatStoodAtItsBeginning) {
  constexpr std::uint32_t many = 6000;
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), with_med(1));
  run();
  Watch behind(*a), ahead(*a);
  turn_until([&] { return ahead.announced >= many / 2; });
  ASSERT_EQ(ahead.in_sync, 0U);
  for (std::uint32_t i = 0; i < many; i += 2) a->originate(nth(i), with_med(2));
  for (std::uint32_t i = 1; i < many; i += 6) a->withdraw(nth(i));
  Watch later(*a);
  std::map<Prefix, Attributes> expected;
  for (auto const& entry : list(*a, {})) expected[entry.prefix] = entry.attributes;

  std::uint32_t churn = 0;
  turn_until([&] {
    ++churn;  // goes on until they are at their ends, and beyond
    a->originate(nth(many + churn % 700), with_med(churn));
    return later.in_sync != 0;
  });
  ASSERT_EQ(later.in_sync, 1U);
  ASSERT_GT(later.batches.size(), 5U);
  for (auto* const earlier : {&behind, &ahead}) {
    for (std::uint32_t i = 0; i < many; ++i) {
      auto const stands = expected.contains(nth(i));
      ASSERT_EQ(earlier->routes.contains(nth(i)), stands) << i;
      ASSERT_TRUE(!stands || earlier->routes.at(nth(i)).med == expected.at(nth(i)).med) << i;
    }
  }
}

TEST_F(Feed, TheEventsOfTwoTakenTogetherEndWithWhatStands) {
  constexpr std::uint32_t many = 3000;
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), with_med(0));
  run();
  std::map<Prefix, std::optional<std::uint32_t>> told;
  std::size_t in_sync = 0;
  auto const note = [&](std::span<RouteEvent const> events) {
    for (auto const& event : events) {
      in_sync += event.kind == RouteEvent::Kind::in_sync ? 1 : 0;
      if (event.kind == RouteEvent::Kind::announce) told[event.prefix] = event.attributes->med;
      if (event.kind == RouteEvent::Kind::withdraw) told.erase(event.prefix);
    }
  };
  auto const first = a->on_routes(note);
  turn_until([&] { return told.size() >= many / 2; });
  auto const second = a->on_routes(note);
  std::uint32_t churn = 0;
  turn_until([&] {
    auto const index = ++churn * 7 % many;
    if (churn % 3 == 0) a->withdraw(nth(index));
    if (churn % 3 != 0) a->originate(nth(index), with_med(churn));
    return in_sync == 2;
  });
  run();
  std::map<Prefix, std::optional<std::uint32_t>> stands;
  for (auto const& entry : list(*a, {})) stands[entry.prefix] = entry.attributes.med;
  EXPECT_LT(stands.size(), many);
  EXPECT_EQ(told, stands);
}

TEST_F(Feed, EventsReadWell) {
  start();
  Watch watch(*b);
  run();
  a->originate("203.0.113.0/24"_pfx);
  b->originate("198.51.100.0/24"_pfx);
  run();
  a->withdraw("203.0.113.0/24"_pfx);
  run();
  std::vector<std::string> lines;
  for (auto const& batch : watch.batches) lines.insert(lines.end(), batch.begin(), batch.end());
  EXPECT_EQ(lines, (std::vector<std::string>{"in sync", "announce 198.51.100.0/24 next hop self AS path ",
                                             "announce 203.0.113.0/24 next hop 192.0.2.1 AS path 65001",
                                             "withdraw 203.0.113.0/24"}));
}

}  // namespace
}  // namespace bgp::engine::test
