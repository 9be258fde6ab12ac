// Two sessions that meet: both sides dial at once (RFC 4271 §6.8, RFC 6286), peers that die, peers that come again.
#include <gtest/gtest.h>

#include "harness.h"

namespace bgp::session::test {
namespace {

using wire::Notification;

Config left(std::uint32_t id = 10) { return config(65001_asn, 65002_asn, id); }
Config right(std::uint32_t id = 20) { return config(65002_asn, 65001_asn, id); }

TEST(Pair, OneSideDials) {
  auto l = left();
  l.passive = true;
  Pair p(l, right());
  p.start();
  p.settle();
  EXPECT_EQ(p.left().state(), State::established);
  EXPECT_EQ(p.right().state(), State::established);
  EXPECT_TRUE(p.left().negotiated()->incoming);
  EXPECT_FALSE(p.right().negotiated()->incoming);
}

// Whatever the order in which octets arrive, exactly one connection stays and it is the same on both sides.
TEST(Pair, BothDialAtOnceAndOneConnectionStays) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    Pair p(left(), right(), seed);
    p.start();
    p.settle();
    // §6.8 itself lets both connections be closed when one side is a KEEPALIVE ahead of the other; they come again.
    p.pass(10s);
    ASSERT_EQ(p.left().state(), State::established);
    ASSERT_EQ(p.right().state(), State::established);
    ASSERT_NE(p.left().negotiated()->incoming, p.right().negotiated()->incoming);
    p.pass(10min);
    ASSERT_EQ(p.left().state(), State::established);
    ASSERT_LE(p.left_recorder().up.size(), 2U);
  }
}

// Both connections reach OpenConfirm's threshold before either is confirmed: the textbook collision.
TEST(Collision, TheHigherIdentifiersConnectionWins) {
  for (bool const we_are_higher : {true, false}) {
    Lone t(left(we_are_higher ? 30 : 10));
    t.peer.router_id = RouterId{20};
    auto const outgoing = t.dialled();
    auto const incoming = t.accepted();
    t.say(incoming, open(make_open(t.peer)));
    t.say(outgoing, open(make_open(t.peer)));
    auto const kept = we_are_higher ? outgoing : incoming;
    auto const dropped = we_are_higher ? incoming : outgoing;
    EXPECT_EQ(t.session.state(kept), State::open_confirm);
    EXPECT_EQ(t.last_notification(dropped), (Notification{6, 7, {}}));
    EXPECT_TRUE(t.recorder.closed[dropped]);
    t.say(kept, keepalive());
    EXPECT_EQ(t.session.state(), State::established);
    EXPECT_FALSE(t.session.last_local()) << "a collision is no error";
  }
}

TEST(Collision, EqualIdentifiersAreDecidedByTheAs) {
  Lone t(left(20));
  t.peer.router_id = RouterId{20};
  auto const outgoing = t.dialled();
  auto const incoming = t.accepted();
  t.say(outgoing, open(make_open(t.peer)));
  t.say(incoming, open(make_open(t.peer)));
  EXPECT_EQ(t.session.state(incoming), State::open_confirm) << "65002 is the larger AS";
  EXPECT_EQ(t.last_notification(outgoing), (Notification{6, 7, {}}));
}

TEST(Collision, WithAnEstablishedSessionTheNewOneGoesAtItsOpen) {
  Lone t(left());
  auto const old = t.establish();
  auto const id = t.accepted();
  EXPECT_EQ(t.session.state(id), State::open_sent) << "tracked until it sends an OPEN";
  t.say(id, open(make_open(t.peer)));
  EXPECT_EQ(t.last_notification(id), (Notification{6, 7, {}}));
  EXPECT_TRUE(t.recorder.closed[id]);
  EXPECT_EQ(t.session.state(old), State::established);
  EXPECT_TRUE(t.recorder.downs.empty());
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(Collision, AFaultOfTheNewcomerDoesNotTouchTheEstablishedSession) {
  Lone t(left());
  t.establish();
  auto const id = t.accepted();
  t.say(id, corrupt_marker());
  EXPECT_EQ(t.last_notification(id), (Notification{1, 1, {}}));
  EXPECT_EQ(t.session.state(), State::established);
  EXPECT_FALSE(t.session.last_local());
}

TEST(Collision, EstablishingClosesTheRivalThatNeverSpoke) {
  Lone t(left());
  auto const outgoing = t.dialled();
  auto const incoming = t.accepted();
  t.say(outgoing, open(make_open(t.peer)));
  t.say(outgoing, keepalive());
  EXPECT_EQ(t.session.state(outgoing), State::established);
  EXPECT_EQ(t.last_notification(incoming), (Notification{6, 7, {}}));
}

TEST(Collision, ANewerIncomingConnectionReplacesOneThatGotNowhere) {
  Lone t(left());
  auto const first = t.accepted();
  auto const second = t.accepted();
  EXPECT_EQ(t.recorder.notifications[first].size(), 1U);
  EXPECT_EQ(t.session.state(second), State::open_sent);
  EXPECT_EQ(t.session.broken_invariant(), "");
}

TEST(Pair, ADeadPeersSessionGoesWithinTheHoldTime) {
  Pair p(left(), right());
  p.start();
  p.pass(10s);
  ASSERT_EQ(p.left().state(), State::established);
  p.cut = true;
  p.pass(90s);
  EXPECT_NE(p.left().state(), State::established);
  EXPECT_EQ(p.left_recorder().downs.at(0).cause, Cause::hold_expired);
  p.cut = false;
  p.pass(3min);
  EXPECT_EQ(p.left().state(), State::established);
  EXPECT_EQ(p.right().state(), State::established);
}

TEST(Pair, StoppedAndStartedAgain) {
  Pair p(left(), right());
  p.start();
  p.pass(10s);
  p.left().stop(wire::cease_with_text(2, "maintenance"), p.now);
  p.settle();
  EXPECT_NE(p.right().state(), State::established);
  EXPECT_NE(p.right().last_received()->text.find("maintenance"), std::string::npos) << p.right().last_received()->text;
  p.pass(5min);
  EXPECT_EQ(p.left().state(), State::idle);
  p.left().start(p.now);
  p.pass(1min);
  EXPECT_EQ(p.left().state(), State::established);
}

// A good session with a failure injected after every step: it must always come up again.
TEST(Pair, ComesUpAgainWhateverStepFails) {
  for (unsigned steps = 0; steps < 12; ++steps) {
    for (bool const lose : {true, false}) {
      SCOPED_TRACE(steps * 2 + (lose ? 1 : 0));
      Pair p(left(), right(), 3);
      p.start();
      for (unsigned i = 0; i < steps; ++i) p.deliver_one();
      if (lose) {
        p.cut = true;
        p.pass(5min);
        p.cut = false;
      } else {
        p.left().reset({6, 4, {}}, p.now);
      }
      p.pass(5min);
      EXPECT_EQ(p.left().state(), State::established);
      EXPECT_EQ(p.right().state(), State::established);
    }
  }
}

}  // namespace
}  // namespace bgp::session::test
