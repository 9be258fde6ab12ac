#include "rack.h"

#include <sstream>

namespace tor {

namespace {

std::string internet_file(std::vector<std::unique_ptr<Tor>> const& tors) {
  std::ostringstream out;
  for (auto const* family : {"4", "6"}) {
    out << "protocol kernel kernel" << family << " { merge paths on; ipv" << family
        << " { import none; export where source = RTS_BGP; }; }\n";
    auto const any = *family == '4' ? "" : "::";
    unsigned number = 0;
    for (auto const& tor : tors) {
      auto const& options = tor->options();
      out << "protocol bgp tor" << ++number << family << " { local " << outside_at.of(any) << " as " << options.core_as
          << "; neighbor " << options.above.of(any) << " as " << options.as
          << "; direct; hold time 240; connect delay time 1; connect retry time 1; error wait time 1, 1; ipv" << family
          << " { import all; export none; }; }\n";
    }
  }
  return out.str();
}

}  // namespace

// ---- Flows

bool Flows::all_received(std::uint64_t more) const {
  std::size_t at = 0;
  for (auto const& stream : streams_) {
    auto const since = at < marks_.size() ? marks_[at] : 0;
    ++at;
    if (stream.received() < since + more) return false;
  }
  return true;
}

void Flows::mark() {
  marks_.clear();
  for (auto const& stream : streams_) marks_.push_back(stream.received());
}

Flows::Report Flows::finish() {
  Report all;
  for (auto& stream : streams_) {
    auto const report = stream.finish();
    all.lost += report.lost();
    all.most = std::max(all.most, report.lost());
    all.text += report.text() + "\n";
  }
  return all;
}

// ---- The rack

void Tors::SetUp() {
  SceneTest::SetUp();
  if (!scene) return;
  node_ = &scene->host("node1", {{"rack1", {"10.1.1.1/24", "2001:db8:1::1/64"}},  //
                                 {"rack2", {"10.1.2.1/24", "2001:db8:2::1/64"}}});
  outside_ = &scene->host("outside", {{"core", {outside_at.v4 + "/24", outside_at.v6 + "/64"}}});
  pod_ = &scene->pod("pod1", *node_, {"10.244.1.5", "fd00:244:1::5"});
  for (auto const* host : {node_, outside_}) {
    host->run(
        "sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1 "
        "net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0");
  }
  for (unsigned const number : {1U, 2U}) {
    auto const n = std::to_string(number);
    TorOptions options;
    options.name = "tor" + n;
    options.as = 65009 + number;
    options.id = "192.0.2.25" + n;
    options.below = {"10.1." + n + ".254", "2001:db8:" + n + "::ff"};
    options.node = {"10.1." + n + ".1", "2001:db8:" + n + "::1"};
    options.above = {"192.0.2.25" + n, "2001:db8:c::25" + n};
    options.core = outside_at;
    adapt(options, number);
    auto& host = scene->host(options.name, {{"rack" + n, {options.below.v4 + "/24", options.below.v6 + "/64"}},
                                            {"core", {options.above.v4 + "/24", options.above.v6 + "/64"}}});
    if (number == 1) {
      options.more = "protocol static others { ipv4; route " + others_block + " blackhole; }\n";
      tors_.push_back(std::make_unique<BirdTor>(directory, host, options));
    } else {
      tors_.push_back(std::make_unique<FrrTor>(directory, host, options));
    }
  }
}

void Tors::use_two_birds() {
  auto const& frr = *tors_.back();
  auto bird = std::make_unique<BirdTor>(directory, frr.host(), frr.options());
  tors_.back() = std::move(bird);
}

std::string Tors::node_file(NodeOptions const& options) const {
  std::string neighbours;
  for (auto const& tor : tors_) {
    for (auto const& address : {tor->options().below.v4, tor->options().below.v6}) {
      neighbours += "  - {address: \"" + address + "\", remoteAs: " + std::to_string(tor->options().as) +
                    ", import: " + options.import +
                    ", connectRetry: 1, holdTime: " + std::to_string(options.hold_time) + tor->options().node_keys +
                    "}\n";
    }
  }
  return "node: node1\naddress: " + options.address + "\nrouter: {as: 64512}\napi: {socket: {socket}}\npodCidrs: [" +
         block4 + ", \"" + block6 + "\"" + options.blocks + "]\n" + options.more + "neighbors:\n" + neighbours +
         options.neighbours;
}

void Tors::start_node(NodeOptions const& options) {
  daemon_.reset();
  daemon_ = std::make_unique<TernDaemon>(directory, "node1", support::Arguments{TernDaemon::program("tern-speaker")},
                                         node_file(options), &node_->network());
}

testing::AssertionResult Tors::start() {
  interop::BirdOptions bird;
  bird.name = "internet";
  bird.id = outside_at.v4;
  bird.extra = internet_file(tors_);
  bird.network = &outside_->network();
  internet_ = std::make_unique<interop::Bird>(directory, bird);
  for (auto& tor : tors_) tor->start();
  if (!daemon_) start_node();
  return soon(20s, [&] { return ecmp() && both_ways_down(); });
}

// ---- What the kernels have

std::string Tors::route(std::string const& prefix) const {
  auto const* const family = prefix.find(':') == std::string::npos ? "-4" : "-6";
  return node_->show(std::string("ip ") + family + " route show proto 179 " +
                     (prefix == any4 || prefix == any6 ? "default" : prefix));
}

std::set<std::string> Tors::ways_in(std::string const& routes) {
  std::set<std::string> gateways;
  std::istringstream words(routes);
  for (std::string word; words >> word;) {
    if (word == "via") {
      words >> word;
      gateways.insert(word);
    }
  }
  return gateways;
}

std::set<std::string> Tors::gateways(std::string const& prefix) const { return ways_in(route(prefix)); }

bool Tors::ecmp() const {
  auto const &one = tor(0).options().below, &two = tor(1).options().below;
  return gateways(any4) == std::set{one.v4, two.v4} && gateways(any6) == std::set{one.v6, two.v6};
}

bool Tors::only(Tor const& tor) const {
  auto const& below = tor.options().below;
  return gateways(any4) == std::set{below.v4} && gateways(any6) == std::set{below.v6};
}

std::set<std::string> Tors::ways_down(std::string const& prefix) const {
  auto const* const family = prefix.find(':') == std::string::npos ? "-4" : "-6";
  return ways_in(outside_->show(std::string("ip ") + family + " route show " + prefix));
}

bool Tors::both_ways_down() const { return ways_down(block4).size() == 2 && ways_down(block6).size() == 2; }

testing::AssertionResult Tors::soon(std::chrono::milliseconds span, std::function<bool()> const& holds) const {
  if (support::eventually(span, holds)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << node_->show("ip route; ip -6 route; ip nexthop; ip -br link") << "outside:\n"
                                     << outside_->show("ip route; ip -6 route")
                                     << (daemon_ ? daemon_->tell({"peers"}) + daemon_->tell({"fib"}) : "");
}

// ---- Traffic

void Tors::flow(Flows& flows, support::Namespace const& from, support::Namespace const& to, std::string const& address,
                bool down) {
  std::vector<std::unique_ptr<support::Watch>> watches;
  for (auto const& tor : tors_) {
    watches.push_back(std::make_unique<support::Watch>(tor->host().network(), down ? "eth1" : "eth0"));
  }
  bool used[2] = {false, false};
  // A flow takes one way or the other by chance: as many as it takes, but some for each.
  while (flows.count() < 20 && (flows.count() < 4 || !used[0] || !used[1])) {
    flows.add(from, to, address);
    ASSERT_TRUE(soon(5s, [&] { return flows.all_received(20); })) << "flow " << flows.count() << " to " << address;
    for (unsigned at = 0; at < 2; ++at) used[at] |= watches[at]->take().plain > 10;
  }
  ASSERT_TRUE(used[0] && used[1]) << flows.count() << " flows to " << address << " take one way";
}

void Tors::flow_up(Flows& flows, std::string const& family) {
  flow(flows, pod_->network(), outside_->network(), outside_at.of(family), false);
}

void Tors::flow_down(Flows& flows, std::string const& family) {
  flow(flows, outside_->network(), pod_->network(), pod_->addresses()[family == any4 ? 0 : 1], true);
}

void Tors::cable(unsigned number, bool plugged) {
  scene->plug(*node_, number, plugged);
  scene->plug(tor(number).host(), 0, plugged);
}

}  // namespace tor
