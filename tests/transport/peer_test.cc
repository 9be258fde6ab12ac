// Two peers over a network in memory and a hand-turned clock: nothing here waits for real time.
#include <gtest/gtest.h>

#include "harness.h"

namespace bgp::transport::test {
namespace {

struct InMemory : testing::Test {
  boost::asio::io_context io;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::shared_ptr<MemoryNetwork> network = std::make_shared<MemoryNetwork>(io.get_executor(), 64 * 1024);
  Two two{io, network, clock};

  void run() {
    io.restart();
    io.poll();
  }
  void pass(Duration time) {
    auto const end = clock->now() + time;
    for (run(); clock->next() <= end; run()) clock->advance(clock->next() - clock->now());
    clock->advance(end - clock->now());
    run();
  }
  void establish() {
    two.start();
    run();
    ASSERT_EQ(two.server_layer.ups, 1U);
    ASSERT_EQ(two.client_layer.ups, 1U);
  }
};

TEST_F(InMemory, TwoPeersComeUpAndKnowTheirEnds) {
  establish();
  EXPECT_EQ(two.client_layer.from.address, two.directory.address);
  EXPECT_EQ(two.client_layer.to, two.listener->local());
  EXPECT_EQ(two.context->half_open(), 0U);
}

TEST_F(InMemory, StayUpForADay) {
  establish();
  pass(24h);
  EXPECT_TRUE(two.server_layer.downs.empty());
  EXPECT_TRUE(two.client_layer.downs.empty());
  EXPECT_EQ(two.server->session().state(), session::State::established);
}

TEST_F(InMemory, OutputIsPulledAndArrivesInOrder) {
  establish();
  std::vector<std::uint8_t> expected;
  for (int i = 0; i < 20000; ++i) {
    two.client_layer.say(update(static_cast<std::uint8_t>(i)));
    expected.push_back(static_cast<std::uint8_t>(i));
  }
  two.client->wake_output(two.context->now());
  run();
  EXPECT_EQ(two.server_layer.heard, expected);
  EXPECT_GT(two.server_layer.batches, 0U);
  EXPECT_EQ(two.client->session().counters().out[2], 20000U);
  EXPECT_EQ(two.server->session().counters().in[2], 20000U);
}

TEST_F(InMemory, WakeOutputWritesWithoutAnotherTurnOfTheLoop) {
  establish();
  two.client_layer.say(update(1));
  auto const before = two.client->octets_out();
  two.client->wake_output(two.context->now());
  EXPECT_EQ(two.client->octets_out(), before + update(1).size());
}

TEST_F(InMemory, TheUpperLayerIsAskedAgainWhereItHadAsMuchToSayAsItWasAskedFor) {
  Limits limits;
  limits.fill_size = 4096;
  Two pair{io, network, clock, limits};
  pair.start();
  run();
  pair.client_layer.fills = 0;
  pair.client_layer.say(update(1));
  pair.client->wake_output(pair.context->now());
  EXPECT_EQ(pair.client_layer.fills, 1U);
  Buffer much;  // as one piece, which a write takes whole
  while (much.size() < limits.fill_size) std::ranges::copy(update(1), std::back_inserter(much));
  pair.client_layer.say(much);
  pair.client_layer.say(update(1));
  pair.client->wake_output(pair.context->now());
  EXPECT_EQ(pair.client_layer.fills, 3U);
}

TEST_F(InMemory, APeerThatIsNotReadCostsABoundedAmountAndLosesNothing) {
  establish();
  two.server->pause_reading();
  for (int i = 0; i < 50000; ++i) two.client_layer.say(update(static_cast<std::uint8_t>(i)));
  two.client->wake_output(two.context->now());
  run();
  EXPECT_TRUE(two.client->output_blocked());
  EXPECT_LE(two.client->output_queued(), two.context->limits().fill_size + wire::max_message);
  EXPECT_LT(two.client_layer.next, 10000U) << "pulled more than the socket takes";
  EXPECT_TRUE(two.server_layer.heard.empty());
  two.server->resume_reading();
  run();
  EXPECT_EQ(two.server_layer.heard.size(), 50000U);
  EXPECT_FALSE(two.client->output_blocked());
}

TEST_F(InMemory, PausingWithinAnUpdateStopsAtOnce) {
  establish();
  two.server_layer.then = [&](std::string_view what) {
    if (what == "update") two.server->pause_reading();
  };
  for (int i = 0; i < 10; ++i) two.client_layer.say(update(static_cast<std::uint8_t>(i)));
  two.client->wake_output(two.context->now());
  for (std::size_t i = 1; i <= 10; ++i) {
    run();
    ASSERT_EQ(two.server_layer.heard.size(), i);
    two.server->resume_reading();
  }
}

TEST_F(InMemory, UnreadOctetsKeepAPausedSessionAlive) {
  establish();
  two.server->pause_reading();
  pass(5min);
  EXPECT_TRUE(two.server_layer.downs.empty());
}

TEST_F(InMemory, ADeadPeerGoesAfterTheHoldTime) {
  establish();
  network->isolate(two.directory.address);
  pass(89s);
  EXPECT_TRUE(two.server_layer.downs.empty());
  pass(2s);
  ASSERT_EQ(two.server_layer.downs.size(), 1U);
  EXPECT_EQ(two.server_layer.downs[0].cause, session::Cause::hold_expired);
  network->rejoin(two.directory.address);
  pass(3min);
  EXPECT_EQ(two.server_layer.ups, 2U);
}

TEST_F(InMemory, AStuckPeerIsDroppedBySendHold) {
  establish();
  two.server->pause_reading();
  for (int i = 0; i < 50000; ++i) two.client_layer.say(update(1));
  two.client->wake_output(two.context->now());
  run();
  pass(9min);
  ASSERT_FALSE(two.client_layer.downs.empty());
  EXPECT_EQ(two.client_layer.downs[0].cause, session::Cause::send_hold_expired);
}

TEST_F(InMemory, TheLastNotificationArrives) {
  establish();
  two.server->stop(wire::cease_with_text(2, "bye"));
  EXPECT_EQ(two.context->lingering(), 1U);
  run();
  ASSERT_EQ(two.client_layer.downs.size(), 1U);
  EXPECT_EQ(two.client_layer.downs[0].notification, wire::cease_with_text(2, "bye"));
  EXPECT_EQ(two.context->lingering(), 0U) << "the client has closed, too";
}

TEST_F(InMemory, TheLastNotificationOvertakesWhatWaits) {
  establish();
  two.server->pause_reading();
  for (int i = 0; i < 50000; ++i) two.client_layer.say(update(1));
  two.client->wake_output(two.context->now());
  run();
  two.client->stop(wire::cease_with_text(2, "bye"));
  two.server->resume_reading();
  run();
  ASSERT_EQ(two.server_layer.downs.size(), 1U);
  EXPECT_EQ(two.server_layer.downs[0].notification, wire::cease_with_text(2, "bye"));
  EXPECT_LT(two.server_layer.heard.size(), 50000U);
}

TEST_F(InMemory, NothingFollowsTheLastNotification) {
  establish();
  for (int i = 0; i < 100; ++i) two.client_layer.say(update(1));
  two.client->stop(wire::cease_with_text(2, "bye"));
  run();
  EXPECT_EQ(two.client_layer.next, 0U) << "the upper layer was asked for more";
  EXPECT_TRUE(two.server_layer.heard.empty());
  ASSERT_EQ(two.server_layer.downs.size(), 1U);
  EXPECT_EQ(two.server_layer.downs[0].notification, wire::cease_with_text(2, "bye"));
}

TEST_F(InMemory, LingeringEndsInTimeAndIsTold) {
  establish();
  bool quiet = false;
  network->isolate(two.directory.address);
  two.server->stop(shutdown_notice);
  two.context->when_quiet([&] { quiet = true; });
  run();
  EXPECT_FALSE(quiet);
  pass(2s);
  EXPECT_TRUE(quiet);
}

TEST_F(InMemory, AStrangerIsRefusedBeforeAnythingElse) {
  Layer layer;
  auto const stranger = Peer::create(two.context, config(2_asn, 1_asn, 9, false),
                                     {two.listener->local(), {*IpAddress::parse("127.0.0.9"), 0, 0}}, layer);
  stranger->start();
  run();
  EXPECT_EQ(two.listener->refused(), 1U);
  EXPECT_EQ(layer.attempts.size(), 1U);
  stranger->close(shutdown_notice);
}

TEST_F(InMemory, AStrangerIsDroppedWithoutAWordAndAKnownOneIsRejected) {
  two.directory.refused = *IpAddress::parse("127.0.0.8");
  Layer stranger_layer, known_layer;
  auto const dials = [&](char const* from, Layer& layer) {
    auto const peer = Peer::create(two.context, config(2_asn, 1_asn, 9, false),
                                   {two.listener->local(), {*IpAddress::parse(from), 0, 0}}, layer);
    peer->start();
    run();
    peer->close(shutdown_notice);
  };
  dials("127.0.0.9", stranger_layer);
  dials("127.0.0.8", known_layer);
  ASSERT_FALSE(stranger_layer.attempts.empty());
  EXPECT_EQ(stranger_layer.attempts[0].notification, std::nullopt);
  ASSERT_FALSE(known_layer.attempts.empty());
  EXPECT_EQ(known_layer.attempts[0].notification, (wire::Notification{6, 5, {}}));  // RFC 4486
}

TEST_F(InMemory, AStoppedNeighbourIsRejected) {
  two.server->start();
  two.server->stop(shutdown_notice);
  two.client->start();
  run();
  ASSERT_FALSE(two.client_layer.attempts.empty());
  EXPECT_EQ(two.client_layer.attempts[0].notification, (wire::Notification{6, 5, {}}));
  EXPECT_EQ(two.client_layer.ups, 0U);
}

TEST_F(InMemory, HalfOpenConnectionsOfDynamicNeighboursAreCapped) {
  Two capped(io, network, clock, {.half_open = 0});
  Layer layer;
  auto const dynamic =
      Peer::create(capped.context, config(1_asn, 2_asn, 1, true), {{capped.directory.address, 0, 0}, {}, true}, layer);
  dynamic->start();
  capped.directory.peer = dynamic;
  capped.start();
  run();
  EXPECT_EQ(capped.listener->refused(), 1U);
  EXPECT_EQ(capped.client_layer.ups, 0U);
  dynamic->close(shutdown_notice);
}

TEST_F(InMemory, ConfiguredNeighboursAreNotCapped) {
  Two capped(io, network, clock, {.half_open = 0});
  capped.start();
  run();
  EXPECT_EQ(capped.server_layer.ups, 1U);
}

// A callback may drop everything.
TEST_F(InMemory, ClosingWithinAnyCallbackIsSafe) {
  for (std::string_view const moment : {"up", "update", "down"}) {
    Two pair(io, network, clock);
    pair.server_layer.then = [&](std::string_view what) {
      if (what != moment || !pair.server) return;
      pair.directory.peer.reset();
      pair.server->close(shutdown_notice);
      pair.server.reset();
    };
    pair.start();
    run();
    for (int i = 0; i < 10; ++i) pair.client_layer.say(update(1));
    pair.client->wake_output(pair.context->now());
    run();
    if (moment == "down") pair.client->reset({6, 4, {}});
    run();
    EXPECT_FALSE(pair.server) << moment;
  }
}

TEST_F(InMemory, ADestroyedPeerHearsNothingMore) {
  establish();
  two.client->reset({6, 4, {}});
  two.client.reset();
  pass(10min);
  EXPECT_EQ(two.client_layer.ups, 1U);
}

TEST_F(InMemory, RefreshIsAskedAndHeard) {
  establish();
  EXPECT_TRUE(two.client->request_refresh(ipv4_unicast));
  run();
  EXPECT_EQ(two.server_layer.refreshes, 1U);
}

}  // namespace
}  // namespace bgp::transport::test
