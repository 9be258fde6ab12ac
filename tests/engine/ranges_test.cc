// Neighbours that are made when they dial in, up to a limit.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::HasSubstr;

class Ranges : public World {
 protected:
  IpAddress const at_a = "10.77.0.1"_ip;
  std::unique_ptr<Speaker> a = speaker(65000_asn, at_a);

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
