// The session's rules about itself, for tests: what must hold between any two calls.
#include <algorithm>

#include "session/peer_session.h"

namespace bgp::session {
namespace {

constexpr bool armed(Time timer) { return timer != never; }

}  // namespace

std::string_view PeerSession::broken_invariant() const {
  unsigned outgoing = 0, half_open_incoming = 0, established = 0;
  for (auto const& c : slots_) {
    auto const timers = armed(c.hold) || armed(c.keepalive) || armed(c.send_hold);
    if (c.state <= State::active && timers) return "a connection without TCP has timers";
    if (c.state <= State::open_sent && c.negotiated) return "negotiated before an OPEN";
    if (c.state >= State::open_confirm && !c.negotiated) return "nothing negotiated after an OPEN";
    if (c.state == State::open_sent && (!armed(c.hold) || armed(c.keepalive)))
      return "OpenSent: only the hold timer runs";
    if (c.state >= State::open_confirm && armed(c.keepalive) != (c.negotiated->hold_time != 0))
      return "keepalive timer";
    if (c.state == State::open_confirm && !armed(c.hold)) return "OpenConfirm without a deadline";
    if (c.state == State::established && armed(c.hold) != (c.negotiated->hold_time != 0)) return "hold timer";
    auto const send_hold = c.state == State::established && c.negotiated->send_hold != Duration::zero();
    if (armed(c.send_hold) != send_hold) return "send hold timer";
    if (c.state != State::idle && !c.incoming) ++outgoing;
    if (c.state != State::idle && c.incoming && c.state != State::established) ++half_open_incoming;
    if (c.state == State::established) ++established;
  }
  if (established > 1) return "two Established";
  if (outgoing > 1) return "two outgoing connections";
  if (half_open_incoming > 1) return "two half-open incoming connections";
  if (config_.passive && outgoing > 0) return "a passive session dialled";
  if (!started_ && (outgoing > 0 || half_open_incoming > 0 || established > 0)) return "stopped with a connection";
  if (held_in_idle() && (!started_ || find(State::connect))) return "busy while held in Idle";
  if (armed(connect_retry_) != (find(State::connect) || may_dial())) return "ConnectRetryTimer";
  if (!draining_ && !effects_.empty()) return "effects left over";
  return {};
}

}  // namespace bgp::session
