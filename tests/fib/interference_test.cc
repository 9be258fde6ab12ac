// Somebody works against us for TERN_INTERFERENCE seconds (10): deletes, changes and overwrites our routes and next-hop
// objects, takes links down, removes devices, floods the kernel until notifications are lost, while what is wanted
// changes too. When it ends the kernel has what is wanted, read by iproute2, and what was foreign before is as it was.
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "kernel_fixture.h"

namespace tern::fib {
namespace {

constexpr unsigned prefixes = 400;

/// Commands for a shell, by somebody who knows what we have but not what we are doing. `stranger` is its protocol.
class Interferer {
 public:
  explicit Interferer(unsigned seed) : random_(seed) {}

  /// Returns when it is done.
  void strike() {
    choose();
    perform();
  }
  /// More than a socket's queue holds.
  void flood() {
    commands_ +=
        "seq 20000 | awk '{print \"route add 172.16.\" $1 % 256 \".0/24 metric \" int(2 + $1 / 256)"
        " \" proto 99 via 192.0.2.77 dev east\"}' | ip -force -batch -\n";
    say("route flush proto 99");
    perform();
  }
  /// What an operator would do afterwards.
  void leave() {
    for (auto const* link : {"east", "west"}) say("link set " + std::string(link) + " up");
    remake_west();
    say("-6 address replace 2001:db8:1::1/64 dev east nodad");
    say("route flush proto 99");
    say("-6 route flush proto 99");
    perform();
  }

 private:
  unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(random_); }
  void say(std::string const& command) { commands_ += "ip " + command + "\n"; }
  void perform() {
    auto* const shell = popen("sh >/dev/null 2>&1", "w");
    std::fputs(commands_.c_str(), shell);
    pclose(shell);
    commands_.clear();
  }
  void choose() {
    switch (below(20)) {
      case 0:
        return link_trouble();
      case 1:
        return tunnel_trouble();
      case 2:
        return object_trouble();
      default:
        return route_trouble();
    }
  }
  // Not 10.0.5.0/24 and 10.0.6.0/24, which are foreign from the start.
  std::string prefix() {
    auto const n = 7 + below(prefixes - 7);
    return "10." + std::to_string(n >> 8) + "." + std::to_string(n & 255) + ".0/24";
  }

  void route_trouble() {
    auto const at = prefix() + " metric 1024";
    switch (below(9)) {
      case 6:  // beside ours, before or behind it
        return say("route prepend " + at + " proto " + stranger() + " via 192.0.2.77 dev east");
      case 7:
        return say("route append " + at + " proto " + stranger() + " via 192.0.2.78 dev east");
      case 8:
        return ipv6_trouble();
      case 0:
      case 1:
        return say("route del " + at + " proto 179");
      case 2:
        return say("route replace " + at + " proto 179 via 192.0.2.77 dev east");
      case 3:
        return say("route replace " + at + " proto 99 via 192.0.2.77 dev east");
      case 4:
        return say("route replace blackhole " + at + " proto 99");
      default:
        say("route add " + prefix() + " metric 77 proto 179 via 192.0.2.2 dev east");  // in our name, elsewhere
        return say("route flush proto 99");
    }
  }
  // Now and then in our name.
  std::string stranger() { return below(4) == 0 ? "179" : "99"; }
  void ipv6_trouble() {
    auto const at = "2001:db8:a" + std::to_string(below(10)) + "::/48 metric 1024";
    switch (below(5)) {
      case 0:
        return say("-6 route del " + at + " proto 179");
      case 1:
        return say("-6 route replace " + at + " proto 99 via 2001:db8:1::77 dev east");
      case 2:
        return say("-6 route append " + at + " proto " + stranger() + " dev east");
      default:
        return say("-6 route append " + at + " proto " + stranger() + " via 2001:db8:1::78 dev east");
    }
  }
  void object_trouble() {
    auto const id = std::to_string((179U << 20) + below(12));
    if (below(2) == 0) return say("nexthop del id " + id);
    say("nexthop replace id " + id + " via 192.0.2.66 dev east proto 179");
  }
  void link_trouble() {
    if (below(4) == 0) {
      say("link del west");
      return remake_west();
    }
    std::string const link = below(2) == 0 ? "east" : "west";
    say("link set " + link + " down");
    say("link set " + link + " up");
    if (link == "east") say("-6 address replace 2001:db8:1::1/64 dev east nodad");
  }
  void remake_west() {
    say("link add west type veth peer name west-end");
    say("link set west-end up");
    say("link set west up");
    say("address replace 198.51.100.1/24 dev west");
  }
  void tunnel_trouble() {
    switch (below(4)) {
      case 0:
        return say("link del vxlan.calico");
      case 1:
        return say("link set vxlan.calico down");
      case 2:
        return say("address flush dev vxlan.calico");
      default:
        return say("neigh flush dev vxlan.calico nud all");
    }
  }

  std::mt19937 random_;
  std::string commands_;
};

class Interference : public Kernel {
 protected:
  using Ways = std::set<std::string>;

  void begin() {
    ip("link add north type veth peer name north-end");
    ip("link set north-end up");
    ip("link set north up");
    ip("addr add 203.0.113.1/24 dev north");
    ip("route add 10.0.5.0/24 via 203.0.113.9 proto 80 metric 1024");  // where one of ours wants to be
    ip("route add 10.0.6.0/24 via 203.0.113.9 proto static metric 5");
    ip("route add 10.9.0.0/16 via 203.0.113.9 proto bird");
    ip("nexthop add id 7 via 203.0.113.9 dev north");
    ip("neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev north");
    foreign_before = foreign();
    start();
    TunnelDevice device;
    device.name = "vxlan.calico";
    device.local = "192.0.2.1"_ip;
    device.mac = rtnl::Mac{0x02, 0, 0, 0, 0, 1};
    device.addresses = {{"10.255.0.1"_ip, 32}};
    fib->want(device);
    fib->sweep();
    for (auto const& hop : hops6) fib->set_path(hop, HopPath{"east", hop.address, false});
    for (std::uint8_t n = 0; n < 30; ++n) {
      auto const far = bgp::IpAddress::v4(0xc6336400U + 50 + n);
      fib->want_vtep("vxlan.calico", {far, {0x02, 0, 0, 0, 1, n}, far});
      WeightedHop const hop{{far, Encapsulation::vxlan}, 1};
      fib->set_path(hop.hop, HopPath{"vxlan.calico", far, true});
      tunnels.push_back(hop);
    }
  }
  static std::string foreign() {
    return run(
        "ip -4 route show table main | grep -E 'proto (80|bird)|metric 5 |dev north'; ip nexthop show id 7; ip neigh "
        "show dev north nud permanent");
  }

  std::pair<Target const*, Ways> any_target() {
    auto const& tunnel = tunnels[random() % tunnels.size()];
    auto const through_tunnel = tunnel.hop.address.text() + " vxlan.calico";
    switch (random() % 5) {
      case 0:
        return {through({}), {"blackhole"}};
      case 1:
        return {through({east}), {"192.0.2.2 east"}};
      case 2:
        return {through({west}), {"198.51.100.2 west"}};
      case 3:
        return {through({east, west}), {"192.0.2.2 east", "198.51.100.2 west"}};
      default:
        return {through({tunnel}), {through_tunnel}};
    }
  }
  void change_wishes() {
    std::vector<RouteChange> changes;
    for (unsigned i = 0; i < 20; ++i) {
      auto const prefix = nth(static_cast<std::uint32_t>(random() % prefixes));
      if (random() % 4 == 0) {
        changes.push_back({prefix, nullptr});
        wanted.erase(prefix.text());
        continue;
      }
      auto const [target, ways] = any_target();
      changes.push_back({prefix, target});
      wanted[prefix.text()] = ways;
    }
    change_ipv6(changes);
    fib->apply(changes);
  }
  void change_ipv6(std::vector<RouteChange>& changes) {
    auto const n = std::to_string(random() % 10);
    auto const text = "2001:db8:a" + n + "::/48";
    auto const prefix = bgp::literals::operator""_pfx(text.c_str(), text.size());
    if (random() % 4 == 0) {
      changes.push_back({prefix, nullptr});
      wanted.erase(prefix.text());
      return;
    }
    auto const& hop = hops6[random() % hops6.size()];
    changes.push_back({prefix, through({{hop, 1}})});
    wanted[prefix.text()] = {hop.address.text() + " east"};
  }

  /// Our routes as iproute2 shows them: "10.0.1.0/24 nhid 1 via 192.0.2.2 dev east ...", or with a line a next hop.
  static std::map<std::string, Ways> present() {
    std::map<std::string, Ways> all;
    std::istringstream lines(run("ip -4 route show proto 179; ip -6 route show proto 179"));
    std::string line, prefix;
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::vector<std::string> word{std::istream_iterator<std::string>(words), {}};
      auto const after = [&](char const* name) {
        auto const at = std::find(word.begin(), word.end(), name);
        return at == word.end() ? "" : *std::next(at);
      };
      if (word.at(0) == "blackhole") {
        all[word.at(1)] = {"blackhole"};
        continue;
      }
      if (word.at(0) != "nexthop") prefix = word.at(0);
      auto& ways = all[prefix];
      if (auto const gateway = after("via"); !gateway.empty()) ways.insert(gateway + " " + after("dev"));
    }
    return all;
  }
  static std::size_t lines(std::string const& command) {
    return std::stoul(run("(" + command + ") 2>/dev/null | wc -l"));
  }

  std::minstd_rand random{7};
  std::vector<HopName> hops6{{"2001:db8:1::2"_ip, Encapsulation::none}, {"2001:db8:1::3"_ip, Encapsulation::none}};
  std::vector<WeightedHop> tunnels;
  std::map<std::string, Ways> wanted;
  std::string foreign_before;
};

TEST_F(Interference, EndsWithTheKernelAsItIsWantedAndNothingForeignChanged) {
  auto const* given = std::getenv("TERN_INTERFERENCE");
  auto const until = support::in(std::chrono::seconds(given != nullptr ? std::stoul(given) : 10));
  begin();
  std::atomic<bool> enough = false, asleep = false;
  std::thread other([&] {  // in the same network namespace: threads inherit it
    Interferer interferer(11);
    while (!enough) {
      if (!asleep) {
        interferer.strike();
        continue;
      }
      interferer.flood();
      asleep = false;
      asleep.notify_one();
    }
    interferer.leave();
  });
  constexpr unsigned rounds_awake = 64;
  for (unsigned round = 1; support::Clock::now() < until || round <= rounds_awake; ++round) {
    change_wishes();
    io.restart();
    io.run_for(20ms);
    if (round % rounds_awake != 0) continue;
    // As if the process were stopped: what others do meanwhile is more than the queue holds.
    asleep = true;
    asleep.wait(true);
  }
  enough = true;
  other.join();
  settle();

  EXPECT_EQ(fib->why_not("vxlan.calico"), "");
  wanted.erase("10.0.5.0/24");  // a conflict, if it is wanted at all
  EXPECT_TRUE(soon([&] { return present() == wanted; })) << "wanted " << wanted.size();
  EXPECT_EQ(foreign(), foreign_before);
  EXPECT_TRUE(
      soon([&] { return lines("bridge fdb show dev vxlan.calico | grep -w permanent | grep dst") == tunnels.size(); }));
  EXPECT_TRUE(soon([&] { return lines("ip neigh show dev vxlan.calico nud permanent") == tunnels.size(); }));
  auto const status = fib->status();
  EXPECT_EQ(status.pending + status.failed, 0U);
  EXPECT_GT(status.overruns, 0U) << "it was not hard enough";
  RecordProperty("overruns", static_cast<int>(status.overruns));
}

}  // namespace
}  // namespace tern::fib
