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
    clock->advance_off_processor(others);
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
  slice(50us);         // not worth a look
  clock->advance(1s);  // the program's own work
  slice(2ms);
  EXPECT_EQ(times.longest_on_processor(), 2ms);
}

// By the machine's clock.
struct OnAProcessor : testing::Test {
  void work(Duration how_long) const {
    for (auto const end = clock->processor_time() + how_long; clock->processor_time() < end;) continue;
  }
  boost::asio::io_context io;
  std::shared_ptr<Clock> clock = make_steady_clock(io.get_executor());
};

TEST_F(OnAProcessor, ASliceKnowsNothingOfWhatOtherThreadsHad) {
  SliceTimes times{clock};
  auto const slice = [&](Duration length) {
    auto const begun = clock->now();
    times.begin();
    work(length);
    std::this_thread::sleep_for(40ms);
    times.end(begun);
  };
  work(50ms);  // more than the other one will have had
  slice(1ms);
  std::thread(slice, 20ms).join();
  EXPECT_GE(times.longest_on_processor(), 20ms);
  EXPECT_LE(times.longest_on_processor(), times.longest() - 40ms);
  slice(2ms);
  EXPECT_LE(times.longest_on_processor(), times.longest() - 40ms) << "nor of this one's meanwhile";
}

TEST_F(OnAProcessor, AThreadIsNotTakenForOneThatHasEnded) {
  SliceTimes times{clock};
  auto const slice = [&](Duration before, Duration length) {
    work(before);
    auto const begun = clock->now();
    times.begin();
    work(length);
    times.end(begun);
  };
  std::thread(slice, 50ms, 1ms).join();
  std::thread(slice, 0ms, 20ms).join();  // it has the other's std::thread::id, and a younger clock
  EXPECT_GE(times.longest_on_processor(), 20ms);
}

TEST_F(OnAProcessor, WhatAThreadSleepsOrAnotherOneWorksIsNone) {
  auto const before = clock->now();
  auto const own = clock->processor_time();
  std::thread(&OnAProcessor::work, this, 50ms).join();
  std::this_thread::sleep_for(50ms);
  EXPECT_GE(clock->now() - before, 100ms);
  EXPECT_LT(clock->processor_time() - own, 50ms);
  work(20ms);
  EXPECT_GE(clock->processor_time() - own, 20ms);
}

}  // namespace
}  // namespace bgp::transport::test
