// SegmentedIndex, ReservedArray, Pool, SlotSet and VacantSlots against the standard containers, and the RuleBook at its
// end.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <deque>
#include <new>
#include <random>
#include <set>
#include <unordered_map>

#include "rib/pool.h"
#include "rib/reserved_array.h"
#include "rib/rule_book.h"
#include "rib/segmented_index.h"
#include "rib/slot_set.h"
#include "rib/vacant_slots.h"

namespace bgp::rib {
namespace {

// Few distinct hashes that share a segment and belong at its end, so that what passes a full bucket is much, and wraps.
std::uint64_t hostile_hash() {
  auto const tag = *rc::gen::inRange<std::uint64_t>(0xfffffc, 0x1000000);
  auto const segment = *rc::gen::weightedElement<std::uint64_t>({{20, 0}, {1, 1023}});
  return segment << 54 | tag << 16;
}

void index_equals_a_map(bool hostile) {
  SegmentedIndex index;
  std::unordered_map<std::uint32_t, std::uint64_t> model;  // id -> hash
  auto const steps = *rc::gen::inRange(1, 300);
  std::uint32_t next = 1;
  for (int step = 0; step < steps; ++step) {
    if (model.empty() || *rc::gen::inRange(0, 5) < 3) {
      auto const hash = hostile ? hostile_hash() : *rc::gen::arbitrary<std::uint64_t>();
      index.insert(hash, next);
      model.emplace(next++, hash);
    } else {
      auto victim = model.begin();
      std::advance(victim, *rc::gen::inRange<std::size_t>(0, model.size()));
      index.erase(victim->second, victim->first);
      model.erase(victim);
    }
    for (std::uint32_t id = 1; id < next; ++id) {
      auto const known = model.find(id);
      if (known == model.end()) continue;
      RC_ASSERT(index.find(known->second, [&](std::uint32_t other) { return other == id; }) == id);
    }
  }
  for (std::uint32_t id = 1; id < next; ++id) {
    if (model.contains(id)) continue;
    for (std::uint64_t tag = 0xfffffc; tag < 0x1000000; ++tag) {
      auto const found = index.find(tag << 16, [&](std::uint32_t other) { return other == id; });
      RC_ASSERT(!found.has_value());
    }
  }
}

RC_GTEST_PROP(SegmentedIndex, FindsExactlyWhatStandsAmongHostileHashes, ()) { index_equals_a_map(true); }
RC_GTEST_PROP(SegmentedIndex, FindsExactlyWhatStandsAmongSpreadHashes, ()) { index_equals_a_map(false); }

TEST(SegmentedIndex, FindsAllOfManyEqualHashes) {
  SegmentedIndex index;
  std::uint64_t const same = 0x1234567890abcdef;
  for (std::uint32_t id = 0; id < 3000; ++id) index.insert(same, id);
  for (std::uint32_t id = 0; id < 3000; id += 2) index.erase(same, id);
  for (std::uint32_t id = 0; id < 3000; ++id) {
    EXPECT_EQ(index.find(same, [&](std::uint32_t other) { return other == id; }).has_value(), id % 2 == 1);
  }
}

// Ids that come and go at a constant number, as attribute sets do: what went astray for want of room must not stay.
TEST(SegmentedIndex, StaysAsItIsHoweverOftenItsIdsChange) {
  for (std::uint32_t const held : {5000U, 5690U}) {  // of 6336 or more: a segment at 0.79, and one nearly full
    SegmentedIndex index;
    std::mt19937_64 random(1);
    std::vector<std::uint64_t> hashes;
    auto const of_one_segment = [&] {
      return random() << SegmentedIndex::segment_bits >> SegmentedIndex::segment_bits;
    };
    for (std::uint32_t id = 0; id < held; ++id) index.insert(hashes.emplace_back(of_one_segment()), id);
    auto worst = index.lines_of_a_miss();
    for (std::uint32_t change = 1; change < 50 * held; ++change) {
      auto const id = static_cast<std::uint32_t>(random() % held);
      index.erase(hashes[id], id);
      index.insert(hashes[id] = of_one_segment(), id);
      if (change % (held / 2) == 0) worst = std::max(worst, index.lines_of_a_miss());
    }
    EXPECT_LT(worst, 14) << held;
  }
}

TEST(SegmentedIndex, ErasingWhatIsNotThereChangesNothing) {
  SegmentedIndex index;
  index.erase(7 << 16, 1);
  index.insert(7 << 16, 2);
  index.erase(7 << 16, 1);
  EXPECT_EQ(index.find(7 << 16, [](std::uint32_t id) { return id == 2; }), 2U);
}

TEST(ReservedArray, ElementsBeginAsZerosAndStayWhereTheyAre) {
  constexpr std::uint32_t most = 1U << 25;  // 128 MiB: past where it grows by whole huge pages
  ReservedArray<std::uint32_t> array(most);
  EXPECT_EQ(array.memory(), 0U);
  ASSERT_TRUE(array.grow_to(1));
  auto const* const first = &array[0];
  for (std::uint32_t i = 0; i < most; i += 1021) {
    ASSERT_TRUE(array.grow_to(i + 1));
    ASSERT_EQ(array[i], 0U);
    array[i] = i;
    ASSERT_LE(array.memory(), std::size_t{i + 1} * 4 * 33 / 32 + 8192);
  }
  for (std::uint32_t i = 0; i < most; i += 1021) ASSERT_EQ(array[i], i);
  EXPECT_EQ(&array[0], first);
}

TEST(ReservedArray, DoesNotGrowPastWhatItsOwnerAskedFor) {
  ReservedArray<std::uint64_t> array(100'000);
  ASSERT_TRUE(array.grow_to(100'000));
  array[99'999] = 7;
  EXPECT_FALSE(array.grow_to(200'000));
  EXPECT_EQ(array[99'999], 7U);
}

TEST(ReservedArray, IsMovedWithWhatItHolds) {
  ReservedArray<std::uint64_t> one(1000), other(2000);
  ASSERT_TRUE(one.grow_to(1000));
  one[999] = 7;
  auto const memory = one.memory();
  auto moved = std::move(one);
  EXPECT_EQ(moved[999], 7U);
  EXPECT_EQ(moved.memory(), memory);
  EXPECT_EQ(one.memory(), 0U);  // NOLINT: it can be used again
  ASSERT_TRUE(one.grow_to(1));
  EXPECT_EQ(one[0], 0U);
  other = std::move(moved);
  EXPECT_EQ(other[999], 7U);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which take much address space themselves
[[noreturn]] void fill_limited_address_space() {
  rlimit const limit{256U << 20, 256U << 20};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::exit(1);
  std::vector<ReservedArray<std::uint64_t>> arrays;
  for (int i = 0; i < 32; ++i) arrays.emplace_back(std::size_t{1} << 30);
  for (auto& array : arrays) {
    if (!array.grow_to(100'000)) std::exit(2);
    if (array.grow_to(10'000'000)) std::exit(3);
    if (array[99'999] != 0) std::exit(4);
  }
  std::vector<char> const others(64U << 20);
  std::exit(0);
}
TEST(ReservedArray, LeavesRoomForOthersWhereAddressSpaceIsLimited) {
  EXPECT_EXIT(fill_limited_address_space(), ::testing::ExitedWithCode(0), "");
}
#endif

RC_GTEST_PROP(Pool, GivesEveryIdOnceAndReusesWhatIsFree, ()) {
  Pool<int> pool(1000);
  std::unordered_map<std::uint32_t, int> model;
  std::uint32_t most = 0;
  for (int step = *rc::gen::inRange(1, 300); step > 0; --step) {
    if (model.empty() || *rc::gen::inRange(0, 2) == 0) {
      auto const id = pool.allocate(step);
      RC_ASSERT(model.emplace(id, step).second);
    } else {
      auto const victim = model.begin();
      pool.release(victim->first);
      model.erase(victim);
    }
    most = std::max(most, static_cast<std::uint32_t>(model.size()));
    RC_ASSERT(pool.used() == model.size());
    RC_ASSERT(pool.extent() == most);
    for (auto const& [id, value] : model) RC_ASSERT(pool[id] == value);
  }
}

RC_GTEST_PROP(SlotSet, EqualsAStandardSet, ()) {
  SlotSet slots;
  std::set<std::uint32_t> model;
  for (int step = *rc::gen::inRange(1, 200); step > 0; --step) {
    auto const slot = *rc::gen::inRange(0U, 300U);
    auto const action = *rc::gen::inRange(0, 7);
    if (action == 0) {
      auto const end = *rc::gen::inRange(0U, 300U);  // before `slot` it is no range
      slots.insert_range(SlotId{slot}, SlotId{end});
      for (auto value = slot; value < end; ++value) model.insert(value);
    } else if (action < 4) {
      RC_ASSERT(slots.insert(SlotId{slot}) == model.insert(slot).second);
    } else {
      RC_ASSERT(slots.erase(SlotId{slot}) == (model.erase(slot) == 1));
    }
    RC_ASSERT(slots.size() == model.size());
    RC_ASSERT(slots.empty() == model.empty());
    auto const from = *rc::gen::inRange(0U, 400U);
    auto const after = model.lower_bound(from);
    RC_ASSERT(slots.next(from) == (after == model.end() ? slots.end() : *after));
    RC_ASSERT(slots.contains(SlotId{from}) == model.contains(from));
  }
  slots.clear();
  RC_ASSERT(slots.empty());
  RC_ASSERT(slots.next(0) == slots.end());
}

RC_GTEST_PROP(VacantSlots, AreAQueueHoweverTheyWereEmptied, ()) {
  VacantSlots vacant;
  std::deque<std::pair<std::uint32_t, std::uint64_t>> model;
  std::uint32_t slot = 0;
  std::uint64_t batch = 0;
  for (auto steps = *rc::gen::inRange(1, 200); steps > 0; --steps) {
    auto const action = *rc::gen::inRange(0, 8);
    if (action == 0) slot = *rc::gen::inRange(0U, 100U);
    if (action == 1) ++batch;
    if (action < 6) {
      vacant.push_back({SlotId{slot}, batch});
      model.emplace_back(slot++, batch);
    } else if (!model.empty()) {
      auto const front = vacant.front();
      RC_ASSERT(std::pair(front.slot.value, front.batch) == model.front());
      vacant.pop_front();
      model.pop_front();
    }
    RC_ASSERT(vacant.size() == model.size());
    std::size_t at = 0;
    auto const count = *rc::gen::inRange<std::size_t>(0, 20);
    vacant.for_first(count, [&](VacantSlots::Vacant const& each) {
      RC_ASSERT(std::pair(each.slot.value, each.batch) == model[at++]);
    });
    RC_ASSERT(at == std::min(count, model.size()));
  }
}

TEST(VacantSlots, OfANeighbourThatWentAreOneEntry) {
  VacantSlots vacant;
  vacant.push_back({SlotId{0}, 1});
  auto const one = vacant.memory();
  for (std::uint32_t slot = 1; slot < 1000; ++slot) vacant.push_back({SlotId{slot}, 1});
  EXPECT_EQ(vacant.memory(), one);
}

TEST(RuleBook, KnowsARuleAgainAndSharesTheLastNumberWhenFull) {
  RuleBook rules;
  auto const first = rules.number("rule 0");
  EXPECT_NE(first, accepted);
  for (int i = 1; i < 70000; ++i) rules.number("rule " + std::to_string(i));
  EXPECT_EQ(rules.number("rule 0"), first);
  EXPECT_EQ(rules.text(first), "rule 0");
  EXPECT_EQ(rules.number("one more"), rules.number("and another"));
  EXPECT_EQ(rules.text(rules.number("one more")), "a rule past the 65,533rd");
  auto const of_filter = rules.number("one more", RuleBook::Kind::filter);
  EXPECT_EQ(rules.text(of_filter), "a rule past the 65,533rd");
  EXPECT_EQ(rules.kind(of_filter), RuleBook::Kind::filter);
  EXPECT_EQ(rules.kind(rules.number("one more")), RuleBook::Kind::check);
}

}  // namespace
}  // namespace bgp::rib
