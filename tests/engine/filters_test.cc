// Filters that change routes, and filters that are changed, between whole Speakers.
#include <random>

#include "harness.h"

namespace bgp::engine::test {
namespace {

// Makes of a route what the test says, and counts the questions.
class Makes : public Filter {
 public:
  using Answer = std::function<FilterVerdict(FilteredRoute const&)>;
  explicit Makes(Answer answer) : answer_(std::move(answer)) {}
  FilterVerdict judge(FilteredRoute const& route) const override { return answer_(route); }
  std::string name() const override { return "makes"; }

 private:
  Answer const answer_;
};
FilterPtr makes(Makes::Answer answer) { return std::make_shared<Makes>(std::move(answer)); }

FilterPtr sets(std::function<void(Attributes&)> const& edit) {
  return makes([edit](FilteredRoute const& route) {
    auto changed = route.attributes;
    edit(changed);
    return FilterVerdict{true, {}, std::make_shared<Attributes const>(std::move(changed)), "filter sets, rule 1"};
  });
}
FilterPtr sets_local_pref(std::uint32_t value) {
  return sets([value](Attributes& attributes) { attributes.local_pref = value; });
}
FilterPtr sets_med(std::uint32_t value) {
  return sets([value](Attributes& attributes) { attributes.med = value; });
}
FilterPtr only_below(std::uint32_t index) {
  return makes([index](FilteredRoute const& route) {
    return FilterVerdict{route.prefix < nth(index), "filter only, rule 1 (below)"};
  });
}

class Filters : public Two {
 protected:
  std::vector<RouteEntry> received_at_b() const {
    RouteQuery query;
    query.view = RouteQuery::View::received;
    query.peer = a_at_b;
    return list(*b, query);
  }
  std::vector<RouteEntry> routes_at_b(RouteQuery query = {}) const { return list(*b, std::move(query)); }
  // Neither session was reset, and nobody was asked for a refresh.
  void nothing_was_disturbed() const {
    EXPECT_EQ(a->peer(b_at_a)->flaps, 0U);
    EXPECT_EQ(b->peer(a_at_b)->flaps, 0U);
    EXPECT_EQ(a->peer(b_at_a)->received.route_refresh, 0U);
    EXPECT_EQ(b->peer(a_at_b)->received.route_refresh, 0U);
  }
};

TEST_F(Filters, ImportChangesAttributesAndWhatWasReceivedIsKept) {
  auto to_a = peer(at_b, at_a, as_a);
  to_a.import = sets_local_pref(200);
  start(peer(at_a, at_b, as_b, true), to_a);
  a->originate(nth(0), with_med(7));
  run();
  ASSERT_EQ(routes_at_b().size(), 1U);
  EXPECT_EQ(routes_at_b()[0].attributes.local_pref, 200U);
  EXPECT_EQ(routes_at_b()[0].changed_by, "filter sets, rule 1");
  EXPECT_FALSE(received_at_b()[0].attributes.local_pref);
  EXPECT_EQ(b->explain(nth(0)).paths[0].route.changed_by, "filter sets, rule 1");
}

TEST_F(Filters, ImportMayNameANextHopButNotTakeItAway) {
  auto to_a = peer(at_b, at_a, as_a);
  to_a.import = makes([](FilteredRoute const& route) {
    auto changed = route.attributes;
    changed.next_hop = route.prefix == nth(0)   ? "192.0.2.77"_ip
                       : route.prefix == nth(1) ? IpAddress()
                                                : "2001:db8::1"_ip;
    return FilterVerdict{true, {}, std::make_shared<Attributes const>(std::move(changed))};
  });
  start(peer(at_a, at_b, as_b, true), to_a);
  for (std::uint32_t i = 0; i < 3; ++i) a->originate(nth(i));
  run();
  std::map<Prefix, IpAddress> hops;
  for (auto const& route : routes_at_b()) hops[route.prefix] = route.attributes.next_hop;
  EXPECT_EQ(hops[nth(0)], "192.0.2.77"_ip);
  EXPECT_EQ(hops[nth(1)], at_a);
  EXPECT_EQ(hops[nth(2)], at_a);
}

TEST_F(Filters, TheSourceIsKnownOnBothSides) {
  std::vector<RouteSource> seen;
  std::vector<Asn> announced_by;
  auto const watch = makes([&](FilteredRoute const& route) {
    seen.push_back(route.source);
    announced_by.push_back(route.announced_by);
    return FilterVerdict{true};
  });
  auto to_b = peer(at_a, at_b, as_b, true);
  to_b.export_filter = watch;
  auto to_a = peer(at_b, at_a, as_a);
  to_a.import = watch;
  start(to_b, to_a);
  a->originate(nth(0));
  run();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].kind, RouteSource::Kind::local);
  EXPECT_TRUE(seen[0].address.is_unset());
  EXPECT_EQ(announced_by[0], as_a);
  EXPECT_EQ(seen[1].kind, RouteSource::Kind::ebgp);
  EXPECT_EQ(seen[1].address, at_a);
  EXPECT_EQ(seen[1].as, as_a);
  EXPECT_EQ(announced_by[1], as_a);
}

TEST_F(Filters, ExportChangesWhatIsToldBeforeTheRulesOfEbgp) {
  auto to_b = peer(at_a, at_b, as_b, true);
  to_b.export_filter = sets([](Attributes& attributes) {
    attributes.med = 9;
    attributes.local_pref = 300;
    attributes.as_path.segments = {{AsPathSegment::Kind::sequence, {65001_asn}}};
    attributes.next_hop = "192.0.2.55"_ip;
    attributes.communities = {no_export};
  });
  start(to_b, peer(at_b, at_a, as_a));
  a->originate(nth(0));
  run();
  ASSERT_EQ(routes_at_b().size(), 1U);
  auto const told = routes_at_b()[0].attributes;
  EXPECT_EQ(told.med, 9U);
  EXPECT_FALSE(told.local_pref) << "not for eBGP";
  EXPECT_EQ(told.as_path.text(), "65001 65001") << "ours is put in front afterwards";
  EXPECT_EQ(told.next_hop, "192.0.2.55"_ip);
  EXPECT_EQ(told.communities, std::vector{no_export});
  RouteQuery query;
  query.view = RouteQuery::View::sent;
  query.peer = b_at_a;
  auto const sent = list(*a, query);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].attributes.as_path.text(), "65001 65001");
  EXPECT_EQ(sent[0].attributes.med, 9U);
  EXPECT_EQ(sent[0].attributes.next_hop, "192.0.2.55"_ip);
  EXPECT_EQ(sent[0].changed_by, "filter sets, rule 1");
  EXPECT_EQ(a->explain(nth(0)).exports[0].changed_by, "filter sets, rule 1");
}

TEST_F(Filters, WhatAFilterMakesAlikeIsSentTogether) {
  auto to_b = peer(at_a, at_b, as_b, true);
  to_b.export_filter = sets_med(5);
  start(to_b, peer(at_b, at_a, as_a));
  for (std::uint32_t i = 0; i < 10; ++i) a->originate(nth(i), with_med(i));
  run();
  ASSERT_EQ(routes_at_b().size(), 10U);
  EXPECT_EQ(updates_from_a(), 2U) << "the End-of-RIB, and all of them";
}

TEST_F(Filters, WhatANewFilterLeavesAsItWasIsNotSentAgain) {
  start();
  for (std::uint32_t i = 0; i < 3000; ++i) a->originate(nth(i));
  run();
  auto const before = updates_from_a();
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, only_below(2999)).ok());
  run();
  EXPECT_EQ(routes_at_b().size(), 2999U);
  EXPECT_EQ(updates_from_a(), before + 1) << "a single withdrawal";
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, only_below(3000)).ok());
  run();
  EXPECT_EQ(routes_at_b().size(), 3000U);
  EXPECT_EQ(updates_from_a(), before + 2);
}

// Routes come and go and filters change while what came before is still under way.
TEST_F(Filters, WhateverHappensTheLastFiltersHold) {
  start();
  std::mt19937 random(7);
  auto const below = [&](unsigned limit) { return static_cast<std::uint32_t>(random() % limit); };
  auto const any_filter = [&]() -> FilterPtr {
    switch (below(5)) {
      case 0:
        return accept_all;
      case 1:
        return reject_all;
      case 2:
        return only_below(below(700));
      case 3:
        return sets_med(below(3));
      default:
        return nullptr;
    }
  };
  std::map<Prefix, std::uint32_t> ours;
  FilterPtr import = accept_all, exports = accept_all;
  for (int round = 0; round < 300; ++round) {
    for (auto n = below(60); n > 0; --n) {
      auto const prefix = nth(below(700));
      if (below(3) == 0) {
        a->withdraw(prefix);
        ours.erase(prefix);
      } else {
        a->originate(prefix, with_med(ours[prefix] = below(9)));
      }
    }
    if (below(3) == 0) {
      ASSERT_TRUE(b->set_filters(a_at_b, import = any_filter(), accept_all).ok());
    }
    if (below(3) == 0) {
      ASSERT_TRUE(a->set_filters(b_at_a, accept_all, exports = any_filter()).ok());
    }
    io.restart();
    for (auto steps = below(40); steps > 0 && io.poll_one() > 0; --steps) {
    }
    if (round % 10 != 9) continue;
    run();
    // The places of refused prefixes that went are looked for with the next change.
    b->originate("203.0.113.0/24"_pfx);
    run();
    b->withdraw("203.0.113.0/24"_pfx);
    run();
    std::map<Prefix, std::uint32_t> expected, held;
    for (auto const& [prefix, med] : ours) {
      auto told = with_med(med);
      bool passes = true;
      for (auto const& filter : {exports, import}) {
        if (!(passes = passes && filter)) continue;
        auto const verdict = filter->judge({prefix, told, {}, {}});
        passes = verdict.accept;
        if (verdict.changed) told.med = verdict.changed->med;
      }
      if (passes) expected[prefix] = *told.med;
    }
    for (auto const& route : routes_at_b()) held[route.prefix] = route.attributes.med.value_or(0);
    ASSERT_EQ(held, expected) << "round " << round;
    EXPECT_EQ(a->status().tables[0].vacant_slots, 0U);
    EXPECT_EQ(b->status().tables[0].vacant_slots, 0U);
  }
  nothing_was_disturbed();
}

TEST_F(Filters, NeighboursWithOneFilterAreOneGroup) {
  auto const filter = sets_med(5);
  start();
  ASSERT_TRUE(a->add_peer(peer(at_a, "192.0.2.3"_ip, as_b, true)).ok());
  auto c = speaker(as_b, "192.0.2.3"_ip);
  ASSERT_TRUE(c->add_peer(peer("192.0.2.3"_ip, at_a, as_a)).ok());
  ASSERT_TRUE(c->start().ok());
  run();
  ASSERT_EQ(a->status().tables[0].groups, 1U);
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, filter).ok());
  EXPECT_EQ(a->status().tables[0].groups, 2U);
  ASSERT_TRUE(a->set_filters(*a->find_peer("192.0.2.3"_ip), accept_all, filter).ok());
  EXPECT_EQ(a->status().tables[0].groups, 1U);
}

TEST_F(Filters, AChangedImportFilterJudgesWhatIsHeld) {
  start();
  for (std::uint32_t i = 0; i < 6000; ++i) a->originate(nth(i), with_med(i / 100));
  run();
  Watch told(*b);
  run();
  ASSERT_EQ(told.routes.size(), 6000U);
  ASSERT_TRUE(b->set_filters(a_at_b, only_below(10), accept_all).ok());
  run();
  EXPECT_EQ(told.routes.size(), 10U);
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 6000U);
  EXPECT_EQ(b->peer(a_at_b)->families[0].accepted, 10U);
  EXPECT_EQ(received_at_b()[10].refused_by, "filter only, rule 1 (below)");
  ASSERT_TRUE(b->set_filters(a_at_b, sets_local_pref(50), accept_all).ok());
  run();
  EXPECT_EQ(told.routes.size(), 6000U);
  EXPECT_EQ(routes_at_b()[0].attributes.local_pref, 50U);
  ASSERT_TRUE(b->set_filters(a_at_b, nullptr, accept_all).ok());
  run();
  EXPECT_TRUE(told.routes.empty());
  EXPECT_EQ(received_at_b()[0].refused_by, "no import filter (RFC 8212)");
  ASSERT_TRUE(b->set_filters(a_at_b, accept_all, accept_all).ok());
  run();
  EXPECT_EQ(told.routes.size(), 6000U);
  EXPECT_FALSE(routes_at_b()[0].attributes.local_pref);
  nothing_was_disturbed();
}

TEST_F(Filters, WhatTheProtocolRefusedNoFilterLetsIn) {
  auto to_a = peer(at_b, at_a, as_a);
  start(peer(at_a, at_b, as_b, true), to_a);
  Attributes looped;
  looped.as_path.segments = {{AsPathSegment::Kind::sequence, {as_b}}};
  a->originate(nth(0), looped);
  run();
  auto const refused = received_at_b()[0].refused_by;
  EXPECT_EQ(refused, "own AS in AS_PATH (RFC 4271 §9.1.2)");
  ASSERT_TRUE(b->set_filters(a_at_b, sets_med(3), accept_all).ok());
  run();
  EXPECT_EQ(received_at_b()[0].refused_by, refused);
  EXPECT_TRUE(routes_at_b().empty());
}

TEST_F(Filters, AChangedExportFilterTakesBackAndTellsAnew) {
  start();
  for (std::uint32_t i = 0; i < 3000; ++i) a->originate(nth(i));
  run();
  ASSERT_EQ(routes_at_b().size(), 3000U);
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, only_below(10)).ok());
  run();
  EXPECT_EQ(routes_at_b().size(), 10U);
  EXPECT_EQ(a->peer(b_at_a)->families[0].sent, 10U);
  auto const exports = a->explain(nth(20)).exports;
  ASSERT_EQ(exports.size(), 1U);
  EXPECT_FALSE(exports[0].sent);
  EXPECT_EQ(exports[0].rule, "filter only, rule 1 (below)");
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, sets_med(4)).ok());
  run();
  ASSERT_EQ(routes_at_b().size(), 3000U);
  EXPECT_EQ(routes_at_b()[77].attributes.med, 4U);
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, nullptr).ok());
  run();
  EXPECT_TRUE(routes_at_b().empty());
  nothing_was_disturbed();
}

TEST_F(Filters, APrefixThatGoesWhileTheFilterChangesIsTakenBack) {
  start();
  for (std::uint32_t i = 0; i < 3000; ++i) a->originate(nth(i));
  run();
  ASSERT_TRUE(a->set_filters(b_at_a, accept_all, reject_all).ok());
  for (std::uint32_t i = 0; i < 3000; ++i) a->withdraw(nth(i));
  for (std::uint32_t i = 3000; i < 6000; ++i) a->originate(nth(i));  // in the places of those, once they are free
  run();
  EXPECT_TRUE(received_at_b().empty());
  EXPECT_EQ(a->status().tables[0].vacant_slots, 0U);
}

TEST_F(Filters, OfARangeChangeForThoseThereAndThoseToCome) {
  RangeConfig range;
  range.prefix = "192.0.2.0/24"_pfx;
  range.peer = peer(at_a, {}, as_b, true);
  ASSERT_TRUE(a->add_range(range).ok());
  ASSERT_TRUE(b->add_peer(peer(at_b, at_a, as_a)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  for (std::uint32_t i = 0; i < 20; ++i) a->originate(nth(i));
  run();
  ASSERT_EQ(routes_at_b().size(), 20U);
  ASSERT_TRUE(a->set_range_filters(range.prefix, accept_all, only_below(5)).ok());
  run();
  EXPECT_EQ(routes_at_b().size(), 5U);
  auto c = speaker(as_b, "192.0.2.3"_ip);
  ASSERT_TRUE(c->add_peer(peer("192.0.2.3"_ip, at_a, as_a)).ok());
  ASSERT_TRUE(c->start().ok());
  run();
  EXPECT_EQ(list(*c, {}).size(), 5U);
  EXPECT_FALSE(a->set_range_filters("198.51.100.0/24"_pfx, accept_all, accept_all).ok());
  EXPECT_FALSE(a->set_filters(PeerId{77}, accept_all, accept_all).ok());
}

}  // namespace
}  // namespace bgp::engine::test
