// A reflector of somebody else's (BIRD, iBGP) between a node and two others that announce the same prefix: with
// ADD-PATH (RFC 7911) the node hears of both, and its kernel shares the load.
//   node  eth0 10.0.0.1/24;  reflector  eth0 10.0.0.9/24;  the others would be 10.0.0.11 and 10.0.0.12
#include "interop/daemons.h"
#include "scene/fixture.h"

namespace tor {
namespace {

using namespace std::chrono_literals;

class BehindAReflector : public scene::SceneTest {
 protected:
  void start(std::string const& keys) {
    node = &scene->host("node1", {{"lan", {"10.0.0.1/24"}}});
    auto& reflector = scene->host("reflector", {{"lan", {"10.0.0.9/24"}}});
    daemon.emplace(directory, "node1", support::Arguments{interop::TernDaemon::program("tern-speaker")},
                   "node: node1\naddress: 10.0.0.1/24\nrouter: {as: 64512}\napi: {socket: {socket}}\n"
                   "neighbors: [{address: 10.0.0.9, remoteAs: 64512, connectRetry: 1" +
                       keys + "}]\n",
                   &node->network());
    interop::BirdOptions options;
    options.name = "reflector";
    options.id = "10.0.0.9";
    options.network = &reflector.network();
    options.routes = "route 10.96.0.0/16 blackhole;";
    options.extra =
        "protocol static other4 { ipv4; route 10.96.0.0/16 blackhole; }\n"
        "protocol bgp node { local 10.0.0.9 as 64512; neighbor 10.0.0.1 as 64512; rr client; connect delay time 1; "
        "connect retry time 1; error wait time 1, 1; ipv4 { import all; add paths tx; export filter {\n"
        "if proto = \"routes4\" then { bgp_next_hop = 10.0.0.11; accept; }\n"
        "if proto = \"other4\" then { bgp_next_hop = 10.0.0.12; accept; }\n"
        "reject; }; }; }\n";
    bird.emplace(directory, options);
  }
  [[nodiscard]] bool leads_to(std::vector<std::string> const& gateways) const {
    auto const shown = node->show("ip -4 route show 10.96.0.0/16 proto 179");
    return std::ranges::count(shown, '\n') > 0 &&
           std::ranges::all_of(std::vector<std::string>{"10.0.0.11", "10.0.0.12"}, [&](std::string const& gateway) {
             auto const wanted = std::ranges::find(gateways, gateway) != gateways.end();
             return (shown.find("via " + gateway + " dev eth0") != std::string::npos) == wanted;
           });
  }

  scene::Host* node = nullptr;
  std::optional<interop::TernDaemon> daemon;
  std::optional<interop::Bird> bird;
};

TEST_F(BehindAReflector, SeveralPathsShareTheLoad) {
  start(", addPath: {receive: true}");
  EXPECT_TRUE(support::eventually(20s,
                                  [&] {
                                    return leads_to({"10.0.0.11", "10.0.0.12"});
                                  }))
      << node->show("ip route") << daemon->tell({"fib"});
  bird->command("disable routes4");
  EXPECT_TRUE(support::eventually(10s, [&] { return leads_to({"10.0.0.12"}); })) << node->show("ip route");
  bird->command("enable routes4");
  EXPECT_TRUE(support::eventually(10s, [&] { return leads_to({"10.0.0.11", "10.0.0.12"}); })) << node->show("ip route");
}

TEST_F(BehindAReflector, WithoutTheKeyOneIsAllThereIs) {
  start("");
  EXPECT_TRUE(support::eventually(20s, [&] { return leads_to({"10.0.0.11"}) || leads_to({"10.0.0.12"}); }))
      << node->show("ip route") << daemon->tell({"fib"});
}

}  // namespace
}  // namespace tor
