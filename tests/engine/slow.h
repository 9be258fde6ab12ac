// A filter that accepts every route and takes its time over each, by the hand-turned clock.
#pragma once

#include "harness.h"

namespace bgp::engine::test {

struct Slow : Filter {
  Slow(std::shared_ptr<transport::ManualClock> the_clock, transport::Duration how_long)
      : clock(std::move(the_clock)), length(how_long) {}
  FilterVerdict judge(FilteredRoute const&) const override {
    clock->advance(length);
    return {true, ""};
  }
  std::string name() const override { return "slow"; }
  std::shared_ptr<transport::ManualClock> clock;
  transport::Duration length;
};

}  // namespace bgp::engine::test
