// When changes are told: alone at once, in a row together.
#include "engine/pace.h"

#include <gtest/gtest.h>

namespace bgp::engine {
namespace {

using namespace std::chrono_literals;

class Telling : public ::testing::Test {
 protected:
  /// `messages` came and are told, which takes `work`; how long the next ones wait.
  session::Duration rest_after(unsigned messages, session::Duration work) {
    now = pace.earliest(now);
    pace.came(messages);
    pace.begin(now);
    now += work;
    pace.end(now);
    return pace.earliest(now) - now;
  }
  Pace pace;
  session::Time now{1h};
};

TEST_F(Telling, WhatComesAloneMakesNobodyWait) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rest_after(1, 100us), 0us);
  EXPECT_FALSE(pace.rests());
}

TEST_F(Telling, WhatComesInARowMakesTheNextWaitAsLongAsItTook) {
  EXPECT_EQ(rest_after(2, 100us), 100us);
  EXPECT_TRUE(pace.rests());
  EXPECT_EQ(rest_after(3, 70us), 70us);
  EXPECT_EQ(rest_after(1, 70us), 0us) << "and no longer than it goes on";
}

TEST_F(Telling, WhatIsToldWithinARestDoesNotEndIt) {
  rest_after(2, 800us);
  auto const until = pace.earliest(now);
  pace.came(1);
  pace.begin(now);
  EXPECT_TRUE(pace.rests());
  EXPECT_EQ(pace.earliest(now), until);
}

TEST_F(Telling, NobodyWaitsLongerThanAMillisecond) { EXPECT_EQ(rest_after(500, 30ms), 1ms); }

TEST_F(Telling, OutputOfAnotherKindMakesNobodyWait) {
  rest_after(2, 100us);
  now += 5ms;
  pace.end(now);
  EXPECT_EQ(pace.earliest(now), now);
}

}  // namespace
}  // namespace bgp::engine
