// Our own routes: originate, withdraw, announce_exactly, and what a neighbour gets of them.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using Announce = Two;

TEST_F(Announce, RoutesGoBothWays) {
  start();
  Watch at_a_routes(*a), at_b_routes(*b);
  a->originate("203.0.113.0/24"_pfx);
  b->originate("198.51.100.0/24"_pfx);
  run();
  auto const& of_a = at_b_routes.routes.at("203.0.113.0/24"_pfx);
  EXPECT_EQ(of_a.as_path.text(), "65001");
  EXPECT_EQ(of_a.next_hop, at_a);
  auto const& of_b = at_a_routes.routes.at("198.51.100.0/24"_pfx);
  EXPECT_EQ(of_b.as_path.text(), "65002");
  EXPECT_EQ(of_b.next_hop, at_b);
}

TEST_F(Announce, WhatWasOriginatedBeforeTheSessionArrives) {
  for (std::uint32_t i = 0; i < 3000; ++i) a->originate(nth(i));
  start();
  EXPECT_EQ(list(*b, {}).size(), 3000U);
}

TEST_F(Announce, AttributesArriveAsGiven) {
  start();
  Watch watch(*b);
  Attributes attributes;
  attributes.origin = Origin::egp;
  attributes.med = 42;
  attributes.communities = {*Community::parse("65001:7")};
  attributes.large_communities = {{65001, 1, 2}};
  a->originate("203.0.113.0/24"_pfx, attributes);
  run();
  auto const& got = watch.routes.at("203.0.113.0/24"_pfx);
  EXPECT_EQ(got.origin, Origin::egp);
  EXPECT_EQ(got.med, 42U);
  EXPECT_EQ(got.communities, attributes.communities);
  EXPECT_EQ(got.large_communities, attributes.large_communities);
}

TEST_F(Announce, WithdrawnRoutesGo) {
  start();
  Watch watch(*b);
  a->originate("203.0.113.0/24"_pfx);
  a->originate("198.51.100.0/24"_pfx);
  run();
  a->withdraw("203.0.113.0/24"_pfx);
  run();
  EXPECT_FALSE(watch.routes.contains("203.0.113.0/24"_pfx));
  EXPECT_TRUE(watch.routes.contains("198.51.100.0/24"_pfx));
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 1U);
}

TEST_F(Announce, OriginatingTheSameAgainSendsNothing) {
  start();
  a->originate("203.0.113.0/24"_pfx, with_med(1));
  run();
  auto const before = updates_from_a();
  a->originate("203.0.113.0/24"_pfx, with_med(1));
  a->withdraw("198.51.100.0/24"_pfx);  // which was never there
  run();
  EXPECT_EQ(updates_from_a(), before);
  a->originate("203.0.113.0/24"_pfx, with_med(2));
  run();
  EXPECT_EQ(updates_from_a(), before + 1);
}

TEST_F(Announce, ExactlyThatSetAndNothingElse) {
  start();
  Watch watch(*b);
  a->originate("203.0.113.0/24"_pfx);
  std::vector<Announcement> const first{{"198.51.100.0/24"_pfx, with_med(1)}, {"192.0.2.0/25"_pfx, with_med(1)}};
  a->announce_exactly(first);
  run();
  EXPECT_EQ(watch.routes.size(), 2U);
  EXPECT_FALSE(watch.routes.contains("203.0.113.0/24"_pfx)) << "an originated route is one of ours, too";

  std::vector<Announcement> const second{{"198.51.100.0/24"_pfx, with_med(2)}, {"203.0.113.128/25"_pfx, {}}};
  a->announce_exactly(second);
  run();
  EXPECT_EQ(watch.routes.size(), 2U);
  EXPECT_EQ(watch.routes.at("198.51.100.0/24"_pfx).med, 2U);
  EXPECT_TRUE(watch.routes.contains("203.0.113.128/25"_pfx));
  a->announce_exactly({});
  run();
  EXPECT_TRUE(watch.routes.empty());
}

TEST_F(Announce, TheSameSetAgainSendsNothing) {
  start();
  std::vector<Announcement> set;
  for (std::uint32_t i = 0; i < 100; ++i) set.push_back({nth(i), with_med(i)});
  a->announce_exactly(set);
  run();
  auto const before = updates_from_a();
  std::ranges::reverse(set);
  a->announce_exactly(set);
  run();
  EXPECT_EQ(updates_from_a(), before);
  set[3].attributes.med = 1000;
  a->announce_exactly(set);
  run();
  EXPECT_EQ(updates_from_a(), before + 1) << "one changed route is one UPDATE";
}

TEST_F(Announce, AttributesThatAreFarTooLongAreIgnoredAndTheRestGoesOn) {
  start();
  auto attributes = with_med(1);
  a->originate("203.0.113.0/24"_pfx, attributes);
  attributes.communities.resize(20'000);
  attributes.extended_communities.resize(10'000);
  attributes.ipv6_extended_communities.resize(4'000);
  attributes.large_communities.resize(6'000);
  attributes.cluster_list.resize(20'000);
  a->originate("203.0.113.0/24"_pfx, attributes);
  a->originate("198.51.100.0/24"_pfx, attributes);
  a->originate("192.0.2.0/24"_pfx);
  run();
  auto const held = list(*b, {});
  ASSERT_EQ(held.size(), 2U);
  EXPECT_EQ(held[0].attributes.med, 1U);
  EXPECT_EQ(held[1].prefix, "192.0.2.0/24"_pfx);
}

TEST_F(Announce, NothingPassesAnExternalNeighbourWithoutFilters) {  // RFC 8212
  auto silent = peer(at_a, at_b, as_b, true);
  silent.export_filter = nullptr;
  auto deaf = peer(at_b, at_a, as_a);
  deaf.import = nullptr;
  start(silent, deaf);
  Watch at_a_routes(*a), at_b_routes(*b);
  a->originate("203.0.113.0/24"_pfx);
  b->originate("198.51.100.0/24"_pfx);
  run();
  EXPECT_TRUE(at_a_routes.routes.contains("198.51.100.0/24"_pfx)) << "this direction has both filters";
  EXPECT_FALSE(at_b_routes.routes.contains("203.0.113.0/24"_pfx));
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 0U) << "nothing was sent";
}

TEST_F(Announce, WhatImportRefusesIsKeptAndSaysWhy) {
  auto deaf = peer(at_b, at_a, as_a);
  deaf.import = nullptr;
  start(peer(at_a, at_b, as_b, true), deaf);
  a->originate("203.0.113.0/24"_pfx);
  run();
  EXPECT_TRUE(list(*b, {}).empty());
  auto const received = list(*b, {RouteQuery::View::received, {}, false, a_at_b});
  ASSERT_EQ(received.size(), 1U);
  EXPECT_FALSE(received[0].usable);
  EXPECT_EQ(received[0].refused_by, "no import filter (RFC 8212)");
}

TEST_F(Announce, SpeakersOfOneProcessShareNothing) {
  // The same ASes, addresses and prefixes on another network in the same process.
  auto const first = network;
  network = std::make_shared<transport::MemoryNetwork>(io.get_executor());
  auto c = speaker(as_a, at_a), d = speaker(as_b, at_b);
  auto const d_at_c = *c->add_peer(peer(at_a, at_b, as_b, true));
  ASSERT_TRUE(d->add_peer(peer(at_b, at_a, as_a)).ok());
  ASSERT_TRUE(c->start().ok());
  ASSERT_TRUE(d->start().ok());
  network = first;
  start();
  Watch at_b_routes(*b), at_d_routes(*d);
  a->originate("203.0.113.0/24"_pfx, with_med(1));
  c->originate("203.0.113.0/24"_pfx, with_med(2));
  c->originate("198.51.100.0/24"_pfx);
  run();
  EXPECT_EQ(at_b_routes.routes.size(), 1U);
  EXPECT_EQ(at_b_routes.routes.at("203.0.113.0/24"_pfx).med, 1U);
  EXPECT_EQ(at_d_routes.routes.at("203.0.113.0/24"_pfx).med, 2U);
  EXPECT_EQ(a->status().attribute_sets, 1U);
  EXPECT_EQ(c->status().attribute_sets, 2U);
  a.reset();
  pass(5min);
  EXPECT_TRUE(at_b_routes.routes.empty());
  EXPECT_EQ(at_d_routes.routes.size(), 2U);
  EXPECT_EQ(c->peer(d_at_c)->flaps, 0U);
}

}  // namespace
}  // namespace bgp::engine::test
