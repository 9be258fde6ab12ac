// What is remembered of sources that misbehave is bounded, whatever they do.
#include "engine/sources.h"

#include <gtest/gtest.h>

namespace bgp::engine {
namespace {

using namespace std::chrono_literals;

session::Time const begin{1h};

Source source(std::uint32_t index) { return {IpAddress::v4((10U << 24) + index), 0}; }

TEST(Sources, FaultsAreRememberedForAWhileAfterTheHoldAndWithoutFaultsNothingIs) {
  Sources sources;
  sources.note(source(1), 3, begin + 4s, begin);
  EXPECT_EQ(sources.faults(source(1)), 3U);
  EXPECT_EQ(sources.faults(source(2)), 0U);
  EXPECT_TRUE(sources.held(source(1), begin + 3999ms));
  EXPECT_FALSE(sources.held(source(1), begin + 4s));
  EXPECT_FALSE(sources.held(source(2), begin));
  sources.note(source(2), 1, {}, begin + 4s + Sources::memory);
  EXPECT_EQ(sources.faults(source(1)), 0U);
  EXPECT_EQ(sources.size(), 1U);
  sources.note(source(2), 0, {}, begin + 10min);
  EXPECT_EQ(sources.size(), 0U);
}

TEST(Sources, TheMemoryIsBoundedAndTheOldestGoFirst) {
  Sources sources;
  for (std::uint32_t i = 0; i < 3 * Sources::most; ++i)
    sources.note(source(i), 2, {}, begin + std::chrono::seconds(i) / 100);
  EXPECT_EQ(sources.size(), Sources::most);
  EXPECT_EQ(sources.faults(source(3 * Sources::most - 1)), 2U);
  EXPECT_EQ(sources.faults(source(0)), 0U);
}

TEST(Sources, LinesAreCountedForEachSourceAndAnewEveryMinute) {
  Sources sources;
  using Word = Sources::Word;
  for (unsigned i = 1; i < Sources::lines_each; ++i) EXPECT_EQ(sources.ask(source(1), begin), Word::say);
  EXPECT_EQ(sources.ask(source(1), begin), Word::say_last);
  EXPECT_EQ(sources.ask(source(1), begin + 59s), Word::keep);
  EXPECT_EQ(sources.ask(source(2), begin + 59s), Word::say);
  EXPECT_EQ(sources.ask(source(1), begin + 60s), Word::say);
}

TEST(Sources, LinesOfManySourcesAreBounded) {
  Sources sources;
  std::size_t said = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) said += sources.ask(source(i), begin) == Sources::Word::say;
  EXPECT_EQ(said, Sources::most + Sources::lines_of_others);
}

}  // namespace
}  // namespace bgp::engine
