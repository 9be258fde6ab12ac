// The node's agent: what the node is to be goes to BGP, to the tunnels and to the kernel, and what BGP learns goes into
// the kernel. Its user makes the Speaker with next_hop_resolver() and hands it to start(). All calls on BGP's thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <set>

#include "bgp/speaker.h"
#include "config/speaker.h"
#include "fib/next_hop_tracker.h"
#include "speaker/agent/kernel_thread.h"
#include "speaker/agent/next_hops.h"
#include "speaker/agent/route_pump.h"

namespace tern::speaker {

class Agent {
 public:
  using Log = std::function<void(char severity, std::string const& line)>;

  /// `log` is called on both threads.
  Agent(boost::asio::any_io_executor executor, config::SpeakerFile const& file, Log log);

  /// For SpeakerConfig::resolver, which keeps it.
  [[nodiscard]] std::shared_ptr<bgp::NextHopResolver> next_hop_resolver() const { return next_hops_; }
  /// Reads the kernel. Before the Speaker is made, which asks for next hops. Error: no permission.
  [[nodiscard]] bgp::Result<void> open();
  /// Announces the node's blocks and begins to fill the kernel. The neighbours have been added and the Speaker has
  /// been started; it outlives the agent.
  void start(bgp::Speaker& speaker);
  /// After start(): other blocks, pools or tunnels from now on; nothing else of `file` is looked at. What the change
  /// does not touch stays as it is. Routes move from one way to another before the first one goes.
  void reconfigure(config::SpeakerFile const& file);
  /// From now on the kernel stays as it is, whatever becomes of BGP's routes.
  void stop();

  /// As it is to be at present.
  [[nodiscard]] config::Node const& node() const { return node_; }
  [[nodiscard]] config::TunnelConfig const& tunnels() const { return tunnel_config_; }
  [[nodiscard]] KernelThread& kernel() { return kernel_; }

 private:
  void want_blocks(std::vector<bgp::Prefix> const& no_longer);
  void want_devices();
  void let_go_of_unused();
  void peer_in_sync(bgp::PeerEvent const& event);
  void sweep();

  boost::asio::any_io_executor const executor_;
  config::Node node_;
  config::KernelConfig const kernel_config_;
  config::TunnelConfig tunnel_config_;
  Log const log_;
  KernelThread kernel_;
  fib::NextHopTracker tracker_;
  std::shared_ptr<LearnedRoutes> const learned_;
  std::shared_ptr<NextHops> const next_hops_;
  std::shared_ptr<RoutePump> pump_;
  bgp::Speaker* speaker_ = nullptr;
  /// The kernel's thread only.
  struct Devices {
    std::set<std::string> wanted;
    unsigned generation = 0;  ///< one more whenever others are wanted
  };
  std::shared_ptr<Devices> const devices_ = std::make_shared<Devices>();
  bgp::Subscription peers_, link_local_peers_;
  std::set<bgp::PeerId> awaited_;  // neighbours whose End-of-RIB has not come since the start
  bool const may_be_more_;         // dynamic neighbours, of whom nobody knows how many will come back
  boost::asio::steady_timer sweep_at_;
  bool swept_ = false;
};

}  // namespace tern::speaker
