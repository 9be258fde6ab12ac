#include "fib/forgotten_hops.h"

#include <gtest/gtest.h>

namespace tern::fib {
namespace {

using namespace bgp::literals;
using namespace std::chrono_literals;

class ForgottenHopsTest : public testing::Test {
 protected:
  ForgottenHopsTest() { hops.set_path(hop, HopPath{"eth0", {}, true}); }

  HopBook hops{{179, false}};
  TunnelBook tunnels;
  ForgottenHops forgotten;
  HopName const hop{"192.0.2.1"_ip, Encapsulation::none};
  Time const start{1000s};
};

TEST_F(ForgottenHopsTest, NothingForgottenHoldsNothingBack) { EXPECT_EQ(forgotten.removals_wait_until(start), never); }

TEST_F(ForgottenHopsTest, OneThatIsStillWantedHoldsRemovalsBackForASecond) {
  auto const route = hops.acquire({1024, {{hop, 1}}});
  forgotten.add(hop, {}, {}, start);
  EXPECT_FALSE(forgotten.give_up(hops, tunnels));
  EXPECT_EQ(forgotten.removals_wait_until(start + 999ms), start + 1s);
  EXPECT_EQ(forgotten.removals_wait_until(start + 1s), never);
  EXPECT_TRUE(hops.path(hop));
  hops.release(route);
  EXPECT_TRUE(forgotten.give_up(hops, tunnels));
  EXPECT_FALSE(hops.path(hop));
}

TEST_F(ForgottenHopsTest, OthersThatComeAndGoProlongNothing) {
  auto const route = hops.acquire({1024, {{hop, 1}}});
  forgotten.add(hop, {}, {}, start);
  forgotten.add({"192.0.2.2"_ip, Encapsulation::none}, {}, {}, start + 900ms);
  EXPECT_TRUE(forgotten.give_up(hops, tunnels));
  EXPECT_EQ(forgotten.removals_wait_until(start + 1s), never);
  hops.release(route);
}

TEST_F(ForgottenHopsTest, OneThatIsGivenUpHoldsNothingBack) {
  forgotten.add(hop, {}, {}, start);
  EXPECT_TRUE(forgotten.give_up(hops, tunnels));
  EXPECT_EQ(forgotten.removals_wait_until(start), never);
}

TEST_F(ForgottenHopsTest, OneThatIsRecalledKeepsItsPath) {
  forgotten.add(hop, {}, {}, start);
  forgotten.recall(hop);
  EXPECT_FALSE(forgotten.give_up(hops, tunnels));
  EXPECT_TRUE(hops.path(hop));
}

}  // namespace
}  // namespace tern::fib
