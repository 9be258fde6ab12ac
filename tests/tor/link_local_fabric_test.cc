// A fabric whose links have link-local addresses only: the node's sessions with a BIRD and an FRR bring and take the
// routes of both families, by link-local next hops (RFC 8950 for IPv4), and pods reach what is behind each of them.
//   node  lo 10.0.0.1/32, AS 64512, pod 10.244.1.5 in 10.244.1.0/26 and fd00:244:1::5;  eth0 to the BIRD, AS 65010, and
//   eth1 to the FRR, AS 65011;  lo of each has 203.0.113.N/32 and 2001:db8:c::N/128, and they have 198.51.100.0/24
#include "interop/daemons.h"
#include "interop/frr.h"
#include "scene/fixture.h"

namespace tor {
namespace {

using namespace std::chrono_literals;

class LinkLocalFabric : public scene::SceneTest {
 protected:
  static std::string link_local(scene::Host const& host, std::string const& interface) {
    auto const line = "ip -6 -br addr show dev " + interface + " scope link -tentative";
    auto const shown = [&] { return host.show(line); };
    EXPECT_TRUE(support::eventually(10s, [&] { return shown().find("fe80::") != std::string::npos; })) << shown();
    auto const text = shown();
    auto const at = text.find("fe80::");
    return text.substr(at, text.find('/', at) - at);
  }
  void SetUp() override {
    SceneTest::SetUp();
    if (!scene) return;
    node = &scene->host("node1", {{"rack1", {}}, {"rack2", {}}});
    bird_host = &scene->host("bird", {{"rack1", {}}});
    frr_host = &scene->host("frr", {{"rack2", {}}});
    pod = &scene->pod("pod1", *node, {"10.244.1.5", "fd00:244:1::5"});
    node->run("ip link set lo up; ip addr add 10.0.0.1/32 dev lo");
    for (auto const& [host, n] : {std::pair(bird_host, "1"), std::pair(frr_host, "2")}) {
      host->run("ip link set lo up; ip addr add 203.0.113." + std::string(n) +
                "/32 dev lo; ip addr add 2001:db8:c::" + n + "/128 dev lo");
    }
    start_bird();
    start_frr();
    daemon.emplace(directory, "node1", support::Arguments{interop::TernDaemon::program("tern-speaker")}, node_file(),
                   &node->network());
  }
  std::string node_file() const {
    auto const neighbour = [](std::string const& address, std::string const& as) {
      return "  - {address: '" + address + "', remoteAs: " + as +
             ", import: accept-all, connectRetry: 1, families: [ipv4-unicast, ipv6-unicast], extendedNextHop: true}\n";
    };
    return "node: node1\naddress: 10.0.0.1/32\nrouter: {as: 64512}\napi: {socket: {socket}}\npodCidrs: "
           "[10.244.1.0/26]\nneighbors:\n" +
           neighbour(link_local(*bird_host, "eth0") + "%eth0", "65010") +
           neighbour(link_local(*frr_host, "eth0") + "%eth1", "65011");
  }
  void start_bird() {
    interop::BirdOptions options;
    options.name = "bird";
    options.id = "10.0.0.2";
    options.network = &bird_host->network();
    options.routes = "route 203.0.113.1/32 via \"lo\"; route 198.51.100.0/24 via \"lo\";";
    options.routes6 = "route 2001:db8:c::1/128 via \"lo\"; route fd00:244:1::/122 unreachable;";
    options.extra =
        "protocol kernel kernel4 { ipv4 { import none; export where source = RTS_BGP; }; }\n"
        "protocol bgp node { local as 65010; neighbor " +
        link_local(*node, "eth0") +
        " as 64512; interface \"eth0\"; direct; connect delay time 1; connect retry time 1; error wait time 1, 1; ipv4 "
        "{ "
        "import all; export where source = RTS_STATIC; extended next hop on; next hop self; }; ipv6 { import all; "
        "export where net = 2001:db8:c::1/128; next hop self; }; }\n";
    bird.emplace(directory, options);
  }
  void start_frr() {
    auto const neighbour = link_local(*node, "eth1");
    std::string out =
        "hostname frr\nrouter bgp 65011\n bgp router-id 10.0.0.3\n no bgp ebgp-requires-policy\n no bgp default "
        "ipv4-unicast\n no bgp network import-check\n";
    for (auto const* line : {"remote-as 64512", "interface eth0", "timers connect 1", "advertisement-interval 0",
                             "capability extended-nexthop"}) {
      out += " neighbor " + neighbour + " " + line + "\n";
    }
    out += " address-family ipv4 unicast\n  network 203.0.113.2/32\n  network 198.51.100.0/24\n  neighbor " +
           neighbour +
           " activate\n exit-address-family\n address-family ipv6 unicast\n  network 2001:db8:c::2/128\n  neighbor " +
           neighbour + " activate\n exit-address-family\n";
    frr.emplace(directory, interop::FrrOptions{"frr", out, &frr_host->network()});
  }
  std::string shown() const { return node->show("ip route show proto 179; ip -6 route show proto 179; ip nexthop"); }
  bool has(std::string const& what) const { return shown().find(what) != std::string::npos; }

  scene::Host *node = nullptr, *bird_host = nullptr, *frr_host = nullptr;
  scene::Pod* pod = nullptr;
  std::optional<interop::TernDaemon> daemon;
  std::optional<interop::Bird> bird;
  std::optional<interop::Frr> frr;
};

TEST_F(LinkLocalFabric, PodsReachWhatIsBehindEachLinkInBothDirections) {
  auto const by_bird = "via inet6 " + link_local(*bird_host, "eth0") + " dev eth0";
  auto const by_frr = "via inet6 " + link_local(*frr_host, "eth0") + " dev eth1";
  auto const told = [&] {
    return shown() + daemon->tell({"peers"}) + daemon->tell({"routes"}) + daemon->tell({"fib"});
  };
  ASSERT_TRUE(support::eventually(20s, [&] { return has("203.0.113.1 ") && has("203.0.113.2 "); })) << told();
  ASSERT_TRUE(support::eventually(10s, [&] { return has("2001:db8:c::1 ") && has("2001:db8:c::2 "); })) << told();
  auto const one = node->show("ip route get 203.0.113.1"), two = node->show("ip route get 203.0.113.2");
  EXPECT_NE(one.find(by_bird), std::string::npos) << one;
  EXPECT_NE(two.find(by_frr), std::string::npos) << two;
  EXPECT_NE(bird->route("10.244.1.0/26", "node")->at("next_hop").find("fe80::"), std::string::npos);
  for (auto const* address : {"203.0.113.1", "203.0.113.2"}) {
    EXPECT_TRUE(support::eventually(10s, [&] { return scene::ping(*pod, address); })) << address << told();
  }
  // Both at once for what both have; one alone when the other's session ends.
  auto const shared = [&] { return daemon->tell({"explain", "198.51.100.0/24"}); };
  EXPECT_TRUE(support::eventually(5s, [&] {
    return shared().find("dev eth0") != std::string::npos && shared().find("dev eth1") != std::string::npos;
  })) << shared();
  bird->command("disable node");
  EXPECT_TRUE(support::eventually(5s, [&] {
    auto const now = node->show("ip route get 198.51.100.7");
    return now.find("dev eth1") != std::string::npos && !has("203.0.113.1 ");
  })) << told();
}

}  // namespace
}  // namespace tor
