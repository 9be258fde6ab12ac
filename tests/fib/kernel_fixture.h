// Where fib's tests against a real kernel begin: a network namespace of the test's own with two interfaces, `east`
// (192.0.2.1/24, 2001:db8:1::1/64) and `west` (198.51.100.1/24), and a Fib in it. Without root the test is skipped with
// the reason; with CI=true it fails. One thread.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <deque>
#include <functional>

#include "fib/fib.h"
#include "support/eventually.h"
#include "support/netns.h"
#include "support/process.h"

namespace tern::fib {

using namespace bgp::literals;
using namespace std::chrono_literals;

class Kernel : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!support::isolate(why)) {
      auto const* ci = std::getenv("CI");
      if (ci != nullptr && std::string(ci) == "true") FAIL() << why;
      GTEST_SKIP() << why;
    }
    ip("link add east type veth peer name east-end");
    ip("link add west type veth peer name west-end");
    for (auto const* end : {"east-end", "west-end", "east", "west"}) ip("link set " + std::string(end) + " up");
    ip("addr add 192.0.2.1/24 dev east");
    ip("addr add 198.51.100.1/24 dev west");
    ip("addr add 2001:db8:1::1/64 dev east nodad");
    east.hop.address = "192.0.2.2"_ip;
    west.hop.address = "198.51.100.2"_ip;
  }
  static std::string run(std::string const& command) { return support::run({"sh", "-c", command}).output; }
  static void ip(std::string const& arguments) { support::must_run({"sh", "-c", "ip " + arguments}); }
  static std::string routes(std::string const& what = "proto 179") {
    return run("ip -4 route show " + what + "; ip -6 route show " + what);
  }
  static unsigned count_routes() {
    return static_cast<unsigned>(std::stoul(run("ip -4 route show proto 179 | wc -l")));
  }

  void start(FibOptions options = {}) {
    options.log = [this](char, std::string const& line) { log.push_back(line); };
    fib.emplace(io.get_executor(), std::move(options));
    auto const started = fib->start();
    ASSERT_TRUE(started.ok()) << started.error().message;
    fib->set_path(east.hop, HopPath{"east", east.hop.address, false});
    fib->set_path(west.hop, HopPath{"west", west.hop.address, false});
  }
  void settle() {
    bool settled = false;
    fib->when_settled([&] { settled = true; });
    auto const deadline = support::in(10s);
    while (!settled && support::Clock::now() < deadline) io.run_one_for(100ms);
    ASSERT_TRUE(settled);
  }
  // Runs until the kernel shows what is expected: what others do is heard some time after it was done.
  testing::AssertionResult soon(std::function<bool()> const& holds) {
    auto const deadline = support::in(5s);
    while (!holds()) {
      if (support::Clock::now() >= deadline) return testing::AssertionFailure() << routes();
      io.restart();
      io.run_for(10ms);
    }
    return testing::AssertionSuccess();
  }
  Target const* through(std::vector<WeightedHop> hops, std::uint32_t metric = 1024) {
    return &targets.emplace_back(Target{metric, std::move(hops)});
  }
  void want(std::vector<RouteChange> const& changes) {
    fib->apply(changes);
    settle();
  }
  static bgp::Prefix nth(std::uint32_t n) { return {bgp::IpAddress::v4(0x0a000000U + (n << 8)), 24}; }

  boost::asio::io_context io{1};
  std::optional<Fib> fib;
  WeightedHop east, west;
  std::deque<Target> targets;
  std::vector<std::string> log;
};

}  // namespace tern::fib
