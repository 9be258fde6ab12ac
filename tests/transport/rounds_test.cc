// Whatever waits to be done, others get their turn in between: timers are the ones that suffer otherwise.
#include "transport/rounds.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <map>
#include <stdexcept>

#include "harness.h"

namespace bgp::transport::test {
namespace {

struct InRounds : testing::Test {
  boost::asio::io_context io;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  Rounds rounds{io.get_executor(), clock, 2ms};
  Time last_turn = clock->now();
  Duration longest_wait{};

  // Stands for the reactor: it comes up once in every pass over the executor's queue.
  void watch() {
    longest_wait = std::max(longest_wait, clock->now() - last_turn);
    last_turn = clock->now();
    if (rounds.waiting() > 0) boost::asio::post(io, [this] { watch(); });
  }
};

TEST_F(InRounds, WorkIsBegunForTwoMillisecondsAndTheRestWaits) {
  std::vector<int> done;
  for (int i = 0; i < 1000; ++i) {
    rounds.later([&, i](Time) {
      done.push_back(i);
      clock->advance(500us);
    });
  }
  EXPECT_TRUE(done.empty()) << "never from within later()";
  watch();
  io.run();
  ASSERT_EQ(done.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_GT(longest_wait, Duration::zero());
  EXPECT_LE(longest_wait, 2ms);
}

TEST_F(InRounds, WhatTurnsUpIsDoneAtOnceUntilTheRoundIsOver) {
  EXPECT_TRUE(rounds.open());
  clock->advance(1999us);
  EXPECT_TRUE(rounds.open());
  clock->advance(1us);
  EXPECT_FALSE(rounds.open());
  io.run();
  EXPECT_TRUE(rounds.open());
}

TEST_F(InRounds, EachPieceOfWorkIsToldWhenItBegins) {
  clock->advance(300us);
  EXPECT_EQ(rounds.open().began(), clock->now());
  std::vector<Time> told, begun;
  for (int i = 0; i < 3; ++i) {
    rounds.later([&](Time now) {
      told.push_back(now);
      begun.push_back(clock->now());
      clock->advance(100us);
    });
  }
  io.run();
  EXPECT_EQ(told.size(), 3U);
  EXPECT_EQ(told, begun);
}

TEST_F(InRounds, NothingOvertakesWhatWaits) {
  rounds.later([](Time) {});
  EXPECT_FALSE(rounds.open());
  io.run();
  EXPECT_TRUE(rounds.open());
}

TEST_F(InRounds, WorkThatComesBackWaitsForTheNextRound) {
  int left = 100;
  std::function<void(Time)> again = [&](Time) {
    clock->advance(500us);
    if (--left > 0) rounds.later(again);
  };
  rounds.later(again);
  watch();
  io.run();
  EXPECT_EQ(left, 0);
  EXPECT_LE(longest_wait, 2ms);
}

// What a round brought is dealt with together.
struct RoundsThatEnd : InRounds {
  std::vector<std::string> heard;
  std::shared_ptr<std::function<void()>> end =
      std::make_shared<std::function<void()>>([this] { heard.emplace_back("end"); });

  void SetUp() override { rounds.at_end(end); }
  void run() {
    io.restart();
    io.run();
  }
  void read(bool brief = true) {
    auto turn = rounds.open();
    ASSERT_TRUE(turn);
    heard.emplace_back("read");
    rounds.ask_for_end(brief);
    turn.done();
  }
};

TEST_F(RoundsThatEnd, EndOnceBehindAllThatWasReadOrWaited) {
  boost::asio::post(io, [&] { read(false); });
  boost::asio::post(io, [&] { read(false); });
  boost::asio::post(io, [&] {
    rounds.after_end([&] { heard.emplace_back("after"); });
    rounds.later([&](Time) { heard.emplace_back("later"); });
  });
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"read", "read", "later", "end", "after"}));
  heard.clear();
  rounds.open().done();
  run();
  EXPECT_TRUE(heard.empty()) << "nobody asked";
}

TEST_F(RoundsThatEnd, EndAtOnceWhereOneBriefPieceOfWorkComesAlone) {
  for (int round = 0; round < 2; ++round) {
    heard.clear();
    read();
    EXPECT_EQ(heard, (std::vector<std::string>{"read", "end"}));
    run();
    EXPECT_EQ(heard.size(), 2U) << "it was the end of this round";
  }
}

TEST_F(RoundsThatEnd, DoNotEndAtOnceBehindARoundThatBroughtMore) {
  read();
  read();  // others may come as well, in this round and in the next
  EXPECT_EQ(heard, (std::vector<std::string>{"read", "end", "read"}));
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"read", "end", "read", "end"}));
  heard.clear();
  read();
  EXPECT_EQ(heard, (std::vector<std::string>{"read"}));
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"read", "end"}));
  heard.clear();
  read();
  EXPECT_EQ(heard, (std::vector<std::string>{"read", "end"})) << "it is quiet again";
}

TEST_F(RoundsThatEnd, DoNotEndAtOnceForWhatIsNotBrief) {
  read(false);
  EXPECT_EQ(heard, (std::vector<std::string>{"read"}));
  run();
  {
    auto turn = rounds.open();
    rounds.ask_for_end(true);
    rounds.ask_for_end(false);
    rounds.ask_for_end(true);
    turn.done();
  }
  EXPECT_EQ(heard.size(), 2U) << "one of three was not";
  run();
  EXPECT_EQ(heard.size(), 3U);
}

TEST_F(RoundsThatEnd, LearnNothingFromARoundThatBroughtNothing) {
  read();
  read();
  run();
  rounds.ask_for_end();
  run();
  heard.clear();
  read();
  EXPECT_EQ(heard, (std::vector<std::string>{"read"}));
}

TEST_F(RoundsThatEnd, EndAfterEndKeepNothingWaiting) {
  int ends = 0, turns = 0;
  *end = [&] {
    if (++ends < 100) rounds.ask_for_end();
  };
  rounds.ask_for_end();
  std::function<void(Time)> again = [&](Time) {
    clock->advance(2ms);
    if (++turns < 40) rounds.later(again);
  };
  rounds.later(again);
  while (turns < 40 && ends < 100) ASSERT_EQ(io.run_one(), 1U);
  EXPECT_EQ(turns, 40);
  EXPECT_GE(ends, 39) << "and neither is put off by what waits";
}

TEST_F(RoundsThatEnd, GiveTimersTheirTurnBetweenWhatWaitsAndTheEnd) {
  rounds.ask_for_end();
  rounds.later([&](Time) { heard.emplace_back("later"); });
  boost::asio::post(io, [&] { heard.emplace_back("reactor"); });
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"later", "reactor", "end"}));
}

TEST_F(RoundsThatEnd, DoWhatComesAfterWithoutAnEndAndFromWithinIt) {
  rounds.after_end([&] {
    heard.emplace_back("after");
    rounds.after_end([&] { heard.emplace_back("after that"); });
  });
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"after", "after that"}));
}

TEST_F(RoundsThatEnd, GoOnWhereWorkThrew) {
  *end = [] { throw std::runtime_error("from the end"); };
  rounds.ask_for_end();
  rounds.after_end([&] { heard.emplace_back("after"); });
  EXPECT_THROW(run(), std::runtime_error);
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"after"}));
  clock->advance(10ms);
  EXPECT_TRUE(rounds.open());
}

TEST_F(RoundsThatEnd, EndBehindATurnThatThrew) {
  auto const work = [this] {
    auto const turn = rounds.open();
    rounds.ask_for_end();
    throw std::runtime_error("from the work");
  };
  EXPECT_THROW(work(), std::runtime_error);
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"end"}));
}

// What has to be told goes first: the executor is asked for the end of the round behind it.
TEST_F(RoundsThatEnd, AskTheExecutorForTheEndBehindTheTurn) {
  {
    auto turn = rounds.open();
    rounds.ask_for_end();
    rounds.later([&](Time) { heard.emplace_back("later"); });
    boost::asio::post(io, [&] { heard.emplace_back("posted"); });
    turn.done();
  }
  run();
  EXPECT_EQ(heard, (std::vector<std::string>{"posted", "later", "end"}));
}

TEST_F(RoundsThatEnd, MayEndAgainIfTheEndAsksForIt) {
  *end = [this] {
    heard.emplace_back("end");
    if (heard.size() < 5) rounds.ask_for_end();
  };
  rounds.ask_for_end();
  run();
  EXPECT_EQ(heard.size(), 5U);
}

TEST_F(RoundsThatEnd, ForgetWhoIsGone) {
  rounds.ask_for_end();
  end.reset();
  run();
  EXPECT_TRUE(heard.empty());
}

// Fifty neighbours send as much as they can, and every message takes its time.
TEST(BusySockets, TogetherHoldTheExecutorNoLongerThanARound) {
  boost::asio::io_context io;
  auto const clock = std::make_shared<ManualClock>();
  auto const network = std::make_shared<MemoryNetwork>(io.get_executor());
  auto const context = std::make_shared<Context>(io.get_executor(), network, clock);
  struct Everyone : PeerDirectory {
    Admission admission(Endpoint const& remote, Endpoint const&) override { return {peers.at(remote.address), true}; }
    std::map<IpAddress, std::shared_ptr<Peer>> peers;
  } directory;
  auto opened = Listener::open(context, {"192.0.2.1"_ip, 179, 0}, directory);
  ASSERT_TRUE(opened.ok());
  auto const listener = std::move(opened).value();
  constexpr std::uint32_t many = 50;
  std::vector<Layer> layers(many), far_layers(many);
  std::vector<std::shared_ptr<Peer>> clients;
  for (std::uint32_t i = 0; i < many; ++i) {
    auto const address = IpAddress::v4(0x0a000000 + i);
    directory.peers[address] = Peer::create(context, config(1_asn, 2_asn, 1, true), {{address, 0, 0}, {}}, layers[i]);
    clients.push_back(Peer::create(context, config(2_asn, 1_asn, 2 + i, false),
                                   {{"192.0.2.1"_ip, 179, 0}, {address, 0, 0}}, far_layers[i]));
    directory.peers[address]->start();
    clients.back()->start();
  }
  io.poll();
  for (auto& layer : far_layers) {
    ASSERT_EQ(layer.ups, 1U);
    for (int i = 0; i < 20; ++i) layer.say(update(1));
  }
  for (auto& layer : layers) {
    layer.then = [&](std::string_view what) {
      if (what == "update") clock->advance(400us);
    };
  }
  for (auto const& client : clients) client->wake_output(clock->now());

  auto last = clock->now();
  Duration longest{};
  std::function<void()> const watch = [&] {
    longest = std::max(longest, clock->now() - last);
    last = clock->now();
    auto const done = std::ranges::all_of(layers, [](Layer const& layer) { return layer.heard.size() == 20; });
    if (!done) boost::asio::post(io, watch);
  };
  watch();
  io.restart();
  io.poll();
  for (auto const& layer : layers) EXPECT_EQ(layer.heard.size(), 20U);
  EXPECT_GE(longest, 2ms) << "this test shows nothing";
  EXPECT_LE(longest, 3ms) << "fifty sockets, one after the other";
  EXPECT_GE(context->slice_times().longest(), 800us) << "two messages, for the slice is over after 500 us";
  for (auto& [address, peer] : directory.peers) peer->close(shutdown_notice);
  for (auto& client : clients) client->close(shutdown_notice);
}

}  // namespace
}  // namespace bgp::transport::test
