// What eBGP neighbours in the roles of operators may hear of each other, and in which name: local AS (RFC 7705), own
// and private ASes in paths, roles (RFC 9234), graceful shutdown (RFC 8326). Three speakers in a line: a - b - c.
#include <algorithm>

#include "bgp/route_map.h"
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class External : public World {
 protected:
  IpAddress const at_a = "192.0.2.1"_ip, at_b = "192.0.2.2"_ip, at_c = "192.0.2.3"_ip;
  Asn const as_a = 65001_asn, as_b = 65002_asn, as_c = 65003_asn;
  std::unique_ptr<Speaker> a = speaker(as_a, at_a), b = speaker(as_b, at_b), c = speaker(as_c, at_c);
  // b's sessions, as a test wants them; then the other ends.
  PeerConfig to_a = peer(at_b, at_a, as_a), to_c = peer(at_b, at_c, as_c);
  PeerConfig a_to_b = peer(at_a, at_b, as_b, true), c_to_b = peer(at_c, at_b, as_b, true);

  void start() {
    ASSERT_TRUE(a->add_peer(a_to_b).ok());
    ASSERT_TRUE(c->add_peer(c_to_b).ok());
    auto const first = b->add_peer(to_a), second = b->add_peer(to_c);
    ASSERT_TRUE(first.ok()) << first.error().message;
    ASSERT_TRUE(second.ok()) << second.error().message;
    for (auto* speaker : {a.get(), b.get(), c.get()}) ASSERT_TRUE(speaker->start().ok());
    run();
  }
  std::size_t sessions() { return b->status().peers_established; }
  static std::vector<std::string> paths(Speaker const& speaker) {
    std::vector<std::string> out;
    for (auto const& route : list(speaker, {}))
      out.push_back(route.prefix.text() + " " + route.attributes.as_path.text());
    std::ranges::sort(out);
    return out;
  }
  static Attributes path(std::vector<Asn> asns) {
    Attributes attributes;
    attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::move(asns)}};
    return attributes;
  }
  static FilterPtr prepends(unsigned times) {
    return route_map("prepends", {{.set = {.prepend = times}, .then = RouteRule::Then::accept}});
  }
  /// ONLY_TO_CUSTOMER of the only route; 0: none.
  static std::uint32_t otc(Speaker const& speaker) {
    for (auto const& route : list(speaker, {})) {
      for (auto const& unknown : route.attributes.unknown) {
        if (unknown.type != 35) continue;
        auto const& v = unknown.value;
        return std::uint32_t{v[0]} << 24 | std::uint32_t{v[1]} << 16 | std::uint32_t{v[2]} << 8 | v[3];
      }
    }
    return 0;
  }
  static Attributes with_otc(Asn as) {
    Attributes attributes;
    attributes.unknown = {
        {0xc0, 35, {0, 0, static_cast<std::uint8_t>(as.value >> 8), static_cast<std::uint8_t>(as.value)}}};
    return attributes;
  }
  std::string why_refused_at_b() { return b->explain(nth(0)).paths.at(0).route.refused_by; }
  std::string why_not_told() {
    for (auto const& one : b->explain(nth(0)).exports) {
      if (one.peer == at_c) return one.rule;
    }
    return "?";
  }
};

// ---- Local AS

TEST_F(External, ALocalAsStandsInPathsOfBothDirections) {
  to_a.local_as = {.as = 64999_asn};
  a_to_b.remote_as = 64999_asn;
  start();
  ASSERT_EQ(sessions(), 2U);
  a->originate(nth(0));
  b->originate(nth(1));
  c->originate(nth(2));
  run();
  EXPECT_THAT(paths(*b), ElementsAre("10.0.0.0/24 64999 65001", "10.0.1.0/24 ", "10.0.2.0/24 65003"));
  EXPECT_THAT(paths(*a), ElementsAre("10.0.0.0/24 ", "10.0.1.0/24 64999 65002", "10.0.2.0/24 64999 65002 65003"));
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 64999 65001", "10.0.1.0/24 65002", "10.0.2.0/24 "));
  EXPECT_EQ(b->explain(nth(0)).paths[0].route.changed_by, "local AS (RFC 7705)");
}

TEST_F(External, ALocalAsInPlaceOfOurOwnLeavesNoTraceOfIt) {
  to_a.local_as = {.as = 64999_asn, .prepend_received = false, .replace = true};
  a_to_b.remote_as = 64999_asn;
  start();
  a->originate(nth(0));
  c->originate(nth(2));
  run();
  EXPECT_THAT(paths(*b), ElementsAre("10.0.0.0/24 65001", "10.0.2.0/24 65003"));
  EXPECT_THAT(paths(*a), ElementsAre("10.0.0.0/24 ", "10.0.2.0/24 64999 65003"));
}

TEST_F(External, AFilterRepeatsOurOwnAsBehindTheLocalOne) {
  to_a.local_as = {.as = 64999_asn};
  to_a.export_filter = prepends(2);
  a_to_b.remote_as = 64999_asn;
  start();
  b->originate(nth(1));
  c->originate(nth(2));
  run();
  EXPECT_THAT(paths(*a),
              ElementsAre("10.0.1.0/24 64999 65002 65002 65002", "10.0.2.0/24 64999 65002 65002 65002 65003"))
      << "the origin stays what it was";
  to_a.local_as.replace = true;
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_a), to_a).ok());
  pass(60s);
  EXPECT_THAT(paths(*a), ElementsAre("10.0.1.0/24 64999 64999 64999", "10.0.2.0/24 64999 64999 64999 65003"));
}

TEST_F(External, ALocalAsMakesNoOneNeighbourOfTwoAses) {
  to_a.local_as = to_c.local_as = {.as = 64999_asn};
  a_to_b.remote_as = c_to_b.remote_as = 64999_asn;
  start();
  a->originate(nth(0), with_med(10));
  c->originate(nth(0), with_med(5));
  run();
  auto const explained = b->explain(nth(0));
  ASSERT_EQ(explained.paths.size(), 2U);
  EXPECT_EQ(explained.paths[0].route.attributes.as_path.text(), "64999 65001") << "MED is not asked";
  EXPECT_EQ(explained.decided_by, "lower router ID");
}

TEST_F(External, TheLocalAsIsOursInPathsThatComeBack) {
  to_a.local_as = {.as = 64999_asn};
  a_to_b.remote_as = 64999_asn;
  start();
  a->originate(nth(0), path({64999_asn}));
  run();
  EXPECT_EQ(why_refused_at_b(), "own local AS in AS_PATH (RFC 4271 §9.1.2)");
}

TEST_F(External, ALocalAsThatMakesNoSenseIsRefused) {
  auto const refused = [&](LocalAs local, Asn remote) {
    auto config = peer(at_b, at_a, remote);
    config.local_as = local;
    return b->add_peer(config).error().message;
  };
  EXPECT_THAT(refused({.as = as_b}, as_a), HasSubstr("own AS anyhow"));
  EXPECT_THAT(refused({.as = as_a}, as_a), HasSubstr("the neighbour's AS"));
  EXPECT_THAT(refused({.as = 64999_asn}, as_b), HasSubstr("for eBGP"));
}

// ---- ASes in paths

TEST_F(External, OurOwnAsMayComeBackAsOftenAsAllowed) {
  to_a.allow_own_as = 1;
  start();
  a->originate(nth(0), path({as_b}));
  a->originate(nth(1), path({as_b, as_b}));
  run();
  EXPECT_EQ(why_refused_at_b(), "");
  EXPECT_EQ(b->explain(nth(1)).paths.at(0).route.refused_by, "own AS in AS_PATH (RFC 4271 §9.1.2)");
}

TEST_F(External, PrivateAsesGoOnTheWayOut) {
  c_to_b.remote_as = as_b;
  to_c.private_as = PrivateAs::remove;
  start();
  a->originate(nth(0), path({64512_asn, 64495_asn}));
  run();
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 64495"));  // 65001 is private as well
}

TEST_F(External, WhatAFilterPutsInFrontIsNotTakenForWhatCame) {
  c_to_b.remote_as = as_b;
  to_c.private_as = PrivateAs::remove;
  to_c.export_filter = prepends(2);
  start();
  a->originate(nth(0), path({64512_asn, 64495_asn}));
  run();
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 65002 65002 64495"));
  to_c.private_as = PrivateAs::replace;
  to_c.export_filter = route_map("puts", {{.set = {.prepend_ases = {64520_asn}}, .then = RouteRule::Then::accept}});
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_c), to_c).ok());
  run();
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 64520 65002 65002 64495"));
}

TEST_F(External, PrivateAsesAreReplacedAndTheChangeNeedsNoNewSession) {
  start();
  a->originate(nth(0), path({64512_asn, 64495_asn}));
  run();
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 65001 64512 64495"));
  to_c.private_as = PrivateAs::replace;
  auto const changed = b->update_peer(*b->find_peer(at_c), to_c);
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->new_session);
  run();
  EXPECT_THAT(paths(*c), ElementsAre("10.0.0.0/24 65002 65002 65002 64495"));
  EXPECT_EQ(sessions(), 2U);
}

// ---- Roles

TEST_F(External, ARouteOfAProviderGoesToCustomersOnlyAndSaysSo) {
  to_a.role = Role::customer;
  to_c.role = Role::provider;
  start();
  a->originate(nth(0));
  run();
  EXPECT_EQ(otc(*b), 0U) << "what stands in the table is what came";
  EXPECT_EQ(otc(*c), as_a.value) << "as if it had come with it";
  to_c.role = Role::peer;
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_c), to_c).ok());
  pass(30s);
  ASSERT_EQ(sessions(), 2U);
  EXPECT_THAT(paths(*c), IsEmpty());
  EXPECT_EQ(why_not_told(), "ONLY_TO_CUSTOMER, not for a peer (RFC 9234 §5)");
}

TEST_F(External, OurOwnRoutesAreLimitedTowardsCustomersAndPeersAndFreeTowardsProviders) {
  to_a.role = Role::customer;
  to_c.role = Role::provider;
  start();
  b->originate(nth(0));
  run();
  EXPECT_EQ(otc(*c), as_b.value);
  EXPECT_EQ(otc(*a), 0U);
}

TEST_F(External, ARouteOfACustomerIsFree) {
  to_a.role = Role::provider;
  to_c.role = Role::customer;
  start();
  a->originate(nth(0));
  run();
  EXPECT_EQ(paths(*c).size(), 1U);
  EXPECT_EQ(otc(*c), 0U);
}

TEST_F(External, ALeakIsRefused) {
  to_a.role = Role::provider;
  start();
  a->originate(nth(0), with_otc(64495_asn));
  run();
  EXPECT_EQ(why_refused_at_b(), "route leak: ONLY_TO_CUSTOMER from a customer (RFC 9234 §5)");
}

TEST_F(External, APeersOnlyToCustomerMustBeItsOwn) {
  to_a.role = Role::peer;
  start();
  a->originate(nth(0), with_otc(64495_asn));
  a->originate(nth(1), with_otc(as_a));
  run();
  EXPECT_THAT(why_refused_at_b(), HasSubstr("not of its own AS"));
  EXPECT_EQ(b->explain(nth(1)).paths.at(0).route.refused_by, "");
}

TEST_F(External, OnlyToCustomerThatCameIsKept) {
  to_a.role = Role::customer;
  to_c.role = Role::provider;
  start();
  a->originate(nth(0), with_otc(64495_asn));
  run();
  EXPECT_EQ(otc(*c), 64495U);
}

TEST_F(External, WithoutRolesItPassesUntouched) {
  start();
  a->originate(nth(0), with_otc(64495_asn));
  run();
  EXPECT_EQ(otc(*c), 64495U);
}

TEST_F(External, RolesAreAgreedOn) {
  to_a.role = Role::customer;
  a_to_b.role = Role::provider;
  to_c.role = Role::provider;
  c_to_b.role = Role::provider;
  start();
  EXPECT_EQ(sessions(), 1U);
  EXPECT_THAT(b->peer(*b->find_peer(at_a))->capabilities_received, testing::Contains("role provider"));
  EXPECT_THAT(c->peers().at(0).last_error, HasSubstr("Role Mismatch"));
}

// ---- Graceful shutdown

TEST_F(External, GracefulShutdownIsSaidAndHonouredWithoutANewSession) {
  start();
  b->originate(nth(0));
  run();
  EXPECT_FALSE(list(*c, {}).at(0).attributes.local_pref);
  to_c.graceful_shutdown = true;
  auto changed = b->update_peer(*b->find_peer(at_c), to_c);
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->new_session);
  run();
  auto const route = list(*c, {}).at(0);
  EXPECT_THAT(route.attributes.communities, ElementsAre(graceful_shutdown));
  EXPECT_EQ(route.attributes.local_pref, 0U);
  EXPECT_EQ(route.changed_by, "graceful shutdown (RFC 8326)");
  EXPECT_THAT(list(*a, {}).at(0).attributes.communities, IsEmpty());
  to_c.graceful_shutdown = false;
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_c), to_c).ok());
  run();
  EXPECT_THAT(list(*c, {}).at(0).attributes.communities, IsEmpty());
  EXPECT_FALSE(list(*c, {}).at(0).attributes.local_pref);
  EXPECT_EQ(sessions(), 2U);
}

TEST_F(External, WhoDoesNotHonourItCanBeginTo) {
  c_to_b.honour_graceful_shutdown = false;
  to_c.graceful_shutdown = true;
  start();
  b->originate(nth(0));
  run();
  EXPECT_FALSE(list(*c, {}).at(0).attributes.local_pref);
  c_to_b.honour_graceful_shutdown = true;
  auto const changed = c->update_peer(*c->find_peer(at_b), c_to_b);
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed->new_session);
  run();
  EXPECT_EQ(list(*c, {}).at(0).attributes.local_pref, 0U);
}

TEST_F(External, WithinAnAsItIsTheLowestLocalPreference) {
  c = speaker(as_b, at_c);
  to_c.remote_as = as_b;
  to_c.graceful_shutdown = true;
  start();
  b->originate(nth(0));
  a->originate(nth(1));
  run();
  auto const routes = list(*c, {});
  ASSERT_EQ(routes.size(), 2U);
  for (auto const& route : routes) {
    EXPECT_EQ(route.attributes.local_pref, 0U);
    EXPECT_THAT(route.attributes.communities, ElementsAre(graceful_shutdown));
  }
}

// ---- Extended messages (RFC 8654)

TEST_F(External, WhatFitsInAnExtendedMessageOnlyIsForThoseWhoTakeThem) {
  a_to_b.extended_messages = to_a.extended_messages = true;
  start();
  Attributes attributes;
  for (std::uint32_t i = 0; i < 2000; ++i) attributes.communities.push_back({i});
  a->originate(nth(0), attributes);
  a->originate(nth(1));
  run();
  EXPECT_EQ(list(*b, {}).size(), 2U);
  RouteQuery long_one;
  long_one.prefix = nth(0);
  EXPECT_EQ(list(*b, long_one).at(0).attributes.communities.size(), 2000U);
  EXPECT_EQ(list(*c, {}).size(), 1U);
  EXPECT_EQ(why_not_told(), "its attributes do not fit in a message (RFC 8654 §4)");
  c_to_b.extended_messages = true;
  ASSERT_TRUE(c->update_peer(*c->find_peer(at_b), c_to_b).ok());
  pass(60s);
  EXPECT_EQ(list(*c, {}).size(), 2U);
}

// ---- What is required

TEST_F(External, ANeighbourWithoutWhatIsRequiredIsRefused) {
  to_a.families = {ipv4_unicast, ipv6_unicast};
  to_a.required.families = {ipv6_unicast};
  start();
  EXPECT_EQ(sessions(), 1U);
  EXPECT_THAT(a->peers().at(0).last_error, HasSubstr("Unsupported Capability"));
}

}  // namespace
}  // namespace bgp::engine::test
