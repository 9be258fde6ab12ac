// The finite state machine of RFC 4271 §8.2.2 for one connection, with RFC 6608 (subcodes) and RFC 9687 (send hold): a
// pure, total function from (state, event) to (next state, actions). It keeps no state and knows no time; PeerSession
// is its one interpreter. Any thread.
//
// Absent on purpose: DelayOpen (events 12, 20) and TrackTcpState (14, 15) are options that this speaker does not have.
#pragma once

#include <cstdint>
#include <string_view>

namespace bgp::session {

enum class State : std::uint8_t { idle, connect, active, open_sent, open_confirm, established };
/// The RFC's name: "OpenSent".
[[nodiscard]] std::string_view name(State state);

/// RFC 4271 §8.1, by its numbers; 29 is RFC 9687, 30 is a ROUTE-REFRESH (RFC 2918).
enum class Event : std::uint8_t {
  manual_start = 1,
  manual_stop = 2,
  automatic_start = 3,
  manual_start_passive = 4,
  automatic_start_passive = 5,
  automatic_start_damped = 6,
  automatic_start_damped_passive = 7,
  automatic_stop = 8,
  connect_retry_expires = 9,
  hold_timer_expires = 10,
  keepalive_timer_expires = 11,
  idle_hold_timer_expires = 13,
  tcp_cr_acked = 16,
  tcp_connection_confirmed = 17,
  tcp_connection_fails = 18,
  bgp_open = 19,
  bgp_header_error = 21,
  bgp_open_error = 22,
  open_collision_dump = 23,
  notification_version_error = 24,
  notification = 25,
  keepalive_message = 26,
  update_message = 27,
  update_error = 28,
  send_hold_timer_expires = 29,
  route_refresh_message = 30,
};
[[nodiscard]] std::string_view name(Event event);

/// What an interpreter does on a step, as a set.
enum class Action : std::uint32_t {
  dial = 1U << 0,                   ///< initiate a TCP connection
  drop = 1U << 1,                   ///< close the TCP connection, after what was sent on it
  send_open = 1U << 2,              ///
  send_keepalive = 1U << 3,         ///
  send_notification = 1U << 4,      ///< the one that belongs to the event
  send_fsm_error = 1U << 5,         ///< NOTIFICATION 5/x of this state (RFC 6608)
  hold_large = 1U << 6,             ///< HoldTimer to the deadline for an OPEN
  hold_negotiated = 1U << 7,        ///< HoldTimer and KeepaliveTimer to what was negotiated
  hold_restart = 1U << 8,           ///
  keepalive_restart = 1U << 9,      ///
  send_hold_start = 1U << 10,       ///
  retry_start = 1U << 11,           ///< ConnectRetryTimer
  retry_stop = 1U << 12,            ///
  count_retry = 1U << 13,           ///< ConnectRetryCounter + 1
  clear_retry = 1U << 14,           ///< ConnectRetryCounter = 0
  damp = 1U << 15,                  ///< an oscillation: hold the peer in Idle
  auto_start = 1U << 16,            ///< generate event 6 or 7
  announce_established = 1U << 17,  ///
  deliver = 1U << 18,               ///< hand the message's body to the upper layer
};

class Actions {
 public:
  constexpr Actions() = default;
  constexpr Actions(Action action)
      : bits_(static_cast<std::uint32_t>(action)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] constexpr bool has(Action action) const { return (bits_ & static_cast<std::uint32_t>(action)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr Actions operator|(Actions a, Actions b) {
    a.bits_ |= b.bits_;
    return a;
  }
  friend constexpr bool operator==(Actions, Actions) = default;

 private:
  std::uint32_t bits_ = 0;
};
constexpr Actions operator|(Action a, Action b) { return Actions(a) | Actions(b); }

struct Step {
  State next;
  Actions actions;
  friend constexpr bool operator==(Step const&, Step const&) = default;
};

[[nodiscard]] Step transition(State state, Event event);

}  // namespace bgp::session
