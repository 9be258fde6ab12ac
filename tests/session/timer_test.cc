// Timers of a session: hold, keepalive, send hold (RFC 9687), the deadline for the OPEN, connect retry, idle hold.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness.h"

namespace bgp::session::test {
namespace {

using wire::MessageType;
using wire::Notification;

Config ebgp() { return config(65001_asn, 65002_asn, 10); }

std::size_t keepalives(Recorder& recorder, ConnectionId id) {
  return static_cast<std::size_t>(std::ranges::count(recorder.types[id], MessageType::keepalive));
}

TEST(Timers, HoldExpiryInOpenSentSends4_0AfterFourMinutes) {
  Lone t(ebgp());
  auto const id = t.dialled();
  t.pass(4min - 1s);
  EXPECT_EQ(t.session.state(), State::open_sent);
  t.pass(1s);
  EXPECT_EQ(t.last_notification(id), (Notification{4, 0, {}}));
  EXPECT_EQ(t.recorder.attempts.at(0).cause, Cause::hold_expired);
}

TEST(Timers, HoldExpiryInOpenConfirmSends4_0) {
  Lone t(ebgp());
  auto const id = t.open_confirm();
  t.pass(90s);
  EXPECT_EQ(t.last_notification(id), (Notification{4, 0, {}}));
}

TEST(Timers, HoldExpiryInEstablishedSends4_0AndTakesTheSessionDown) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.pass(60s);
  t.say(id, keepalive());
  t.pass(89s);
  EXPECT_EQ(t.session.state(), State::established);
  t.pass(1s);
  EXPECT_EQ(t.last_notification(id), (Notification{4, 0, {}}));
  EXPECT_EQ(t.recorder.downs.at(0).cause, Cause::hold_expired);
}

TEST(Timers, UpdatesKeepTheSessionAlive) {
  Lone t(ebgp());
  auto const id = t.establish();
  for (int i = 0; i < 10; ++i) {
    t.pass(80s);
    t.say(id, update());
    t.session.wrote(id, {}, t.now);
  }
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(Timers, UnreadOctetsCountAsALifeSign) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.pass(89s);
  t.session.heard(id, t.now);
  t.pass(89s);
  EXPECT_EQ(t.session.state(), State::established);
  t.pass(1s);
  EXPECT_NE(t.session.state(), State::established);
}

TEST(Timers, KeepalivesGoOutWithinAThirdOfTheHoldTimeJittered) {
  Lone t(ebgp());
  auto const id = t.establish();
  auto const before = keepalives(t.recorder, id);
  std::vector<Time> sent;
  t.recorder.on_send = [&](ConnectionId, Bytes) { sent.push_back(t.now); };
  for (int i = 0; i < 100; ++i) {
    t.say(id, keepalive());
    t.session.wrote(id, {}, t.now);
    t.pass(30s);
  }
  ASSERT_EQ(keepalives(t.recorder, id), before + sent.size());
  auto shortest = Duration::max(), longest = Duration::zero();
  for (std::size_t i = 1; i < sent.size(); ++i) {
    shortest = std::min(shortest, sent[i] - sent[i - 1]);
    longest = std::max(longest, sent[i] - sent[i - 1]);
  }
  EXPECT_GE(shortest, 22500ms);
  EXPECT_LE(longest, 30s);
  EXPECT_GT(longest - shortest, 5s) << "no jitter";
}

TEST(Timers, KeepalivesNeverGoOutMoreThanOnceASecond) {
  auto c = ebgp();
  c.hold_time = 3;
  Lone t(c);
  auto const id = t.establish();
  auto const before = keepalives(t.recorder, id);
  for (int i = 0; i < 10; ++i) {
    t.say(id, keepalive());
    t.pass(1s);
  }
  EXPECT_EQ(keepalives(t.recorder, id), before + 10);
}

TEST(Timers, UpdatesSentTakeTheKeepalivesPlace) {
  Lone t(ebgp());
  auto const id = t.establish();
  auto const before = keepalives(t.recorder, id);
  for (int i = 0; i < 20; ++i) {
    t.pass(20s);
    t.say(id, keepalive());
    t.session.wrote(id, {1, 0}, t.now);
  }
  EXPECT_EQ(keepalives(t.recorder, id), before);
  EXPECT_EQ(t.session.counters().out[2], 20U);
}

TEST(Timers, HoldTimeZeroNeitherSendsKeepalivesNorExpires) {
  auto c = ebgp();
  c.hold_time = 0;
  Lone t(c);
  auto const id = t.establish();
  EXPECT_EQ(t.session.next_deadline(), never);
  t.pass(24h);
  EXPECT_EQ(keepalives(t.recorder, id), 1U);
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(Timers, HoldTimeZeroStillBoundsOpenConfirm) {
  auto c = ebgp();
  c.hold_time = 0;
  Lone t(c);
  auto const id = t.open_confirm();
  t.pass(4min);
  EXPECT_EQ(t.last_notification(id), (Notification{4, 0, {}}));
}

TEST(Timers, SendHoldExpiryIs8_0) {
  Lone t(ebgp());
  auto const id = t.establish();
  for (int i = 0; i < 47; ++i) {
    t.pass(10s);
    t.say(id, keepalive());
  }
  EXPECT_EQ(t.session.state(), State::established);
  t.pass(10s);
  EXPECT_EQ(t.last_notification(id), (Notification{8, 0, {}}));
  EXPECT_EQ(t.recorder.downs.at(0).cause, Cause::send_hold_expired);
}

TEST(Timers, ProgressOfWritingRestartsSendHold) {
  Lone t(ebgp());
  auto const id = t.establish();
  for (int i = 0; i < 100; ++i) {
    t.pass(60s);
    t.say(id, keepalive());
    t.session.wrote(id, {}, t.now);
  }
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(Timers, SendHoldCanBeTurnedOff) {
  auto c = ebgp();
  c.send_hold = Duration::zero();
  Lone t(c);
  auto const id = t.establish();
  for (int i = 0; i < 100; ++i) {
    t.pass(60s);
    t.say(id, keepalive());
  }
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(ConnectRetry, BacksOffWithJitterToItsBound) {
  auto c = ebgp();
  c.connect_retry_min = 1s;
  c.connect_retry_max = 60s;
  Lone t(c);
  t.session.start(t.now);
  std::vector<Duration> waits;
  for (int i = 0; i < 12; ++i) {
    t.session.failed(t.recorder.last_dialled, "refused", t.now);
    EXPECT_EQ(t.session.state(), State::active);
    auto const from = t.now;
    auto const dials = t.recorder.dials;
    while (t.recorder.dials == dials) t.pass(t.session.next_deadline() - t.now);
    waits.push_back(t.now - from);
  }
  auto base = Duration(1s);
  for (auto const wait : waits) {
    EXPECT_GE(wait, base * 3 / 4);
    EXPECT_LE(wait, base);
    base = std::min(base * 2, Duration(60s));
  }
}

TEST(ConnectRetry, GivesUpASilentAttempt) {
  Lone t(ebgp());
  t.session.start(t.now);
  t.pass(10s);
  EXPECT_EQ(t.recorder.dials, 2U);
  EXPECT_EQ(t.recorder.attempts.at(0).text, "connect timed out");
  EXPECT_EQ(t.session.state(), State::connect);
}

TEST(ConnectRetry, StopsWhileAnIncomingConnectionHasItsOpen) {
  Lone t(ebgp());
  t.session.start(t.now);
  auto const id = t.accepted();
  EXPECT_EQ(t.session.state(t.recorder.last_dialled), State::connect);
  t.say(id, open(make_open(t.peer)));
  EXPECT_TRUE(t.recorder.closed[t.recorder.last_dialled]);
  t.say(id, keepalive());
  for (int i = 0; i < 100; ++i) {
    t.pass(30s);
    t.say(id, keepalive());
    t.session.wrote(id, {}, t.now);
  }
  EXPECT_EQ(t.recorder.dials, 1U);
}

TEST(ConnectRetry, StartsAgainWhenTheSessionIsLost) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.session.failed(id, "reset", t.now);
  t.pass(1s);
  EXPECT_EQ(t.recorder.dials, 2U);
}

// A fault right after every start: how long the session is held in Idle.
std::vector<Duration> idle_holds(Lone& t, int faults) {
  std::vector<Duration> holds;
  for (int i = 0; i < faults; ++i) {
    while (t.session.state() != State::connect) t.pass(t.session.next_deadline() - t.now);
    t.session.connected(t.recorder.last_dialled, t.now);
    t.recorder.closed[t.recorder.last_dialled] = false;
    t.say(t.recorder.last_dialled, update());
    auto const from = t.now;
    while (!t.session.admits()) t.pass(t.session.next_deadline() - t.now);
    holds.push_back(t.now - from);
  }
  return holds;
}

TEST(IdleHold, TheFirstFaultIsFreeThenItDoublesToItsBound) {
  auto c = ebgp();
  c.idle_hold_min = 1s;
  c.idle_hold_max = 8s;
  Lone t(c);
  t.session.start(t.now);
  auto const holds = idle_holds(t, 7);
  EXPECT_EQ(holds[0], 0s);
  auto base = Duration(1s);
  for (std::size_t i = 1; i < holds.size(); ++i) {
    EXPECT_GE(holds[i], base * 3 / 4) << i;
    EXPECT_LE(holds[i], base) << i;
    base = std::min(base * 2, Duration(8s));
  }
}

TEST(IdleHold, RefusesConnectionsMeanwhile) {
  Lone t(ebgp());
  t.session.start(t.now);
  for (int i = 0; i < 2; ++i) {
    auto const id = t.accepted();
    t.say(id, update());
  }
  EXPECT_EQ(t.session.state(), State::idle);
  EXPECT_FALSE(t.session.admit(t.now));
  t.pass(1s);
  EXPECT_TRUE(t.session.admit(t.now));
}

TEST(IdleHold, IsForgottenAfterAStableSession) {
  Lone t(ebgp());
  t.session.start(t.now);
  idle_holds(t, 5);
  while (t.session.state() != State::connect) t.pass(t.session.next_deadline() - t.now);
  auto const id = t.recorder.last_dialled;
  t.recorder.closed[id] = false;
  t.session.connected(id, t.now);
  t.say(id, open(make_open(t.peer)));
  t.say(id, keepalive());
  t.pass(60s);
  t.say(id, corrupt_marker());
  EXPECT_TRUE(t.session.admits()) << "the first fault again";
}

TEST(IdleHold, DoesNotPunishACease) {
  Lone t(ebgp());
  t.session.start(t.now);
  for (int i = 0; i < 5; ++i) {
    auto const id = t.accepted();
    t.say(id, notification({6, 5, {}}));
  }
  EXPECT_TRUE(t.session.admits());
}

}  // namespace
}  // namespace bgp::session::test
