// Neighbours that are made when they dial in, up to a limit.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::HasSubstr;

class Ranges : public World {
 protected:
  IpAddress const at_a = "10.77.0.1"_ip;
  std::vector<std::string> log;
  std::unique_ptr<Speaker> a = [this] {
    SpeakerConfig config;
    config.local_as = 65000_asn;
    config.router_id = at_a;
    config.listen = {{at_a, 179}};
    config.log = [this](char, std::string const& line) { log.push_back(line); };
    return make(config);
  }();
  [[nodiscard]] auto lines_about(std::string const& who) const {
    return std::ranges::count_if(log, [&](auto const& line) { return line.find(who) != line.npos; });
  }

  void start(std::size_t limit) {
    RangeConfig range;
    range.prefix = "10.77.0.0/16"_pfx;
    range.limit = limit;
    range.peer.remote_as = 65000_asn;
    range.peer.reflector_client = true;
    range.peer.group = "clients";
    ASSERT_TRUE(a->add_range(range).ok());
    ASSERT_TRUE(a->start().ok());
  }
  /// A speaker at `address` that dials `a`, with one route.
  std::unique_ptr<Speaker> client(IpAddress address, Prefix route) {
    auto made = speaker(65000_asn, address);
    EXPECT_TRUE(made->add_peer(peer(address, at_a, 65000_asn)).ok());
    EXPECT_TRUE(made->start().ok());
    made->originate(route);
    run();
    return made;
  }
};

TEST_F(Ranges, ANeighbourIsMadeWhenItDialsInAndForgottenWhenItGoes) {
  start(10);
  EXPECT_TRUE(a->peer_ids().empty());
  Watch watch(*a);
  PeerWatch peers(*a);
  auto one = client("10.77.0.2"_ip, "203.0.113.0/24"_pfx);
  ASSERT_EQ(a->peers().size(), 1U);
  auto const status = a->peers().front();
  EXPECT_EQ(status.address, "10.77.0.2"_ip);
  EXPECT_EQ(status.state, "Established");
  EXPECT_EQ(status.group, "clients");
  EXPECT_TRUE(status.dynamic);
  EXPECT_TRUE(status.reflector_client);
  EXPECT_EQ(watch.routes.size(), 1U);
  one.reset();
  run();
  EXPECT_TRUE(a->peer_ids().empty());
  EXPECT_TRUE(watch.routes.empty());
  EXPECT_EQ(a->status().tables[0].paths, 0U);
  ASSERT_EQ(peers.lines.size(), 2U);
  EXPECT_THAT(peers.lines[1], HasSubstr("10.77.0.2 down: received Cease"));
}

TEST_F(Ranges, TheOnePastTheLimitIsToldAndComesInLater) {
  start(2);
  auto const one = client("10.77.0.2"_ip, nth(0));
  auto two = client("10.77.0.3"_ip, nth(1));
  auto const three = client("10.77.0.4"_ip, nth(2));
  auto const a_at_three = *three->find_peer(at_a);
  EXPECT_EQ(a->status().peers_established, 2U);
  EXPECT_EQ(three->peer(a_at_three)->last_error, "received Cease / Connection Rejected (6/5)");  // RFC 4486
  pass(5min);
  EXPECT_EQ(a->status().peers_established, 2U);
  EXPECT_NE(three->peer(a_at_three)->state, "Established");
  two.reset();
  pass(2min);
  EXPECT_EQ(three->peer(a_at_three)->state, "Established");
  EXPECT_EQ(a->status().peers_established, 2U);
}

TEST_F(Ranges, AttemptsThatCameToNothingDoNotCount) {
  start(1);
  // The wrong AS: an OPEN that is refused, again and again.
  auto const wrong = speaker(65001_asn, "10.77.0.2"_ip);
  ASSERT_TRUE(wrong->add_peer(peer("10.77.0.2"_ip, at_a, 65000_asn)).ok());
  ASSERT_TRUE(wrong->start().ok());
  run();
  EXPECT_THAT(wrong->peers().front().last_error, HasSubstr("Bad Peer AS"));
  EXPECT_TRUE(a->peer_ids().empty());
  auto const right = client("10.77.0.3"_ip, nth(0));
  EXPECT_EQ(a->status().peers_established, 1U);
}

TEST_F(Ranges, AStrangerHearsNothing) {
  start(10);
  auto const stranger = client("10.78.0.2"_ip, nth(0));
  EXPECT_TRUE(a->peer_ids().empty());
  EXPECT_EQ(stranger->peers().front().last_error, "connection refused") << "no NOTIFICATION";
}

TEST_F(Ranges, AConfiguredNeighbourWithinARangeIsItself) {
  auto configured = peer(at_a, "10.77.0.2"_ip, 65000_asn, true);
  configured.description = "the one we know";
  ASSERT_TRUE(a->add_peer(configured).ok());
  start(1);
  auto const known = client("10.77.0.2"_ip, nth(0));
  auto const one = client("10.77.0.3"_ip, nth(1));
  EXPECT_EQ(a->status().peers_established, 2U) << "it does not count for the range's limit";
  auto const status = *a->peer(*a->find_peer("10.77.0.2"_ip));
  EXPECT_FALSE(status.dynamic);
  EXPECT_EQ(status.description, "the one we know");
}

TEST_F(Ranges, ManyThatComeAndGoLeaveNothing) {
  start(100);
  Watch watch(*a);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Speaker>> clients;
    for (std::uint32_t i = 0; i < 50; ++i) clients.push_back(client(IpAddress::v4(0x0a4d0100 + i), nth(i)));
    EXPECT_EQ(a->status().peers_established, 50U);
    EXPECT_EQ(watch.routes.size(), 50U);
    EXPECT_EQ(list(*clients[7], {}).size(), 50U) << "reflected to every client";
    clients.clear();
    run();
    EXPECT_TRUE(a->peer_ids().empty());
    EXPECT_TRUE(watch.routes.empty());
  }
  EXPECT_EQ(a->status().tables[0].groups, 0U);
  EXPECT_EQ(a->status().attribute_sets, 0U);
}

TEST_F(Ranges, OfTwoThatCoverASourceTheLongerPrefixCounts) {
  for (auto const& prefix : {"10.0.0.0/8"_pfx, "10.77.2.0/24"_pfx, "10.77.0.0/20"_pfx}) {
    RangeConfig range;
    range.prefix = prefix;
    range.peer.remote_as = 65000_asn;
    range.peer.group = prefix.text();
    ASSERT_TRUE(a->add_range(range).ok());
    auto const again = a->add_range(range);
    ASSERT_FALSE(again.ok());
    EXPECT_THAT(again.error().message, HasSubstr(prefix.text() + " exists already"));
  }
  EXPECT_FALSE(a->add_range({{}, peer({}, {}, 65000_asn)}).ok()) << "no prefix at all";
  ASSERT_TRUE(a->start().ok());
  auto const one = client("10.77.2.9"_ip, nth(0)), two = client("10.77.3.9"_ip, nth(1)),
             three = client("10.1.0.9"_ip, nth(2));
  EXPECT_EQ(a->peer(*a->find_peer("10.77.2.9"_ip))->group, "10.77.2.0/24");
  EXPECT_EQ(a->peer(*a->find_peer("10.77.3.9"_ip))->group, "10.77.0.0/20");
  EXPECT_EQ(a->peer(*a->find_peer("10.1.0.9"_ip))->group, "10.0.0.0/8");
}

// RFC 4271 §8.1.1: the neighbour is forgotten with each attempt, its damping is not.
TEST_F(Ranges, OneThatFailsAgainAndAgainIsHeldAndForgivenLater) {
  start(10);
  auto const bad = "10.77.0.2"_ip;
  std::vector<std::string> answers;
  for (int i = 0; i < 200; ++i) {
    auto const stream = connect(bad, at_a);
    ASSERT_TRUE(stream);
    send(*stream, open_of(65001_asn, bad));
    run();
    answers.push_back(heard(*stream));
  }
  EXPECT_EQ(answers[0], "open, 2/2");
  EXPECT_EQ(answers[1], "open, 2/2");
  for (std::size_t i = 2; i < answers.size(); ++i) EXPECT_EQ(answers[i], "6/5") << i;  // RFC 4486
  EXPECT_EQ(lines_about("10.77.0.2"), 2);
  EXPECT_TRUE(a->peer_ids().empty());
  auto const other = client("10.77.0.3"_ip, nth(0));
  EXPECT_EQ(a->status().peers_established, 1U) << "others are not held";

  auto const tries = [&] {
    auto const stream = connect(bad, at_a);
    send(*stream, open_of(65001_asn, bad));
    run();
    return heard(*stream);
  };
  pass(1s);
  EXPECT_EQ(tries(), "open, 2/2");
  pass(1s);
  EXPECT_EQ(tries(), "6/5") << "longer every time";
  pass(1s);
  EXPECT_EQ(tries(), "open, 2/2");
  pass(4s);
  auto const mended = client(bad, nth(1));
  EXPECT_EQ(a->status().peers_established, 2U);
}

TEST_F(Ranges, OneThatComesAndGoesDoesNotFloodTheLog) {
  start(10);
  for (int i = 0; i < 100; ++i) client("10.77.0.2"_ip, nth(0)).reset();
  run();
  EXPECT_EQ(lines_about("10.77.0.2"), 20);
  auto const other = client("10.77.0.3"_ip, nth(0));
  EXPECT_EQ(lines_about("10.77.0.3"), 1);
  log.clear();
  pass(1min);
  auto const again = client("10.77.0.2"_ip, nth(0));
  EXPECT_EQ(lines_about("10.77.0.2"), 1);
}

TEST_F(Ranges, ThoseBeyondTheLimitDoNotFloodTheLog) {
  start(1);
  auto const one = client("10.77.0.2"_ip, nth(0));
  log.clear();
  for (std::uint32_t i = 0; i < 100; ++i) ASSERT_TRUE(connect(IpAddress::v4(0x0a4d0100 + i), at_a));
  EXPECT_EQ(log,
            std::vector<std::string>{"peer 10.77.1.0 refused: the range 10.77.0.0/16 has its limit of 1 neighbours"});
  pass(10s);
  ASSERT_TRUE(connect("10.77.0.9"_ip, at_a));
  ASSERT_EQ(log.size(), 2U);
  EXPECT_THAT(log[1], HasSubstr("(99 more since the last such line)"));
}

TEST_F(Ranges, SilentConnectionsDoNotLockOutConfiguredNeighbours) {
  auto const known = "192.0.2.9"_ip;
  ASSERT_TRUE(a->add_peer(peer(at_a, known, 65009_asn, true)).ok());
  start(5000);
  std::vector<std::shared_ptr<transport::Stream>> silent;
  for (std::uint32_t i = 0; i < 4096; ++i) silent.push_back(connect(IpAddress::v4(0x0a4d0100 + i), at_a));
  EXPECT_EQ(std::ranges::count(silent, nullptr), 0);
  EXPECT_FALSE(connect("10.77.200.1"_ip, at_a)) << "the next one is dropped";
  auto const neighbour = speaker(65009_asn, known);
  ASSERT_TRUE(neighbour->add_peer(peer(known, at_a, 65000_asn)).ok());
  ASSERT_TRUE(neighbour->start().ok());
  run();
  EXPECT_EQ(a->status().peers_established, 1U);

  pass(10s);
  EXPECT_EQ(a->peer_ids().size(), 1U) << "whoever says nothing for ten seconds is dropped";
  EXPECT_EQ(heard(*silent[0]), "open, 4/0");
  auto const client_again = client("10.77.200.1"_ip, nth(0));
  EXPECT_EQ(a->status().peers_established, 2U);
}

TEST_F(Ranges, AnIpv6RangeWorksAsWell) {
  auto v6 = make([&] {
    SpeakerConfig config;
    config.local_as = 65000_asn;
    config.router_id = at_a;
    config.listen = {{"2001:db8::1"_ip, 179}};
    return config;
  }());
  RangeConfig range;
  range.prefix = "2001:db8::/64"_pfx;
  range.peer = peer({}, {}, 65000_asn);
  range.peer.families = {ipv6_unicast};
  ASSERT_TRUE(v6->add_range(range).ok());
  ASSERT_TRUE(v6->start().ok());
  auto const client = speaker(65000_asn, "192.0.2.9"_ip);
  auto dialling = peer("2001:db8::9"_ip, "2001:db8::1"_ip, 65000_asn);
  dialling.families = {ipv6_unicast};
  ASSERT_TRUE(client->add_peer(dialling).ok());
  ASSERT_TRUE(client->start().ok());
  client->originate("2001:db8:9::/48"_pfx);
  run();
  auto const routes = list(*v6, {});
  ASSERT_EQ(routes.size(), 1U);
  EXPECT_EQ(routes[0].attributes.next_hop, "2001:db8::9"_ip);
}

}  // namespace
}  // namespace bgp::engine::test
