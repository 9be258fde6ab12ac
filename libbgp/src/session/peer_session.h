// One neighbour's session: up to two connections (RFC 4271 §6.8), their FSMs, timers, negotiation and counters. Sans
// I/O: octets and time come in by calls, what is to be done goes out by the Handler. It knows no socket and no routes.
// One thread (the one of its owner). Every call ends with next_deadline() possibly changed; the owner calls tick() when
// that time has come.
//
// Re-entrancy: a Handler may call anything of this class from within a callback; effects come out in order, after the
// callback. It must not destroy the PeerSession there: its owner defers that to the end of the outermost call.
#pragma once

#include <array>
#include <optional>
#include <variant>
#include <vector>

#include "base/slice.h"
#include "session/config.h"
#include "wire/message.h"

namespace bgp::session {

/// One of the two connections that a session may have.
enum class ConnectionId : std::uint8_t { first = 0, second = 1 };

/// What a session wants done, and tells. Calls for one connection end with close() or, when the owner itself reported
/// failed(), with that; then its id is free for another connection.
class Handler {
 public:
  virtual ~Handler() = default;

  /// Initiate a TCP connection; answer with connected() or failed(), not from within this call.
  virtual void dial(ConnectionId connection) = 0;
  /// Send one whole control message (OPEN, KEEPALIVE, NOTIFICATION, ROUTE-REFRESH) at the next message boundary.
  virtual void send(ConnectionId connection, Bytes message) = 0;
  /// Close once everything sent has left, or at once if nothing was ever connected.
  virtual void close(ConnectionId connection) = 0;

  virtual void established(ConnectionId connection, Negotiated const& negotiated) = 0;
  /// The body of an UPDATE, in place: valid during the call. A NOTIFICATION in return ends the session.
  virtual std::optional<wire::Notification> update(Bytes body) = 0;
  /// What comes next, unread: what was received, and before each update() what stands behind it. To do something with
  /// it is nobody's duty.
  virtual void look_ahead(Bytes rest) { static_cast<void>(rest); }
  /// Only for families of the session.
  virtual void route_refresh(wire::RouteRefresh const& request) = 0;
  /// An Established session is over. Every established() is followed by exactly one down() (unless destroyed before).
  virtual void down(Down const& down) = 0;
  /// A connection, or an attempt at one, ended before it was Established.
  virtual void attempt_failed(Down const& down) { static_cast<void>(down); }
};

/// Messages by type (index: wire::MessageType; 0 is unused).
struct Counters {
  std::array<std::uint64_t, 6> in{};
  std::array<std::uint64_t, 6> out{};
};

class PeerSession {
 public:
  /// `seed` feeds the jitter of the timers; give every neighbour another one.
  PeerSession(Config config, Handler& handler, std::uint64_t seed);
  PeerSession(PeerSession const&) = delete;
  PeerSession& operator=(PeerSession const&) = delete;

  // Administration.
  void start(Time now);
  /// For the connections to come.
  void configure(Config config) { config_ = std::move(config); }
  /// Ends everything with `why` (for example wire::cease_with_text) and stays Idle until start().
  void stop(wire::Notification const& why, Time now);
  /// Ends every connection with `why` and comes back by itself.
  void reset(wire::Notification const& why, Time now);
  /// The same, but it stays in Idle until then.
  void hold(wire::Notification const& why, Time until, Time now);

  // Connections.
  /// False in Idle (stopped, or held there after faults): an incoming connection is to be refused.
  [[nodiscard]] bool admits() const { return started_ && !held_in_idle(); }
  /// Takes an incoming connection, which may replace an older one that got nowhere. Bind the id, then call connected().
  [[nodiscard]] std::optional<ConnectionId> admit(Time now);
  /// TCP stands: sends the OPEN.
  void connected(ConnectionId connection, Time now);
  /// The attempt failed, or the connection broke or was closed by the peer. The owner has let go of it.
  void failed(ConnectionId connection, std::string_view reason, Time now);

  // Octets.
  /// Handles the complete messages of `bytes`; returns how many octets were used up. Present the rest again with what
  /// follows it. Stops early after interrupt() or when the connection ends (then everything counts as used).
  std::size_t receive(ConnectionId connection, Bytes bytes, Time now);
  /// From within update(): return from receive() after this message.
  void interrupt() { interrupted_ = true; }
  /// The last receive() was interrupted: whole messages may be left.
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  /// Octets wait unread in the socket: the peer is alive, only this side was too busy to listen.
  void heard(ConnectionId connection, Time now);
  /// The socket took octets, with which these messages went out whole.
  void wrote(ConnectionId connection, SentMessages const& messages, Time now);
  /// Asks the peer for its routes again; false when it cannot be asked.
  bool request_refresh(Family family, Time now);

  // Time.
  [[nodiscard]] Time next_deadline() const;
  void tick(Time now);

  // To show.
  [[nodiscard]] Config const& config() const { return config_; }
  [[nodiscard]] State state() const;
  [[nodiscard]] State state(ConnectionId connection) const { return slot(connection).state; }
  /// When the present state() of the session was entered.
  [[nodiscard]] Time since() const { return since_; }
  /// Null unless Established.
  [[nodiscard]] Negotiated const* negotiated() const;
  [[nodiscard]] std::optional<ConnectionId> established() const;
  [[nodiscard]] Counters const& counters() const { return counters_; }
  /// How often an Established session was lost.
  [[nodiscard]] std::uint64_t flaps() const { return flaps_; }
  /// Sessions in a row that ended by a fault, and how long the peer is held in Idle for them; `never`: it is not.
  [[nodiscard]] unsigned faults() const { return faults_; }
  [[nodiscard]] Time held_until() const { return idle_hold_; }
  /// The last failures: a NOTIFICATION that the peer sent, and anything that ended on this side (NOTIFICATION sent or
  /// connection lost). Collisions and refused attempts of an Established peer do not count.
  [[nodiscard]] std::optional<Down> const& last_received() const { return last_received_; }
  [[nodiscard]] std::optional<Down> const& last_local() const { return last_local_; }
  /// The OPENs of the present or last connection, for display.
  [[nodiscard]] std::optional<wire::Open> const& open_sent() const { return open_sent_; }
  [[nodiscard]] std::optional<wire::Open> const& open_received() const { return open_received_; }

  /// For tests: empty, or which rule of the session's own consistency does not hold.
  [[nodiscard]] std::string_view broken_invariant() const;

 private:
  struct Slot {
    State state = State::idle;
    bool incoming = false;
    std::uint32_t generation = 0;
    Time hold = never;
    Time keepalive = never;
    Time send_hold = never;
    wire::Open sent;
    std::optional<Negotiated> negotiated;
  };
  /// What the Handler is to be told, kept back until the state is consistent.
  struct Dial {};
  struct Send {
    Buffer message;
  };
  struct Close {};
  struct Up {
    Negotiated negotiated;
  };
  struct Ended {
    Down down;
  };
  struct Effect {
    using What = std::variant<Dial, Send, Close, Up, Ended>;
    ConnectionId connection;
    What what;
  };

  [[nodiscard]] Slot& slot(ConnectionId id) { return slots_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Slot const& slot(ConnectionId id) const { return slots_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] static ConnectionId other(ConnectionId id) {
    return id == ConnectionId::first ? ConnectionId::second : ConnectionId::first;
  }
  [[nodiscard]] bool held_in_idle() const { return idle_hold_ != never; }
  [[nodiscard]] std::optional<ConnectionId> find(State state) const;
  [[nodiscard]] bool progressing() const;
  [[nodiscard]] bool may_dial() const;

  // peer_session.cc: the interpreter of the FSM.
  struct Notice {
    Cause cause = Cause::fault;
    std::optional<wire::Notification> notification;  ///< sent or received with the event
    std::string_view text;  ///< instead of a NOTIFICATION, or beside it for what it does not tell
  };
  void step(ConnectionId id, Event event, Time now, Notice const& notice);
  void step(ConnectionId id, Event event, Time now) { step(id, event, now, Notice{}); }
  void send_for(ConnectionId id, Actions actions, Notice const& notice);
  void arm(Slot& slot, Actions actions, Time now);
  void enter_established(ConnectionId id, Time now);
  void finish(ConnectionId id, Event event, Actions actions, Notice const& notice, Time now);
  /// True when the peer is to be held in Idle if nothing else goes on.
  bool account(Actions actions, Down const& down);
  void settle(Time now, bool damp = false);
  void begin(Event event, Time now);
  void dial(Time now);
  void abandon_dial();
  void end_all(Event event, wire::Notification const& why, Time now);
  void send(ConnectionId id, wire::MessageType type, Buffer message);
  void effect(ConnectionId id, Effect::What what) { effects_.push_back({id, std::move(what)}); }
  void drain(Time now);
  void run(Effect const& effect);
  void tick_connection(ConnectionId id, Time now);

  // messages.cc
  void dispatch(ConnectionId id, wire::Frame const& frame, Time now);
  void on_open(ConnectionId id, wire::Frame const& frame, Time now);
  void on_notification(ConnectionId id, Bytes body, Time now);
  void on_update(ConnectionId id, wire::Frame const& frame, Time now);
  void on_route_refresh(ConnectionId id, wire::Frame const& frame, Time now);
  /// RFC 4271 §6.8; false when `id` itself had to go.
  bool survives_collision(ConnectionId id, wire::Open const& received, Time now);

  [[nodiscard]] Duration jittered(Duration base);
  [[nodiscard]] Duration connect_retry_time();
  [[nodiscard]] Duration idle_hold_time();

  Config config_;
  Handler& handler_;
  std::uint64_t random_;

  bool started_ = false;
  std::array<Slot, 2> slots_;
  Time connect_retry_ = never;
  Time idle_hold_ = never;
  unsigned connect_retry_counter_ = 0;
  unsigned faults_ = 0;  ///< in a row, for damping

  std::vector<Effect> effects_;
  bool draining_ = false;
  bool interrupted_ = false;

  State shown_ = State::idle;
  Time since_{};
  Counters counters_;
  std::uint64_t flaps_ = 0;
  std::optional<Down> last_received_;
  std::optional<Down> last_local_;
  std::optional<wire::Open> open_sent_;
  std::optional<wire::Open> open_received_;
};

}  // namespace bgp::session
