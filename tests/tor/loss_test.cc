// What the loss of a router costs the traffic: packets with numbers, some flows through each of the two.
#include <signal.h>

#include "rack.h"

namespace tor {
namespace {

// Packets of a flow in this time: what a loss may cost at most.
constexpr std::uint64_t packets_in(std::chrono::milliseconds span) { return static_cast<std::uint64_t>(span / 2ms); }

class Loss : public Tors {
 protected:
  // With flows in both families: `lose` it, only the other is used and everything arrives; `regain` it, and both are.
  Flows::Report up_while(unsigned lost, std::function<void()> const& lose, std::function<void()> const& regain) {
    Flows flows4, flows6;
    flow_up(flows4, any4);
    flow_up(flows6, any6);
    lose();
    EXPECT_TRUE(soon(10s, [&] { return only(tor(1 - lost)); }));
    for (auto* const flows : {&flows4, &flows6}) {
      flows->mark();
      EXPECT_TRUE(soon(5s, [&] { return flows->all_received(100); })) << "all flows go the other way";
    }
    regain();
    EXPECT_TRUE(soon(20s, [&] { return ecmp() && both_ways_down(); }));
    for (auto* const flows : {&flows4, &flows6}) {
      flows->mark();
      EXPECT_TRUE(soon(5s, [&] { return flows->all_received(20); }));
    }
    auto report = flows4.finish();
    auto const other = flows6.finish();
    report.lost += other.lost;
    report.most = std::max(report.most, other.most);
    report.text += other.text;
    return report;
  }
};

TEST_F(Loss, SessionsThatAreClosedCostTheNodesFlowsNothing) {
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    auto const report = up_while(
        lost, [&] { tor(lost).sessions(false); }, [&] { tor(lost).sessions(true); });
    EXPECT_EQ(report.lost, 0U) << "tor " << lost << "\n" << report.text;
  }
}

TEST_F(Loss, ARouterWhoseProcessDiesForwardsTheNodesFlowsOn) {
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    auto const report = up_while(
        lost, [&] { tor(lost).kill(); }, [&] { tor(lost).start(); });
    EXPECT_EQ(report.lost, 0U) << "tor " << lost << "\n" << report.text;
  }
}

TEST_F(Loss, ACableThatIsCutCostsWhatWasInFlight) {
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    auto const report = up_while(
        lost, [&] { cable(lost, false); }, [&] { cable(lost, true); });
    EXPECT_LT(report.most, packets_in(200ms)) << "tor " << lost << "\n" << report.text;
  }
}

TEST_F(Loss, ARouterThatHangsIsLeftWhenTheHoldTimeIsOver) {
  start_node({.hold_time = 3});
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    auto const since = support::Clock::now();
    auto const report = up_while(
        lost, [&] { tor(lost).process().signal(SIGSTOP); }, [&] { tor(lost).process().signal(SIGCONT); });
    EXPECT_EQ(report.lost, 0U) << "it forwards on\n" << report.text;
    EXPECT_GT(support::Clock::now() - since, 2s);
  }
}

TEST_F(Loss, TheWayDownMovesToTheOtherRouterWithTheSession) {
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    Flows flows;
    flow_down(flows);
    tor(lost).sessions(false);
    ASSERT_TRUE(soon(10s, [&] { return ways_down(block4) == std::set{tor(1 - lost).options().above.v4}; }));
    flows.mark();
    ASSERT_TRUE(soon(5s, [&] { return flows.all_received(100); }));
    tor(lost).sessions(true);
    ASSERT_TRUE(soon(20s, [&] { return ecmp() && both_ways_down(); }));
    flows.mark();
    EXPECT_TRUE(soon(5s, [&] { return flows.all_received(100); }));
    auto const report = flows.finish();
    EXPECT_LT(report.most, packets_in(1000ms)) << "what the routers need among themselves\n" << report.text;
  }
}

TEST_F(Loss, TwoRoutersOfOneKindAreNoDifferent) {
  use_two_birds();
  ASSERT_TRUE(start());
  for (auto const lost : {0U, 1U}) {
    auto const report = up_while(
        lost, [&] { cable(lost, false); }, [&] { cable(lost, true); });
    EXPECT_LT(report.most, packets_in(200ms)) << "tor " << lost << "\n" << report.text;
  }
}

}  // namespace
}  // namespace tor
