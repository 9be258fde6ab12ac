#include "bgp/route_map.h"

#include <gtest/gtest.h>

namespace bgp {
namespace {

using Then = RouteRule::Then;

RouteRule rule(Then then, RouteMatch match = {}, RouteChange set = {}) {
  return {"", std::move(match), std::move(set), then};
}

class RouteMaps : public testing::Test {
 protected:
  FilterVerdict ask(std::vector<RouteRule> rules) {
    asked = route_map("in", std::move(rules));  // the verdict points into it
    return asked->judge({prefix, attributes, source, announced_by});
  }
  // Whether a rule with this match takes the route.
  bool takes(RouteMatch match) { return ask({rule(Then::accept, std::move(match))}).accept; }
  Attributes after(RouteChange set) {
    auto const verdict = ask({rule(Then::accept, {}, std::move(set))});
    EXPECT_TRUE(verdict.accept);
    return verdict.changed ? *verdict.changed : attributes;
  }

  RouteMaps() {
    attributes.as_path.segments = {{AsPathSegment::Kind::sequence, {65001_asn, 65002_asn}}};
    attributes.next_hop = "192.0.2.9"_ip;
    attributes.med = 10;
    attributes.communities = {{65000U << 16 | 1U}};
  }
  Prefix prefix = "10.1.0.0/16"_pfx;
  Attributes attributes;
  RouteSource source{RouteSource::Kind::ebgp, "192.0.2.1"_ip, 65001_asn};
  Asn announced_by = 65001_asn;
  FilterPtr asked;
};

TEST_F(RouteMaps, EveryMatchIsAsked) {
  auto const list = [](char const* text) {
    return std::make_shared<PrefixList const>(std::vector{*PrefixList::Entry::parse(text)});
  };
  EXPECT_TRUE(takes({.prefixes = {list("10.0.0.0/8 le 16")}}));
  EXPECT_FALSE(takes({.prefixes = {list("10.0.0.0/8 le 15")}}));
  EXPECT_TRUE(takes({.prefixes = {list("10.0.0.0/8 le 15"), list("10.1.0.0/16")}})) << "one of several will do";
  EXPECT_TRUE(takes({.as_paths = {*AsPathPattern::parse("65001 *")}}));
  EXPECT_FALSE(takes({.as_paths = {*AsPathPattern::parse("65002 *")}}));
  EXPECT_TRUE(takes({.communities = {*CommunityPattern::parse("65000:*")}}));
  EXPECT_FALSE(takes({.communities = {*CommunityPattern::parse("65001:*")}}));
  auto const community = [](char const* text) { return *CommunityPattern::parse(text); };
  EXPECT_TRUE(takes({.all_communities = {community("65000:*"), community("65000:1")}}));
  EXPECT_FALSE(takes({.all_communities = {community("65000:1"), community("65000:2")}}));
  EXPECT_TRUE(takes({.as_path_length = {{2, 2}}}));
  EXPECT_FALSE(takes({.as_path_length = {{3, 255}}}));
  EXPECT_TRUE(takes({.origins = {Origin::incomplete, Origin::igp}}));
  EXPECT_FALSE(takes({.origins = {Origin::egp}}));
  EXPECT_TRUE(takes({.next_hops = {"192.0.2.0/24"_pfx}}));
  EXPECT_FALSE(takes({.next_hops = {"192.0.3.0/24"_pfx}}));
  EXPECT_TRUE(takes({.peers = {"192.0.2.1/32"_pfx}}));
  EXPECT_FALSE(takes({.peers = {"192.0.2.2/32"_pfx}}));
  EXPECT_TRUE(takes({.peer_as = {65001_asn}}));
  EXPECT_FALSE(takes({.peer_as = {65002_asn}}));
  EXPECT_TRUE(takes({.from = {RouteSource::Kind::local, RouteSource::Kind::ebgp}}));
  EXPECT_FALSE(takes({.from = {RouteSource::Kind::ibgp}}));
  EXPECT_TRUE(takes({.med = {{10, 20}}}));
  EXPECT_FALSE(takes({.med = {{0, 9}}}));
  EXPECT_TRUE(takes({.local_pref = {{100, 100}}})) << "a missing one is 100";
  EXPECT_FALSE(takes({.local_pref = {{101, 200}}}));
  EXPECT_FALSE(takes({.peer_as = {65001_asn}, .med = {{0, 9}}})) << "all must hold";
}

TEST_F(RouteMaps, EveryChangeIsMade) {
  EXPECT_EQ(after({.local_pref = 200}).local_pref, 200U);
  EXPECT_EQ(after({.med = 5}).med, 5U);
  EXPECT_TRUE(after({.next_hop_self = true}).next_hop.is_unset());
  EXPECT_EQ(after({.next_hop = "192.0.2.77"_ip}).next_hop, "192.0.2.77"_ip);
  EXPECT_EQ(after({.next_hop = "2001:db8::1"_ip}).next_hop, "192.0.2.9"_ip) << "of the other family";
  auto const both =
      after({.remove = {*CommunityPattern::parse("65000:*")}, .add = {*CommunityPattern::parse("65000:2")}});
  EXPECT_EQ(both.communities, (std::vector<Community>{{65000U << 16 | 2U}})) << "removed first";
  EXPECT_EQ(after({.prepend = 2}).as_path.text(), "65001 65001 65001 65002");
  EXPECT_EQ(after({.prepend = 1, .prepend_ases = {7_asn, 8_asn}}).as_path.text(), "7 8 65001 65001 65002");
  announced_by = {};
  EXPECT_EQ(after({.prepend = 2}).as_path.text(), "65001 65002") << "iBGP would take it for a loop";
  attributes.as_path = {};
  announced_by = 9_asn;
  EXPECT_EQ(after({.prepend = 1}).as_path.text(), "9");
}

TEST_F(RouteMaps, TheOriginIsSet) { EXPECT_EQ(after({.origin = Origin::incomplete}).origin, Origin::incomplete); }

TEST_F(RouteMaps, RulesAreAskedInTheirOrderAndFallingThroughRejects) {
  EXPECT_FALSE(ask({}).accept);
  EXPECT_EQ(ask({}).rule, "filter in, which no rule of it accepts");
  EXPECT_FALSE(ask({rule(Then::next)}).accept);
  EXPECT_FALSE(ask({rule(Then::reject), rule(Then::accept)}).accept);
  EXPECT_TRUE(ask({rule(Then::accept), rule(Then::reject)}).accept);
  RouteRule martians{"martians", {}, {}, Then::reject};
  auto const map = route_map("in", {rule(Then::next), martians});
  EXPECT_EQ(map->judge({prefix, attributes, source, {}}).rule, "filter in, rule 2 (martians)");
}

TEST_F(RouteMaps, ARuleSeesWhatThoseBeforeItHaveChanged) {
  auto const verdict = ask({rule(Then::next, {}, {.med = 50}), rule(Then::next, {.med = {{10, 10}}}, {.local_pref = 1}),
                            rule(Then::accept, {.med = {{50, 50}}}, {.local_pref = 2})});
  ASSERT_TRUE(verdict.changed);
  EXPECT_EQ(verdict.changed->local_pref, 2U);
  EXPECT_EQ(verdict.changed_by, "filter in, rule 1, rule 3");
}

TEST_F(RouteMaps, AChangeToWhatStandsThereIsNone) { EXPECT_FALSE(ask({rule(Then::accept, {}, {.med = 10})}).changed); }

TEST_F(RouteMaps, OnlyOneWithPrefixListsAsksForThePrefix) {
  EXPECT_FALSE(route_map("in", {rule(Then::accept)})->asks_for_prefix());
  auto const list = std::make_shared<PrefixList const>(std::vector<PrefixList::Entry>{});
  EXPECT_TRUE(route_map("in", {rule(Then::accept, {.prefixes = {list}})})->asks_for_prefix());
}

TEST(RouteMap, MadeAnewFromTheSameRulesIsTheSame) {
  auto const made = [](unsigned local_pref, char const* within) {
    RouteRule rule;
    auto const entry = PrefixList::Entry::parse(within);
    rule.match.prefixes = {std::make_shared<PrefixList const>(std::vector<PrefixList::Entry>{*entry})};
    rule.match.as_paths = {*AsPathPattern::parse("65001 *")};
    rule.set.local_pref = local_pref;
    rule.then = RouteRule::Then::accept;
    return route_map("in", {rule});
  };
  auto const one = made(200, "10.0.0.0/8 le 24");
  EXPECT_TRUE(one->same_as(*made(200, "10.0.0.0/8 le 24")));
  EXPECT_FALSE(one->same_as(*made(300, "10.0.0.0/8 le 24")));
  EXPECT_FALSE(one->same_as(*made(200, "10.0.0.0/8 le 25")));
  EXPECT_FALSE(one->same_as(*accept_all));
}

}  // namespace
}  // namespace bgp
