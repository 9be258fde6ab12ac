// Interning: one id for one meaning, found again only where its octets mean themselves, gone with the last reference.
#include "rib/attribute_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <random>

#include "wire/attributes.h"

namespace bgp::rib {
namespace {

class Interning : public ::testing::Test {
 protected:
  AttrId intern(std::uint32_t med, IpAddress const& next_hop = "192.0.2.1"_ip) {
    Attributes attributes;
    attributes.med = med;
    return intern_octets(encode(attributes), next_hop);
  }
  AttrId intern_octets(Buffer const& canonical, IpAddress const& next_hop) {
    auto const hop = hops.acquire(next_hop, {});
    auto const id = table.intern(canonical, hop, wire::summarize(canonical));
    hops.release(hop);
    return id;
  }
  static Buffer encode(Attributes const& attributes) {
    Buffer canonical;
    wire::encode_canonical(attributes, canonical);
    return canonical;
  }

  NextHops hops;
  AttributeTable table{{42}, hops};
  wire::DecodeContext const ibgp;
};

TEST_F(Interning, EqualSetsAreOneAndLiveUntilTheLastReference) {
  auto const first = intern(7);
  auto const second = intern(7);
  EXPECT_EQ(first, second);
  EXPECT_EQ(table.size(), 1U);
  table.release(first);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table[second].summary.med, 7U);
  table.release(second);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.memory(), 0U);
}

TEST_F(Interning, ReferencesGivenBackTogetherAreThoseThatWereAdded) {
  constexpr std::uint32_t sets = 40;  // more than are looked at ahead at a time
  std::vector<AttrId> ids;
  AttributeReferences references;
  for (std::uint32_t med = 0; med < sets; ++med) {
    ids.push_back(intern(med));
    intern(med);
    intern(med);
    references.add(ids[med]);  // two in a row
    references.add(ids[med]);
  }
  table.release(references);
  EXPECT_EQ(table.size(), sets);
  table.release(references);
  EXPECT_EQ(table.size(), sets) << "each is given back once";
  intern(1);
  for (auto const id : ids) references.add(id);
  table.release(references);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(intern(1), ids[1]) << "the one that was held still";
  references.add(ids[1]);
  references.add(intern(2));  // between two to the same
  references.add(ids[1]);
  table.release(references);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.memory(), 0U);
}

TEST_F(Interning, IdNoneIsNeverGiven) { EXPECT_TRUE(static_cast<bool>(intern(1))); }

TEST_F(Interning, AnotherNextHopIsAnotherSet) {
  auto const a = intern(7, "192.0.2.1"_ip);
  auto const b = intern(7, "192.0.2.2"_ip);
  EXPECT_NE(a, b);
  EXPECT_EQ(hops[table[a].next_hop].address, "192.0.2.1"_ip);
  EXPECT_EQ(hops[table[b].next_hop].address, "192.0.2.2"_ip);
}

TEST_F(Interning, FreedIdsAreUsedAgainAndTheOldSetIsNotFound) {
  auto const old = intern(1);
  auto const hop = hops.acquire("192.0.2.1"_ip, {});
  Attributes attributes;
  attributes.med = 1;
  table.note_canonical(old, ibgp);
  EXPECT_EQ(table.find(table.key(encode(attributes), hop), ibgp), old);
  table.release(old);
  EXPECT_EQ(table.find(table.key(encode(attributes), hop), ibgp), std::nullopt);
  auto const reused = intern(2);
  EXPECT_EQ(reused, old);
  EXPECT_EQ(table[reused].summary.med, 2U);
  attributes.med = 2;
  EXPECT_EQ(table.find(table.key(encode(attributes), hop), ibgp), std::nullopt)
      << "the old set's validity must not be inherited";
}

TEST_F(Interning, FindsOnlyInContextsWhereTheOctetsWereFoundCanonical) {
  auto const id = intern(7);
  auto const hop = table[id].next_hop;
  Attributes attributes;
  attributes.med = 7;
  auto const octets = encode(attributes);
  EXPECT_EQ(table.find(table.key(octets, hop), ibgp), std::nullopt);
  table.note_canonical(id, ibgp);
  for (unsigned bits = 0; bits < 8; ++bits) {
    wire::DecodeContext context;
    context.four_octet_as = (bits & 1) != 0;
    context.ebgp = (bits & 2) != 0;
    context.accept_as_set = (bits & 4) != 0;
    EXPECT_EQ(table.find(table.key(octets, hop), context).has_value(), context.key() == ibgp.key());
  }
}

TEST_F(Interning, AnyOrderOfTheSameAttributesIsTheSameSet) {
  Attributes attributes;
  attributes.med = 5;
  attributes.local_pref = 200;
  attributes.communities = {{0xfde80001}};
  auto const canonical = encode(attributes);
  // Cut into single attributes, all with one octet of length, and turned round.
  Buffer reversed;
  for (std::size_t at = 0; at < canonical.size();) {
    auto const size = 3U + canonical[at + 2];
    reversed.insert(reversed.begin(), canonical.begin() + static_cast<std::ptrdiff_t>(at),
                    canonical.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  ASSERT_NE(reversed, canonical);
  auto const decoded = wire::decode_attributes(reversed, ibgp);
  EXPECT_EQ(intern_octets(decoded.canonical, "192.0.2.1"_ip), intern_octets(canonical, "192.0.2.1"_ip));
}

RC_GTEST_FIXTURE_PROP(Interning, EqualsAMapOfCountedOctets, ()) {
  std::map<std::uint32_t, std::pair<AttrId, int>> model;  // MED -> id and references
  for (int step = *rc::gen::inRange(1, 300); step > 0; --step) {
    auto const med = *rc::gen::inRange(0U, 40U);
    auto const known = model.find(med);
    if (known == model.end() || *rc::gen::inRange(0, 2) == 0) {
      auto const id = intern(med);
      if (known != model.end()) RC_ASSERT(known->second.first == id);
      auto& entry = model[med];
      entry.first = id;
      ++entry.second;
    } else {
      table.release(known->second.first);
      if (--known->second.second == 0) model.erase(known);
    }
    RC_ASSERT(table.size() == model.size());
    for (auto const& [value, entry] : model) RC_ASSERT(table[entry.first].summary.med == value);
  }
}

TEST(NextHops, AreAskedOnceAndForgottenWithTheLastReference) {
  NextHops hops;
  int asked = 0;
  hops.set_resolver([&](IpAddress const&) {
    ++asked;
    return NextHopState{true, 10};
  });
  auto const id = hops.acquire("192.0.2.1"_ip, {});
  EXPECT_EQ(hops.acquire("192.0.2.1"_ip, {}), id);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(hops[id].state.cost, 10U);
  hops.release(id);
  hops.release(id);
  hops.release(hops.acquire("192.0.2.1"_ip, {}));
  EXPECT_EQ(asked, 2);
}

TEST(NextHops, TheResolverIsToldOfAnAddressThatNobodyHasAnyMore) {
  NextHops hops;
  std::vector<IpAddress> forgotten;
  hops.set_resolver([](IpAddress const&) { return NextHopState{}; },
                    [&](IpAddress const& address) { forgotten.push_back(address); });
  auto const alone = hops.acquire("2001:db8::1"_ip, {});
  auto const with_link_local = hops.acquire("2001:db8::1"_ip, "fe80::1"_ip);
  hops.release(alone);
  EXPECT_TRUE(forgotten.empty());
  hops.release(with_link_local);
  EXPECT_EQ(forgotten, std::vector{"2001:db8::1"_ip});
}

TEST(NextHops, RefreshTellsWhetherAnAnswerChangedForEveryLinkLocalBesideIt) {
  NextHops hops;
  NextHopState answer{true, 1};
  hops.set_resolver([&](IpAddress const&) { return answer; });
  auto const alone = hops.acquire("2001:db8::1"_ip, {});
  auto const with_link_local = hops.acquire("2001:db8::1"_ip, "fe80::1"_ip);
  EXPECT_NE(alone, with_link_local);
  EXPECT_FALSE(hops.refresh("2001:db8::1"_ip));
  answer = {false, 0};
  EXPECT_FALSE(hops.refresh("2001:db8::2"_ip));
  EXPECT_TRUE(hops.refresh("2001:db8::1"_ip));
  EXPECT_FALSE(hops[alone].state.reachable);
  EXPECT_FALSE(hops[with_link_local].state.reachable);
  EXPECT_FALSE(hops.refresh("2001:db8::1"_ip));
}

TEST(NextHops, AResolverMayTellOfAChangeFromWithinResolve) {
  NextHops hops;
  std::uint32_t asked = 0;
  hops.set_resolver([&](IpAddress const& hop) {
    if (++asked == 2) {
      EXPECT_FALSE(hops.refresh(hop)) << "it is not known yet";
    }
    return NextHopState{true, asked};
  });
  auto const first = hops.acquire("192.0.2.1"_ip, {});
  auto const second = hops.acquire("192.0.2.2"_ip, {});
  EXPECT_NE(first, second);
  EXPECT_EQ(hops[first].address, "192.0.2.1"_ip);
  EXPECT_EQ(hops[first].state.cost, 1U) << "another next hop's answer";
  EXPECT_EQ(hops[second].state.cost, 2U);
}

TEST(NextHops, AllAreReachableWhileNoneThatIsHeldIsNot) {
  NextHops hops;
  bool reachable = false;
  hops.set_resolver([&](IpAddress const&) { return NextHopState{reachable, 0}; });
  EXPECT_TRUE(hops.all_reachable());
  auto const first = hops.acquire("192.0.2.1"_ip, {});
  EXPECT_FALSE(hops.all_reachable());
  reachable = true;
  EXPECT_TRUE(hops.refresh("192.0.2.1"_ip));
  EXPECT_TRUE(hops.all_reachable());
  reachable = false;
  hops.release(hops.acquire("192.0.2.2"_ip, {}));
  EXPECT_TRUE(hops.all_reachable());
  EXPECT_TRUE(hops.refresh("192.0.2.1"_ip));
  hops.release(first);
  EXPECT_TRUE(hops.all_reachable());
}

TEST(NextHops, APlaceThatIsUsedAgainIsNotTakenForTheLastOne) {
  NextHops hops;
  hops.release(hops.acquire("192.0.2.1"_ip, {}));
  auto const other = hops.acquire("192.0.2.2"_ip, {});
  auto const again = hops.acquire("192.0.2.1"_ip, {});
  EXPECT_NE(again, other);
  EXPECT_EQ(hops[again].address, "192.0.2.1"_ip);
  EXPECT_EQ(hops.acquire("192.0.2.2"_ip, {}), other);
}

TEST(NextHops, ThatEndAlikeOrWereGivenUpAreToldApart) {
  NextHops hops;
  std::map<std::uint32_t, NextHopId> held;
  std::mt19937 random(7);
  auto const below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  for (int step = 0; step < 20000; ++step) {
    auto const address = 0x0a000001U + (below(200) << 16) + (below(3) << 8);  // all end with the same octet
    if (auto const known = held.find(address); known != held.end() && below(2) == 0) {
      hops.release(known->second);
      held.erase(known);
      continue;
    }
    auto const id = hops.acquire(IpAddress::v4(address), {});
    ASSERT_EQ(hops[id].address, IpAddress::v4(address));
    auto const [place, is_new] = held.try_emplace(address, id);
    if (is_new) continue;
    ASSERT_EQ(id, place->second);
    hops.release(id);
  }
  for (auto const& [address, id] : held) EXPECT_EQ(hops[id].references, 1U);
}

TEST(NextHops, OurOwnAddressIsNotAskedOfTheResolver) {
  NextHops hops;
  hops.set_resolver([](IpAddress const&) { return NextHopState{false, 0}; });
  EXPECT_TRUE(hops[hops.acquire({}, {})].state.reachable);
}

}  // namespace
}  // namespace bgp::rib
