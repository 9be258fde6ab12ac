// Next hops of the family that a session is not of: IPv6 routes over IPv4 and the other way round, by an address of
// ours that is configured, or as RFC 8950 has it. `a` dials nobody; all sessions are over IPv6.
#include "bgp/route_map.h"
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::HasSubstr;

auto const net4 = "203.0.113.0/24"_pfx;
std::vector<Family> const both = {ipv4_unicast, ipv6_unicast};

class OverIpv6 : public World {
 protected:
  IpAddress const at_a = "2001:db8::1"_ip, at_b = "2001:db8::2"_ip;
  std::unique_ptr<Speaker> a = over_ipv6(65001_asn, at_a, "192.0.2.1"_ip);
  std::unique_ptr<Speaker> b = over_ipv6(65002_asn, at_b, "192.0.2.2"_ip);
  PeerConfig to_b = peer(at_a, at_b, 65002_asn, true), to_a = peer(at_b, at_a, 65001_asn);
  PeerId b_at_a;

  OverIpv6() { to_a.families = to_b.families = both; }
  std::unique_ptr<Speaker> over_ipv6(Asn as, IpAddress address, IpAddress id) {
    SpeakerConfig config;
    config.local_as = as;
    config.router_id = id;
    config.listen = {{address, 179}};
    return make(config);
  }
  void start() {
    auto const added = a->add_peer(to_b);
    ASSERT_TRUE(added.ok()) << added.error().message;
    b_at_a = *added;
    ASSERT_TRUE(b->add_peer(to_a).ok());
    ASSERT_TRUE(a->start().ok());
    ASSERT_TRUE(b->start().ok());
    a->originate(net4);
    run();
    ASSERT_EQ(a->status().peers_established, 1U);
  }
  static std::string next_hop(Speaker const& speaker) {
    auto const paths = speaker.explain(net4).paths;
    return paths.empty() ? "absent" : paths[0].route.attributes.next_hop.text();
  }
  std::string why_not() { return a->explain(net4).exports.at(0).rule; }
};

TEST_F(OverIpv6, Ipv4RoutesNeedANextHop) {
  start();
  EXPECT_EQ(next_hop(*b), "absent");
  EXPECT_EQ(why_not(), "no next hop of this family on this session");
}

TEST_F(OverIpv6, ThatWhichIsConfiguredIsToldAndChangesBeneathTheSession) {
  to_b.own_next_hop_v4 = "192.0.2.1"_ip;
  start();
  EXPECT_EQ(next_hop(*b), "192.0.2.1");
  to_b.own_next_hop_v4 = "192.0.2.3"_ip;
  auto const changed = a->update_peer(b_at_a, to_b);
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->new_session);
  run();
  EXPECT_EQ(next_hop(*b), "192.0.2.3");
}

// What the rules say of a next hop is said of the one that the filter has left.
TEST_F(OverIpv6, AnExportFilterMayGiveTheNextHopThatTheSessionLacks) {
  auto const name = [](RouteChange set) {
    return route_map("names", {{.set = std::move(set), .then = RouteRule::Then::accept}});
  };
  to_b.export_filter = name({.med = 7});
  start();
  EXPECT_EQ(next_hop(*b), "absent");
  EXPECT_EQ(why_not(), "no next hop of this family on this session");
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, name({.next_hop = "192.0.2.99"_ip})).ok());
  run();
  EXPECT_EQ(next_hop(*b), "192.0.2.99");
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, name({.next_hop_self = true})).ok());
  run();
  EXPECT_EQ(next_hop(*b), "absent");
  EXPECT_EQ(why_not(), "no next hop of this family on this session");
}

TEST_F(OverIpv6, OurEndOfTheSessionWillDoWhereBothSidesSaySo) {
  to_b.extended_next_hop = true;
  start();
  EXPECT_EQ(next_hop(*b), "absent") << "b does not say so";
  to_a.extended_next_hop = true;
  auto const changed = b->update_peer(*b->find_peer(at_a), to_a);
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(changed->new_session);
  pass(60s);
  EXPECT_EQ(next_hop(*b), "2001:db8::1");
  EXPECT_THAT(a->peer(b_at_a)->capabilities_received, testing::Contains("ipv4-unicast over ipv6"));
  a->withdraw(net4);
  run();
  EXPECT_EQ(next_hop(*b), "absent");
}

TEST_F(OverIpv6, AnIpv4NextHopIsPreferredWhereThereIsOne) {
  to_a.extended_next_hop = to_b.extended_next_hop = true;
  to_b.own_next_hop_v4 = "192.0.2.1"_ip;
  start();
  EXPECT_EQ(next_hop(*b), "192.0.2.1");
}

TEST_F(OverIpv6, OurOwnAddressIsNoNextHopOfOthers) {
  to_a.own_next_hop_v4 = "192.0.2.77"_ip;
  to_b.own_next_hop_v4 = "192.0.2.77"_ip;
  start();
  EXPECT_EQ(b->explain(net4).paths.at(0).route.refused_by, "next hop is this speaker (RFC 4271 §5.1.3)");
}

TEST_F(OverIpv6, AnAddressThatBecomesOursMeanwhileIsNoNextHopOfOthersFromThenOn) {
  to_b.own_next_hop_v4 = "192.0.2.1"_ip;
  start();
  ASSERT_EQ(b->explain(net4).paths.at(0).route.refused_by, "");
  auto const refused = [&] { return b->explain(net4).paths.at(0).route.refused_by; };
  to_a.own_next_hop_v4 = "192.0.2.1"_ip;
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_a), to_a).ok());
  run();
  EXPECT_EQ(refused(), "next hop is this speaker (RFC 4271 §5.1.3)");
  to_a.own_next_hop_v4 = "192.0.2.99"_ip;
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_a), to_a).ok());
  run();
  EXPECT_EQ(refused(), "");
}

TEST_F(OverIpv6, WhatMakesNoSenseIsRefused) {
  to_b.own_next_hop_v4 = at_a;
  EXPECT_THAT(a->add_peer(to_b).error().message, HasSubstr("own_next_hop_v4 is no IPv4 unicast address"));
  to_b.own_next_hop_v4 = {};
  to_b.own_next_hop_v6 = "ff02::1"_ip;
  EXPECT_THAT(a->add_peer(to_b).error().message, HasSubstr("own_next_hop_v6 is no IPv6 unicast address"));
  to_b.own_next_hop_v6 = {};
  to_b.families = {ipv6_unicast};
  to_b.extended_next_hop = true;
  EXPECT_THAT(a->add_peer(to_b).error().message, HasSubstr("add ipv4-unicast to families"));
}

}  // namespace
}  // namespace bgp::engine::test
