// When a neighbour has told all that it had: the event, and what a subscriber to routes knows by then.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using InSync = Two;

TEST_F(InSync, IsToldOnceASessionAfterItsRoutesStandInTheTable) {
  for (std::uint32_t i = 0; i < 2000; ++i) a->originate(nth(i));
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b, true));
  a_at_b = *b->add_peer(peer(at_b, at_a, as_a));
  std::vector<std::string> told;
  Watch first(*b);
  std::optional<Watch> second;
  auto const subscription = b->on_peers([&](PeerEvent const& event) {
    EXPECT_EQ(event.id, a_at_b);
    EXPECT_EQ(event.address, at_a);
    EXPECT_TRUE(event.up || !event.in_sync);
    told.emplace_back(event.in_sync ? "in sync" : event.up ? "up" : "down");
    if (event.in_sync) second.emplace(*b);
  });
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  turn_until([&] { return second && second->in_sync != 0; });
  EXPECT_EQ(first.routes.size(), 2000U) << "as soon as the second one is in sync";
  ASSERT_TRUE(second);
  EXPECT_EQ(second->routes.size(), 2000U);
  run();
  a->originate(nth(2000));
  pass(5min);
  EXPECT_EQ(told, (std::vector<std::string>{"up", "in sync"}));
  a.reset();
  run();
  a = speaker(as_a, at_a);
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b)).ok());
  ASSERT_TRUE(a->start().ok());
  pass(1min);
  EXPECT_EQ(told, (std::vector<std::string>{"up", "in sync", "down", "up", "in sync"}));
}

TEST_F(InSync, WantsTheEndOfRibOfEveryFamilyOfTheSession) {
  auto expected = peer(at_a, at_b, as_b, true);
  expected.families = {ipv4_unicast, ipv6_unicast};
  ASSERT_TRUE(a->add_peer(expected).ok());
  ASSERT_TRUE(a->start().ok());
  PeerWatch peers(*a);
  wire::Open open;
  open.as_field = static_cast<std::uint16_t>(as_b.value);
  open.hold_time = 90;
  open.router_id = RouterId{at_b.v4_value()};
  open.capabilities.families = {ipv4_unicast, ipv6_unicast};
  open.capabilities.four_octet_as = as_b;
  Buffer octets;
  wire::encode(open, octets);
  auto const stream = connect(at_b, at_a);
  ASSERT_TRUE(stream);
  send(*stream, octets);
  send(*stream, keepalive());
  run();
  EXPECT_EQ(peers.lines, (std::vector<std::string>{"192.0.2.2 up"}));

  auto const update = [](Buffer const& body) {
    Buffer message(16, 0xff);
    message.insert(message.end(), {0, static_cast<std::uint8_t>(19 + body.size()), 2});
    message.insert(message.end(), body.begin(), body.end());
    return message;
  };
  auto const end_of_ipv4 = update({0, 0, 0, 0});
  auto const end_of_ipv6 = update({0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1});  // RFC 4724 §2
  auto const end_of_multicast = update({0, 0, 0, 6, 0x80, 15, 3, 0, 2, 2});
  for (int twice = 0; twice < 2; ++twice) send(*stream, end_of_ipv6);
  send(*stream, end_of_multicast);
  run();
  EXPECT_TRUE(peers.in_sync.empty());
  for (int twice = 0; twice < 2; ++twice) send(*stream, end_of_ipv4);
  send(*stream, end_of_ipv6);
  run();
  EXPECT_EQ(peers.in_sync, (std::vector<std::string>{"192.0.2.2"}));
  EXPECT_EQ(peers.lines, (std::vector<std::string>{"192.0.2.2 up"}));
}

}  // namespace
}  // namespace bgp::engine::test
