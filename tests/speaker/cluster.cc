#include "cluster.h"

namespace speaker {

namespace {

std::string const kReflector = "10.0.0.100";

std::string subnet_of(unsigned number) { return number == 3 ? "1" : "0"; }

std::string file_of(Node const& node, NodeOptions const& options, unsigned hold_time) {
  auto const n = std::to_string(node.number), s = subnet_of(node.number);
  return "node: node" + n + "\naddress: [10.0." + s + "." + n + "/24, \"2001:db8:" + s + "::" + n + "/64\"]\n" +
         "router: {as: 64512}\napi: {socket: {socket}}\npodCidrs: [" + node.block() + ", \"" + node.block6() + "\"" +
         options.blocks + "]\npools:\n  - {cidr: 10.244.0.0/16, " + options.mode + "}\n  - {cidr: \"fd00:244::/32\", " +
         (options.mode6.empty() ? options.mode : options.mode6) + "}\nneighbors:\n  - {address: " + kReflector +
         ", remoteAs: 64512, holdTime: " + std::to_string(hold_time) +
         ", connectRetry: 1, families: [ipv4-unicast, ipv6-unicast]}\n" + options.more;
}

}  // namespace

std::string Node::route(std::string const& prefix) const {
  auto const* const family = prefix.find(':') == std::string::npos ? "-4" : "-6";
  return host->show(std::string("ip ") + family + " route show proto 179 " + prefix);
}

void Cluster::SetUp() {
  SceneTest::SetUp();
  if (!scene) return;
  auto& rack = scene->host(
      "router", {{"near", {"10.0.0.254/24", "2001:db8:0::ff/64"}}, {"far", {"10.0.1.254/24", "2001:db8:1::ff/64"}}});
  (void)rack;
  for (auto& node : nodes_) {
    node.number = static_cast<unsigned>(&node - nodes_.data()) + 1;
    auto const n = std::to_string(node.number), s = subnet_of(node.number);
    node.host = &scene->host(
        "node" + n, {{s == "0" ? "near" : "far", {"10.0." + s + "." + n + "/24", "2001:db8:" + s + "::" + n + "/64"}}},
        {"10.0." + s + ".254", "2001:db8:" + s + "::ff"});
    node.pod = &scene->pod("pod" + n, *node.host, {"10.244." + n + ".5", "fd00:244:" + n + "::5"});
  }
  auto& host = scene->host("reflector", {{"near", {kReflector + "/24", "2001:db8:0::100/64"}}},
                           {"10.0.0.254", "2001:db8:0::ff"});
  reflector_ = std::make_unique<TernDaemon>(
      directory, "reflector", support::Arguments{TernDaemon::program("tern-reflector")},
      "router: {as: 64512, id: 10.0.0.100, clusterId: 1.1.1.1}\napi: {socket: {socket}}\n"
      "groups: {nodes: {remoteAs: 64512, reflectorClient: true, passive: true, holdTime: " +
          std::to_string(hold_time_) +
          ", "
          "families: [ipv4-unicast, ipv6-unicast]}}\n"
          "ranges: [{prefix: 10.0.0.0/16, group: nodes, limit: 100}]\n",
      &host.network());
}

void Cluster::start(Node& node, NodeOptions const& options) {
  auto argv = options.before;
  argv.push_back(TernDaemon::program("tern-speaker"));
  node.daemon.reset();
  node.daemon = std::make_unique<TernDaemon>(directory, node.host->name(), argv, file_of(node, options, hold_time_),
                                             &node.network());
}

void Cluster::start_all(NodeOptions const& options) {
  for (auto& node : nodes_) start(node, options);
}

std::string Cluster::reload(Node& node, NodeOptions const& options) const {
  return node.daemon->reload(file_of(node, options, hold_time_));
}

testing::AssertionResult Cluster::soon(std::chrono::milliseconds span, std::function<bool()> const& holds) {
  if (support::eventually(span, holds)) return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure();
  for (auto const& node : nodes_)
    failure << node.host->name() << ":\n" << node.route("") << node.host->show("ip -6 route show proto 179");
  return failure;
}

testing::AssertionResult Cluster::converged() {
  return soon(20s, [this] {
    for (auto const& at : nodes_) {
      for (auto const& of : nodes_) {
        if (&at != &of && (at.route(of.block()).empty() || at.route(of.block6()).empty())) return false;
      }
    }
    return true;
  });
}

}  // namespace speaker
