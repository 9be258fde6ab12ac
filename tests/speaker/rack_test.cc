// A node under two top-of-rack routers of other makers, eBGP to both, and a host of the outside world behind them.
//   node1 10.1.0.1/24 -- 10.1.0.254 bird, AS 64601, 203.0.113.1/24 -- world 203.0.113.9
//                     -- 10.1.0.253 frr,  AS 64602, 203.0.113.2/24 --
#include "interop/frr.h"
#include "scene/fixture.h"
#include "support/stream.h"

namespace speaker {
namespace {

using namespace std::chrono_literals;
using interop::TernDaemon;
using scene::ping;

class Rack : public scene::SceneTest {
 protected:
  void SetUp() override {
    SceneTest::SetUp();
    if (!scene) return;
    node = &scene->host("node1", {{"rack", {"10.1.0.1/24"}}});
    bird_host = &scene->host("bird", {{"rack", {"10.1.0.254/24"}}, {"world", {"203.0.113.1/24"}}});
    auto& frr_host = scene->host("frr", {{"rack", {"10.1.0.253/24"}}, {"world", {"203.0.113.2/24"}}});
    world = &scene->host("world", {{"world", {"203.0.113.9/24"}}});
    pod = &scene->pod("pod1", *node, {"10.244.1.5"});
    start_bird(*bird_host);
    start_frr(frr_host);
    start_node();
  }
  void start_bird(scene::Host const& host) {
    interop::BirdOptions options{.name = "bird", .id = "10.1.0.254", .network = &host.network()};
    options.extra = "protocol kernel { ipv4 { export where source = RTS_BGP; }; }\nprotocol direct { ipv4; }\n";
    options.routes = "route 0.0.0.0/0 unreachable;";
    options.sessions = {{.local = "10.1.0.254", .as = 64601, .neighbour = "10.1.0.1", .neighbour_as = 64512}};
    bird = std::make_unique<interop::Bird>(directory, options);
  }
  void start_frr(scene::Host const& host) {
    frr = std::make_unique<interop::Frr>(
        directory, interop::FrrOptions{"frr",
                                       "router bgp 64602\n bgp router-id 10.1.0.253\n no bgp ebgp-requires-policy\n"
                                       " neighbor 10.1.0.1 remote-as 64512\n neighbor 10.1.0.1 timers connect 1\n"
                                       " address-family ipv4 unicast\n  neighbor 10.1.0.1 default-originate\n"
                                       " exit-address-family\n",
                                       &host.network()});
  }
  void start_node() {
    speaker = std::make_unique<TernDaemon>(
        directory, "node1", support::Arguments{TernDaemon::program("tern-speaker")},
        "node: node1\naddress: 10.1.0.1/24\nrouter: {as: 64512}\napi: {socket: {socket}}\npodCidrs: [10.244.1.0/26]\n"
        "groups: {rack: {import: accept-all, connectRetry: 1, holdTime: 9}}\n"
        "neighbors:\n  - {address: 10.1.0.254, remoteAs: 64601, group: rack}\n"
        "  - {address: 10.1.0.253, remoteAs: 64602, group: rack}\n",
        &node->network());
  }
  bool both_have_the_block() const {
    auto const shown = bird->route("10.244.1.0/26");
    return shown && shown->at("as_path") == "64512" && frr->as_path("10.244.1.0/26") == "64512";
  }

  scene::Host *node = nullptr, *bird_host = nullptr, *world = nullptr;
  scene::Pod* pod = nullptr;
  std::unique_ptr<interop::Bird> bird;
  std::unique_ptr<interop::Frr> frr;
  std::unique_ptr<TernDaemon> speaker;
};

TEST_F(Rack, BothRoutersReachThePodsWithTheNodesAsAsThePath) {
  ASSERT_TRUE(support::eventually(20s, [&] { return both_have_the_block(); }))
      << bird->command("show route all") << frr->command("show bgp ipv4 unicast");
  EXPECT_EQ(frr->json("show bgp ipv4 unicast 10.244.1.0/26 json").at("paths").at(0).at("nexthops").at(0).at("ip"),
            "10.1.0.1");
  for (auto const* gateway : {"203.0.113.1", "203.0.113.2"}) {
    world->ip(std::string("route replace 10.244.1.0/26 via ") + gateway);
    EXPECT_TRUE(support::eventually(10s, [&] { return ping(*world, *pod); })) << gateway;
  }
}

TEST_F(Rack, ADaemonThatDiesOnOneRouterCostsNoPacket) {
  auto const ways = [&] { return node->show("ip route show default proto 179"); };
  ASSERT_TRUE(support::eventually(20s, [&] { return ways().find("nexthop via 10.1.0.254") != std::string::npos; }))
      << ways();
  std::list<support::Stream> streams;  // flows are spread over the routers
  for (int flow = 0; flow < 6; ++flow) streams.emplace_back(pod->network(), world->network(), "203.0.113.9", 2ms);
  ASSERT_TRUE(support::eventually(5s, [&] { return streams.back().received() > 50; }));
  bird->kill();
  ASSERT_TRUE(support::eventually(5s, [&] { return ways().find("10.1.0.254") == std::string::npos; })) << ways();
  auto const then = streams.back().received();
  ASSERT_TRUE(support::eventually(5s, [&] { return streams.back().received() > then + 50; }));
  for (auto& stream : streams) {
    auto const report = stream.finish();
    EXPECT_EQ(report.lost(), 0U) << report.text();
  }
}

TEST_F(Rack, TheLossOfOneRouterLeavesTheWayThroughTheOther) {
  auto const ways = [&](std::string const& gateway) {
    return node->show("ip route show default proto 179").find("via " + gateway) != std::string::npos;
  };
  ASSERT_TRUE(support::eventually(20s, [&] { return both_have_the_block(); }));
  ASSERT_TRUE(support::eventually(10s, [&] { return ways("10.1.0.254") && ways("10.1.0.253"); }))
      << node->show("ip route");
  world->ip("route add 10.244.1.0/26 via 203.0.113.2");
  bird->kill();
  scene->plug(*bird_host, 0, false);
  EXPECT_TRUE(support::eventually(12s, [&] { return ways("10.1.0.253") && !ways("10.1.0.254"); }))
      << node->show("ip route");
  EXPECT_TRUE(support::eventually(10s, [&] { return ping(*pod, "203.0.113.9"); }));
  EXPECT_TRUE(frr->established("10.1.0.1"));
}

}  // namespace
}  // namespace speaker
