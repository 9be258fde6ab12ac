#include "session/peer_session.h"

#include <algorithm>

#include "session/errors.h"

namespace bgp::session {
namespace {

constexpr std::array both{ConnectionId::first, ConnectionId::second};

// A back-off that doubles: `base` the first time (count 1), never more than `most`.
Duration doubled(Duration base, unsigned count, Duration most) {
  auto const doublings = std::min(count == 0 ? 0U : count - 1, 20U);
  return std::min(base * (std::int64_t{1} << doublings), most);
}

std::string describe(Cause cause, std::optional<wire::Notification> const& notification, std::string_view text) {
  if (!notification) return std::string(text.empty() ? name(cause) : text);
  auto out = (cause == Cause::notification_received ? "received " : "sent ") + notification->text();
  if (!text.empty()) out += ": " + std::string(text);
  return out;
}

}  // namespace

PeerSession::PeerSession(Config config, Handler& handler, std::uint64_t seed)
    : config_(std::move(config)), handler_(handler), random_(seed) {}

// ---- administration

void PeerSession::start(Time now) {
  if (started_) return;
  started_ = true;
  faults_ = config_.faults;
  begin(config_.passive ? Event::manual_start_passive : Event::manual_start, now);
  drain(now);
}

void PeerSession::stop(wire::Notification const& why, Time now) {
  started_ = false;
  end_all(Event::manual_stop, why, now);
  drain(now);
}

void PeerSession::reset(wire::Notification const& why, Time now) {
  if (!started_) return;
  auto const was_held = held_in_idle();
  end_all(Event::automatic_stop, why, now);
  if (was_held) begin(config_.passive ? Event::automatic_start_damped_passive : Event::automatic_start_damped, now);
  drain(now);
}

void PeerSession::hold(wire::Notification const& why, Time until, Time now) {
  if (!started_) return;
  idle_hold_ = until;
  for (auto const id : both) step(id, Event::automatic_stop, now, {Cause::stopped, why, {}});
  settle(now);
  drain(now);
}

void PeerSession::end_all(Event event, wire::Notification const& why, Time now) {
  idle_hold_ = never;
  for (auto const id : both) step(id, event, now, {Cause::stopped, why, {}});
  settle(now);
}

void PeerSession::begin(Event event, Time now) {
  auto const [next, actions] = transition(State::idle, event);
  if (actions.has(Action::clear_retry)) connect_retry_counter_ = 0;
  if (actions.has(Action::dial) && may_dial()) dial(now);
  settle(now);
}

// ---- connections

std::optional<ConnectionId> PeerSession::admit(Time now) {
  if (!admits()) return std::nullopt;
  // Of two connections that the peer opened, the older one has been given up by it.
  for (auto const id : both) {
    if (slot(id).incoming && slot(id).state != State::idle && slot(id).state != State::established) {
      step(id, Event::open_collision_dump, now,
           {Cause::collision, collision_resolved(), "replaced by a newer connection"});
    }
  }
  auto const id = find(State::idle);
  if (id) {
    slot(*id).state = State::active;
    slot(*id).incoming = true;
  }
  drain(now);
  return id;
}

void PeerSession::connected(ConnectionId id, Time now) {
  auto const& connection = slot(id);
  if (connection.state != State::connect && connection.state != State::active) return;
  step(id, connection.incoming ? Event::tcp_connection_confirmed : Event::tcp_cr_acked, now);
  drain(now);
}

void PeerSession::failed(ConnectionId id, std::string_view reason, Time now) {
  step(id, Event::tcp_connection_fails, now, {Cause::connection_lost, std::nullopt, reason});
  drain(now);
}

void PeerSession::heard(ConnectionId id, Time now) {
  auto& connection = slot(id);
  if (connection.hold == never) return;
  auto const agreed = connection.negotiated ? connection.negotiated->hold_time : 0;
  connection.hold = std::max(connection.hold, now + std::chrono::seconds(std::max<int>(agreed, 1)));
}

void PeerSession::wrote(ConnectionId id, SentMessages const& messages, Time now) {
  auto& connection = slot(id);
  if (connection.state != State::established) return;
  counters_.out[static_cast<std::size_t>(wire::MessageType::update)] += messages.updates;
  counters_.out[static_cast<std::size_t>(wire::MessageType::route_refresh)] += messages.refreshes;
  // RFC 9687: the peer's TCP takes what we send.
  if (connection.send_hold != never) connection.send_hold = now + connection.negotiated->send_hold;
  if (messages.any()) arm(connection, Action::keepalive_restart, now);
}

bool PeerSession::request_refresh(Family family, Time now) {
  auto const id = established();
  if (!id || !slot(*id).negotiated->route_refresh || !slot(*id).negotiated->carries(family)) return false;
  Buffer message;
  wire::encode(wire::RouteRefresh{family, 0}, message);
  send(*id, wire::MessageType::route_refresh, std::move(message));
  drain(now);
  return true;
}

// ---- the interpreter

void PeerSession::step(ConnectionId id, Event event, Time now, Notice const& notice) {
  auto& connection = slot(id);
  if (connection.state == State::idle) return;
  auto const [next, actions] = transition(connection.state, event);
  send_for(id, actions, notice);
  auto const ends = next == State::idle || next == State::active || actions.has(Action::drop);
  if (ends) return finish(id, event, actions, notice, now);
  arm(connection, actions, now);
  if (connection.state == next) return;
  connection.state = next;
  if (actions.has(Action::announce_established)) enter_established(id, now);
  settle(now);
}

void PeerSession::send_for(ConnectionId id, Actions actions, Notice const& notice) {
  Buffer message;
  if (actions.has(Action::send_open)) {
    auto const& open = slot(id).sent = make_open(config_);
    if (!established()) open_sent_ = open;
    wire::encode(open, message);
    send(id, wire::MessageType::open, std::move(message));
  } else if (actions.has(Action::send_keepalive)) {
    wire::encode_keepalive(message);
    send(id, wire::MessageType::keepalive, std::move(message));
  } else if (actions.has(Action::send_notification) || actions.has(Action::send_fsm_error)) {
    wire::encode(notice.notification.value_or(fsm_error()), message);
    send(id, wire::MessageType::notification, std::move(message));
  }
}

void PeerSession::arm(Slot& connection, Actions actions, Time now) {
  auto const agreed = connection.negotiated ? connection.negotiated->hold_time : 0;
  if (actions.has(Action::hold_large)) connection.hold = now + config_.open_deadline;
  if (actions.has(Action::hold_negotiated)) {
    // Without a hold time the deadline for the OPEN goes on for the KEEPALIVE, or a connection could stay half-open.
    connection.hold = now + (agreed == 0 ? config_.open_deadline : Duration(std::chrono::seconds(agreed)));
  }
  if (actions.has(Action::hold_restart)) connection.hold = agreed == 0 ? never : now + std::chrono::seconds(agreed);
  if (agreed != 0 && (actions.has(Action::hold_negotiated) || actions.has(Action::keepalive_restart))) {
    // RFC 4271 §4.4: never more often than once a second.
    auto const interval = std::max<Duration>(jittered(connection.negotiated->keepalive), std::chrono::seconds(1));
    connection.keepalive = now + interval;
  }
  if (actions.has(Action::send_hold_start) && connection.negotiated->send_hold != Duration::zero()) {
    connection.send_hold = now + connection.negotiated->send_hold;
  }
}

void PeerSession::enter_established(ConnectionId id, Time now) {
  step(other(id), Event::open_collision_dump, now, {Cause::collision, collision_resolved(), {}});
  // A peer that comes up for a moment only is still worth less patience than one that was never lost.
  connect_retry_counter_ = std::min(connect_retry_counter_, 2U);
  effect(id, Up{*slot(id).negotiated});
}

void PeerSession::finish(ConnectionId id, Event event, Actions actions, Notice const& notice, Time now) {
  auto& connection = slot(id);
  Down down{notice.cause, connection.state, connection.incoming, notice.notification, now, {}};
  // Before the OPENs nobody is there who could be told.
  if (down.from < State::open_sent) down.notification.reset();
  down.text = describe(notice.cause, down.notification, notice.text);
  auto const redial = actions.has(Action::dial);
  if (connection.state == State::connect) connect_retry_ = never;  // it bounded the attempt
  auto const generation = connection.generation + 1;
  connection = Slot{};
  connection.generation = generation;
  if (event != Event::tcp_connection_fails) effect(id, Close{});
  auto const damp = account(actions, down);
  effect(id, Ended{std::move(down)});
  if (redial && may_dial()) dial(now);
  settle(now, damp);
}

bool PeerSession::account(Actions actions, Down const& down) {
  if (down.from == State::established) {
    ++flaps_;
    if (down.at - since_ >= config_.stable_after) {
      connect_retry_counter_ = 0;
      faults_ = 0;
    }
  }
  if (actions.has(Action::count_retry)) ++connect_retry_counter_;
  if (actions.has(Action::clear_retry)) connect_retry_counter_ = 0;
  if (!established() && down.cause != Cause::collision) {
    (down.cause == Cause::notification_received ? last_received_ : last_local_) = down;
  }
  // No oscillation: this side's own decision, the peer's own decision (a Cease), a network that broke.
  auto const ceased = down.cause == Cause::notification_received && down.notification->code == cease;
  auto const excused = ceased || down.cause == Cause::stopped || down.cause == Cause::connection_lost;
  if (!actions.has(Action::damp) || excused) return false;
  ++faults_;
  return true;
}

// Brings the neighbour's own timers into line with what its connections are doing.
void PeerSession::settle(Time now, bool damp) {
  if (!started_) {
    connect_retry_ = idle_hold_ = never;
  } else if (damp && !progressing() && !held_in_idle()) {
    auto const hold = idle_hold_time();
    if (hold != Duration::zero()) {
      abandon_dial();
      idle_hold_ = now + hold;
    }
  }
  auto const dialling = find(State::connect).has_value();
  if (!dialling && !may_dial()) {
    connect_retry_ = never;
  } else if (connect_retry_ == never) {
    connect_retry_ = now + connect_retry_time();
  }
}

void PeerSession::dial(Time now) {
  auto const id = find(State::idle);
  if (!id) return;
  slot(*id).state = State::connect;
  slot(*id).incoming = false;
  connect_retry_ = now + std::max(config_.connect_timeout, connect_retry_time());
  effect(*id, Dial{});
}

void PeerSession::abandon_dial() {
  auto const id = find(State::connect);
  if (!id) return;
  auto const generation = slot(*id).generation + 1;
  slot(*id) = Slot{};
  slot(*id).generation = generation;
  effect(*id, Close{});
}

void PeerSession::send(ConnectionId id, wire::MessageType type, Buffer message) {
  ++counters_.out[static_cast<std::size_t>(type)];
  effect(id, Send{std::move(message)});
}

void PeerSession::drain(Time now) {
  if (auto const present = state(); present != shown_) {
    shown_ = present;
    since_ = now;
  }
  if (draining_) return;
  draining_ = true;
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    auto const next = std::move(effects_[i]);  // a callback may append
    run(next);
  }
  effects_.clear();
  draining_ = false;
}

void PeerSession::run(Effect const& effect) {
  auto const id = effect.connection;
  if (std::holds_alternative<Dial>(effect.what)) {
    handler_.dial(id);
  } else if (auto const* out = std::get_if<Send>(&effect.what)) {
    handler_.send(id, out->message);
  } else if (std::holds_alternative<Close>(effect.what)) {
    handler_.close(id);
  } else if (auto const* ended = std::get_if<Ended>(&effect.what)) {
    ended->down.from == State::established ? handler_.down(ended->down) : handler_.attempt_failed(ended->down);
  } else {
    handler_.established(id, std::get<Up>(effect.what).negotiated);
  }
}

// ---- time

Time PeerSession::next_deadline() const {
  auto next = std::min(connect_retry_, idle_hold_);
  for (auto const& connection : slots_) {
    next = std::min({next, connection.hold, connection.keepalive, connection.send_hold});
  }
  return next;
}

void PeerSession::tick(Time now) {
  if (idle_hold_ <= now) {
    idle_hold_ = never;
    if (transition(State::idle, Event::idle_hold_timer_expires).actions.has(Action::auto_start)) {
      begin(config_.passive ? Event::automatic_start_damped_passive : Event::automatic_start_damped, now);
    }
  }
  if (connect_retry_ <= now) {
    connect_retry_ = never;
    if (auto const dialling = find(State::connect)) {
      step(*dialling, Event::connect_retry_expires, now, {Cause::connection_lost, std::nullopt, config_.timeout_text});
    } else if (may_dial() && transition(State::active, Event::connect_retry_expires).actions.has(Action::dial)) {
      dial(now);
    }
    settle(now);
  }
  for (auto const id : both) tick_connection(id, now);
  drain(now);
}

void PeerSession::tick_connection(ConnectionId id, Time now) {
  if (slot(id).hold <= now) step(id, Event::hold_timer_expires, now, {Cause::hold_expired, hold_timer_expired(), {}});
  if (slot(id).send_hold <= now) {
    step(id, Event::send_hold_timer_expires, now, {Cause::send_hold_expired, send_hold_timer_expired(), {}});
  }
  if (slot(id).keepalive <= now) step(id, Event::keepalive_timer_expires, now);
}

// RFC 4271 §10: the base value times a factor uniformly distributed between 0.75 and 1.
Duration PeerSession::jittered(Duration base) {
  random_ += 0x9e3779b97f4a7c15U;  // SplitMix64
  auto z = random_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  z ^= z >> 31;
  auto const part = static_cast<std::int64_t>(z >> 48);  // 0..65535
  return base / 4 * 3 + base / 4 / 65536 * part;
}

Duration PeerSession::connect_retry_time() {
  return jittered(doubled(config_.connect_retry_min, connect_retry_counter_, config_.connect_retry_max));
}

Duration PeerSession::idle_hold_time() {
  if (faults_ < 2 || config_.idle_hold_min == Duration::zero()) return Duration::zero();
  return jittered(doubled(config_.idle_hold_min, faults_ - 1, config_.idle_hold_max));
}

// ---- to show

std::optional<ConnectionId> PeerSession::find(State state) const {
  for (auto const id : both) {
    if (slot(id).state == state) return id;
  }
  return std::nullopt;
}

bool PeerSession::progressing() const {
  return std::ranges::any_of(slots_, [](Slot const& connection) { return connection.state >= State::open_sent; });
}

// An outgoing connection is wanted where there is none and no other has got as far as the peer's OPEN.
bool PeerSession::may_dial() const {
  if (!started_ || config_.passive || held_in_idle()) return false;
  return std::ranges::none_of(slots_, [](Slot const& connection) {
    return connection.state >= State::open_confirm || (connection.state != State::idle && !connection.incoming);
  });
}

State PeerSession::state() const {
  auto const furthest = std::max(slots_[0].state, slots_[1].state);
  if (furthest >= State::open_sent) return furthest;
  if (find(State::connect)) return State::connect;
  return admits() ? State::active : State::idle;
}

std::optional<ConnectionId> PeerSession::established() const { return find(State::established); }

Negotiated const* PeerSession::negotiated() const {
  auto const id = established();
  return id ? &*slot(*id).negotiated : nullptr;
}

}  // namespace bgp::session
