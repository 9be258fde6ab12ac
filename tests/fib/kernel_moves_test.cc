// What happens to routes in between, when what they lead to changes or goes: told by the kernel itself.
#include "kernel_fixture.h"

namespace tern::fib {
namespace {

class Moves : public Kernel {
 protected:
  static constexpr std::uint32_t many = 3000;  // more than fib takes at once
  static constexpr std::uint32_t few = 250;    // of which `ip monitor` has room for all that is told
  static std::vector<RouteChange> first(std::uint32_t count, Target const* target) {
    std::vector<RouteChange> changes;
    for (std::uint32_t n = 0; n < count; ++n) changes.push_back({nth(n), target});
    return changes;
  }
  static std::vector<RouteChange> all(Target const* target) { return first(many, target); }
  static std::vector<RouteChange> some(Target const* target) { return first(few, target); }
  /// Everything that the kernel tells from now on, as iproute2 prints it, until `landmark` is read.
  class Watched {
   public:
    Watched() : monitor_({"ip", "-rcvbuf", "4194304", "-4", "monitor", "route", "nexthop"}) {
      // Only when it hears anything is it there.
      alive_ = support::eventually(5s, [&] {
        ip("route add blackhole 203.0.113.0/24 proto 99");
        ip("route del blackhole 203.0.113.0/24 proto 99");
        return monitor_.output().find("203.0.113.0/24") != std::string::npos;
      });
    }
    std::string told() {
      ip("route add blackhole 203.0.113.128/25 proto 99");
      alive_ = alive_ &&
               support::eventually(5s, [&] { return monitor_.output().find("203.0.113.128/25") != std::string::npos; });
      EXPECT_TRUE(alive_);
      return monitor_.output();
    }

   private:
    bool alive_ = false;
    support::Process monitor_;
  };
};

TEST_F(Moves, ARouteThatLeadsElsewhereIsNotLostWithTheHopThatItLedTo) {
  start();
  want(some(through({east})));
  Watched watched;
  fib->forget(east.hop);  // BGP forgets a next hop before its routes have all been told of
  want(some(through({west})));
  auto const told = watched.told();
  EXPECT_EQ(told.find("Deleted 10."), std::string::npos) << told.substr(told.find("Deleted 10."), 200);
  EXPECT_NE(told.find("Deleted id"), std::string::npos) << "the object of the old hop goes";
  EXPECT_EQ(count_routes(), few);
}

TEST_F(Moves, WhatNobodyWantsGoesWithItsObject) {
  start();
  want(all(through({east})));
  auto const before = fib->status().messages;
  fib->forget(east.hop);
  want(all(nullptr));
  EXPECT_EQ(count_routes(), 0U);
  EXPECT_LT(fib->status().messages - before, many) << "not one by one";
  EXPECT_EQ(run("ip nexthop show proto 179"), "");
}

// As BGP tells of a neighbour that is gone: the next hop is forgotten early, the routes follow in many parts.
TEST_F(Moves, WhatIsTakenBackInPartsGoesWithItsObjectToo) {
  start();
  want(all(through({east})));
  auto const before = fib->status().messages;
  auto const changes = all(nullptr);
  auto rest = std::span<RouteChange const>(changes);
  fib->apply(rest.first(100));
  fib->forget(east.hop);
  for (rest = rest.subspan(100); !rest.empty(); rest = rest.subspan(std::min<std::size_t>(100, rest.size()))) {
    fib->apply(rest.first(std::min<std::size_t>(100, rest.size())));
    io.poll();
  }
  settle();
  EXPECT_EQ(count_routes(), 0U);
  EXPECT_LT(fib->status().messages - before, 200U) << "not one by one";
}

// BGP may have forgotten a next hop of which a route that stays has not been told.
TEST_F(Moves, AHopThatIsStillAskedForHoldsOthersBackForASecondOnly) {
  start();
  want({{nth(1), through({east})}, {nth(2), through({east})}});
  fib->forget(east.hop);
  fib->apply(std::vector<RouteChange>{{nth(2), nullptr}});
  io.restart();
  io.poll();
  EXPECT_EQ(count_routes(), 2U) << "it waits";
  settle();
  EXPECT_EQ(count_routes(), 1U);
  EXPECT_EQ(fib->describe(nth(1)).state, RouteBook::State::installed);
}

TEST_F(Moves, AHopThatIsForgottenAndWantedAgainStays) {
  start();
  want({{nth(1), through({east})}});
  fib->forget(east.hop);
  fib->apply(std::vector<RouteChange>{{nth(1), nullptr}});
  fib->set_path(east.hop, HopPath{"east", east.hop.address, false});
  want({{nth(1), through({east})}});
  EXPECT_EQ(count_routes(), 1U);
}

}  // namespace
}  // namespace tern::fib
