// How long pieces of work held the thread, by the clock and on a processor.
#include "transport/slice_times.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <thread>

namespace bgp::transport::test {
namespace {

using namespace std::chrono_literals;

struct SliceTimesTest : testing::Test {
  void slice(Duration work, Duration others = {}) {
    auto const begun = clock->now();
    times.begin();
    clock->advance(work);
    clock->wait(others);
    times.end(begun);
  }
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  SliceTimes times{clock};
};

TEST_F(SliceTimesTest, WhatOthersHadOfTheProcessorCountsByTheClockAlone) {
  slice(500us);
  slice(400us, 3ms);
  EXPECT_EQ(times.longest(), 3400us);
  EXPECT_EQ(times.longest_on_processor(), 500us);
  slice(900us);
  EXPECT_EQ(times.longest(), 3400us);
  EXPECT_EQ(times.longest_on_processor(), 900us);
}

TEST_F(SliceTimesTest, APartOfAPieceOfWorkIsNoneOfItsOwn) {
  auto const begun = clock->now();
  times.begin();
  slice(2ms);
  slice(1ms, 4ms);
  times.end(begun);
  EXPECT_EQ(times.longest(), 7ms);
  EXPECT_EQ(times.longest_on_processor(), 3ms);
}

TEST_F(SliceTimesTest, ShortOnesAreLookedAtTogetherAndMakeALongOneLongerByLittle) {
  for (int i = 0; i < 9; ++i) slice(11us);
  EXPECT_EQ(times.longest(), 11us);
  EXPECT_EQ(times.longest_on_processor(), 0us) << "not worth a look";
  slice(500us, 1ms);
  EXPECT_EQ(times.longest_on_processor(), 599us);
}

TEST_F(SliceTimesTest, NoneTakesLongerOnAProcessorThanByTheClock) {
  clock->advance(1s);  // the program's own work
  slice(2ms);
  EXPECT_EQ(times.longest_on_processor(), 2ms);
}

TEST(SliceTimesOfSeveralThreads, WhatAnotherThreadHadOfAProcessorIsTakenForNoneOfThisOnes) {
  boost::asio::io_context io;
  auto const clock = make_steady_clock(io.get_executor());
  auto const work = [&](Duration how_long) {
    for (auto const end = clock->processor_time() + how_long; clock->processor_time() < end;) continue;
  };
  work(50ms);  // more than the other one will have had
  SliceTimes times{clock};
  std::thread([&] {
    auto const begun = clock->now();
    times.begin();
    work(20ms);
    times.end(begun);
  }).join();
  EXPECT_GE(times.longest_on_processor(), 20ms);
  EXPECT_LE(times.longest_on_processor(), times.longest());
}

TEST(SteadyClock, WhatAThreadSleepsOrAnotherOneWorksIsNoTimeOnAProcessor) {
  boost::asio::io_context io;
  auto const clock = make_steady_clock(io.get_executor());
  auto const work = [&](Duration how_long) {
    auto const end = clock->processor_time() + how_long;
    while (clock->processor_time() < end) continue;
  };
  auto const before = clock->now();
  auto const own = clock->processor_time();
  std::thread(work, 50ms).join();
  std::this_thread::sleep_for(50ms);
  EXPECT_GE(clock->now() - before, 100ms);
  EXPECT_LT(clock->processor_time() - own, 50ms);
  work(20ms);
  EXPECT_GE(clock->processor_time() - own, 20ms);
}

}  // namespace
}  // namespace bgp::transport::test
