// The NOTIFICATIONs that a session makes up by itself (RFC 4271 §6, RFC 4486, RFC 6608, RFC 9687). Pure values.
#pragma once

#include "session/fsm.h"
#include "wire/message.h"
#include "wire/notification.h"

namespace bgp::session {

inline constexpr std::uint8_t cease = 6;

/// 4/0
[[nodiscard]] inline wire::Notification hold_timer_expired() { return {4, 0, {}}; }
/// 8/0
[[nodiscard]] inline wire::Notification send_hold_timer_expired() { return {8, 0, {}}; }
/// 6/7
[[nodiscard]] inline wire::Notification collision_resolved() { return {cease, 7, {}}; }
/// 5/0: an event other than a message.
[[nodiscard]] inline wire::Notification fsm_error() { return {5, 0, {}}; }
/// 5/1, 5/2, 5/3: a message that `state` does not expect; the data is its type (RFC 6608).
[[nodiscard]] inline wire::Notification unexpected(State state, wire::MessageType type) {
  auto const subcode = state == State::open_sent ? 1 : state == State::open_confirm ? 2 : 3;
  return {5, static_cast<std::uint8_t>(subcode), {static_cast<std::uint8_t>(type)}};
}
/// 7/1: ROUTE-REFRESH Message Error, Invalid Message Length; the data is the message (RFC 7313 §5).
[[nodiscard]] inline wire::Notification refresh_length_error(Bytes message) {
  return {7, 1, Buffer(message.begin(), message.end())};
}

}  // namespace bgp::session
