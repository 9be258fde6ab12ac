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

class LogCallback : public World {
 protected:
  IpAddress const at_a = "192.0.2.1"_ip, at_b = "192.0.2.2"_ip;
  std::unique_ptr<Speaker> a, b = speaker(65002_asn, at_b);
  std::vector<std::string> lines;
  std::function<void(std::string const&)> then = [](std::string const&) {};

  void SetUp() override {
    SpeakerConfig config;
    config.local_as = 65001_asn;
    config.router_id = at_a;
    config.listen = {{at_a, 179}};
    config.log = [this](char, std::string const& line) {
      lines.push_back(line);
      then(line);
    };
    a = make(config);
    ASSERT_TRUE(a->add_peer(peer(at_a, at_b, 65002_asn, true)).ok());
    ASSERT_TRUE(b->add_peer(peer(at_b, at_a, 65001_asn)).ok());
  }
  void start() {
    ASSERT_TRUE(a->start().ok());
    ASSERT_TRUE(b->start().ok());
  }
};

TEST_F(LogCallback, LinesComeInOrderAndNotFromWithinACall) {
  start();
  EXPECT_TRUE(lines.empty()) << "called from within start()";
  run();
  ASSERT_TRUE(a->remove_peer(*a->find_peer(at_b)).ok());
  EXPECT_EQ(lines.size(), 2U) << "called from within remove_peer()";
  run();
  EXPECT_EQ(lines, (std::vector<std::string>{"listening on 192.0.2.1 port 179", "peer 192.0.2.2 up, AS 65002",
                                             "peer 192.0.2.2 down: neighbour removed"}));
}

TEST_F(LogCallback, ALineMayDestroyTheSpeaker) {
  then = [this](std::string const& line) {
    if (line.find(" up,") != line.npos) a.reset();
  };
  start();
  run();
  EXPECT_EQ(a, nullptr);
  pass(10min);
  EXPECT_EQ(lines.size(), 2U);
  EXPECT_NE(b->peers().front().state, "Established");
}

TEST_F(LogCallback, ALineMayRemoveThePeer) {
  then = [this](std::string const& line) {
    if (line.find(" up,") == line.npos) return;
    EXPECT_TRUE(a->remove_peer(*a->find_peer(at_b)).ok());
  };
  start();
  run();
  EXPECT_TRUE(a->peer_ids().empty());
  EXPECT_EQ(b->peers().front().last_error, "received Cease / Peer De-configured (6/3)");
}

TEST_F(LogCallback, APrefixThatIsNoneIsIgnoredWithAnError) {
  a->originate(Prefix{});
  a->withdraw(Prefix{});
  Announcement const none;
  a->announce_exactly(std::span(&none, 1));
  run();
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_EQ(a->status().tables[0].prefixes + a->status().tables[1].prefixes, 0U);
  a->originate("::/0"_pfx);
  a->originate("0.0.0.0/0"_pfx);
  EXPECT_EQ(list(*a, {}).size(), 2U);
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

// What was posted for a removed neighbour holds the last reference to it, and is dropped after everything else is gone.
TEST_F(Callback, ARemovedNeighbourMayOutliveItsSpeaker) {
  start();
  b->originate("198.51.100.0/24"_pfx);
  run();
  ASSERT_TRUE(b->remove_peer(a_at_b).ok());
  b->withdraw("198.51.100.0/24"_pfx);
  b.reset();
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
