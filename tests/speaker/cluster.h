// A small cluster: a reflector, node1 and node2 on its segment, node3 behind a router, a pod on each; AS 64512, both
// address families. Nodes are started by the test. One thread.
//   node N  10.0.0.N/24 (node3: 10.0.1.3/24), 2001:db8:0::N/64 (node3: 2001:db8:1::3/64)
//   pod N   10.244.N.5 in 10.244.N.0/26, fd00:244:N::5 in fd00:244:N::/122
#pragma once

#include <array>
#include <memory>

#include "interop/daemons.h"
#include "scene/fixture.h"
#include "support/stream.h"

namespace speaker {

using namespace std::chrono_literals;
using interop::TernDaemon;

struct Node {
  unsigned number = 0;
  scene::Host* host = nullptr;
  scene::Pod* pod = nullptr;
  std::unique_ptr<TernDaemon> daemon;

  [[nodiscard]] std::string block() const { return "10.244." + std::to_string(number) + ".0/26"; }
  [[nodiscard]] std::string block6() const { return "fd00:244:" + std::to_string(number) + "::/122"; }
  /// The kernel's routes of ours to a destination, "" when there is none.
  [[nodiscard]] std::string route(std::string const& prefix) const;
  [[nodiscard]] support::Namespace const& network() const { return host->network(); }
};

/// How a node is started.
struct NodeOptions {
  std::string mode = "vxlan: CrossSubnet";  ///< of the pools
  std::string mode6 = {};                   ///< of the IPv6 pool, if another
  std::string more = {};                    ///< further lines of its file
  std::string blocks = {};                  ///< podCidrs beside block() and block6(): ", 10.244.9.0/26"
  support::Arguments before = {};           ///< what runs tern-speaker: setpriv, ...
};

class Cluster : public scene::SceneTest {
 protected:
  void SetUp() override;
  /// Starts tern-speaker there (again), and returns when it answers.
  void start(Node& node, NodeOptions const& options = {});
  void start_all(NodeOptions const& options = {});
  /// Gives it another file, and what `ternctl reload` prints.
  [[nodiscard]] std::string reload(Node& node, NodeOptions const& options) const;
  /// Every node has the blocks of every other in its kernel, both families.
  [[nodiscard]] testing::AssertionResult converged();
  /// Waits until it holds; the failure shows the kernel's routes of all nodes.
  [[nodiscard]] testing::AssertionResult soon(std::chrono::milliseconds span, std::function<bool()> const& holds);
  Node& node(unsigned number) { return nodes_.at(number - 1); }

  unsigned hold_time_ = 3;
  std::unique_ptr<TernDaemon> reflector_;
  std::array<Node, 3> nodes_;
};

}  // namespace speaker
