// What the octets of a connection mean to its session: framing, OPEN with collision (RFC 4271 §6.8), dispatch.
#include <algorithm>

#include "session/errors.h"
#include "session/peer_session.h"

namespace bgp::session {
namespace {

bool is_demarcation(std::uint8_t subtype) {
  return subtype == wire::RouteRefresh::begin || subtype == wire::RouteRefresh::end;
}

// RFC 7313 §5: only where the peer sent the capability, only subtypes 1 and 2.
bool is_bad_demarcation(wire::Frame const& frame, Negotiated const& agreed) {
  constexpr std::size_t subtype_at = 2;
  if (frame.body.size() == 4 || frame.body.size() <= subtype_at) return false;
  return is_demarcation(frame.body[subtype_at]) && agreed.enhanced_refresh;
}

bool is_bad_peer_as(wire::Notification const& notification) {
  return notification.code == 2 && notification.subcode == 2;
}

// The commonest mistake of all, and the NOTIFICATION names neither AS.
std::string why_bad_as(wire::Notification const& fault, Asn says, Asn expected) {
  if (!is_bad_peer_as(fault)) return "";
  if (says == expected) return "the peer's OPEN holds AS " + std::to_string(says.value) + " and another one";
  return "the peer says AS " + std::to_string(says.value) + ", expected " + std::to_string(expected.value);
}

}  // namespace

std::size_t PeerSession::receive(ConnectionId id, Bytes bytes, Time now) {
  auto const generation = slot(id).generation;
  auto const open = [&] { return slot(id).generation == generation && slot(id).state >= State::open_sent; };
  std::size_t used = 0;
  interrupted_ = false;
  if (slot(id).state == State::established) handler_.look_ahead(bytes);
  while (open() && !interrupted_) {
    // Before that nobody has a reason for a long one, and a stranger's would be kept until it is complete.
    auto const extended = slot(id).state == State::established && slot(id).sent.capabilities.extended_messages;
    auto const frame = wire::next_frame(bytes.subspan(used), extended);
    if (!frame) {
      step(id, Event::bgp_header_error, now, {Cause::fault, frame.error(), {}});
      drain(now);
      break;
    }
    if (!frame.value()) break;
    used += frame.value()->message.size();
    if (frame.value()->type == wire::MessageType::update) handler_.look_ahead(bytes.subspan(used));
    dispatch(id, *frame.value(), now);
    drain(now);
  }
  return open() ? used : bytes.size();
}

void PeerSession::dispatch(ConnectionId id, wire::Frame const& frame, Time now) {
  ++counters_.in[static_cast<std::size_t>(frame.type)];
  switch (frame.type) {
    case wire::MessageType::open:
      return on_open(id, frame, now);
    case wire::MessageType::update:
      return on_update(id, frame, now);
    case wire::MessageType::notification:
      return on_notification(id, frame.body, now);
    case wire::MessageType::keepalive:
      return step(id, Event::keepalive_message, now, {Cause::fault, unexpected(slot(id).state, frame.type), {}});
    case wire::MessageType::route_refresh:
      return on_route_refresh(id, frame, now);
  }
}

void PeerSession::on_open(ConnectionId id, wire::Frame const& frame, Time now) {
  auto const state = slot(id).state;
  if (state != State::open_sent) {
    return step(id, Event::bgp_open, now, {Cause::fault, unexpected(state, frame.type), {}});
  }
  auto const received = wire::decode_open(frame.body);
  if (!received) {
    auto const why = why_bad_as(received.error(), Asn{}, config_.remote_as);
    return step(id, Event::bgp_open_error, now, {Cause::fault, received.error(), why});
  }
  if (!established()) open_received_ = received.value();
  auto const agreed = negotiate(config_, slot(id).sent, received.value(), slot(id).incoming);
  if (!agreed) {
    auto const why = why_bad_as(agreed.error(), received.value().as(), config_.remote_as);
    return step(id, Event::bgp_open_error, now, {Cause::fault, agreed.error(), why});
  }
  if (!survives_collision(id, received.value(), now)) return;
  slot(id).negotiated = agreed.value();
  step(id, Event::bgp_open, now);
  abandon_dial();
  settle(now);
}

bool PeerSession::survives_collision(ConnectionId id, wire::Open const& received, Time now) {
  auto const rival = other(id);
  auto const state = slot(rival).state;
  auto const keep_outgoing = keeps_outgoing(config_.router_id, config_.local_as, received.router_id, received.as());
  auto const preferred = slot(id).incoming != keep_outgoing;
  if (state == State::established || (state == State::open_confirm && !preferred)) {
    step(id, Event::open_collision_dump, now, {Cause::collision, collision_resolved(), {}});
    return false;
  }
  // A rival in OpenSent that is bound to lose goes now: this one has an OPEN, so nothing can be lost by it. One that
  // would win is waited for, because it may never get as far.
  if (state == State::open_confirm || (state == State::open_sent && preferred)) {
    step(rival, Event::open_collision_dump, now, {Cause::collision, collision_resolved(), {}});
  }
  return true;
}

void PeerSession::on_notification(ConnectionId id, Bytes body, Time now) {
  auto const received = wire::decode_notification(body);
  auto const version = received.code == 2 && received.subcode == 1;
  std::string why;
  if (is_bad_peer_as(received)) why = "the peer expects another AS than our " + std::to_string(config_.local_as.value);
  step(id, version ? Event::notification_version_error : Event::notification, now,
       {Cause::notification_received, received, why});
}

void PeerSession::on_update(ConnectionId id, wire::Frame const& frame, Time now) {
  auto const& connection = slot(id);
  if (connection.state != State::established) {
    return step(id, Event::update_message, now, {Cause::fault, unexpected(connection.state, frame.type), {}});
  }
  step(id, Event::update_message, now);
  auto const generation = connection.generation;
  auto const fault = handler_.update(frame.body);
  if (!fault || connection.generation != generation) return;
  if (fault->code == cease) return step(id, Event::automatic_stop, now, {Cause::stopped, *fault, {}});
  step(id, Event::update_error, now, {Cause::fault, *fault, {}});
}

void PeerSession::on_route_refresh(ConnectionId id, wire::Frame const& frame, Time now) {
  auto const& connection = slot(id);
  if (connection.state != State::established) {
    return step(id, Event::route_refresh_message, now, {Cause::fault, unexpected(connection.state, frame.type), {}});
  }
  if (is_bad_demarcation(frame, *connection.negotiated)) {
    return step(id, Event::update_error, now, {Cause::fault, refresh_length_error(frame.message), {}});
  }
  step(id, Event::route_refresh_message, now);
  auto const refresh = wire::decode_route_refresh(frame.body);
  // RFC 2918 §4: for a family that was not agreed on, ignore; RFC 7313 §5: other subtypes, too.
  if (!refresh || !connection.negotiated->carries(refresh->family)) return;
  auto const demarcates = is_demarcation(refresh->subtype) && connection.negotiated->enhanced_refresh;
  if (refresh->subtype == wire::RouteRefresh::request || demarcates) handler_.route_refresh(*refresh);
}

}  // namespace bgp::session
