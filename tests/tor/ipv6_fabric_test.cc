// A fabric that has IPv6 addresses only: the node's one session with its BIRD brings and takes the routes of both
// families, IPv4 ones by IPv6 next hops (RFC 8950). Nothing on the cable has an IPv4 address.
//   node  eth0 2001:db8:1::1/64, pod 10.244.1.5 in 10.244.1.0/26 and fd00:244:1::5;  rack  eth0 2001:db8:1::ff/64, AS
//   65010;  behind the rack  203.0.113.1/24, 2001:db8:c::1/64
#include "interop/daemons.h"
#include "scene/fixture.h"

namespace tor {
namespace {

using namespace std::chrono_literals;

class Ipv6Fabric : public scene::SceneTest {
 protected:
  void start() {
    node = &scene->host("node1", {{"rack1", {"2001:db8:1::1/64"}}});
    rack = &scene->host("rack", {{"rack1", {"2001:db8:1::ff/64"}}, {"up", {"203.0.113.254/24", "2001:db8:c::ff/64"}}});
    outside =
        &scene->host("outside", {{"up", {"203.0.113.1/24", "2001:db8:c::1/64"}}}, {"203.0.113.254", "2001:db8:c::ff"});
    pod = &scene->pod("pod1", *node, {"10.244.1.5", "fd00:244:1::5"});
    daemon.emplace(
        directory, "node1", support::Arguments{interop::TernDaemon::program("tern-speaker")},
        "node: node1\naddress: \"2001:db8:1::1/64\"\nrouter: {as: 64512, id: 10.0.0.1}\napi: {socket: "
        "{socket}}\npodCidrs: "
        "[10.244.1.0/26, \"fd00:244:1::/122\"]\nneighbors: [{address: \"2001:db8:1::ff\", remoteAs: 65010, import: "
        "accept-all, connectRetry: 1, families: [ipv4-unicast, ipv6-unicast], extendedNextHop: true}]\n",
        &node->network());
    interop::BirdOptions options;
    options.name = "rack";
    options.id = "10.0.0.2";
    options.network = &rack->network();
    options.routes = "route 203.0.113.0/24 via \"eth1\";";
    options.routes6 = "route 2001:db8:c::/64 via \"eth1\";";
    options.extra =
        "protocol kernel kernel4 { ipv4 { import none; export where source = RTS_BGP; }; }\n"
        "protocol kernel kernel6 { ipv6 { import none; export where source = RTS_BGP; }; }\n"
        "protocol bgp node { local 2001:db8:1::ff as 65010; neighbor 2001:db8:1::1 as 64512; direct; connect delay "
        "time "
        "1; connect retry time 1; error wait time 1, 1; ipv4 { import all; export where source = RTS_STATIC; extended "
        "next hop on; next hop self; }; ipv6 { import all; export where source = RTS_STATIC; next hop self; }; }\n";
    bird.emplace(directory, options);
  }

  scene::Host *node = nullptr, *rack = nullptr, *outside = nullptr;
  scene::Pod* pod = nullptr;
  std::optional<interop::TernDaemon> daemon;
  std::optional<interop::Bird> bird;
};

TEST_F(Ipv6Fabric, PodsReachBothFamiliesOverIt) {
  start();
  auto const shown = [&] { return node->show("ip -4 route show proto 179"); };
  ASSERT_TRUE(support::eventually(
      20s, [&] { return shown().find("203.0.113.0/24") != std::string::npos && bird->route("10.244.1.0/26", "node"); }))
      << shown() << daemon->tell({"fib"});
  EXPECT_NE(shown().find("via inet6 2001:db8:1::ff dev eth0"), std::string::npos) << shown();
  EXPECT_EQ(bird->route("10.244.1.0/26", "node")->at("next_hop"), "2001:db8:1::1");
  for (auto const* address : {"203.0.113.1", "2001:db8:c::1"}) {
    EXPECT_TRUE(support::eventually(10s, [&] { return scene::ping(*pod, address); })) << address << shown();
  }
  EXPECT_TRUE(scene::ping(*outside, *pod));
  bird->command("disable routes4");
  EXPECT_TRUE(support::eventually(10s, [&] { return shown().find("203.0.113.0/24") == std::string::npos; })) << shown();
}

}  // namespace
}  // namespace tor
