// A node that knows no way but the default that its routers tell it: to the reflector, to the other nodes, to their
// pods.
#include <algorithm>

#include "rack.h"

namespace tor {
namespace {

std::string const reflector_at = "192.0.2.100", other_at = "192.0.2.2";
std::string const own_address = "10.0.0.1";

class LearnedDefault : public Tors {
 protected:
  // The node's own address is on lo; the way to it is the network's business.
  void SetUp() override {
    Tors::SetUp();
    if (!scene) return;
    node_->ip("addr add " + own_address + "/32 dev lo");
    for (auto const& tor : tors_) {
      tor->host().run("ip route add " + own_address + " via " + tor->options().node.v4 + "; ip route add " + far_block +
                      " via " + other_at);
    }
    way_to_node_by(0);
    auto const& above = scene->host("reflector", {{"core", {reflector_at + "/24"}}}, {outside_at.v4});
    reflector_ = std::make_unique<TernDaemon>(
        directory, "reflector", support::Arguments{TernDaemon::program("tern-reflector")},
        "router: {as: 64512, id: 192.0.2.100, clusterId: 1.1.1.1}\napi: {socket: {socket}}\n"
        "groups: {nodes: {remoteAs: 64512, reflectorClient: true, passive: true, holdTime: 9}}\n"
        "ranges: [{prefix: 10.0.0.0/24, group: nodes, limit: 9}, {prefix: 192.0.2.0/24, group: nodes, limit: 9}]\n",
        &above.network());
    other_ = &scene->host("node2", {{"core", {other_at + "/24"}}}, {outside_at.v4});
    other_pod_ = &scene->pod("pod2", *other_, {"10.244.3.5"});
  }
  void way_to_node_by(unsigned number) const {
    outside_->ip("route replace " + own_address + " via " + tor(number).options().above.v4);
  }
  void start_all() {
    other_daemon_ = std::make_unique<TernDaemon>(
        directory, "node2", support::Arguments{TernDaemon::program("tern-speaker")},
        "node: node2\naddress: 192.0.2.2/24\nrouter: {as: 64512}\napi: {socket: {socket}}\npodCidrs: [" + far_block +
            "]\nneighbors:\n  - {address: 192.0.2.100, remoteAs: 64512, connectRetry: 1, holdTime: 9}\n",
        &other_->network());
    start_node({.address = "[" + own_address + "/32, \"2001:db8:1::1/64\"]",
                .neighbours = "  - {address: 192.0.2.100, remoteAs: 64512, localAddress: " + own_address +
                              ", connectRetry: 1, holdTime: 9}\n"});
    ASSERT_TRUE(start());
    ASSERT_TRUE(soon(20s, [&] { return !route(far_block).empty(); }));
  }
  // The router by which the other node's block is reached.
  [[nodiscard]] unsigned used() const {
    return route(far_block).find(tor(0).options().below.v4) != std::string::npos ? 0 : 1;
  }
  [[nodiscard]] std::set<std::string> way_by(unsigned number) const { return {tor(number).options().below.v4}; }

  std::string const far_block = "10.244.3.0/26";
  scene::Host* other_ = nullptr;
  scene::Pod* other_pod_ = nullptr;
  std::unique_ptr<TernDaemon> reflector_, other_daemon_;
};

TEST_F(LearnedDefault, RoutesOfTheReflectorLeadThroughARouter) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  EXPECT_EQ(gateways(far_block), way_by(used())) << "one of the two";
  EXPECT_TRUE(ping(*pod_, *other_pod_));
  EXPECT_TRUE(ping(*other_pod_, "10.244.1.5"));
  auto const told = daemon_->tell({"explain", far_block});
  EXPECT_NE(told.find(other_at), std::string::npos) << told;
}

TEST_F(LearnedDefault, WhatLeadsThroughALinkMovesWithItAtOnce) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  ASSERT_TRUE(ping(*pod_, *other_pod_));
  for (unsigned round = 0; round < 2; ++round) {
    support::Stream stream(pod_->network(), other_pod_->network(), "10.244.3.5", 2ms);
    ASSERT_TRUE(soon(5s, [&] { return stream.received() > 50; }));
    auto const lost = used();
    cable(lost, false);
    way_to_node_by(1 - lost);
    ASSERT_TRUE(soon(5s, [&] { return gateways(far_block) == way_by(1 - lost); }));
    auto const then = stream.received();
    ASSERT_TRUE(soon(5s, [&] { return stream.received() > then + 100; }));
    auto const report = stream.finish();
    EXPECT_LT(report.lost(), 100U) << report.text();  // 200 ms
    EXPECT_TRUE(daemon_->established(reflector_at));
    cable(lost, true);
    ASSERT_TRUE(soon(20s, [&] { return ecmp() && both_ways_down(); }));
    EXPECT_TRUE(ping(*pod_, *other_pod_));
  }
}

TEST_F(LearnedDefault, WhatLeadsThroughARouterThatSaysGoodbyeLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  support::Stream stream(pod_->network(), other_pod_->network(), "10.244.3.5", 2ms);
  ASSERT_TRUE(soon(5s, [&] { return stream.received() > 50; }));
  for (unsigned round = 0; round < 2; ++round) {
    auto const lost = used();
    tor(lost).default_route(false);
    ASSERT_TRUE(soon(5s, [&] { return gateways(far_block) == way_by(1 - lost); }));
    tor(lost).default_route(true);
    ASSERT_TRUE(soon(10s, [&] { return ecmp(); }));
  }
  auto const then = stream.received();
  ASSERT_TRUE(soon(5s, [&] { return stream.received() > then + 100; }));
  auto const report = stream.finish();
  EXPECT_EQ(report.lost(), 0U) << report.text();
}

TEST_F(LearnedDefault, WithoutTheDefaultTheyGoAndWithItTheyAreBack) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  for (auto const& tor : tors_) tor->default_route(false);
  // The session with the reflector lives on for its hold time: it is the next hop that has no way.
  EXPECT_TRUE(soon(2s, [&] { return route(any4).empty() && route(far_block).empty(); }));
  EXPECT_FALSE(ping(*pod_, "10.244.3.5"));
  tors_[1]->default_route(true);
  ASSERT_TRUE(soon(20s, [&] { return gateways(far_block) == way_by(1); }));
  tors_[0]->default_route(true);
  ASSERT_TRUE(soon(20s, [&] { return ecmp(); }));
  EXPECT_TRUE(ping(*pod_, *other_pod_));
}

// 192.0.2.0/28 by 192.0.2.3: the way to that is the default, without which there is none, with it or with itself.
TEST_F(LearnedDefault, ARouteToItsOwnNextHopTakesTheWayThatThereIsWithoutIt) {
  ASSERT_NO_FATAL_FAILURE(start_all());
  auto const& third = scene->host("node3", {{"core", {"192.0.2.3/24"}}}, {outside_at.v4});
  interop::BirdOptions options{.name = "node3", .id = "192.0.2.3", .network = &third.network()};
  options.routes = "route 192.0.2.0/28 blackhole; route 10.244.4.0/26 blackhole;";
  options.sessions = {{.local = "192.0.2.3", .as = 64512, .neighbour = reflector_at, .neighbour_as = 64512}};
  interop::Bird const bird(directory, options);
  auto const all = {std::string("192.0.2.0/28"), std::string("10.244.4.0/26"), far_block};
  EXPECT_TRUE(
      soon(10s, [&] { return std::ranges::all_of(all, [&](auto const& one) { return gateways(one).size() == 1; }); }));
  EXPECT_TRUE(ping(*pod_, *other_pod_)) << "whose next hop is within 192.0.2.0/28, too";
  for (auto const& tor : tors_) tor->default_route(false);
  EXPECT_TRUE(soon(2s, [&] { return std::ranges::all_of(all, [&](auto const& one) { return route(one).empty(); }); }));
}

}  // namespace
}  // namespace tor
