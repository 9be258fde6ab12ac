// Both sides dial: when two connections meet, one session remains (RFC 4271 §6.8), whoever has the higher identifier.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "interop_test.h"

namespace interop {
namespace {

auto const prefix = "203.0.113.0/24";

struct Case {
  char const* name;
  char const* their_program;
  char const* our_id;  // theirs is 10.77.0.2
  bool stop_us;        // rather than them
};

struct BothDial : Interop, testing::WithParamInterface<Case> {
  void start_other() {
    if (std::string(GetParam().their_program) == "bird") {
      bird.emplace(directory_, BirdOptions{.name = "bird",
                                           .id = "10.77.0.2",
                                           .sessions = {{.local = "10.77.0.2"}},
                                           .routes = "route " + std::string(prefix) + " blackhole;"});
    } else {
      gobgp.emplace(directory_, GobgpOptions{.address = "10.77.0.2", .passive = false});
      gobgp->rib("add", prefix, {"nexthop", "10.77.0.2"});
    }
  }
  void start_tern() {
    tern.emplace(directory_, TernOptions{.id = GetParam().our_id,
                                         .neighbours = {"address: 10.77.0.2, localAddress: 10.77.0.1, remoteAs: 65000, "
                                                        "holdTime: 3"}});
  }
  [[nodiscard]] std::string our_state() const { return tern->peer("10.77.0.2", {"state"}); }
  [[nodiscard]] std::string their_state() const { return bird ? bird->state() : gobgp->state(); }
  [[nodiscard]] bool established() const { return our_state() == "Established" && their_state() == "Established"; }

  /// While one side is stopped, its kernel takes the other's connection and its own next attempt becomes due: when it
  /// goes on, it finds the one and makes the other.
  void let_them_meet() {
    auto const stop_us = GetParam().stop_us;
    stop_us ? start_tern() : start_other();
    auto& stopped = stop_us ? tern->process() : bird->process();
    stopped.signal(SIGSTOP);
    stop_us ? start_other() : start_tern();
    EXPECT_TRUE(support::eventually(30s, [&] { return (stop_us ? their_state() : our_state()) == "OpenSent"; }));
    std::this_thread::sleep_for(1500ms);  // until the stopped one's timer is due, which nobody can ask
    stopped.signal(SIGCONT);
  }
  /// Connections that stand, each counted at tern's end.
  static std::ptrdiff_t connections() {
    auto const lines =
        support::must_run({"ss", "-Htn", "state", "established", "src", "10.77.0.1", "dst", "10.77.0.2"});
    return std::count(lines.begin(), lines.end(), '\n');
  }
  /// Connections that were ever accepted in this network namespace.
  static long accepted() {
    auto const counters = support::must_run({"nstat", "-asz", "TcpPassiveOpens"});
    auto const at = counters.find("TcpPassiveOpens");
    return at == std::string::npos ? -1 : std::atol(counters.c_str() + at + 15);
  }

  std::optional<Tern> tern;
  std::optional<Bird> bird;
  std::optional<Gobgp> gobgp;
};

TEST_P(BothDial, OneSessionRemains) {
  if (!need({GetParam().their_program, "ss", "nstat"})) return;
  let_them_meet();
  ASSERT_TRUE(support::eventually(40s, [&] { return established() && connections() == 1; }));
  EXPECT_EQ(accepted(), 2) << "nothing met";
  EXPECT_TRUE(support::eventually(10s, [&] { return tern->refusal(prefix, "10.77.0.2").empty(); }));
  // Longer than the hold time: what is left is a session, and no further attempt disturbs it.
  auto const attempts = accepted();
  EXPECT_FALSE(support::eventually(4s, [&] { return !established() || connections() != 1; }));
  EXPECT_EQ(tern->peer("10.77.0.2", {"flaps"}), "0");
  EXPECT_EQ(accepted(), attempts);
}

INSTANTIATE_TEST_SUITE_P(, BothDial,
                         testing::Values(Case{"BirdStoppedAndAboveUs", "bird", "10.77.0.1", false},
                                         Case{"BirdStoppedAndBelowUs", "bird", "10.77.0.200", false},
                                         Case{"WeStoppedAndBirdAboveUs", "bird", "10.77.0.1", true},
                                         Case{"WeStoppedAndBirdBelowUs", "bird", "10.77.0.200", true},
                                         // GoBGP says when it has dialled, but not when it will.
                                         Case{"WeStoppedAndGobgpAboveUs", "gobgpd", "10.77.0.1", true},
                                         Case{"WeStoppedAndGobgpBelowUs", "gobgpd", "10.77.0.200", true}),
                         [](auto const& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace interop
