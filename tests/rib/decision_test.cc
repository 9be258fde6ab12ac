// The ladder: each rung decides where all rungs above are equal, and the order of the paths never matters.
#include "rib/decision.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace bgp::rib {
namespace {

using Kind = PeerInfo::Kind;

// A path and what it points to.
struct Route {
  wire::AttributeSummary attributes;
  PeerInfo peer;
  std::uint32_t cost = 10;
  PathId id;
  [[nodiscard]] Candidate candidate() const { return {&attributes, &peer, cost, id}; }
};

Route ordinary() {
  Route route;
  route.attributes.origin = Origin::igp;
  route.attributes.as_path_length = 3;
  route.attributes.first_as = Asn{65001};
  route.attributes.med = 50;
  route.attributes.local_pref = 100;
  route.attributes.cluster_list_length = 2;
  route.peer.kind = Kind::ibgp;
  route.peer.id = PeerId{5};
  route.peer.router_id = RouterId{500};
  route.peer.address = "10.0.0.5"_ip;
  route.id = PathId{5};
  return route;
}

struct Story {
  Rung rung;
  std::string what;
  void (*better)(Route&);
};

// In the order of the ladder. Each makes a route better at its rung alone.
std::vector<Story> const stories{
    {Rung::local_pref, "preferred by the AS", [](Route& r) { r.attributes.local_pref = 101; }},
    {Rung::local_route, "what we originate", [](Route& r) { r.peer.kind = Kind::local; }},
    {Rung::as_path_length, "an AS nearer", [](Route& r) { r.attributes.as_path_length = 2; }},
    {Rung::med, "the entrance its AS would like", [](Route& r) { r.attributes.med = 49; }},
    {Rung::external, "heard from outside", [](Route& r) { r.peer.kind = Kind::ebgp; }},
    {Rung::next_hop_cost, "the nearest exit", [](Route& r) { r.cost = 9; }},
    {Rung::router_id, "the lower router ID", [](Route& r) { r.peer.router_id = RouterId{499}; }},
    {Rung::cluster_list, "reflected less often", [](Route& r) { r.attributes.cluster_list_length = 1; }},
    {Rung::peer_address, "the lower address", [](Route& r) { r.peer.address = "10.0.0.4"_ip; }},
    {Rung::path_id, "the lower path identifier", [](Route& r) { r.id = PathId{4}; }},
};

Choice choose_of(std::vector<Route> const& routes, DecisionOptions options = {}) {
  std::vector<Candidate> candidates;
  for (auto const& route : routes) candidates.push_back(route.candidate());
  return choose(candidates, options);
}

TEST(Decision, EachRungDecidesWhereAllAboveAreEqual) {
  for (auto const& story : stories) {
    auto better = ordinary();
    story.better(better);
    auto const first = choose_of({better, ordinary()});
    EXPECT_EQ(first.best, 0U) << story.what;
    EXPECT_EQ(first.rung, story.rung) << story.what;
    auto const second = choose_of({ordinary(), better});
    EXPECT_EQ(second.best, 1U) << story.what;
    EXPECT_EQ(second.rung, story.rung) << story.what;
  }
}

TEST(Decision, AHigherRungOutweighsAllBelowIt) {
  for (std::size_t high = 0; high < stories.size(); ++high) {
    auto chosen = ordinary();
    stories[high].better(chosen);
    auto other = ordinary();
    for (auto low = high + 1; low < stories.size(); ++low) {
      // Only one of them can change who the peer is.
      if (stories[high].rung == Rung::local_route && stories[low].rung == Rung::external) continue;
      stories[low].better(other);
    }
    auto const choice = choose_of({other, chosen});
    EXPECT_EQ(choice.best, 1U) << stories[high].what;
    EXPECT_EQ(choice.rung, stories[high].rung) << stories[high].what;
  }
}

TEST(Decision, OriginIgpBeatsEgpBeatsIncompleteBeforeMed) {
  auto igp = ordinary();
  auto egp = ordinary();
  auto incomplete = ordinary();
  egp.attributes.origin = Origin::egp;
  incomplete.attributes.origin = Origin::incomplete;
  egp.attributes.med = incomplete.attributes.med = 0;
  EXPECT_EQ(choose_of({incomplete, egp, igp}).best, 2U);
  EXPECT_EQ(choose_of({incomplete, egp, igp}).rung, Rung::origin);
  EXPECT_EQ(choose_of({incomplete, egp}).best, 1U);
}

TEST(Decision, NoPathAndOnlyPath) {
  EXPECT_EQ(choose_of({}).rung, Rung::none);
  EXPECT_EQ(choose_of({ordinary()}).rung, Rung::only_path);
}

TEST(Decision, MedIsNotAskedBetweenTwoNeighbouringAses) {
  auto a = ordinary();
  auto b = ordinary();
  a.attributes.med = 0;
  b.attributes.first_as = Asn{65002};
  b.peer.router_id = RouterId{1};
  EXPECT_EQ(choose_of({a, b}).best, 1U);
  EXPECT_EQ(choose_of({a, b}).rung, Rung::router_id);
  EXPECT_EQ(choose_of({a, b}, {.always_compare_med = true}).best, 0U);
  EXPECT_EQ(choose_of({a, b}, {.always_compare_med = true}).rung, Rung::med);
}

// RFC 3345's trouble: A beats B by MED, B beats C, C beats A by router ID. A may not be spoilt by the order.
TEST(Decision, ARouteThatLosesByMedCannotSpoilAnothersChances) {
  auto a = ordinary();  // AS 1, low MED, high router ID
  auto b = ordinary();  // AS 1, high MED, lowest router ID
  auto c = ordinary();  // AS 2, middle router ID
  a.attributes.med = 1;
  a.peer.router_id = RouterId{30};
  b.attributes.med = 9;
  b.peer.router_id = RouterId{10};
  c.attributes.first_as = Asn{65002};
  c.peer.router_id = RouterId{20};
  EXPECT_EQ(choose_of({a, b, c}).best, 2U);
  EXPECT_EQ(choose_of({a, b, c}).rung, Rung::router_id);
  EXPECT_EQ(choose_of({b, c, a}).best, 1U);
  EXPECT_EQ(choose_of({c, a, b}).best, 0U);
}

TEST(Decision, TheRungIsThatAgainstTheStrongestRunnerUp) {
  auto best = ordinary();
  auto close = ordinary();
  auto far = ordinary();
  best.attributes.med = 1;
  best.peer.router_id = RouterId{1};
  close.attributes.med = 1;
  far.attributes.local_pref = 50;
  far.attributes.first_as = Asn{65002};
  for (auto const& order :
       std::vector<std::vector<Route>>{{best, close, far}, {far, close, best}, {close, far, best}}) {
    EXPECT_EQ(choose_of(order).rung, Rung::router_id);
  }
}

TEST(Decision, OriginatorIdStandsInPlaceOfTheRouterId) {
  auto reflected = ordinary();
  reflected.peer.router_id = RouterId{1};
  reflected.attributes.has_originator_id = true;
  reflected.attributes.originator_id = RouterId{600};
  EXPECT_EQ(choose_of({reflected, ordinary()}).best, 1U);
  EXPECT_EQ(choose_of({reflected, ordinary()}).rung, Rung::router_id);
}

TEST(Decision, TheSameLinkLocalAddressOnTwoInterfacesIsStillDecided) {
  auto a = ordinary();
  auto b = ordinary();
  b.peer.id = PeerId{6};
  EXPECT_EQ(choose_of({a, b}).best, 0U);
  EXPECT_EQ(choose_of({b, a}).best, 1U);
}

// The lowest router ID of all, but its own AS would rather be entered elsewhere.
TEST(Decision, WhoWouldHaveWonButForMedLostByMed) {
  auto first = ordinary();
  first.attributes.med = 10;
  first.peer.router_id = RouterId{1};
  auto second = ordinary();
  second.attributes.med = 5;
  second.peer.router_id = RouterId{9};
  auto third = ordinary();
  third.attributes.first_as = Asn{65002};
  third.peer.router_id = RouterId{5};
  std::vector<Route> const routes{first, second, third};
  std::vector<Candidate> candidates;
  for (auto const& route : routes) candidates.push_back(route.candidate());
  ASSERT_EQ(choose(candidates, {}).best, 2U);
  EXPECT_EQ(losing_rung(candidates, 0, 2, {}), Rung::med);
  EXPECT_EQ(losing_rung(candidates, 1, 2, {}), Rung::router_id);
}

TEST(Decision, EveryRungHasItsText) {
  for (auto rung = Rung::none; rung <= Rung::path_id; rung = Rung(static_cast<int>(rung) + 1)) {
    EXPECT_FALSE(rung_text(rung).empty());
  }
  EXPECT_EQ(rung_text(Rung::med), "lower MED");
  EXPECT_EQ(rung_text(Rung::path_id), "lower path identifier");
}

// Values from few, so that every rung is reached.
Route any_route(std::uint32_t number) {
  auto const pick = [](std::uint32_t below) { return *rc::gen::inRange(0U, below); };
  Route route = ordinary();
  route.attributes.local_pref = 100 + *rc::gen::weightedElement<std::uint32_t>({{5, 0}, {1, 1}});
  route.attributes.as_path_length =
      static_cast<std::uint16_t>(*rc::gen::weightedElement<std::uint32_t>({{5, 2}, {1, 3}}));
  route.attributes.first_as = Asn{1 + pick(3)};
  route.attributes.med = pick(3);
  route.attributes.has_originator_id = pick(2) == 1;
  route.attributes.originator_id = RouterId{pick(3)};
  route.attributes.cluster_list_length = static_cast<std::uint16_t>(pick(2));
  route.peer.kind = pick(3) == 0 ? Kind::ebgp : Kind::ibgp;
  route.peer.router_id = RouterId{pick(3)};
  route.peer.id = PeerId{static_cast<std::uint16_t>(number)};
  route.peer.address = IpAddress::v4(pick(4));
  route.cost = pick(2);
  route.id = PathId{0};
  return route;
}

// RFC 4271 §9.1.2.2 as it is written: rounds of elimination over the whole set.
std::size_t by_elimination(std::vector<Route> const& routes, DecisionOptions options) {
  std::vector<std::size_t> left(routes.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  auto const keep_least = [&](auto&& key) {
    auto least = key(routes[left[0]]);
    for (auto const i : left) least = std::min(least, key(routes[i]));
    std::erase_if(left, [&](std::size_t i) { return key(routes[i]) != least; });
  };
  keep_least([](Route const& r) { return -static_cast<std::int64_t>(r.attributes.local_pref); });
  keep_least([](Route const& r) { return r.attributes.as_path_length; });
  auto const before_med = left;
  std::erase_if(left, [&](std::size_t i) {
    return std::ranges::any_of(before_med, [&](std::size_t j) {
      bool const comparable =
          options.always_compare_med || routes[i].attributes.first_as == routes[j].attributes.first_as;
      return comparable && routes[j].attributes.med < routes[i].attributes.med;
    });
  });
  keep_least([](Route const& r) { return r.peer.kind == Kind::ebgp ? 0 : 1; });
  keep_least([](Route const& r) { return r.cost; });
  keep_least([](Route const& r) {
    return r.attributes.has_originator_id ? r.attributes.originator_id.value : r.peer.router_id.value;
  });
  keep_least([](Route const& r) { return r.attributes.cluster_list_length; });
  keep_least([](Route const& r) { return r.peer.address.v4_value(); });
  keep_least([](Route const& r) { return r.peer.id.value; });
  return left[0];
}

RC_GTEST_PROP(Decision, EqualsTheRfcsRoundsOfEliminationInAnyOrder, (bool always_compare_med)) {
  std::vector<Route> routes;
  auto const count = *rc::gen::inRange(1U, 9U);
  for (std::uint32_t n = 0; n < count; ++n) routes.push_back(any_route(n));
  DecisionOptions const options{always_compare_med};
  auto const expected = routes[by_elimination(routes, options)].peer.id;
  auto const rung = choose_of(routes, options).rung;
  for (int shuffles = 0; shuffles < 8; ++shuffles) {
    auto const choice = choose_of(routes, options);
    RC_ASSERT(routes[choice.best].peer.id == expected);
    RC_ASSERT(choice.rung == rung);
    std::ranges::rotate(routes, routes.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, count));
    if (shuffles % 2 == 1) std::ranges::reverse(routes);
  }
}

// Each is the best of those that are left.
RC_GTEST_PROP(Decision, SeveralAreChosenAsIfOneAfterTheOther, (bool always_compare_med, bool one_an_as)) {
  std::vector<Route> routes;
  auto const count = *rc::gen::inRange(0U, 12U);
  for (std::uint32_t n = 0; n < count; ++n) routes.push_back(any_route(n));
  DecisionOptions const options{always_compare_med};
  auto const most = *rc::gen::inRange<std::size_t>(1, 12);
  std::vector<Candidate> candidates;
  for (auto const& route : routes) candidates.push_back(route.candidate());
  std::vector<std::size_t> chosen;
  choose_several(candidates, most, one_an_as, options, chosen);
  std::vector<PeerId> got, expected;
  for (auto const i : chosen) got.push_back(routes[i].peer.id);
  while (!routes.empty() && expected.size() < most) {
    auto const best = routes[by_elimination(routes, options)];
    expected.push_back(best.peer.id);
    std::erase_if(routes, [&](Route const& route) {
      return route.peer.id == best.peer.id || (one_an_as && route.attributes.first_as == best.attributes.first_as);
    });
  }
  RC_ASSERT(got == expected);
}

// RFC 4684 §3.2, and of no other family.
TEST(Decision, ClientsComeFirstWhereAsked) {
  auto client = ordinary(), preferred = ordinary();
  client.peer.client = true;
  preferred.attributes.local_pref = 200;
  auto const of_memberships = compare(client.candidate(), preferred.candidate(), {.clients_first = true});
  EXPECT_TRUE(of_memberships.first_is_better);
  EXPECT_EQ(of_memberships.rung, Rung::client);
  EXPECT_FALSE(compare(client.candidate(), preferred.candidate(), {}).first_is_better);
}

}  // namespace
}  // namespace bgp::rib
