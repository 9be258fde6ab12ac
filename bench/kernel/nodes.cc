#include <linux/rtnetlink.h>

#include <algorithm>
#include <map>
#include <memory>

#include "kernel/counter.h"
#include "kernel/netns.h"
#include "kernel/session.h"
#include "kernel/view.h"
#include "kernel/works.h"
#include "kit/daemon_figures.h"
#include "kit/table.h"

namespace bench {
namespace {

constexpr char const* device = "vxlan.calico";

// Node i's address, in a subnet that is not the speaker's, and block i.
std::uint32_t node_address(std::uint32_t i) { return 0x0a5a0000 + (i / 250 << 8) + i % 250 + 1; }  // 10.90.0.1
Prefix block(std::uint32_t i) { return {0x0af40000 + (i << 6), 26}; }                              // 10.244.0.0/26

// As docs/configuration.md says.
rtnl::Mac vtep_mac(std::uint32_t node) {
  auto const octet = [node](unsigned shift) { return static_cast<std::uint8_t>(node >> shift); };
  return {0x02, 0x54, octet(24), octet(16), octet(8), octet(0)};
}

struct Sight {
  explicit Sight(std::uint8_t protocol)
      : added(Counter::What::added, protocol), removed(Counter::What::removed, protocol) {}
  KernelView view;
  Counter added, removed;
};

class Nodes {
 public:
  Nodes(KernelOptions const& options, Report& report)
      : options_(options), report_(report), kernel_(look(options)), session_(options, true) {}

  void run() {
    session_.bring_up();
    session_.run_for(kSecond);
    bool announced = false;
    Bytes const all = announcements();
    phase(
        "nodes", [&] { session_.send(all); },
        [&] { return kernel_->added.count() >= options_.blocks && wrong() == 0; });
    announced = standing() == options_.blocks;
    report_.check("nodes.routes_exact", announced && wrong_routes() == 0);
    report_.add("nodes.neighbours", neighbours_);
    report_.add("nodes.forwarding_entries", forwarding_);
    phase(
        "nodes_gone", [&] { session_.close(); }, [&] { return left() == 0 && routes_left() == 0; });
  }

 private:
  static std::unique_ptr<Sight> look(KernelOptions const& options) {
    InNamespace const there(options.netns);
    return std::make_unique<Sight>(options.protocol);
  }

  // A node's blocks in one UPDATE, as a reflector packs them.
  [[nodiscard]] Bytes announcements() const {
    Bytes out;
    for (std::uint32_t node = 0; node < options_.nodes; ++node) {
      Bytes nlri;
      for (std::uint32_t i = node; i < options_.blocks; i += options_.nodes) put_prefix(nlri, block(i));
      AttributeSet set;
      set.path = {64999};
      set.next_hop = node_address(node);
      append_update(out, {}, encode_attributes(set, {}), nlri);
    }
    append_update(out, {}, {}, {});
    return out;
  }

  template <class Begin, class Done>
  void phase(std::string const& name, Begin&& begin, Done&& done) {
    DaemonFigures const before = figures_of(options_.pid);
    Nanos const start = now();
    begin();
    bool const complete = session_.run_until(done);
    report_.add(name + ".seconds", seconds(now() - start), 4);
    session_.run_for(kSecond / 2);
    DaemonFigures const after = figures_of(options_.pid);
    report_.add(name + ".daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
    report_.add(name + ".peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
    report_.check(name + ".complete", complete);
  }

  [[nodiscard]] std::uint64_t standing() { return kernel_->added.count() - kernel_->removed.count(); }

  // What the device knows of its ends that it should not, and the other way round.
  [[nodiscard]] std::uint64_t wrong() {
    std::map<std::pair<bool, bgp::IpAddress>, rtnl::Mac> wanted;
    for (std::uint32_t i = 0; i < options_.nodes; ++i) {
      for (bool const forwarding : {false, true}) {
        wanted[{forwarding, bgp::IpAddress::v4(node_address(i))}] = vtep_mac(node_address(i));
      }
    }
    std::uint64_t surplus = 0;
    for (auto const& one : ends()) {
      auto const known = wanted.find({one.forwarding, one.address});
      if (known == wanted.end() || known->second != one.mac) {
        ++surplus;
      } else {
        wanted.erase(known);
      }
    }
    return surplus + wanted.size();
  }
  [[nodiscard]] std::uint64_t left() { return ends().size(); }
  // Read, not counted: of routes that go with their object the kernel does not tell.
  [[nodiscard]] std::uint64_t routes_left() { return our_routes().size(); }
  [[nodiscard]] std::vector<rtnl::Route> our_routes() {
    auto const ours = [&](rtnl::Route const& route) { return route.protocol == options_.protocol; };
    return value_of(kernel_->view.kernel().routes(254, ours));
  }

  [[nodiscard]] std::vector<rtnl::Neighbour> ends() {
    auto const index = kernel_->view.interface(device);
    auto all = value_of(kernel_->view.kernel().neighbours());
    std::erase_if(all, [&](auto const& one) {
      return one.interface != index || !one.permanent || one.address.is_unset() || !one.address.is_v4();
    });
    forwarding_ = static_cast<std::uint64_t>(std::ranges::count_if(all, &rtnl::Neighbour::forwarding));
    neighbours_ = all.size() - forwarding_;
    return all;
  }

  // Each block through the device to its node.
  [[nodiscard]] std::uint64_t wrong_routes() {
    std::map<std::uint32_t, rtnl::Via> ways;
    for (auto const& object : value_of(kernel_->view.kernel().objects())) ways[object.id] = object.via;
    std::map<bgp::Prefix, rtnl::Via> wanted;
    auto const index = kernel_->view.interface(device);
    for (std::uint32_t i = 0; i < options_.blocks; ++i) {
      auto const node = bgp::IpAddress::v4(node_address(i % options_.nodes));
      wanted[prefix_of(block(i))] = {index, node, true, 1};
    }
    std::uint64_t surplus = 0;
    for (auto const& route : our_routes()) {
      auto const known = wanted.find(route.destination);
      if (known != wanted.end() && known->second == ways[route.next_hop_id]) {
        wanted.erase(known);
      } else {
        ++surplus;
      }
    }
    return surplus + wanted.size();
  }

  KernelOptions const& options_;
  Report& report_;
  std::unique_ptr<Sight> const kernel_;
  Session session_;
  std::uint64_t neighbours_ = 0, forwarding_ = 0;
};

}  // namespace

void run_nodes(KernelOptions const& options, Report& report) {
  if (options.nodes == 0 || options.nodes > 64'000 || options.blocks > 1 << 14) {
    throw std::runtime_error("at most 64,000 nodes and 16,384 blocks");
  }
  Nodes(options, report).run();
}

}  // namespace bench
