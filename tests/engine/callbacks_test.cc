// "A callback may call anything, also remove the peer or destroy the Speaker." Under AddressSanitizer these say most.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using Callback = Two;

TEST_F(Callback, RoutesMayDestroyTheSpeaker) {
  start();
  unsigned calls = 0;
  auto const subscription = b->on_routes([&](std::span<RouteEvent const> events) {
    ++calls;
    if (!events.empty() && events.front().kind == RouteEvent::Kind::announce) b.reset();
  });
  run();
  EXPECT_EQ(calls, 1U);  // in sync
  for (std::uint32_t i = 0; i < 2000; ++i) a->originate(nth(i));
  run();
  EXPECT_EQ(b, nullptr);
  EXPECT_EQ(calls, 2U) << "nobody is called after the end";
  pass(10min);
  EXPECT_EQ(calls, 2U);
  EXPECT_EQ(a->status().peers_established, 0U);
}

TEST_F(Callback, PeerUpMayDestroyTheSpeaker) {
  unsigned calls = 0;
  auto const first = b->on_peers([&](PeerEvent const& event) {
    ++calls;
    if (event.up) b.reset();
  });
  auto const second = b->on_peers([&](PeerEvent const&) { ++calls; });
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b, true));
  ASSERT_TRUE(b->add_peer(peer(at_b, at_a, as_a)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  run();
  EXPECT_EQ(b, nullptr);
  EXPECT_EQ(calls, 1U) << "the second callback had its event on the way";
  pass(10min);
  EXPECT_EQ(calls, 1U);
}

TEST_F(Callback, PeerDownMayDestroyTheSpeaker) {
  start();
  a->originate("203.0.113.0/24"_pfx);
  run();
  auto const subscription = b->on_peers([&](PeerEvent const& event) {
    if (!event.up) b.reset();
  });
  a.reset();
  pass(10min);
  EXPECT_EQ(b, nullptr);
}

TEST_F(Callback, PeerUpMayRemoveThePeer) {
  std::vector<std::string> heard;
  auto const subscription = b->on_peers([&](PeerEvent const& event) {
    heard.push_back(event.up ? "up" : event.reason);
    if (!event.up) return;
    EXPECT_TRUE(b->remove_peer(event.id).ok());
  });
  PeerWatch at_a_peers(*a);
  start(peer(at_a, at_b, as_b, true), peer(at_b, at_a, as_a));
  EXPECT_EQ(heard, (std::vector<std::string>{"up", "neighbour removed"}));
  EXPECT_TRUE(b->peer_ids().empty());
  ASSERT_EQ(at_a_peers.lines.size(), 2U);
  EXPECT_EQ(at_a_peers.lines[1], "192.0.2.2 down: received Cease / Peer De-configured (6/3)");
}

TEST_F(Callback, RoutesMayRemoveThePeerTheyCameFrom) {
  start();
  Watch watch(*b);
  auto const subscription = b->on_routes([&](std::span<RouteEvent const> events) {
    for (auto const& event : events) {
      if (event.kind == RouteEvent::Kind::announce) static_cast<void>(b->remove_peer(event.peer));
    }
  });
  for (std::uint32_t i = 0; i < 2000; ++i) a->originate(nth(i));
  run();
  EXPECT_TRUE(b->peer_ids().empty());
  EXPECT_TRUE(watch.routes.empty());
  EXPECT_EQ(b->status().tables[0].paths, 0U);
}

TEST_F(Callback, MayChangeRoutesAndPeers) {
  start();
  auto const subscription = b->on_routes([&](std::span<RouteEvent const> events) {
    for (auto const& event : events) {
      if (event.kind != RouteEvent::Kind::announce || event.peer == local_peer) continue;
      b->originate(Prefix(event.prefix.address(), 25));
      b->withdraw("198.51.100.0/24"_pfx);
      static_cast<void>(b->add_peer(peer(at_b, "192.0.2.9"_ip, 65009_asn)));
    }
  });
  b->originate("198.51.100.0/24"_pfx);
  a->originate("203.0.113.0/24"_pfx);
  run();
  auto const routes = list(*b, {});
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_TRUE(b->match("203.0.113.1"_ip) == "203.0.113.0/25"_pfx);
  EXPECT_TRUE(b->find_peer("192.0.2.9"_ip));
}

TEST_F(Callback, MayEndItsOwnSubscriptionOrBeginAnother) {
  start();
  unsigned calls = 0, other_calls = 0;
  Subscription own, other;
  own = b->on_routes([&](std::span<RouteEvent const>) {
    ++calls;
    own = {};
    other = b->on_routes([&](std::span<RouteEvent const>) { ++other_calls; });
  });
  Subscription peers;
  unsigned peer_calls = 0;
  peers = b->on_peers([&](PeerEvent const&) {
    ++peer_calls;
    peers = {};
  });
  run();
  a->originate("203.0.113.0/24"_pfx);
  run();
  EXPECT_EQ(calls, 1U);
  EXPECT_EQ(other_calls, 2U);
  a.reset();
  pass(10min);
  EXPECT_EQ(peer_calls, 1U);
}

TEST_F(Callback, TheEndOfStopMayDestroyTheSpeaker) {
  start();
  bool stopped = false;
  b->stop("bye", [&] {
    stopped = true;
    b.reset();
  });
  run();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(b, nullptr);
  pass(10min);
}

TEST_F(Callback, ADestroyedSpeakerCallsNobody) {
  start();
  Watch watch(*b);
  PeerWatch peers(*b);
  bool stopped = false;
  a->originate("203.0.113.0/24"_pfx);
  b->originate("198.51.100.0/24"_pfx);
  b->stop("bye", [&] { stopped = true; });
  b.reset();
  pass(10min);
  EXPECT_FALSE(stopped);
  EXPECT_TRUE(watch.batches.empty());
  EXPECT_TRUE(peers.lines.empty());
}

TEST_F(Callback, ASpeakerDestroyedRightAfterStopDoesNotCallBackEither) {  // nothing lingers: it would be at once
  bool stopped = false;
  a->stop("bye", [&] { stopped = true; });
  a.reset();
  run();
  EXPECT_FALSE(stopped);
  b->stop("bye", nullptr);
  run();
}

TEST_F(Callback, AListingThatOutlivesItsSpeakerEnds) {
  for (std::uint32_t i = 0; i < 100; ++i) a->originate(nth(i));
  auto const listing = a->routes({});
  std::vector<RouteEntry> some;
  EXPECT_TRUE(listing->next(10, some));
  EXPECT_EQ(some.size(), 10U);
  a.reset();
  EXPECT_FALSE(listing->next(10, some));
  EXPECT_EQ(some.size(), 10U);
}

}  // namespace
}  // namespace bgp::engine::test
