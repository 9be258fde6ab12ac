#include "scene.h"

namespace scene {

using support::must_run;

namespace {

bool is_v6(std::string const& address) { return address.find(':') != std::string::npos; }
std::string family_of(std::string const& address) { return is_v6(address) ? "-6" : "-4"; }
// Without duplicate address detection a fresh IPv6 address can be used at once.
std::string nodad(std::string const& address) { return is_v6(address) ? " nodad" : ""; }

}  // namespace

// ---- Hosts and pods

Host::Host(std::string name) : name_(std::move(name)) {
  run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0 "
      "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
}

std::string Host::run(std::string const& command) const {
  return must_run({"sh", "-ec", command}, {.network = &network_});
}

std::string Host::show(std::string const& command) const {
  return support::run({"sh", "-c", command}, {.network = &network_}).output;
}

// As Calico's CNI plugin does it: a gateway that is on every node, and a host route to each address.
Pod::Pod(std::string name, Host const& node, std::vector<std::string> addresses)
    : Host(std::move(name)), addresses_(std::move(addresses)) {
  std::string ours = "ip link set " + interface() + " up; ip addr add 169.254.1.1/32 dev " + interface() +
                     "; ip addr add fe80::1/64 nodad dev " + interface() + ";";
  std::string theirs = "ip link set eth0 up;";
  must_run({"ip", "link", "add", interface(), "netns", node.network().path(), "type", "veth", "peer", "name", "eth0",
            "netns", network().path()});
  for (auto const& address : addresses_) {
    auto const length = is_v6(address) ? "/128" : "/32";
    auto const ip = "ip " + family_of(address);
    theirs += "ip addr add " + address + length + nodad(address) + " dev eth0;";
    theirs += is_v6(address) ? "ip route add default via fe80::1 dev eth0;"
                             : "ip route add 169.254.1.1 dev eth0; ip route add default via 169.254.1.1 dev eth0;";
    ours += ip + " route add " + address + length + " dev " + interface() + ";";
  }
  node.run(ours);
  run(theirs);
}

// ---- The scene

Host& Scene::host(std::string const& name, std::vector<Leg> const& legs, std::vector<std::string> const& gateways) {
  auto& host = hosts_.emplace_back(name);
  for (unsigned leg = 0; leg < legs.size(); ++leg) {
    auto& bridge = bridges_[legs[leg].segment];
    if (bridge.empty()) {
      bridge = "segment" + std::to_string(bridges_.size());
      must_run({"ip", "link", "add", bridge, "up", "type", "bridge", "mcast_snooping", "0"});
    }
    auto const interface = "eth" + std::to_string(leg);
    auto const& end = our_ends_[{&host, leg}] = "end" + std::to_string(++ends_);
    must_run({"ip", "link", "add", end, "up", "master", bridge, "type", "veth", "peer", "name", interface, "netns",
              host.network().path()});
    std::string lines = "ip link set " + interface + " up;";
    for (auto const& address : legs[leg].addresses) {
      lines += "ip addr add " + address + nodad(address) + " dev " + interface + ";";
    }
    host.run(lines);
  }
  for (auto const& gateway : gateways) host.ip(family_of(gateway) + " route add default via " + gateway);
  return host;
}

Pod& Scene::pod(std::string const& name, Host const& node, std::vector<std::string> const& addresses) {
  return pods_.emplace_back(name, node, addresses);
}

void Scene::plug(Host const& host, unsigned leg, bool in) {
  must_run({"ip", "link", "set", our_ends_.at({&host, leg}), in ? "up" : "down"});
}

// ---- What is asked of them

bool ping(Host const& from, std::string const& address) {
  auto const done =
      support::run({"ping", "-n", "-q", "-c", "3", "-i", "0.1", "-W", "1", address}, {.network = &from.network()});
  return done.status == 0 && done.output.find(" 3 received") != std::string::npos;
}

bool ping(Host const& from, Pod const& to) {
  for (auto const& address : to.addresses()) {
    if (!ping(from, address)) return false;
  }
  return true;
}

std::string foreign_state(Host const& host, unsigned protocol) {
  auto const ours = "proto " + std::to_string(protocol) + " |proto " + std::to_string(protocol) +
                    "$| (vxlan[.]calico|vxlan-v6[.]calico|tunl0)( |:|@|$)";
  return host.show(
      "{ for family in -4 -6; do ip $family -o -d route show table all; ip $family rule; done; ip -d nexthop; "
      "ip -o addr; ip -o neigh show nud permanent; } | grep -vE '" +
      ours + "'");
}

void seed_foreign(Host const& host, std::string const& gateway, std::vector<std::string> const& contested,
                  unsigned metric) {
  std::string lines = "ip rule add from 198.18.0.0/15 lookup 77 pref 7777;";
  for (auto const* what :
       {"198.18.1.0/24 %", "198.18.2.0/24 % proto 12 metric 32", "198.18.3.0/24 % proto 80 metric 1024",
        "198.18.4.0/24 % table 77", "blackhole 198.18.5.0/24 proto 12", "unreachable 198.18.6.0/24 metric 5"}) {
    std::string line = what;
    if (auto const at = line.find('%'); at != std::string::npos) line.replace(at, 1, "via " + gateway);
    lines += "ip route add " + line + ";";
  }
  for (auto const& prefix : contested) {
    lines += "ip route add " + prefix + " via " + gateway + " proto 80 metric " + std::to_string(metric) + ";";
  }
  host.run(lines);
}

}  // namespace scene
