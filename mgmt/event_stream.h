// What one watcher of GET /v1/events is told: a line of JSON an event, made when it happens and kept until it is read.
// What is kept is bounded: past route_octets the subscription to routes is paused, and BGP tells later how things stand
// then; past neighbour_octets events of neighbours are counted instead, and the count is told. The speaker's executor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mgmt/destination.h"
#include "mgmt/event_source.h"
#include "mgmt/http.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

/// Octets of lines that wait to be read, of one watcher. A batch of events may exceed the first by what it has.
struct EventLimits {
  std::size_t watchers = 16;  ///< at a time; one more is answered 503
  std::size_t route_octets = 64U << 10;
  std::size_t neighbour_octets = 1U << 20;
};

/// What somebody wants to be told.
struct EventQuery {
  bool peers = false;
  bool routes = false;
  bool snapshot = false;                   ///< first the routes that stand there already
  std::optional<Destination> destination;  ///< only these routes: this prefix; of an address, all that cover it
  bool longer = false;                     ///< also the prefixes within
};

class EventStream : public Stream {
 public:
  /// `source` and `speaker` must live as long. `place` is let go of when the watcher has gone.
  EventStream(EventSource& source, SpeakerView const& speaker, EventQuery query, EventLimits limits,
              std::shared_ptr<void> place);
  EventStream(EventStream const&) = delete;
  EventStream& operator=(EventStream const&) = delete;

  /// Never the end.
  bool next(std::string& out) override;
  bool waiting() const override { return left() == 0; }
  void when_ready(std::function<void()> go_on) override { go_on_ = std::move(go_on); }
  bool quiet(std::string& out) override;

 private:
  [[nodiscard]] std::size_t left() const { return pending_.size() - at_; }
  void on_peer(bgp::PeerEvent const& event);
  void on_routes(std::span<bgp::RouteEvent const> events);
  [[nodiscard]] bool wanted(bgp::RouteEvent const& event) const;
  /// The address of a neighbour, asked for once in a batch: their numbers are used again.
  std::string const& name(bgp::PeerId id, std::map<bgp::PeerId, std::string>& names) const;
  void note_lost(std::string const& time);
  void wake();

  SpeakerView const& speaker_;
  EventQuery const query_;
  EventLimits const limits_;
  std::shared_ptr<void> const place_;

  std::string pending_;  // lines, from at_ on yet to be read
  std::size_t at_ = 0;
  std::uint64_t lost_ = 0;
  bool live_ = false;    // the snapshot is over
  bool paused_ = false;  // routes_ is
  std::function<void()> go_on_;

  // Last, so that they end first.
  std::unique_ptr<RouteWatch> routes_;
  bgp::Subscription peers_;
};

}  // namespace tern::mgmt
