#include "session/fsm.h"

namespace bgp::session {
namespace {

using enum Action;

// What ends in Idle, by how much it counts.
constexpr Actions counted = drop | retry_stop | count_retry;  // a failure, for the back-off
constexpr Actions faulty = counted | damp;                    // one that also damps oscillation
constexpr Actions manual = drop | retry_stop | clear_retry;   // the operator

constexpr bool is_start(Event event) {
  switch (event) {
    case Event::manual_start:
    case Event::automatic_start:
    case Event::manual_start_passive:
    case Event::automatic_start_passive:
    case Event::automatic_start_damped:
    case Event::automatic_start_damped_passive:
      return true;
    default:
      return false;
  }
}

Step idle(Event event) {
  switch (event) {
    case Event::manual_start:
    case Event::automatic_start:
      return {State::connect, clear_retry | retry_start | dial};
    case Event::manual_start_passive:
    case Event::automatic_start_passive:
      return {State::active, clear_retry | retry_start};
    // What damping does is left to the implementation: the counter survives it.
    case Event::automatic_start_damped:
      return {State::connect, retry_start | dial};
    case Event::automatic_start_damped_passive:
      return {State::active, retry_start};
    case Event::idle_hold_timer_expires:
      return {State::idle, auto_start};
    default:
      return {State::idle, {}};
  }
}

Step connect(Event event) {
  switch (event) {
    case Event::manual_stop:
      return {State::idle, manual};
    case Event::connect_retry_expires:
      return {State::connect, drop | count_retry | retry_start | dial};
    case Event::tcp_cr_acked:
    case Event::tcp_connection_confirmed:
      return {State::open_sent, retry_stop | send_open | hold_large};
    case Event::tcp_connection_fails:
      // The RFC goes to Idle, from where an automatic start brings it back; it listens meanwhile only in Active, and a
      // peer that is merely not there yet is no oscillation.
      return {State::active, count_retry | retry_start};
    case Event::notification_version_error:
      return {State::idle, counted};
    default:
      return {State::idle, faulty};
  }
}

Step active(Event event) {
  switch (event) {
    case Event::manual_stop:
      return {State::idle, manual};
    case Event::connect_retry_expires:
      return {State::connect, retry_start | dial};
    case Event::tcp_cr_acked:
    case Event::tcp_connection_confirmed:
      return {State::open_sent, retry_stop | send_open | hold_large};
    case Event::tcp_connection_fails:
      return {State::idle, count_retry | retry_start};
    case Event::notification_version_error:
      return {State::idle, counted};
    default:
      return {State::idle, faulty};
  }
}

// The events that end OpenSent, OpenConfirm and Established alike.
bool ends(Event event, Step& step) {
  switch (event) {
    case Event::manual_stop:
      step = {State::idle, manual | send_notification};
      return true;
    case Event::automatic_stop:
    case Event::open_collision_dump:
      // Both are this side's own choice, so damping, which the RFC leaves optional, would punish the wrong one.
      step = {State::idle, counted | send_notification};
      return true;
    case Event::hold_timer_expires:
    case Event::bgp_header_error:
    case Event::bgp_open_error:
    case Event::update_error:
      step = {State::idle, faulty | send_notification};
      return true;
    case Event::send_hold_timer_expires:  // RFC 9687
      step = {State::idle, faulty | send_notification};
      return true;
    case Event::notification_version_error:
      // The RFC does not count it, so that another version can be tried at once; this speaker has only one.
      step = {State::idle, counted};
      return true;
    default:
      return false;
  }
}

// A second connection is tracked by its own FSM (RFC 4271 §6.8).
constexpr bool concerns_another_connection(Event event) {
  return event == Event::tcp_cr_acked || event == Event::tcp_connection_confirmed;
}

Step open_sent(Event event) {
  Step step{};
  if (concerns_another_connection(event)) return {State::open_sent, {}};
  switch (event) {
    case Event::tcp_connection_fails:
      return {State::active, count_retry | retry_start};
    case Event::bgp_open:
      return {State::open_confirm, retry_stop | send_keepalive | hold_negotiated};
    case Event::notification:
      // The RFC lists it among "any other event"; but a NOTIFICATION is never answered with one (§6.4).
      return {State::idle, faulty};
    default:
      return ends(event, step) ? step : Step{State::idle, faulty | send_fsm_error};
  }
}

Step open_confirm(Event event) {
  Step step{};
  if (concerns_another_connection(event)) return {State::open_confirm, {}};
  switch (event) {
    case Event::keepalive_timer_expires:
      return {State::open_confirm, send_keepalive | keepalive_restart};
    case Event::tcp_connection_fails:
    case Event::notification:
      return {State::idle, faulty};
    case Event::keepalive_message:
      return {State::established, hold_restart | send_hold_start | announce_established};
    default:  // RFC 6608: a second OPEN on the same connection, too
      return ends(event, step) ? step : Step{State::idle, faulty | send_fsm_error};
  }
}

Step established(Event event) {
  Step step{};
  if (concerns_another_connection(event)) return {State::established, {}};
  switch (event) {
    case Event::keepalive_timer_expires:
      return {State::established, send_keepalive | keepalive_restart};
    case Event::tcp_connection_fails:
    case Event::notification:
    case Event::notification_version_error:
      return {State::idle, counted};  // RFC 4271 §8.2.2: no damping here
    case Event::keepalive_message:
      return {State::established, hold_restart};
    case Event::update_message:
    case Event::route_refresh_message:
      return {State::established, hold_restart | deliver};
    default:
      return ends(event, step) ? step : Step{State::idle, faulty | send_fsm_error};
  }
}

}  // namespace

Step transition(State state, Event event) {
  if (state != State::idle && is_start(event)) return {state, {}};
  switch (state) {
    case State::idle:
      return idle(event);
    case State::connect:
      return connect(event);
    case State::active:
      return active(event);
    case State::open_sent:
      return open_sent(event);
    case State::open_confirm:
      return open_confirm(event);
    case State::established:
      return established(event);
  }
  return {State::idle, {}};
}

std::string_view name(State state) {
  switch (state) {
    case State::idle:
      return "Idle";
    case State::connect:
      return "Connect";
    case State::active:
      return "Active";
    case State::open_sent:
      return "OpenSent";
    case State::open_confirm:
      return "OpenConfirm";
    case State::established:
      return "Established";
  }
  return "?";
}

std::string_view name(Event event) {
  switch (event) {
    case Event::manual_start:
      return "ManualStart";
    case Event::manual_stop:
      return "ManualStop";
    case Event::automatic_start:
      return "AutomaticStart";
    case Event::manual_start_passive:
      return "ManualStart_with_PassiveTcpEstablishment";
    case Event::automatic_start_passive:
      return "AutomaticStart_with_PassiveTcpEstablishment";
    case Event::automatic_start_damped:
      return "AutomaticStart_with_DampPeerOscillations";
    case Event::automatic_start_damped_passive:
      return "AutomaticStart_with_DampPeerOscillations_and_PassiveTcpEstablishment";
    case Event::automatic_stop:
      return "AutomaticStop";
    case Event::connect_retry_expires:
      return "ConnectRetryTimer_Expires";
    case Event::hold_timer_expires:
      return "HoldTimer_Expires";
    case Event::keepalive_timer_expires:
      return "KeepaliveTimer_Expires";
    case Event::idle_hold_timer_expires:
      return "IdleHoldTimer_Expires";
    case Event::tcp_cr_acked:
      return "Tcp_CR_Acked";
    case Event::tcp_connection_confirmed:
      return "TcpConnectionConfirmed";
    case Event::tcp_connection_fails:
      return "TcpConnectionFails";
    case Event::bgp_open:
      return "BGPOpen";
    case Event::bgp_header_error:
      return "BGPHeaderErr";
    case Event::bgp_open_error:
      return "BGPOpenMsgErr";
    case Event::open_collision_dump:
      return "OpenCollisionDump";
    case Event::notification_version_error:
      return "NotifMsgVerErr";
    case Event::notification:
      return "NotifMsg";
    case Event::keepalive_message:
      return "KeepAliveMsg";
    case Event::update_message:
      return "UpdateMsg";
    case Event::update_error:
      return "UpdateMsgErr";
    case Event::send_hold_timer_expires:
      return "SendHoldTimer_Expires";
    case Event::route_refresh_message:
      return "RouteRefreshMsg";
  }
  return "?";
}

}  // namespace bgp::session
