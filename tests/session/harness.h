// The vocabulary of session tests: a session whose peer is played by the test (Lone), and two sessions joined by a
// network in memory under one hand-turned clock (Pair).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "session/errors.h"
#include "session/peer_session.h"

namespace bgp::session::test {

using namespace std::chrono_literals;

inline Config config(Asn local, Asn remote, std::uint32_t id) {
  Config c;
  c.local_as = local;
  c.remote_as = remote;
  c.router_id = RouterId{id};
  c.families = {ipv4_unicast, ipv6_unicast};
  return c;
}

inline Buffer keepalive() {
  Buffer out;
  wire::encode_keepalive(out);
  return out;
}
inline Buffer corrupt_marker() {
  auto out = keepalive();
  out[0] = 0;
  return out;
}
inline Buffer message(wire::MessageType type, Buffer const& body) {
  Buffer out;
  auto const begin = wire::begin_message(out, type);
  out.insert(out.end(), body.begin(), body.end());
  wire::finish_message(out, begin);
  return out;
}
inline Buffer update(Buffer const& body = {0, 0, 0, 0}) { return message(wire::MessageType::update, body); }
inline Buffer refresh(Family family) {
  Buffer out;
  wire::encode(wire::RouteRefresh{family, 0}, out);
  return out;
}
inline Buffer open(wire::Open const& what) {
  Buffer out;
  wire::encode(what, out);
  return out;
}
inline Buffer notification(wire::Notification const& what) {
  Buffer out;
  wire::encode(what, out);
  return out;
}

/// Keeps what a session asked for and told.
class Recorder : public Handler {
 public:
  void dial(ConnectionId id) override {
    ++dials;
    last_dialled = id;
    closed[id] = false;
    log.push_back("dial");
    if (on_dial) on_dial(id);
  }
  void send(ConnectionId id, Bytes bytes) override {
    EXPECT_FALSE(closed[id]) << "sent after close";
    auto const frame = wire::next_frame(bytes);
    ASSERT_TRUE(frame.ok() && frame.value());
    ASSERT_EQ(frame.value()->message.size(), bytes.size()) << "exactly one message";
    types[id].push_back(frame.value()->type);
    if (frame.value()->type == wire::MessageType::notification) {
      notifications[id].push_back(wire::decode_notification(frame.value()->body));
    }
    log.push_back("send " + std::to_string(static_cast<int>(frame.value()->type)));
    if (on_send) on_send(id, bytes);
  }
  void close(ConnectionId id) override {
    closed[id] = true;
    log.push_back("close");
    if (on_close) on_close(id);
  }
  void established(ConnectionId id, Negotiated const& negotiated) override {
    up.push_back(negotiated);
    up_on = id;
    log.push_back("established");
    if (on_established) on_established();
  }
  std::optional<wire::Notification> update(Bytes body) override {
    updates.emplace_back(body.begin(), body.end());
    return on_update ? on_update() : std::nullopt;
  }
  void route_refresh(wire::RouteRefresh const& request) override { refreshes.push_back(request.family); }
  void down(Down const& what) override {
    downs.push_back(what);
    log.push_back("down");
    if (on_down) on_down();
  }
  void attempt_failed(Down const& what) override {
    attempts.push_back(what);
    log.push_back("attempt_failed");
  }

  unsigned dials = 0;
  ConnectionId last_dialled{};
  ConnectionId up_on{};
  std::map<ConnectionId, std::vector<wire::MessageType>> types;
  std::map<ConnectionId, std::vector<wire::Notification>> notifications;
  std::map<ConnectionId, bool> closed;
  std::vector<Negotiated> up;
  std::vector<Buffer> updates;
  std::vector<Family> refreshes;
  std::vector<Down> downs;
  std::vector<Down> attempts;
  std::vector<std::string> log;

  std::function<void(ConnectionId)> on_dial;
  std::function<void(ConnectionId, Bytes)> on_send;
  std::function<void(ConnectionId)> on_close;
  std::function<void()> on_established;
  std::function<std::optional<wire::Notification>()> on_update;
  std::function<void()> on_down;
};

/// A session against a peer that the test plays by hand.
struct Lone {
  explicit Lone(Config c) : peer(mirror(c)), session(std::move(c), recorder, 7) {}

  static Config mirror(Config const& c) {
    Config p = c;
    std::swap(p.local_as, p.remote_as);
    p.router_id = RouterId{c.router_id.value + 1};
    return p;
  }

  ConnectionId dialled() {
    session.start(now);
    session.connected(recorder.last_dialled, now);
    return recorder.last_dialled;
  }
  ConnectionId accepted() {
    session.start(now);
    auto const id = session.admit(now).value();
    recorder.closed[id] = false;
    session.connected(id, now);
    return id;
  }
  void say(ConnectionId id, Buffer const& bytes) { session.receive(id, bytes, now); }
  ConnectionId open_confirm() {
    auto const id = dialled();
    say(id, open(make_open(peer)));
    return id;
  }
  ConnectionId establish() {
    auto const id = open_confirm();
    say(id, keepalive());
    return id;
  }
  /// In the state that the name says, on an outgoing connection.
  ConnectionId in(State state) {
    return state == State::open_sent ? dialled() : state == State::open_confirm ? open_confirm() : establish();
  }
  /// Lets time pass, every deadline on its way included.
  void pass(Duration time) {
    auto const end = now + time;
    while (session.next_deadline() <= end) {
      now = std::max(now, session.next_deadline());
      session.tick(now);
      EXPECT_EQ(session.broken_invariant(), "");
      ASSERT_GT(session.next_deadline(), now) << "a deadline that does not move";
    }
    now = end;
  }
  wire::Notification last_notification(ConnectionId id) {
    auto const& sent = recorder.notifications[id];
    return sent.empty() ? wire::Notification{0, 0, {}} : sent.back();
  }

  Recorder recorder;
  Config peer;
  PeerSession session;
  Time now{1h};
};

/// Two sessions, octets between them in memory, one clock.
class Pair {
 public:
  Pair(Config left, Config right, std::uint64_t seed = 1)
      : sides_{Side{Recorder{}, {}, {}}, Side{Recorder{}, {}, {}}}, random_(seed) {
    sides_[0].session = std::make_unique<PeerSession>(std::move(left), sides_[0].recorder, seed * 2 + 1);
    sides_[1].session = std::make_unique<PeerSession>(std::move(right), sides_[1].recorder, seed * 2 + 2);
    for (int i = 0; i < 2; ++i) wire(i);
  }
  PeerSession& left() { return *sides_[0].session; }
  PeerSession& right() { return *sides_[1].session; }
  Recorder& left_recorder() { return sides_[0].recorder; }
  Recorder& right_recorder() { return sides_[1].recorder; }

  void start() {
    left().start(now);
    right().start(now);
  }
  /// Delivers one thing that is under way, chosen at random among what may happen next; false when nothing is.
  bool deliver_one() {
    std::vector<std::function<void()>> choices;
    for (std::size_t i = 0; i < cables_.size(); ++i) {
      auto& cable = *cables_[i];
      if (cable.dialling && !cut) choices.push_back([this, &cable] { complete(cable); });
      for (int side = 0; side < 2; ++side) {
        auto const has_octets = !cable.queue[side].empty() || cable.fin[side];
        if (!cable.dialling && has_octets && cable.end[side] && !cut) {
          choices.push_back([this, &cable, side] { hand_over(cable, side); });
        }
      }
    }
    if (choices.empty()) return false;
    choices[random_() % choices.size()]();
    check();
    return true;
  }
  void settle(unsigned most = 10000) {
    while (most-- > 0 && deliver_one()) {
    }
  }
  /// Lets time pass; whatever is sent arrives at once.
  void pass(Duration time) {
    auto const end = now + time;
    settle();
    for (auto next = deadline(); next <= end; next = deadline()) {
      now = std::max(now, next);
      for (auto& side : sides_) side.session->tick(now);
      settle();
    }
    now = end;
  }
  [[nodiscard]] Time deadline() { return std::min(left().next_deadline(), right().next_deadline()); }

  Time now{1h};
  bool cut = false;  ///< nothing gets through

 private:
  struct Side {
    Recorder recorder;
    std::unique_ptr<PeerSession> session;
    std::map<ConnectionId, std::size_t> cable;
  };
  /// A TCP connection: end[i] is the id at side i while it holds on to it, queue[i] goes to side i.
  struct Cable {
    int dialler;
    bool dialling = true;
    std::optional<ConnectionId> end[2];
    std::vector<Buffer> queue[2];
    bool fin[2] = {false, false};
  };

  void wire(int i) {
    auto& side = sides_[static_cast<std::size_t>(i)];
    side.recorder.on_dial = [this, i](ConnectionId id) {
      auto cable = std::make_unique<Cable>();
      cable->dialler = i;
      cable->end[i] = id;
      sides_[static_cast<std::size_t>(i)].cable[id] = cables_.size();
      sides_[static_cast<std::size_t>(i)].recorder.closed[id] = false;
      cables_.push_back(std::move(cable));
    };
    side.recorder.on_send = [this, i](ConnectionId id, Bytes bytes) {
      auto& cable = at(i, id);
      cable.queue[1 - i].emplace_back(bytes.begin(), bytes.end());
      sides_[static_cast<std::size_t>(i)].session->wrote(id, {}, now);
    };
    side.recorder.on_close = [this, i](ConnectionId id) {
      auto& cable = at(i, id);
      cable.end[i].reset();
      cable.fin[1 - i] = true;
      cable.dialling = false;
    };
  }
  Cable& at(int i, ConnectionId id) { return *cables_[sides_[static_cast<std::size_t>(i)].cable.at(id)]; }

  void complete(Cable& cable) {
    cable.dialling = false;
    auto const i = cable.dialler;
    auto& far = sides_[static_cast<std::size_t>(1 - i)];
    auto const id = far.session->admit(now);
    if (!id) {
      auto const mine = *cable.end[i];
      cable.end[i].reset();
      sides_[static_cast<std::size_t>(i)].session->failed(mine, "refused", now);
      return;
    }
    far.recorder.closed[*id] = false;
    cable.end[1 - i] = *id;
    for (std::size_t n = 0; n < cables_.size(); ++n) {
      if (cables_[n].get() == &cable) far.cable[*id] = n;
    }
    far.session->connected(*id, now);
    if (cable.end[i]) sides_[static_cast<std::size_t>(i)].session->connected(*cable.end[i], now);
  }
  void hand_over(Cable& cable, int side) {
    auto& session = *sides_[static_cast<std::size_t>(side)].session;
    auto const id = *cable.end[side];
    if (cable.queue[side].empty()) {
      cable.end[side].reset();
      session.failed(id, "closed by the peer", now);
      return;
    }
    auto const bytes = cable.queue[side].front();
    cable.queue[side].erase(cable.queue[side].begin());
    session.receive(id, bytes, now);
  }
  void check() {
    EXPECT_EQ(left().broken_invariant(), "");
    EXPECT_EQ(right().broken_invariant(), "");
  }

  std::array<Side, 2> sides_;
  std::vector<std::unique_ptr<Cable>> cables_;
  std::mt19937_64 random_;
};

}  // namespace bgp::session::test
