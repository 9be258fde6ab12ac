// One session against a hand-played peer: every row of the header, FSM and OPEN tables, timers, back-off, callbacks.
#include <gtest/gtest.h>

#include "harness.h"

namespace bgp::session::test {
namespace {

using wire::MessageType;
using wire::Notification;

Config ebgp() { return config(65001_asn, 65002_asn, 10); }

Buffer corrupt(Buffer bytes, std::size_t at, std::uint8_t value) {
  bytes[at] = value;
  return bytes;
}

struct BadInput {
  char const* what;
  State state;
  Buffer bytes;
  Notification answer;
};

std::vector<BadInput> bad_input() {
  auto const good_open = open(make_open(Lone::mirror(ebgp())));
  auto const length = [](Buffer bytes, unsigned n) {
    return corrupt(corrupt(std::move(bytes), 16, static_cast<std::uint8_t>(n >> 8)), 17, static_cast<std::uint8_t>(n));
  };
  std::vector<BadInput> rows;
  for (auto const state : {State::open_sent, State::open_confirm, State::established}) {
    rows.push_back({"marker not all ones", state, corrupt(keepalive(), 3, 0), {1, 1, {}}});
    rows.push_back({"length below 19", state, length(keepalive(), 18), {1, 2, {0, 18}}});
    rows.push_back({"length above 4096", state, length(update(), 4097), {1, 2, {16, 1}}});
    rows.push_back({"KEEPALIVE with a body", state, message(MessageType::keepalive, {0}), {1, 2, {0, 20}}});
    rows.push_back({"OPEN too short", state, message(MessageType::open, Buffer(9)), {1, 2, {0, 28}}});
    rows.push_back({"UPDATE too short", state, message(MessageType::update, Buffer(3)), {1, 2, {0, 22}}});
    rows.push_back({"NOTIFICATION too short", state, message(MessageType::notification, {6}), {1, 2, {0, 20}}});
    rows.push_back({"unknown type", state, corrupt(keepalive(), 18, 9), {1, 3, {9}}});
    rows.push_back({"type 0", state, corrupt(keepalive(), 18, 0), {1, 3, {0}}});
  }
  rows.push_back({"KEEPALIVE", State::open_sent, keepalive(), {5, 1, {4}}});
  rows.push_back({"UPDATE", State::open_sent, update(), {5, 1, {2}}});
  rows.push_back({"ROUTE-REFRESH", State::open_sent, refresh(ipv4_unicast), {5, 1, {5}}});
  rows.push_back({"OPEN", State::open_confirm, good_open, {5, 2, {1}}});
  rows.push_back({"UPDATE", State::open_confirm, update(), {5, 2, {2}}});
  rows.push_back({"ROUTE-REFRESH", State::open_confirm, refresh(ipv4_unicast), {5, 2, {5}}});
  rows.push_back({"OPEN", State::established, good_open, {5, 3, {1}}});
  // OPEN; the offsets are those of RFC 4271 §4.2 behind 19 octets of header.
  rows.push_back({"version 3", State::open_sent, corrupt(good_open, 19, 3), {2, 1, {0, 4}}});
  rows.push_back({"hold time 1", State::open_sent, corrupt(corrupt(good_open, 22, 0), 23, 1), {2, 6, {}}});
  rows.push_back({"hold time 2", State::open_sent, corrupt(corrupt(good_open, 22, 0), 23, 2), {2, 6, {}}});
  rows.push_back({"unknown parameter", State::open_sent, corrupt(good_open, 29, 77), {2, 4, {}}});
  rows.push_back({"parameter overruns", State::open_sent, corrupt(good_open, 30, 250), {2, 0, {}}});
  auto wrong = make_open(Lone::mirror(ebgp()));
  wrong.capabilities.four_octet_as = 65003_asn;
  rows.push_back({"peer AS wrong", State::open_sent, open(wrong), {2, 2, {}}});
  wrong.capabilities.four_octet_as = 0_asn;
  rows.push_back({"peer AS 0", State::open_sent, open(wrong), {2, 2, {}}});
  wrong = make_open(Lone::mirror(ebgp()));
  wrong.router_id = RouterId{0};
  rows.push_back({"identifier 0", State::open_sent, open(wrong), {2, 3, {}}});
  return rows;
}

TEST(SessionErrors, EveryRowGetsItsNotificationAndTheConnectionCloses) {
  for (auto const& row : bad_input()) {
    SCOPED_TRACE(std::string(name(row.state)) + ": " + row.what);
    Lone t(ebgp());
    auto const id = t.in(row.state);
    ASSERT_EQ(t.session.state(), row.state);
    t.say(id, row.bytes);
    auto const sent = t.last_notification(id);
    EXPECT_EQ(sent.code, row.answer.code);
    EXPECT_EQ(sent.subcode, row.answer.subcode);
    EXPECT_EQ(sent.data, row.answer.data);
    EXPECT_TRUE(t.recorder.closed[id]);
    EXPECT_EQ(t.session.state(id), State::idle);
    EXPECT_EQ(t.recorder.downs.size(), row.state == State::established ? 1U : 0U);
    ASSERT_TRUE(t.session.last_local());
    EXPECT_EQ(t.session.last_local()->notification, sent);
    EXPECT_EQ(t.session.broken_invariant(), "");
  }
}

TEST(SessionErrors, NothingIsReadAfterAFault) {
  Lone t(ebgp());
  auto const id = t.establish();
  auto bytes = corrupt(keepalive(), 0, 1);
  auto const more = update();
  bytes.insert(bytes.end(), more.begin(), more.end());
  EXPECT_EQ(t.session.receive(id, bytes, t.now), bytes.size());
  EXPECT_TRUE(t.recorder.updates.empty());
}

TEST(Session, ComesUpOnItsOwnDial) {
  Lone t(ebgp());
  auto const id = t.establish();
  EXPECT_EQ(t.session.state(), State::established);
  ASSERT_EQ(t.recorder.up.size(), 1U);
  EXPECT_FALSE(t.recorder.up[0].incoming);
  EXPECT_TRUE(t.recorder.up[0].ebgp);
  EXPECT_EQ(t.recorder.types[id], (std::vector{MessageType::open, MessageType::keepalive}));
  EXPECT_EQ(t.session.since(), t.now);
  EXPECT_EQ(t.session.open_received()->router_id, RouterId{11});
  EXPECT_EQ(t.session.counters().in[1], 1U);
  EXPECT_EQ(t.session.counters().in[4], 1U);
  EXPECT_EQ(t.session.counters().out[1], 1U);
}

TEST(Session, PassiveNeverDials) {
  auto c = ebgp();
  c.passive = true;
  Lone t(c);
  t.session.start(t.now);
  EXPECT_EQ(t.session.state(), State::active);
  t.pass(1h);
  EXPECT_EQ(t.recorder.dials, 0U);
  auto const id = t.accepted();
  t.say(id, open(make_open(t.peer)));
  t.say(id, keepalive());
  EXPECT_EQ(t.session.state(), State::established);
  EXPECT_TRUE(t.recorder.up.at(0).incoming);
}

TEST(Session, OctetsMayComeOneByOne) {
  Lone t(ebgp());
  auto const id = t.dialled();
  auto bytes = open(make_open(t.peer));
  auto const rest = keepalive();
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  Buffer waiting;
  for (auto const octet : bytes) {
    waiting.push_back(octet);
    auto const used = t.session.receive(id, waiting, t.now);
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(used));
  }
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(Session, UpdatesAreDeliveredInPlace) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.say(id, update({0, 0, 0, 0, 8, 10}));
  ASSERT_EQ(t.recorder.updates.size(), 1U);
  EXPECT_EQ(t.recorder.updates[0], (Buffer{0, 0, 0, 0, 8, 10}));
}

TEST(Session, InterruptStopsAfterTheMessage) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.recorder.on_update = [&] {
    t.session.interrupt();
    return std::nullopt;
  };
  auto bytes = update();
  auto const one = bytes.size();
  bytes.insert(bytes.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(one));
  EXPECT_EQ(t.session.receive(id, bytes, t.now), one);
  EXPECT_EQ(t.session.receive(id, Bytes(bytes).subspan(one), t.now), one);
  EXPECT_EQ(t.recorder.updates.size(), 2U);
}

TEST(Session, AWireFaultOfTheUpperLayerEndsTheSession) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.recorder.on_update = [] { return Notification{3, 9, {1, 2}}; };
  t.say(id, update());
  EXPECT_EQ(t.last_notification(id), (Notification{3, 9, {1, 2}}));
  ASSERT_EQ(t.recorder.downs.size(), 1U);
  EXPECT_EQ(t.recorder.downs[0].cause, Cause::fault);
  EXPECT_NE(t.recorder.downs[0].text.find("sent "), std::string::npos);
}

TEST(Session, ACeaseOfTheUpperLayerIsNoFault) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.recorder.on_update = [] { return Notification{6, 1, {}}; };
  t.say(id, update());
  EXPECT_EQ(t.last_notification(id), (Notification{6, 1, {}}));
  EXPECT_EQ(t.recorder.downs.at(0).cause, Cause::stopped);
}

TEST(Session, TheUpperLayerMayStopWithinAnUpdate) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.recorder.on_update = [&]() -> std::optional<Notification> {
    t.session.stop({6, 3, {}}, t.now);
    return Notification{3, 1, {}};
  };
  auto bytes = update();
  auto const again = bytes;
  bytes.insert(bytes.end(), again.begin(), again.end());
  t.say(id, bytes);
  EXPECT_EQ(t.recorder.updates.size(), 1U);
  EXPECT_EQ(t.recorder.notifications[id], (std::vector{Notification{6, 3, {}}}));
  EXPECT_EQ(t.session.state(), State::idle);
}

TEST(Session, StopWithinEstablishedIsTolDInOrder) {
  Lone t(ebgp());
  t.recorder.on_established = [&] { t.session.stop({6, 2, {}}, t.now); };
  t.establish();
  auto const& log = t.recorder.log;
  ASSERT_GE(log.size(), 4U);
  EXPECT_EQ((std::vector<std::string>(log.end() - 4, log.end())),
            (std::vector<std::string>{"established", "send 3", "close", "down"}));
}

TEST(Session, StartWithinDownDialsAgain) {
  Lone t(ebgp());
  t.establish();
  t.recorder.on_down = [&] { t.session.start(t.now); };
  t.session.stop({6, 4, {}}, t.now);
  EXPECT_EQ(t.recorder.dials, 2U);
  EXPECT_EQ(t.session.state(), State::connect);
  EXPECT_EQ(t.session.broken_invariant(), "");
}

TEST(Session, StopSendsTheTextAndStaysDown) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.session.stop(wire::cease_with_text(2, "gone fishing"), t.now);
  EXPECT_EQ(t.last_notification(id), wire::cease_with_text(2, "gone fishing"));
  EXPECT_EQ(t.session.state(), State::idle);
  EXPECT_FALSE(t.session.admits());
  EXPECT_EQ(t.session.next_deadline(), never);
  EXPECT_EQ(t.recorder.downs.at(0).cause, Cause::stopped);
}

TEST(Session, AnExtendedMessageIsTakenWhenWeOfferedToAndAFaultOtherwise) {
  for (bool const offered : {true, false}) {
    auto config = ebgp();
    config.extended_messages = offered;
    Lone t(config);
    auto const id = t.establish();
    Buffer body{0, 0, 0x14, 0x00};
    body.resize(5000);
    t.say(id, update(body));
    EXPECT_EQ(t.recorder.updates.size(), offered ? 1U : 0U);
    if (!offered) {
      EXPECT_EQ(t.last_notification(id), (Notification{1, 2, {0x13, 0x9b}}));
    }
  }
}

TEST(Session, HeldItIsIdleUntilThenWhoeverDials) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.session.hold({6, 1, {}}, t.now + 60s, t.now);
  EXPECT_EQ(t.last_notification(id), (wire::Notification{6, 1, {}}));
  ASSERT_EQ(t.recorder.downs.size(), 1U);
  EXPECT_EQ(t.recorder.downs[0].cause, Cause::stopped);
  t.pass(59s);
  EXPECT_EQ(t.session.state(), State::idle);
  EXPECT_EQ(t.recorder.dials, 1U);
  EXPECT_FALSE(t.session.admit(t.now));
  t.pass(2s);
  EXPECT_EQ(t.recorder.dials, 2U);
  EXPECT_EQ(t.session.state(), State::connect);
}

TEST(Session, HeldFromWithinAnUpdateItTakesNoMore) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.recorder.on_update = [&]() -> std::optional<wire::Notification> {
    t.session.hold({6, 1, {}}, t.now + 60s, t.now);
    return std::nullopt;
  };
  auto two = update();
  auto const second = update();
  two.insert(two.end(), second.begin(), second.end());
  t.say(id, two);
  EXPECT_EQ(t.recorder.updates.size(), 1U);
  EXPECT_EQ(t.recorder.downs.size(), 1U);
  EXPECT_EQ(t.session.broken_invariant(), "");
  EXPECT_EQ(t.session.state(), State::idle);
}

TEST(Session, AStopEndsTheHold) {
  Lone t(ebgp());
  t.establish();
  t.session.hold({6, 1, {}}, t.now + 60s, t.now);
  t.session.stop({6, 2, {}}, t.now);
  t.pass(2min);
  EXPECT_EQ(t.recorder.dials, 1U);
  t.session.start(t.now);
  EXPECT_EQ(t.recorder.dials, 2U);
}

TEST(Session, ResetComesBack) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.session.reset({6, 4, {}}, t.now);
  EXPECT_EQ(t.last_notification(id).subcode, 4);
  EXPECT_EQ(t.session.state(), State::active);
  t.pass(2s);
  EXPECT_EQ(t.session.state(), State::connect);
}

TEST(Session, AReceivedNotificationIsKeptAndNotAnswered) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.say(id, notification({6, 4, {}}));
  EXPECT_TRUE(t.recorder.notifications[id].empty());
  EXPECT_TRUE(t.recorder.closed[id]);
  ASSERT_TRUE(t.session.last_received());
  EXPECT_EQ(t.session.last_received()->notification, (Notification{6, 4, {}}));
  EXPECT_EQ(t.recorder.downs.at(0).text.rfind("received ", 0), 0U);
  EXPECT_EQ(t.session.flaps(), 1U);
}

TEST(Session, ALostConnectionIsNotClosedAgain) {
  Lone t(ebgp());
  auto const id = t.establish();
  t.session.failed(id, "reset by peer", t.now);
  EXPECT_FALSE(t.recorder.closed[id]);
  EXPECT_EQ(t.recorder.downs.at(0).cause, Cause::connection_lost);
  EXPECT_EQ(t.recorder.downs.at(0).text, "reset by peer");
  t.session.failed(id, "again", t.now);
  EXPECT_EQ(t.recorder.downs.size(), 1U);
}

TEST(RouteRefresh, ReachesTheUpperLayerForFamiliesOfTheSession) {
  auto c = ebgp();
  c.families = {ipv4_unicast};
  Lone t(c);
  auto const id = t.establish();
  t.say(id, refresh(ipv4_unicast));
  t.say(id, refresh(ipv6_unicast));
  EXPECT_EQ(t.recorder.refreshes, std::vector{ipv4_unicast});
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(RouteRefresh, OfAnotherLengthIsIgnored) {
  Lone t(ebgp());
  auto const id = t.dialled();
  auto theirs = make_open(t.peer);
  theirs.capabilities.enhanced_refresh = false;
  t.say(id, open(theirs));
  t.say(id, keepalive());
  t.say(id, message(MessageType::route_refresh, {0, 1, 0, 1, 9}));
  t.say(id, message(MessageType::route_refresh, {0, 1, 1, 1, 9}));
  EXPECT_TRUE(t.recorder.refreshes.empty());
  EXPECT_EQ(t.session.state(), State::established);
}

TEST(RouteRefresh, BadDemarcationOfAPeerThatSpeaksRfc7313Is7_1WithTheMessage) {
  Lone t(ebgp());
  auto const id = t.establish();
  auto const bad = message(MessageType::route_refresh, {0, 1, 1, 1, 9});
  t.say(id, bad);
  EXPECT_EQ(t.last_notification(id), (Notification{7, 1, bad}));
}

TEST(RouteRefresh, IsAskedOnlyOfPeersThatTakeIt) {
  Lone t(ebgp());
  EXPECT_FALSE(t.session.request_refresh(ipv4_unicast, t.now));
  auto const id = t.establish();
  EXPECT_TRUE(t.session.request_refresh(ipv4_unicast, t.now));
  EXPECT_EQ(t.recorder.types[id].back(), MessageType::route_refresh);
  EXPECT_FALSE(t.session.request_refresh(Family{1, 128}, t.now));
}

}  // namespace
}  // namespace bgp::session::test
