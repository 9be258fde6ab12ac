// The RIB by stories and against a naive model: what is chosen, what is told, what is counted, what is given back.
#include "rib/rib.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "support.h"

namespace bgp::rib {
namespace {

using testing::announce;
using testing::best_peer;
using testing::find_path;
using testing::take;

Attributes with_local_pref(std::uint32_t value) {
  Attributes attributes;
  attributes.local_pref = value;
  return attributes;
}

class RibStory : public ::testing::Test {
 protected:
  Rib rib{{42}, {}};
  PeerId const a = testing::add_ibgp(rib, 1);
  PeerId const b = testing::add_ibgp(rib, 2);
  Prefix const ten = "10.0.0.0/8"_pfx;
  static bool nobody_needs(SlotId) { return false; }
};

TEST_F(RibStory, TheBetterOfTwoIsChosenAndTheOtherTakesItsPlaceWhenItGoes) {
  announce(rib, a, ten, with_local_pref(100));
  EXPECT_EQ(best_peer(rib, ten), a);
  announce(rib, b, ten, with_local_pref(200));
  EXPECT_EQ(best_peer(rib, ten), b);
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, b, ten, {}));
  EXPECT_EQ(best_peer(rib, ten), a);
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, a, ten, {}));
  EXPECT_EQ(best_peer(rib, ten), no_peer);
  EXPECT_FALSE(rib.withdraw(ipv4_unicast, a, ten, {}));
  EXPECT_EQ(rib.attributes.size(), 0U);
}

TEST_F(RibStory, AnImplicitWithdrawalReplacesThePath) {
  announce(rib, a, ten, with_local_pref(100));
  announce(rib, a, ten, with_local_pref(50));
  EXPECT_EQ(rib.table(ipv4_unicast).paths(), 1U);
  EXPECT_EQ(rib.attributes[find_path(rib, a, ten)->effective].summary.local_pref, 50U);
  EXPECT_EQ(rib.attributes.size(), 1U);
}

TEST_F(RibStory, PathsOfOnePeerAreToldApartByTheirIdentifier) {
  announce(rib, a, ten, with_local_pref(100), accepted, "192.0.2.9"_ip, PathId{1});
  announce(rib, a, ten, with_local_pref(200), accepted, "192.0.2.9"_ip, PathId{2});
  EXPECT_EQ(rib.table(ipv4_unicast).paths(), 2U);
  EXPECT_FALSE(rib.withdraw(ipv4_unicast, a, ten, PathId{3}));
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, a, ten, PathId{2}));
  EXPECT_EQ(best_peer(rib, ten), a);
}

TEST_F(RibStory, ARefusedPathStaysVisibleAndIsNotChosen) {
  auto const rule = rib.rules.number("too long");
  announce(rib, a, ten, with_local_pref(900), rule);
  announce(rib, b, ten, with_local_pref(1));
  EXPECT_EQ(best_peer(rib, ten), b);
  ASSERT_NE(find_path(rib, a, ten), nullptr);
  EXPECT_EQ(rib.rules.text(find_path(rib, a, ten)->rule), "too long");
  announce(rib, a, ten, with_local_pref(900));
  EXPECT_EQ(best_peer(rib, ten), a);
  announce(rib, a, ten, with_local_pref(900), rule);
  EXPECT_EQ(best_peer(rib, ten), b);
}

TEST_F(RibStory, ARefusedPathMayHaveNoAttributes) {
  rib.announce(ipv4_unicast, a, ten, {}, {}, rib.rules.number("unreadable"));
  announce(rib, b, ten, with_local_pref(1));
  EXPECT_EQ(best_peer(rib, ten), b);
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, a, ten, {}));
}

TEST_F(RibStory, ASlotIsInABatchOnceWithWhoseRouteStoodBefore) {
  announce(rib, a, ten, with_local_pref(100));
  auto changes = take(rib);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].prior, no_peer);

  announce(rib, b, ten, with_local_pref(200));
  announce(rib, b, ten, with_local_pref(300));
  rib.withdraw(ipv4_unicast, a, ten, {});
  changes = take(rib);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].prior, a);

  rib.withdraw(ipv4_unicast, b, ten, {});
  changes = take(rib);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].prior, b);
  EXPECT_FALSE(rib.has_changes(ipv4_unicast));
}

TEST_F(RibStory, NothingIsToldWhereNothingChanged) {
  announce(rib, a, ten, with_local_pref(100));
  take(rib);
  announce(rib, a, ten, with_local_pref(100));
  announce(rib, b, ten, with_local_pref(50));
  rib.withdraw(ipv4_unicast, b, ten, {});
  announce(rib, b, ten, with_local_pref(900), rib.rules.number("refused"));
  EXPECT_FALSE(rib.has_changes(ipv4_unicast));
}

TEST_F(RibStory, NewAttributesOfTheBestPathAreToldThoughItStaysTheBest) {
  announce(rib, a, ten, with_local_pref(100));
  announce(rib, b, ten, with_local_pref(50));
  take(rib);
  announce(rib, a, ten, with_local_pref(99));
  EXPECT_EQ(take(rib).size(), 1U);
}

TEST_F(RibStory, FamiliesAreApart) {
  announce(rib, a, "2001:db8::/32"_pfx, with_local_pref(100), accepted, "2001:db8::9"_ip);
  EXPECT_FALSE(rib.has_changes(ipv4_unicast));
  EXPECT_TRUE(rib.has_changes(ipv6_unicast));
  EXPECT_EQ(rib.table(ipv6_unicast).prefixes(), 1U);
  EXPECT_EQ(rib.table(ipv4_unicast).prefixes(), 0U);
}

TEST_F(RibStory, PathsAreCountedAsReceivedAndAsAccepted) {
  announce(rib, a, ten, with_local_pref(100));
  announce(rib, a, "10.1.0.0/16"_pfx, with_local_pref(100), rib.rules.number("refused"));
  EXPECT_EQ(rib.peer(a).counts[0].received, 2U);
  EXPECT_EQ(rib.peer(a).counts[0].accepted, 1U);
  announce(rib, a, ten, with_local_pref(100), rib.rules.number("refused"));
  EXPECT_EQ(rib.peer(a).counts[0].accepted, 0U);
  rib.withdraw(ipv4_unicast, a, ten, {});
  EXPECT_EQ(rib.peer(a).counts[0].received, 1U);
}

TEST_F(RibStory, APeerThatWentTakesItsPathsWithItInSlices) {
  for (std::uint32_t n = 0; n < 100; ++n) {
    announce(rib, a, {IpAddress::v4(0x0a000000 + (n << 8)), 24}, with_local_pref(200));
    if (n % 2 == 0) announce(rib, b, {IpAddress::v4(0x0a000000 + (n << 8)), 24}, with_local_pref(100));
  }
  take(rib);
  std::uint32_t cursor = 0;
  int slices = 1;
  while (!rib.remove_paths(ipv4_unicast, cursor, 7, [&](SlotId, PeerId peer, PathId) { return peer == a; })) {
    EXPECT_EQ(take(rib).size(), 7U);
    ++slices;
  }
  EXPECT_EQ(slices, 15);
  EXPECT_EQ(rib.table(ipv4_unicast).paths(), 50U);
  EXPECT_EQ(rib.table(ipv4_unicast).prefixes(), 50U);
  EXPECT_EQ(rib.peer(a).counts[0].received, 0U);
  EXPECT_EQ(rib.vacant_slots(ipv4_unicast), 50U);
}

TEST_F(RibStory, AnUnreachableNextHopIsNotUsedUntilItIsReachableAgain) {
  NextHopState state{true, 10};
  rib.next_hops.set_resolver([&](IpAddress const& hop) {
    return hop == "192.0.2.1"_ip ? state : NextHopState{true, 20};
  });
  announce(rib, a, ten, with_local_pref(100), accepted, "192.0.2.1"_ip);
  announce(rib, b, ten, with_local_pref(100), accepted, "192.0.2.2"_ip);
  EXPECT_EQ(best_peer(rib, ten), a);
  auto const decide_all = [&] {
    std::uint32_t cursor = 0;
    while (!rib.decide_again(ipv4_unicast, cursor, 1)) {
    }
  };
  take(rib);
  state = {false, 0};
  EXPECT_TRUE(rib.next_hops.refresh("192.0.2.1"_ip));
  decide_all();
  EXPECT_EQ(best_peer(rib, ten), b);
  EXPECT_EQ(take(rib).size(), 1U);
  state = {true, 30};
  EXPECT_TRUE(rib.next_hops.refresh("192.0.2.1"_ip));
  decide_all();
  EXPECT_EQ(best_peer(rib, ten), b) << "the other exit is nearer now";
  EXPECT_FALSE(rib.has_changes(ipv4_unicast));
}

TEST_F(RibStory, AnEmptiedSlotKeepsItsPrefixUntilItsBatchWasPassedAndNobodyNeedsIt) {
  announce(rib, a, ten, with_local_pref(100));
  take(rib);
  rib.withdraw(ipv4_unicast, a, ten, {});
  std::vector<Change> changes;
  auto const batch = rib.take_changes(ipv4_unicast, changes);
  auto const slot = changes.at(0).slot;
  auto const& table = rib.table(ipv4_unicast);

  EXPECT_EQ(rib.reclaim(ipv4_unicast, batch, nobody_needs, 10), 1U) << "not passed yet";
  EXPECT_EQ(table.prefix(slot), ten);
  EXPECT_EQ(rib.reclaim(
                ipv4_unicast, batch + 1, [&](SlotId s) { return s == slot; }, 10),
            1U)
      << "still needed";
  EXPECT_TRUE(table.vacant(slot));
  announce(rib, a, "11.0.0.0/8"_pfx, with_local_pref(100));
  EXPECT_NE(table.find("11.0.0.0/8"_pfx), slot);

  EXPECT_EQ(rib.reclaim(ipv4_unicast, batch + 1, nobody_needs, 10), 0U);
  EXPECT_FALSE(table.in_use(slot));
  EXPECT_EQ(table.find(ten), std::nullopt);
  announce(rib, a, "12.0.0.0/8"_pfx, with_local_pref(100));
  EXPECT_EQ(table.find("12.0.0.0/8"_pfx), slot);
}

TEST_F(RibStory, ASlotThatIsUsedAgainIsNotGivenBack) {
  announce(rib, a, ten, with_local_pref(100));
  rib.withdraw(ipv4_unicast, a, ten, {});
  announce(rib, a, ten, with_local_pref(100));
  std::vector<Change> changes;
  auto const batch = rib.take_changes(ipv4_unicast, changes);
  EXPECT_EQ(rib.reclaim(ipv4_unicast, batch + 1, nobody_needs, 10), 0U);
  EXPECT_EQ(best_peer(rib, ten), a);
  // Emptied again later: the first emptying must not free it before the second was heard of.
  rib.withdraw(ipv4_unicast, a, ten, {});
  auto const later = rib.take_changes(ipv4_unicast, changes);
  EXPECT_EQ(rib.reclaim(ipv4_unicast, later, nobody_needs, 10), 1U);
  EXPECT_TRUE(rib.table(ipv4_unicast).find(ten).has_value());
}

// A peer whose routes are all refused changes nothing that anybody hears of, and must not make the table grow.
TEST_F(RibStory, SlotsOfRefusedPathsAreGivenBackWithoutAnyChange) {
  auto const rule = rib.rules.number("refused");
  for (std::uint32_t n = 0; n < 1000; ++n) {
    Prefix const prefix(IpAddress::v4(0x0a000000 + (n << 8)), 24);
    announce(rib, a, prefix, with_local_pref(100), rule);
    rib.withdraw(ipv4_unicast, a, prefix, {});
    rib.reclaim(ipv4_unicast, 1, nobody_needs, 10);  // batch 1 is the present one
  }
  EXPECT_FALSE(rib.has_changes(ipv4_unicast));
  EXPECT_EQ(rib.table(ipv4_unicast).extent(), 1U);
}

// It waits twice then, and the key of a slot that is free is nothing that may be looked at.
TEST_F(RibStory, ASlotThatWasEmptiedTwiceInABatchIsGivenBackOnce) {
  constexpr auto family = ipv4_vpn;  // keys of differing size lie apart from the slots
  Buffer keys(16 * Table::most_ahead);
  auto const key = [&](std::size_t n) {
    keys[16 * n] = static_cast<std::uint8_t>(n);
    return RouteKey(Bytes(keys).subspan(16 * n, 16));
  };
  auto const id = testing::intern(rib, with_local_pref(100));
  auto const each = [&](auto&& act) {
    for (std::size_t n = 0; n < Table::most_ahead; ++n) act(key(n));
  };
  auto const announce_all = [&] { each([&](RouteKey const& k) { rib.announce(family, a, k, {}, id, accepted); }); };
  auto const withdraw_all = [&] { each([&](RouteKey const& k) { EXPECT_TRUE(rib.withdraw(family, a, k, {})); }); };
  announce_all();
  withdraw_all();
  announce_all();
  withdraw_all();
  rib.attributes.release(id);
  EXPECT_EQ(rib.vacant_slots(family), 2 * Table::most_ahead);
  std::vector<Change> changes;
  auto const batch = rib.take_changes(family, changes);
  EXPECT_EQ(rib.reclaim(family, batch + 1, nobody_needs, 1000), 0U);
  each([&](RouteKey const& k) { EXPECT_FALSE(rib.table(family).find(k)); });
}

TEST_F(RibStory, ThereIsRoomForSoManyNeighbours) {
  auto const before = rib.room_for_peers();
  while (rib.room_for_peers() > 0) testing::add_ibgp(rib, 9);
  rib.forget_peer(b);
  EXPECT_EQ(rib.room_for_peers(), 1U);
  EXPECT_EQ(testing::add_ibgp(rib, 7), b);
  EXPECT_EQ(before, 65'534U - 2) << "those of the story";
}

TEST_F(RibStory, PeerIdsAreUsedAgain) {
  rib.forget_peer(a);
  EXPECT_EQ(testing::add_ibgp(rib, 7), a);
  EXPECT_EQ(rib.peer(a).router_id, RouterId{7});
}

// ---- Against a naive model

struct ModelPath {
  std::uint32_t local_pref;
  bool refused;
};
using Model = std::map<Prefix, std::map<std::uint16_t, ModelPath>>;  // prefix -> peer -> path

// The peers differ in router ID by their number, so that the lower number wins a tie.
PeerId expected_best(Model const& model, Prefix const& prefix) {
  auto const entry = model.find(prefix);
  if (entry == model.end()) return no_peer;
  PeerId best = no_peer;
  std::uint32_t most = 0;
  for (auto const& [peer, path] : entry->second) {
    if (path.refused || (best != no_peer && path.local_pref <= most)) continue;
    best = PeerId{peer};
    most = path.local_pref;
  }
  return best;
}

void rib_equals_model(Rib const& rib, Model const& model, std::uint16_t peers, std::vector<Prefix> const& prefixes) {
  std::size_t paths = 0;
  std::size_t chosen = 0;
  std::vector<PathCounts> counts(peers + 1);
  std::set<std::uint32_t> sets;
  for (auto const& prefix : prefixes) {
    auto const expected = expected_best(model, prefix);
    RC_ASSERT(best_peer(rib, prefix) == expected);
    chosen += expected != no_peer ? 1 : 0;
    auto const entry = model.find(prefix);
    for (std::uint16_t peer = 1; peer <= peers; ++peer) {
      auto const* path = find_path(rib, PeerId{peer}, prefix);
      bool const known = entry != model.end() && entry->second.contains(peer);
      RC_ASSERT((path != nullptr) == known);
      if (!known) continue;
      auto const& modelled = entry->second.at(peer);
      RC_ASSERT(rib.attributes[path->shown()].summary.local_pref == modelled.local_pref);
      RC_ASSERT(path->refused() == modelled.refused);
      sets.insert(modelled.local_pref);
      ++paths;
      ++counts[peer].received;
      if (!modelled.refused) ++counts[peer].accepted;
    }
  }
  RC_ASSERT(rib.table(ipv4_unicast).paths() == paths);
  RC_ASSERT(rib.table(ipv4_unicast).prefixes() == chosen);
  RC_ASSERT(rib.attributes.size() == sets.size());
  for (std::uint16_t peer = 1; peer <= peers; ++peer) {
    RC_ASSERT(rib.peer(PeerId{peer}).counts[0].received == counts[peer].received);
    RC_ASSERT(rib.peer(PeerId{peer}).counts[0].accepted == counts[peer].accepted);
  }
}

RC_GTEST_PROP(Rib, EqualsAMapOfPathsAndTellsOfEveryChange, ()) {
  constexpr std::uint32_t peers = 4;
  Rib rib({42}, {});
  for (std::uint32_t n = 1; n <= peers; ++n) testing::add_ibgp(rib, n);
  std::vector<Prefix> prefixes;
  for (std::uint32_t n = 0; n < 20; ++n) prefixes.emplace_back(IpAddress::v4(0x0a000000 + (n << 8)), 24 + n % 3);
  Model model;
  struct Told {
    PeerId peer = no_peer;
    AttrId attributes;
    bool operator==(Told const&) const = default;
  };
  auto const present = [&](Prefix const& prefix) -> Told {
    auto const* path = best_peer(rib, prefix) == no_peer ? nullptr : find_path(rib, best_peer(rib, prefix), prefix);
    return path == nullptr ? Told{} : Told{path->peer, path->effective};
  };
  std::map<Prefix, Told> told;  // what a listener knows
  std::uint64_t batch = 0;
  for (int step = *rc::gen::inRange(1, 200); step > 0; --step) {
    auto const& prefix = prefixes[*rc::gen::inRange<std::size_t>(0, prefixes.size())];
    PeerId const peer{*rc::gen::inRange<std::uint16_t>(1, peers + 1)};
    switch (*rc::gen::inRange(0, 10)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: {
        ModelPath const path{*rc::gen::inRange(100U, 103U), *rc::gen::inRange(0, 4) == 0};
        announce(rib, peer, prefix, with_local_pref(path.local_pref),
                 path.refused ? rib.rules.number("refused") : accepted);
        model[prefix][peer.value] = path;
        break;
      }
      case 5:
      case 6:
      case 7:
        RC_ASSERT(rib.withdraw(ipv4_unicast, peer, prefix, {}) == (model[prefix].erase(peer.value) == 1));
        break;
      case 8: {
        if (*rc::gen::inRange(0, 4) != 0) break;
        std::uint32_t cursor = 0;
        while (!rib.remove_paths(ipv4_unicast, cursor, 3, [&](SlotId, PeerId of, PathId) { return of == peer; })) {
        }
        for (auto& [key, paths] : model) paths.erase(peer.value);
        break;
      }
      default: {
        std::vector<Change> changes;
        batch = rib.take_changes(ipv4_unicast, changes);
        std::set<SlotId> seen;
        for (auto const& change : changes) {
          RC_ASSERT(seen.insert(change.slot).second);
          auto const of = rib.table(ipv4_unicast).prefix(change.slot);
          RC_ASSERT(change.prior == told[of].peer);
          told[of] = present(of);
        }
        for (auto const& each : prefixes) RC_ASSERT(told[each] == present(each));
        rib.reclaim(
            ipv4_unicast, batch + 1, [](SlotId) { return false; }, 1000);
        RC_ASSERT(rib.vacant_slots(ipv4_unicast) == 0U);
      }
    }
    rib_equals_model(rib, model, peers, prefixes);
  }
  std::uint32_t cursor = 0;
  RC_ASSERT(rib.remove_paths(ipv4_unicast, cursor, 1U << 30, [](SlotId, PeerId, PathId) { return true; }));
  RC_ASSERT(rib.attributes.size() == 0U);
  RC_ASSERT(rib.table(ipv4_unicast).paths() == 0U);
}

}  // namespace
}  // namespace bgp::rib
