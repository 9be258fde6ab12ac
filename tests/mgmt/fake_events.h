// A source of events in which a test says what happens. On one executor, but for watching().
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "mgmt/event_source.h"

namespace tern::mgmt {

class FakeEvents : public EventSource {
 public:
  explicit FakeEvents(boost::asio::io_context& io) : io_(io) {}

  std::unique_ptr<RouteWatch> on_routes(std::function<void(std::span<bgp::RouteEvent const>)> callback) override {
    auto watcher = std::make_shared<Watcher>(watching_, std::move(callback));
    routes_.push_back(watcher);
    post_begin();
    return std::make_unique<Watch>(std::move(watcher));
  }
  bgp::Subscription on_peers(std::function<void(bgp::PeerEvent const&)> callback) override {
    auto watcher = std::make_shared<PeerWatcher>(watching_, std::move(callback));
    peers_.push_back(watcher);
    post_begin();
    return bgp::Subscription(std::move(watcher));
  }

  void tell(std::vector<bgp::RouteEvent> const& events) {
    for (auto const& weak : routes_) {
      auto const watcher = weak.lock();
      if (watcher && !watcher->paused) watcher->callback(events);
    }
  }
  void tell(bgp::PeerEvent const& event) {
    for (auto const& weak : peers_) {
      if (auto const watcher = weak.lock()) watcher->callback(event);
    }
  }
  [[nodiscard]] bool any_paused() const {
    for (auto const& weak : routes_) {
      if (auto const watcher = weak.lock(); watcher && watcher->paused) return true;
    }
    return false;
  }
  /// Subscriptions that stand. Any thread.
  [[nodiscard]] int watching() const { return watching_; }

  /// Called once, when somebody has subscribed to all that he wanted.
  std::function<void()> begin;

 private:
  struct Counted {
    explicit Counted(std::atomic<int>& the_count) : count(the_count) { ++count; }
    ~Counted() { --count; }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;
    std::atomic<int>& count;
  };
  struct Watcher : Counted {
    Watcher(std::atomic<int>& the_count, std::function<void(std::span<bgp::RouteEvent const>)> the_callback)
        : Counted(the_count), callback(std::move(the_callback)) {}
    std::function<void(std::span<bgp::RouteEvent const>)> callback;
    bool paused = false;
  };
  struct PeerWatcher : Counted {
    PeerWatcher(std::atomic<int>& the_count, std::function<void(bgp::PeerEvent const&)> the_callback)
        : Counted(the_count), callback(std::move(the_callback)) {}
    std::function<void(bgp::PeerEvent const&)> callback;
  };
  class Watch : public RouteWatch {
   public:
    explicit Watch(std::shared_ptr<Watcher> watcher) : watcher_(std::move(watcher)) {}
    void pause() override { watcher_->paused = true; }
    void resume() override { watcher_->paused = false; }

   private:
    std::shared_ptr<Watcher> watcher_;
  };

  void post_begin() {
    if (begin) boost::asio::post(io_, std::exchange(begin, nullptr));
  }

  boost::asio::io_context& io_;
  std::atomic<int> watching_ = 0;
  std::vector<std::weak_ptr<Watcher>> routes_;
  std::vector<std::weak_ptr<PeerWatcher>> peers_;
};

}  // namespace tern::mgmt
