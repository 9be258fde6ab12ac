// A hub and the neighbours around it, its answers for next hops, and what it tells of the next hops in use.
#pragma once

#include "harness.h"

namespace bgp::engine::test {

class Resolver : public NextHopResolver {
 public:
  NextHopState resolve(IpAddress const& next_hop) override {
    auto const known = answers.find(next_hop);
    return known == answers.end() ? NextHopState{} : known->second;
  }
  void on_change(std::function<void(IpAddress const&)> changed) override { tell_ = std::move(changed); }
  void set(IpAddress const& next_hop, NextHopState state) {
    answers[next_hop] = state;
    if (tell_) tell_(next_hop);
  }
  std::map<IpAddress, NextHopState> answers;

 private:
  std::function<void(IpAddress const&)> tell_;
};

using Hops = std::vector<IpAddress>;

/// What a subscription has told of the next hops.
class Sets {
 public:
  explicit Sets(Speaker& speaker)
      : subscription(speaker.on_routes([this](std::span<RouteEvent const> events) {
          for (auto const& event : events) note(event);
        })) {}
  std::map<Prefix, Hops> told;
  std::vector<std::string> lines;
  RouteSubscription subscription;

 private:
  void note(RouteEvent const& event) {
    lines.push_back(event.text());
    if (event.kind == RouteEvent::Kind::withdraw) told.erase(event.prefix);
    if (event.kind != RouteEvent::Kind::announce) return;
    told[event.prefix] = {event.next_hops.begin(), event.next_hops.end()};
    auto const hop = event.attributes->next_hop;
    EXPECT_EQ(event.next_hops.empty() ? IpAddress() : event.next_hops.front(), hop) << event.text();
  }
};

/// A hub of AS 65000 with its neighbours, whose addresses are 192.0.2.1, .2 and so on, in this order.
class Star : public World {
 public:
  Star(std::size_t multipath, std::vector<Asn> const& ases) {
    SpeakerConfig config;
    config.local_as = 65000_asn;
    config.router_id = at_hub;
    config.listen = {{at_hub, 179}};
    config.resolver = resolver;
    config.multipath = multipath;
    hub = make(config);
    EXPECT_TRUE(hub->start().ok());
    for (auto const as : ases) add(as);
    run();
    EXPECT_EQ(hub->status().peers_established, ases.size());
  }
  static IpAddress address(std::size_t index) { return IpAddress::v4(0xc0000201 + static_cast<std::uint32_t>(index)); }
  [[nodiscard]] std::vector<std::string> marks(RouteQuery query) const {
    std::vector<std::string> out;
    for (auto const& entry : list(*hub, std::move(query))) {
      out.push_back((entry.best ? "*" : entry.multipath ? "=" : " ") + entry.peer_address.text());
    }
    return out;
  }
  void TestBody() override {}

  IpAddress const at_hub = "192.0.2.100"_ip;
  std::shared_ptr<Resolver> resolver = std::make_shared<Resolver>();
  std::unique_ptr<Speaker> hub;
  std::vector<std::unique_ptr<Speaker>> neighbours;
  std::vector<PeerId> ids;
  using World::clock;
  using World::io;
  using World::run;
  using World::turn_until;

 private:
  void add(Asn as) {
    auto const at = address(neighbours.size());
    ids.push_back(*hub->add_peer(peer(at_hub, at, as, true)));
    neighbours.push_back(speaker(as, at));
    auto to_hub = peer(at, at_hub, 65000_asn);
    to_hub.next_hop_unchanged = true;
    EXPECT_TRUE(neighbours.back()->add_peer(to_hub).ok());
    EXPECT_TRUE(neighbours.back()->start().ok());
  }
};

inline Attributes through(std::vector<Asn> ases) {
  Attributes attributes;
  if (!ases.empty()) attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::move(ases)}};
  return attributes;
}

}  // namespace bgp::engine::test
