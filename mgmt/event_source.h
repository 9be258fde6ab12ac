// What happens in a speaker, for those who watch it over HTTP. As an interface, like the views: the tests let invented
// things happen. All calls and callbacks on the Speaker's executor.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "bgp/speaker.h"

namespace tern::mgmt {

/// As bgp::RouteSubscription: ends with the object; while it is paused nothing is queued.
class RouteWatch {
 public:
  virtual ~RouteWatch() = default;
  virtual void pause() = 0;
  virtual void resume() = 0;
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  // As Speaker::on_routes() and on_peers(): never called back from within the call, nor when what they return is gone.
  [[nodiscard]] virtual std::unique_ptr<RouteWatch> on_routes(
      std::function<void(std::span<bgp::RouteEvent const>)> callback) = 0;
  [[nodiscard]] virtual bgp::Subscription on_peers(std::function<void(bgp::PeerEvent const&)> callback) = 0;
};

/// That of a real speaker, which must outlive it.
[[nodiscard]] std::unique_ptr<EventSource> events_of(bgp::Speaker& speaker);

}  // namespace tern::mgmt
