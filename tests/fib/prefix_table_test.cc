#include "fib/prefix_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace tern::fib {
namespace {

struct Entry {
  bgp::Prefix prefix;
  int value = 0;
};

bgp::Prefix nth(std::uint32_t n, unsigned length = 32) { return {bgp::IpAddress::v4(n), length}; }

std::map<bgp::Prefix, int> all(PrefixTable<Entry> const& table) {
  std::map<bgp::Prefix, int> found;
  table.each([&](Entry const& entry) { found[entry.prefix] = entry.value; });
  return found;
}

// A few prefixes, so that each comes and goes often.
RC_GTEST_PROP(PrefixTable, IsAMapWhateverComesAndGoes, ()) {
  PrefixTable<Entry> table(*rc::gen::arbitrary<std::uint64_t>());
  std::map<bgp::Prefix, int> model;
  for (auto steps = *rc::gen::inRange(0, 400); steps > 0; --steps) {
    auto const prefix = nth(*rc::gen::inRange(0U, 120U));
    if (*rc::gen::inRange(0, 3) == 0) {
      auto const* const known = table.find(prefix);
      RC_ASSERT((known != nullptr) == (model.erase(prefix) > 0));
      if (known != nullptr) table.erase(*known);
    } else {
      auto const [entry, is_new] = table.find_or_insert(prefix);
      RC_ASSERT(is_new == !model.contains(prefix));
      entry.value = model[prefix] = steps;
    }
    RC_ASSERT(table.size() == model.size());
  }
  RC_ASSERT(all(table) == model);
}

TEST(PrefixTable, HoldsAHundredThousandWhereTheyWerePut) {
  PrefixTable<Entry> table(42);
  constexpr std::uint32_t many = 100'000;
  std::vector<Entry*> places;
  for (std::uint32_t n = 0; n < many; ++n) places.push_back(&table.find_or_insert(nth(n)).first);
  EXPECT_EQ(table.size(), many);
  for (std::uint32_t n = 0; n < many; ++n) ASSERT_EQ(table.find(nth(n)), places[n]);
  EXPECT_EQ(table.find(nth(many)), nullptr);
}

TEST(PrefixTable, TheLengthAndTheFamilyCount) {
  using namespace bgp::literals;
  PrefixTable<Entry> table(7);
  for (auto const prefix : {"0.0.0.0/0"_pfx, "0.0.0.0/32"_pfx, "::/0"_pfx, "::/32"_pfx}) {
    EXPECT_TRUE(table.find_or_insert(prefix).second) << prefix.text();
  }
  EXPECT_EQ(table.size(), 4U);
}

TEST(PrefixTable, OneMayBeErasedWhileItIsVisited) {
  PrefixTable<Entry> table(1);
  for (std::uint32_t n = 0; n < 5000; ++n) table.find_or_insert(nth(n)).first.value = static_cast<int>(n);
  table.each([&](Entry& entry) {
    if (entry.value % 3 != 0) table.erase(entry);
  });
  EXPECT_EQ(table.size(), 1667U);
  EXPECT_EQ(table.find(nth(1)), nullptr);
  EXPECT_NE(table.find(nth(4998)), nullptr);
}

}  // namespace
}  // namespace tern::fib
