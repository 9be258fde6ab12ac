// A node below two top-of-rack routers, each on a link of its own, and the world above them: the core hands what the
// routers bring from the node to a host that stands for the internet. No kernel of theirs has a default route.
//   node      eth0 10.1.1.1/24, 2001:db8:1::1/64 to the BIRD (AS 65010); eth1 10.1.2.1/24, 2001:db8:2::1/64 to the FRR
//             (AS 65011); AS 64512; pod 10.244.1.5 in 10.244.1.0/26, fd00:244:1::5 in fd00:244:1::/122
//   outside   192.0.2.1/24, 2001:db8:c::1/64, AS 65020, a BIRD with ECMP; the routers have .251 and .252 there
#pragma once

#include <list>

#include "scene/fixture.h"
#include "support/stream.h"
#include "tors.h"

namespace tor {

using namespace std::chrono_literals;
using interop::TernDaemon;

inline std::string const any4 = "0.0.0.0/0", any6 = "::/0";
inline std::string const block4 = "10.244.1.0/26", block6 = "fd00:244:1::/122";
inline std::string const others_block = "10.244.2.0/26";  // which the BIRD tells the node
inline Ends const outside_at = {"192.0.2.1", "2001:db8:c::1"};

struct NodeOptions {
  std::string address = "[10.1.1.1/24, \"2001:db8:1::1/64\"]";
  std::string blocks = {};      ///< further podCidrs, each after a comma
  std::string neighbours = {};  ///< further lines
  unsigned hold_time = 9;
  std::string import = "accept-all";
  std::string more = {};  ///< further lines at the top
};

/// Streams side by side, so many that both ways are taken.
class Flows {
 public:
  void add(support::Namespace const& from, support::Namespace const& to, std::string const& destination) {
    streams_.emplace_back(from, to, destination, 2ms);
  }
  [[nodiscard]] std::size_t count() const { return streams_.size(); }
  /// Each has received as many more.
  [[nodiscard]] bool all_received(std::uint64_t more) const;
  void mark();
  struct Report {
    std::uint64_t lost = 0, most = 0;  ///< in all, and of one flow
    std::string text;
  };
  [[nodiscard]] Report finish();

 private:
  std::list<support::Stream> streams_;
  std::vector<std::uint64_t> marks_;
};

class Tors : public scene::SceneTest {
 protected:
  void SetUp() override;
  /// What a rack has that is not the usual one.
  virtual void adapt(TorOptions& /*options*/, unsigned /*number*/) {}
  /// Makes the second router another BIRD, before start().
  void use_two_birds();
  void start_node(NodeOptions const& options = {});
  [[nodiscard]] std::string node_file(NodeOptions const& options) const;
  /// Everything, and waits until both ways are used in both families.
  [[nodiscard]] testing::AssertionResult start();

  /// What the kernel has for a prefix of ours, "" for nothing.
  [[nodiscard]] std::string route(std::string const& prefix) const;
  /// The gateways by which the kernel's route of ours leads, as `ip nexthop` and `ip route` say.
  [[nodiscard]] std::set<std::string> gateways(std::string const& prefix) const;
  [[nodiscard]] bool ecmp() const;
  /// Only by way of this router, in both families.
  [[nodiscard]] bool only(Tor const& tor) const;
  /// The internet's ways to the pods.
  [[nodiscard]] std::set<std::string> ways_down(std::string const& prefix) const;
  [[nodiscard]] bool both_ways_down() const;
  [[nodiscard]] testing::AssertionResult soon(std::chrono::milliseconds span, std::function<bool()> const& holds) const;

  /// Flows from the pod to the outside (or the other way) of which some pass each of the node's links.
  void flow_up(Flows& flows, std::string const& family = any4);
  void flow_down(Flows& flows, std::string const& family = any4);
  /// The cable between the node and a router; both ends notice.
  void cable(unsigned tor, bool plugged);

  [[nodiscard]] Tor& tor(unsigned number) const { return *tors_.at(number); }

  scene::Host *node_ = nullptr, *outside_ = nullptr;
  scene::Pod* pod_ = nullptr;
  std::vector<std::unique_ptr<Tor>> tors_;
  std::unique_ptr<interop::Bird> internet_;
  std::unique_ptr<TernDaemon> daemon_;

 private:
  void flow(Flows& flows, support::Namespace const& from, support::Namespace const& to, std::string const& address,
            bool down);
  static std::set<std::string> ways_in(std::string const& routes);
};

}  // namespace tor
