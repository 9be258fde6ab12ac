// What a speaker says of itself and its neighbours.
#include "harness.h"
#include "slow.h"

namespace bgp::engine::test {
namespace {

using Status = Two;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST_F(Status, OfANeighbour) {
  auto to_a = peer(at_b, at_a, as_a);
  to_a.hold_time = 30s;
  to_a.description = "upstream";
  to_a.group = "externals";
  to_a.families = {ipv4_unicast, ipv6_unicast};
  start(peer(at_a, at_b, as_b, true), to_a);
  pass(5min);
  auto const status = *b->peer(a_at_b);
  EXPECT_EQ(status.id, a_at_b);
  EXPECT_EQ(status.address, at_a);
  EXPECT_EQ(status.description, "upstream");
  EXPECT_EQ(status.group, "externals");
  EXPECT_FALSE(status.dynamic);
  EXPECT_EQ(status.remote_as, as_a);
  EXPECT_EQ(status.remote_id, RouterId{at_a.v4_value()});
  EXPECT_EQ(status.local_address, at_b);
  EXPECT_EQ(status.state, "Established");
  EXPECT_EQ(status.hold_time, 30s);
  EXPECT_EQ(a->peer(b_at_a)->hold_time, 30s) << "the smaller one counts on both sides";
  EXPECT_THAT(status.capabilities_sent, Contains("multiprotocol ipv6-unicast"));
  EXPECT_THAT(status.capabilities_sent, Contains("four-octet AS 65002"));
  EXPECT_THAT(status.capabilities_received, Contains("four-octet AS 65001"));
  EXPECT_THAT(status.capabilities_received, Not(Contains("multiprotocol ipv6-unicast")));
  auto const ago = std::chrono::system_clock::now() - status.since;
  EXPECT_GE(ago, 5min);
  EXPECT_LT(ago, 6min);
}

TEST_F(Status, MessagesAreCountedByTypeAndDirection) {
  start();
  for (std::uint32_t i = 0; i < 10; ++i) {
    a->originate(nth(i), with_med(i));
    run();
  }
  pass(5min);
  auto const at_a_status = *a->peer(b_at_a), at_b_status = *b->peer(a_at_b);
  auto const equal = [](MessageCounts const& sent, MessageCounts const& received) {
    EXPECT_EQ(sent.open, received.open);
    EXPECT_EQ(sent.update, received.update);
    EXPECT_EQ(sent.keepalive, received.keepalive);
    EXPECT_EQ(sent.notification, received.notification);
    EXPECT_EQ(sent.open, 1U);
    EXPECT_EQ(sent.notification, 0U);
    EXPECT_GE(sent.keepalive, 5min / 30s);
    EXPECT_LE(sent.keepalive, 2 * (5min / 30s));
  };
  equal(at_a_status.sent, at_b_status.received);
  equal(at_b_status.sent, at_a_status.received);
  EXPECT_EQ(at_a_status.sent.update, 11U) << "ten routes and the End-of-RIB";
  EXPECT_EQ(at_b_status.sent.update, 1U);
}

TEST_F(Status, PrefixesAreCountedAsTheyComeAndGo) {
  class OddOnly : public Filter {
   public:
    FilterVerdict judge(FilteredRoute const& route) const override {
      return {(route.prefix.address().v4_value() >> 8 & 1) != 0, "odd ones only"};
    }
    std::string name() const override { return "odd"; }
  };
  auto to_a = peer(at_b, at_a, as_a);
  to_a.import = std::make_shared<OddOnly>();
  start(peer(at_a, at_b, as_b, true), to_a);
  for (std::uint32_t i = 0; i < 10; ++i) a->originate(nth(i));
  b->originate("203.0.113.0/24"_pfx);
  run();
  auto const counts = b->peer(a_at_b)->families[0];
  EXPECT_EQ(counts.family, ipv4_unicast);
  EXPECT_EQ(counts.received, 10U);
  EXPECT_EQ(counts.accepted, 5U);
  EXPECT_EQ(counts.sent, 1U) << "its own routes are not sent back";
  EXPECT_TRUE(counts.end_of_rib_received);
  EXPECT_TRUE(counts.end_of_rib_sent);
  EXPECT_EQ(a->peer(b_at_a)->families[0].sent, 10U);
  for (std::uint32_t i = 0; i < 4; ++i) a->withdraw(nth(i));
  run();
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 6U);
  EXPECT_EQ(b->peer(a_at_b)->families[0].accepted, 3U);
  EXPECT_EQ(a->peer(b_at_a)->families[0].sent, 6U);
}

TEST_F(Status, OfTheSpeaker) {
  start();
  ASSERT_TRUE(a->add_peer(peer(at_a, "192.0.2.9"_ip, 65009_asn, true)).ok());
  for (std::uint32_t i = 0; i < 10; ++i) a->originate(nth(i), with_med(i / 5));
  b->originate("203.0.113.0/24"_pfx);
  b->originate(nth(0));
  run();
  auto const status = a->status();
  EXPECT_EQ(status.local_as, as_a);
  EXPECT_EQ(status.router_id, RouterId{at_a.v4_value()});
  EXPECT_EQ(status.cluster_id, status.router_id);
  EXPECT_EQ(status.peers, 2U);
  EXPECT_EQ(status.peers_established, 1U);
  ASSERT_EQ(status.tables.size(), 2U);
  EXPECT_EQ(status.tables[0].family, ipv4_unicast);
  EXPECT_EQ(status.tables[0].prefixes, 11U);
  EXPECT_EQ(status.tables[0].paths, 12U);
  EXPECT_EQ(status.tables[0].groups, 1U);
  EXPECT_EQ(status.tables[0].members, 1U);
  EXPECT_EQ(status.tables[0].members_out_of_log, 0U);
  EXPECT_EQ(status.tables[0].queued_bytes, 0U) << "all of it was read";
  EXPECT_EQ(status.tables[1].prefixes, 0U);
  EXPECT_EQ(status.attribute_sets, 3U) << "two of ours, one of theirs";
}

// Others have the processor meanwhile.
struct Waits final : Slow {
  using Slow::Slow;
  FilterVerdict judge(FilteredRoute const&) const override {
    clock->advance_off_processor(length);
    return {true, ""};
  }
};

TEST_F(Status, AFreezeOfWhateverKindIsSeenInTheLongestSlice) {
  auto const longest = [](Speaker const& speaker) { return speaker.status().longest_slice; };
  auto slow_in = peer(at_b, at_a, as_a);
  slow_in.import = std::make_shared<Slow>(clock, 11ms);
  auto const slow_out = std::make_shared<Slow>(clock, 0ms);
  slow_in.export_filter = slow_out;
  start(peer(at_a, at_b, as_b, true), slow_in);
  EXPECT_EQ(longest(*b), 0us);
  a->originate(nth(0));
  run();
  EXPECT_EQ(longest(*b), 11ms) << "reading";
  slow_out->length = 13ms;
  b->originate(nth(1));
  run();
  EXPECT_EQ(longest(*b), 13ms) << "a flush";
  auto const subscription = b->on_routes([&](std::span<RouteEvent const>) { clock->advance(50ms); });
  run();
  EXPECT_GE(longest(*b), 50ms) << "a callback of the program's own";
  EXPECT_EQ(b->status().longest_slice_on_processor, longest(*b));
}

TEST_F(Status, TheLongestSliceIsAlsoToldWithoutWhatOthersHadOfTheProcessor) {
  start();
  auto const subscription = a->on_routes([&](std::span<RouteEvent const>) {
    clock->advance(2ms);
    clock->advance_off_processor(6ms);
  });
  a->originate(nth(0));
  run();
  EXPECT_EQ(a->status().longest_slice, 8ms);
  EXPECT_EQ(a->status().longest_slice_on_processor, 2ms);
}

TEST_F(Status, ATimerThatIsLateIsSeenAlsoWhileAWholeTableIsAllThereIsToTell) {
  for (std::uint32_t i = 0; i < 3; ++i) a->originate(nth(i));
  pass(1s);  // with nothing left to flush
  auto const waits = std::make_shared<Waits>(clock, 0ms);
  auto to_b = peer(at_a, at_b, as_b, true);
  to_b.export_filter = waits;
  waits->length = 40ms;
  start(to_b, peer(at_b, at_a, as_a));
  pass(1s);
  EXPECT_EQ(b->status().tables[0].prefixes, 3U);
  EXPECT_EQ(a->status().worst_timer_delay, 100ms) << "120 ms of a timer that was to come in 20";
}

TEST_F(Status, AnExplanationThatTakesLongIsSeen) {
  auto slow_out = peer(at_a, at_b, as_b, true);
  auto const filter = std::make_shared<Slow>(clock, 0ms);
  slow_out.export_filter = filter;
  start(slow_out, peer(at_b, at_a, as_a));
  a->originate(nth(0));
  run();
  filter->length = 40ms;
  static_cast<void>(a->explain(nth(0)));
  EXPECT_EQ(a->status().longest_slice, 40ms);
}

TEST_F(Status, SlotsOfRemovedPrefixesWaitNoLongerThanForTheLastReader) {
  constexpr std::uint32_t many = 20'000;
  start();
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), with_med(i));
  run();
  for (std::uint32_t i = 0; i < many; ++i) a->withdraw(nth(i));
  run();
  EXPECT_EQ(a->status().tables[0].prefixes, 0U);
  EXPECT_EQ(a->status().tables[0].vacant_slots, 0U);
  EXPECT_EQ(a->status().tables[0].log_segments, 0U);
}

TEST_F(Status, AFailedAttemptIsShownUntilTheSessionIsUp) {
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a));
  ASSERT_TRUE(b->start().ok());
  run();
  EXPECT_EQ(b->peer(a_at_b)->last_error, "connection refused");
  EXPECT_TRUE(b->peer(a_at_b)->last_error_at);
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b, true));
  ASSERT_TRUE(a->start().ok());
  pass(1min);
  ASSERT_EQ(b->peer(a_at_b)->state, "Established");
  EXPECT_EQ(b->peer(a_at_b)->last_error, "");
  EXPECT_FALSE(b->peer(a_at_b)->last_error_at);
}

TEST_F(Status, TheEndOfTheLastSessionIsShownInTheNextOne) {
  start();
  a->stop("maintenance", [] {});
  run();
  EXPECT_THAT(b->peer(a_at_b)->last_error, HasSubstr("maintenance"));
  a.reset();
  pass(1min);
  EXPECT_EQ(b->peer(a_at_b)->last_error, "connection refused") << "while it is down: why it does not come up";
  a = speaker(as_a, at_a);
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b, true)).ok());
  ASSERT_TRUE(a->start().ok());
  pass(2min);
  auto const status = *b->peer(a_at_b);
  ASSERT_EQ(status.state, "Established");
  EXPECT_THAT(status.last_error, HasSubstr("maintenance")) << "once it is up: why it was down";
  ASSERT_TRUE(status.last_error_at);
  EXPECT_LT(*status.last_error_at, status.since);
  EXPECT_EQ(status.flaps, 1U);
}

TEST_F(Status, OneNeighbourAtATimeSaysTheSameAsAllAtOnce) {
  start();
  for (std::uint32_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(a->add_peer(peer(at_a, IpAddress::v4(0xc6336400 + i), 65009_asn, true)).ok());
  }
  auto const ids = a->peer_ids();
  auto const all = a->peers();
  ASSERT_EQ(ids.size(), 21U);
  ASSERT_EQ(all.size(), 21U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(all[i].id, ids[i]);
    EXPECT_EQ(a->peer(ids[i])->address, all[i].address);
  }
  EXPECT_FALSE(a->peer(PeerId{1000}));
  EXPECT_FALSE(a->peer(local_peer));
}

}  // namespace
}  // namespace bgp::engine::test
