#include "kit/table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace bench {
namespace {

Table::Shape shape(std::uint32_t routes, std::uint32_t spare = 0, std::uint64_t seed = 1) {
  return {.routes = routes, .spare = spare, .seed = seed};
}

TEST(Table, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  Table const a(shape(5000)), b(shape(5000)), c(shape(5000, 0, 2));
  EXPECT_EQ(a.updates({}, 0, a.sets()), b.updates({}, 0, b.sets()));
  EXPECT_NE(a.updates({}, 0, a.sets()), c.updates({}, 0, c.sets()));
}

TEST(Table, EverySlotIsOnePrefixAndBack) {
  Table const table(shape(100'000));
  std::set<std::pair<std::uint32_t, int>> seen;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) {
    Prefix const prefix = table.prefix(slot);
    EXPECT_TRUE(seen.emplace(prefix.address, prefix.length).second);
    ASSERT_EQ(table.slot(prefix), static_cast<std::int32_t>(slot));
  }
}

TEST(Table, APrefixOutsideItHasNoSlot) {
  Table const table(shape(1000));
  EXPECT_EQ(table.slot({0, 0}), -1);
  EXPECT_EQ(table.slot({0x0a000000, 8}), -1);
  EXPECT_EQ(table.slot({0x0a000000, 24}), -1);
  Prefix longer = table.prefix(0);
  ++longer.length;
  EXPECT_EQ(table.slot(longer), -1);
}

TEST(Table, HasTheShapeOfARealFeed) {
  Table const table(shape(200'000));
  std::map<int, int> lengths;
  for (std::uint32_t slot = 0; slot < table.size(); ++slot) ++lengths[table.prefix(slot).length];
  EXPECT_NEAR(lengths[24], 120'000, 500);
  EXPECT_NEAR(lengths[22], 24'000, 500);
  EXPECT_NEAR(lengths[20], 10'000, 500);
  double const sets = static_cast<double>(table.sets());
  EXPECT_NEAR(table.size() / sets, 6.4, 0.3);
  double ases = 0, with_communities = 0, communities = 0, single = 0;
  for (std::size_t i = 0; i < table.sets(); ++i) {
    ases += static_cast<double>(table.set(i).path.size());
    communities += static_cast<double>(table.set(i).communities.size());
    with_communities += table.set(i).communities.empty() ? 0 : 1;
    single += table.group(i).size() == 1 ? 1 : 0;
  }
  EXPECT_NEAR(ases / sets, 4.5, 0.5);
  EXPECT_NEAR(with_communities / sets, 0.81, 0.02);
  EXPECT_NEAR(communities / with_communities, 6, 0.3);
  EXPECT_NEAR(single / sets, 0.5, 0.02);
}

TEST(Table, SparePrefixesStandAloneAfterTheOthers) {
  Table const table(shape(1000, 50));
  ASSERT_EQ(table.size(), 1050u);
  ASSERT_EQ(table.sets() - table.first_spare_group(), 50u);
  std::size_t before = 0;
  for (std::size_t i = 0; i < table.first_spare_group(); ++i) before += table.group(i).size();
  EXPECT_EQ(before, 1000u);
  for (std::size_t i = table.first_spare_group(); i < table.sets(); ++i) EXPECT_EQ(table.group(i).size(), 1u);
}

}  // namespace
}  // namespace bench
