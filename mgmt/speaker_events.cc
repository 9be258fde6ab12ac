#include "mgmt/event_source.h"

namespace tern::mgmt {

namespace {

class RealWatch : public RouteWatch {
 public:
  explicit RealWatch(bgp::RouteSubscription subscription) : subscription_(std::move(subscription)) {}
  void pause() override { subscription_.pause(); }
  void resume() override { subscription_.resume(); }

 private:
  bgp::RouteSubscription subscription_;
};

class RealEvents : public EventSource {
 public:
  explicit RealEvents(bgp::Speaker& speaker) : speaker_(speaker) {}
  std::unique_ptr<RouteWatch> on_routes(std::function<void(std::span<bgp::RouteEvent const>)> callback) override {
    return std::make_unique<RealWatch>(speaker_.on_routes(std::move(callback)));
  }
  bgp::Subscription on_peers(std::function<void(bgp::PeerEvent const&)> callback) override {
    return speaker_.on_peers(std::move(callback));
  }

 private:
  bgp::Speaker& speaker_;
};

}  // namespace

std::unique_ptr<EventSource> events_of(bgp::Speaker& speaker) { return std::make_unique<RealEvents>(speaker); }

}  // namespace tern::mgmt
