// Any sequence of calls leaves a session valid.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "harness.h"

namespace bgp::session::test {
namespace {

// Plays anything against a session, knows which connections are open, and checks the rules after every call.
class Chaos {
 public:
  explicit Chaos(Config c) : t_(std::move(c)) {
    t_.recorder.on_dial = [this](ConnectionId id) { open(id); };
    t_.recorder.on_close = [this](ConnectionId id) {
      RC_ASSERT(held_[id]);
      held_[id] = false;
    };
    t_.recorder.on_send = [this](ConnectionId id, Bytes) { RC_ASSERT(held_[id]); };
  }

  void act(int action, ConnectionId id, int detail) {
    switch (action) {
      case 0:
        return t_.session.start(t_.now);
      case 1:
        return t_.session.stop({6, 2, {}}, t_.now);
      case 2:
        return t_.session.reset({6, 4, {}}, t_.now);
      case 3:
        return admit();
      case 4:
        return t_.session.connected(id, t_.now);
      case 5:
        return fail(id);
      case 6:
      case 7:
      case 8:
        return hear(id, detail);
      case 9:
        t_.now += std::chrono::seconds(detail);
        return t_.session.tick(t_.now);
      case 10:
        t_.now = std::max(t_.now, t_.session.next_deadline() == never ? t_.now : t_.session.next_deadline());
        return t_.session.tick(t_.now);
      case 11:
        return t_.session.wrote(id, {static_cast<std::size_t>(detail % 3), 0}, t_.now);
      case 12:
        return t_.session.heard(id, t_.now);
      default:
        t_.session.request_refresh(ipv4_unicast, t_.now);
    }
  }
  void check() {
    auto const broken = t_.session.broken_invariant();
    RC_ASSERT(std::string(broken) == "");
    RC_ASSERT(t_.recorder.up.size() - t_.recorder.downs.size() == (t_.session.established() ? 1U : 0U));
    for (auto const id : {ConnectionId::first, ConnectionId::second}) {
      RC_ASSERT(held_[id] == (t_.session.state(id) != State::idle));
    }
    if (ticked_) RC_ASSERT(t_.session.next_deadline() > t_.now);
  }
  void play(std::vector<std::tuple<int, bool, int>> const& script) {
    for (auto const& [action, second, detail] : script) {
      ticked_ = action == 9 || action == 10;
      act(action, second ? ConnectionId::second : ConnectionId::first, detail);
      check();
    }
  }

 private:
  void open(ConnectionId id) {
    held_[id] = true;
    t_.recorder.closed[id] = false;
  }
  void admit() {
    if (auto const id = t_.session.admit(t_.now)) {
      open(*id);
      t_.session.connected(*id, t_.now);
    }
  }
  void fail(ConnectionId id) {
    if (!held_[id]) return;
    held_[id] = false;
    t_.session.failed(id, "lost", t_.now);
  }
  void hear(ConnectionId id, int detail) {
    auto theirs = make_open(t_.peer);
    if (detail % 5 == 1) theirs.router_id = RouterId{1};
    if (detail % 11 == 1) theirs.hold_time = 0;
    std::vector<Buffer> const messages{test::open(theirs),
                                       test::open(theirs),
                                       keepalive(),
                                       keepalive(),
                                       update(),
                                       refresh(ipv4_unicast),
                                       notification({6, 4, {}}),
                                       notification({2, 1, {}}),
                                       corrupt_marker(),
                                       Buffer(19, 7)};
    t_.session.receive(id, messages[static_cast<std::size_t>(detail) % messages.size()], t_.now);
  }

  Lone t_;
  std::map<ConnectionId, bool> held_;
  bool ticked_ = false;
};

auto script() {
  using rc::gen::inRange;
  return rc::gen::container<std::vector<std::tuple<int, bool, int>>>(
      rc::gen::tuple(inRange(0, 14), rc::gen::arbitrary<bool>(), inRange(0, 200)));
}

TEST(SessionProperty, AnySequenceOfEventsLeavesItValid) {
  auto const ok = rc::check("any sequence of events leaves a session valid", [] {
    auto c = config(65001_asn, *rc::gen::element(65001_asn, 65002_asn), 10);
    c.passive = *rc::gen::arbitrary<bool>();
    c.hold_time = *rc::gen::element<std::uint16_t>(0, 3, 90);
    Chaos chaos(c);
    chaos.play(*rc::gen::resize(300, script()));
  });
  EXPECT_TRUE(ok);
}

TEST(SessionProperty, AnyOctetsLeaveItValid) {
  auto const ok = rc::check("any octets leave a session valid", [](std::vector<std::uint8_t> const& octets) {
    for (auto const state : {State::open_sent, State::open_confirm, State::established}) {
      Lone t(config(65001_asn, 65002_asn, 10));
      auto const id = t.in(state);
      t.say(id, octets);
      t.say(id, message(static_cast<wire::MessageType>(1 + octets.size() % 5), octets));
      RC_ASSERT(std::string(t.session.broken_invariant()) == "");
    }
  });
  EXPECT_TRUE(ok);
}

}  // namespace
}  // namespace bgp::session::test
