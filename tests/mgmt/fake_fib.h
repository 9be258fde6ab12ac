// Invented routes in the kernel, whose keeper answers when a test wants it to; and a speaker that knows one of them.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <utility>

#include "fake_speaker.h"
#include "mgmt/fib_view.h"

namespace tern::mgmt {

inline FibRoute route(bgp::Prefix const& prefix, FibState state = FibState::installed) {
  FibRoute out;
  out.prefix = prefix;
  out.state = state;
  out.stands = state == FibState::installed || state == FibState::leftover;
  out.metric = 1024;
  if (state != FibState::leftover) out.hops = {{"10.0.0.2"_ip, "none", "eth0"}};
  return out;
}

/// Keeps every answer until it is told to give them; `at_once` is given on the io_context right away.
class FakeFib : public FibView {
 public:
  explicit FakeFib(boost::asio::io_context& io) : io_(io) {}
  void summary(std::function<void(FibSummary)> done) const override {
    answer([this, done = std::move(done)] { done(the_summary); });
  }
  void find(bgp::Prefix const& prefix, std::function<void(std::optional<FibRoute>)> done) const override {
    answer([this, prefix, done = std::move(done)] {
      auto const found = std::find_if(all.begin(), all.end(), [&](auto const& r) { return r.prefix == prefix; });
      done(found == all.end() ? std::nullopt : std::optional(*found));
    });
  }
  void match(bgp::IpAddress const& address, std::function<void(std::optional<FibRoute>)> done) const override {
    answer([this, address, done = std::move(done)] {
      std::optional<FibRoute> best;
      for (auto const& r : all) {
        if (r.prefix.covers({address, 128}) && (!best || best->prefix.length() < r.prefix.length())) best = r;
      }
      done(best);
    });
  }
  std::unique_ptr<FibListing> routes(FibQuery query) const override {
    return std::make_unique<Listing>(*this, std::move(query));
  }

  void answer(std::function<void()> give) const {
    ++asked;
    if (at_once) {
      boost::asio::post(io_, std::move(give));
    } else {
      kept.push_back(std::move(give));
    }
  }
  void give_kept() const {
    for (auto const& give : std::exchange(kept, {})) give();
  }

  bool at_once = true;
  std::vector<FibRoute> all;
  FibSummary the_summary;
  mutable std::size_t asked = 0;
  mutable std::deque<std::function<void()>> kept;

 private:
  class Listing : public FibListing {
   public:
    Listing(FakeFib const& fib, FibQuery query) : fib_(fib), query_(std::move(query)) {}
    void next(std::size_t most, std::function<void(std::vector<FibRoute>, bool)> done) override {
      std::vector<FibRoute> out;
      for (; at_ < fib_.all.size() && out.size() < most; ++at_) {
        auto const& r = fib_.all[at_];
        auto const& states = query_.states;
        if (query_.within && !query_.within->covers(r.prefix)) continue;
        if (states.empty() || std::find(states.begin(), states.end(), r.state) != states.end()) out.push_back(r);
      }
      bool const more = at_ < fib_.all.size();
      fib_.answer([out, more, done = std::move(done)] { done(out, more); });
    }

   private:
    FakeFib const& fib_;
    FibQuery query_;
    std::size_t at_ = 0;
  };

  boost::asio::io_context& io_;
};

class SpeakerWithAPath : public FakeSpeaker {
 public:
  bgp::Explanation explain(bgp::Prefix const& prefix) const override {
    bgp::Explanation out;
    out.prefix = prefix;
    if (prefix == "10.244.1.0/26"_pfx) out.paths.emplace_back();
    return out;
  }
};

}  // namespace tern::mgmt
