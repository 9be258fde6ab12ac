#include "peer.h"

#include <algorithm>
#include <thread>

namespace support {
namespace {

std::vector<Bytes> usual_capabilities(std::uint32_t as) {
  return {capability_mp(1, 1), capability_mp(2, 1), capability(2), capability_as4(as)};
}

Bytes slice(Bytes const& bytes, std::size_t from, std::size_t count) {
  from = std::min(from, bytes.size());
  count = std::min(count, bytes.size() - from);
  return Bytes(bytes.begin() + long(from), bytes.begin() + long(from + count));
}

// The values of all capability parameters of an OPEN, one after the other.
Bytes capability_octets(Bytes const& open) {
  if (open.size() < 12) return {};
  bool const extended = open[9] != 0 && open[10] == 255;  // RFC 9072 §2
  std::size_t at = extended ? 13 : 10;
  std::size_t const width = extended ? 2 : 1;
  Bytes all;
  while (at + 1 + width <= open.size()) {
    std::size_t length = open[at + 1];
    if (extended) length = length << 8 | open[at + 2];
    if (open[at] == 2) all = all + slice(open, at + 1 + width, length);
    at += 1 + width + length;
  }
  return all;
}

}  // namespace

std::string Message::text() const {
  if (auto const fault = as_notification(*this)) return fault->text();
  return "message of type " + std::to_string(type) + ", body " + to_hex(body);
}

std::string Notification::text() const {
  return "NOTIFICATION " + std::to_string(code) + "/" + std::to_string(subcode) + " data [" + to_hex(data) + "]";
}

std::optional<Notification> as_notification(Message const& message) {
  if (message.type != kNotification || message.body.size() < 2) return std::nullopt;
  return Notification{message.body[0], message.body[1], slice(message.body, 2, message.body.size())};
}

Open open_of(PeerOptions const& options) {
  Open open;
  open.as = options.as;
  open.hold_time = options.hold_time;
  open.id = options.id;
  for (auto const& one : options.capabilities.value_or(usual_capabilities(options.as)))
    open.parameters = open.parameters + parameter(2, one);
  return open;
}

bool Peer::connect(Deadline deadline) {
  adopt({});
  while (!connection_.connected()) {
    connection_ = Connection::dial(options_.local, options_.remote, options_.port, deadline);
    if (connection_.connected()) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

void Peer::adopt(Connection connection) {
  connection_ = std::move(connection);
  notification_.reset();
  their_open_.clear();
  rib_.clear();
  established_ = false;
}

bool Peer::handshake(Deadline deadline) {
  if (!send(open_of(options_).bytes())) return false;
  auto const open = receive(deadline);
  if (!open || open->type != kOpen || !send(keepalive())) return false;
  while (auto const next = connection_.receive(deadline)) {
    take_in(*next);
    if (next->type != kKeepalive) continue;
    established_ = true;
    next_keepalive_ = in(std::chrono::seconds(options_.hold_time) / 3);
    return true;
  }
  return false;
}

bool Peer::establish(Deadline deadline) {
  while (Clock::now() < deadline) {
    if (connect(deadline) && handshake(deadline)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

void Peer::keep_alive() {
  if (!established_ || options_.hold_time == 0 || Clock::now() < next_keepalive_) return;
  next_keepalive_ = in(std::chrono::seconds(options_.hold_time) / 3);
  connection_.send(keepalive());
}

std::optional<Message> Peer::receive(Deadline deadline) {
  for (;;) {
    keep_alive();
    auto const until = established_ && options_.hold_time != 0 ? std::min(deadline, next_keepalive_) : deadline;
    if (auto message = connection_.receive(until)) {
      take_in(*message);
      if (message->type != kKeepalive) return message;
    } else if (connection_.ended() || !connection_.connected() || Clock::now() >= deadline) {
      return std::nullopt;
    }
  }
}

void Peer::take_in(Message const& message) {
  if (message.type == kOpen) their_open_ = message.body;
  if (message.type == kUpdate) rib_.update(message.body);
  if (message.type == kNotification) notification_ = as_notification(message);
}

bool Peer::wait(Deadline deadline, std::function<bool()> const& condition) {
  while (!condition())
    if (!receive(deadline)) return condition();
  return true;
}

std::optional<Notification> Peer::await_notification(Deadline deadline) {
  while (!notification_ && receive(deadline)) {
  }
  return notification_;
}

void Peer::drain() {
  while (receive(Clock::now())) {
  }
}

std::vector<std::pair<unsigned, Bytes>> Peer::their_capabilities() const {
  std::vector<std::pair<unsigned, Bytes>> all;
  auto const octets = capability_octets(their_open_);
  for (std::size_t at = 0; at + 2 <= octets.size(); at += 2u + octets[at + 1])
    all.emplace_back(octets[at], slice(octets, at + 2, octets[at + 1]));
  return all;
}

bool Peer::they_have(unsigned code) const {
  auto const all = their_capabilities();
  return std::any_of(all.begin(), all.end(), [code](auto const& one) { return one.first == code; });
}

}  // namespace support
