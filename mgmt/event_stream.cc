#include "mgmt/event_stream.h"

#include <algorithm>
#include <utility>

#include "mgmt/address_text.h"
#include "mgmt/event_json.h"

namespace tern::mgmt {

namespace {

constexpr std::size_t octets_a_piece = 4096;

std::string time_now() { return event_time(std::chrono::system_clock::now()); }

}  // namespace

EventStream::EventStream(EventSource& source, SpeakerView const& speaker, EventQuery query, EventLimits limits,
                         std::shared_ptr<void> place)
    : speaker_(speaker), query_(std::move(query)), limits_(limits), place_(std::move(place)) {
  if (query_.peers) peers_ = source.on_peers([this](bgp::PeerEvent const& event) { on_peer(event); });
  if (query_.routes) {
    routes_ = source.on_routes([this](std::span<bgp::RouteEvent const> events) { on_routes(events); });
  } else {
    write_watching(pending_, time_now());
  }
}

bool EventStream::next(std::string& out) {
  auto const size = std::min(octets_a_piece, left());
  out.append(pending_, at_, size);
  at_ += size;
  if (left() == 0 || at_ > limits_.route_octets) {
    pending_.erase(0, at_);
    at_ = 0;
  }
  if (left() == 0) {
    if (pending_.capacity() > limits_.route_octets) pending_ = {};  // what a burst took
    note_lost(time_now());
  }
  if (paused_ && left() <= limits_.route_octets / 2) {
    paused_ = false;
    routes_->resume();
  }
  return true;
}

bool EventStream::quiet(std::string& out) {
  write_alive(out, time_now());
  return true;
}

void EventStream::on_peer(bgp::PeerEvent const& event) {
  if (left() >= limits_.neighbour_octets) {
    ++lost_;
    return;
  }
  auto const time = time_now();
  note_lost(time);
  write_event(pending_, time, event);
  wake();
}

void EventStream::on_routes(std::span<bgp::RouteEvent const> events) {
  auto const time = time_now();
  std::map<bgp::PeerId, std::string> names;
  for (auto const& event : events) {
    if (event.kind == bgp::RouteEvent::Kind::in_sync) {
      live_ = true;
      write_watching(pending_, time);
    } else if ((live_ || query_.snapshot) && wanted(event)) {
      write_event(pending_, time, event, name(event.peer, names));
    }
  }
  if (left() >= limits_.route_octets && !std::exchange(paused_, true)) routes_->pause();
  wake();
}

bool EventStream::wanted(bgp::RouteEvent const& event) const {
  if (!query_.destination) return true;
  auto const& asked = query_.destination->prefix;
  if (query_.destination->is_address) return event.prefix.covers(asked);
  return query_.longer ? asked.covers(event.prefix) : asked == event.prefix;
}

std::string const& EventStream::name(bgp::PeerId id, std::map<bgp::PeerId, std::string>& names) const {
  auto const [place, is_new] = names.try_emplace(id);
  if (!is_new) return place->second;
  if (id == bgp::local_peer) {
    place->second = "local";
  } else if (auto const peer = speaker_.peer(id)) {
    place->second = address_text({peer->address, peer->scope_id});
  }
  return place->second;
}

/// Where they are missing: behind what came before them.
void EventStream::note_lost(std::string const& time) {
  if (lost_ > 0) write_lost(pending_, time, std::exchange(lost_, 0));
}

/// Called last: the one who waits may only be told when there is something to read.
void EventStream::wake() {
  if (go_on_ && left() > 0) std::exchange(go_on_, nullptr)();
}

}  // namespace tern::mgmt
