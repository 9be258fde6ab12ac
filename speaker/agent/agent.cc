#include "speaker/agent/agent.h"

#include "speaker/agent/local_blocks.h"

namespace tern::speaker {

namespace {

std::vector<std::uint8_t> own_protocols(config::KernelConfig const& kernel) {
  auto all = kernel.adopt;
  all.push_back(kernel.protocol);
  return all;
}

fib::FibOptions fib_options(config::KernelConfig const& kernel, Agent::Log log) {
  fib::FibOptions options;
  options.table = kernel.table;
  options.protocol = kernel.protocol;
  options.adopt = kernel.adopt;
  options.scan_every = kernel.scan_every;
  options.inline_hops = !kernel.next_hop_objects;
  options.log = std::move(log);
  return options;
}

/// Every block but a single address stands as a blackhole, under the pods' own routes.
std::vector<fib::RouteChange> blackholes(config::Node const& node, fib::Target const& nowhere) {
  std::vector<fib::RouteChange> all;
  for (auto const& block : node.pod_cidrs) {
    if (block.length() < block.address().size() * 8) all.push_back({block, &nowhere});
  }
  return all;
}

}  // namespace

Agent::Agent(boost::asio::any_io_executor executor, config::SpeakerFile const& file, Log log)
    : executor_(executor),
      node_(file.node),
      kernel_config_(file.kernel),
      tunnel_config_(file.tunnels),
      log_(std::move(log)),
      kernel_(fib_options(file.kernel, log_)),
      tracker_(executor, file.kernel.table, own_protocols(file.kernel)),
      learned_(std::make_shared<LearnedRoutes>(executor, tracker_)),
      next_hops_(std::make_shared<NextHops>(tracker_, *learned_, kernel_)),
      may_be_more_(!file.ranges.empty()),
      sweep_at_(executor) {}

bgp::Result<void> Agent::open() {
  if (auto opened = kernel_.start(); !opened.ok()) return opened;
  return tracker_.start();
}

void Agent::start(bgp::Speaker& speaker) {
  kernel_.post([devices = tunnel_devices(node_, tunnel_config_), nowhere = fib::Target{kernel_config_.metric, {}},
                node = node_](fib::Fib& fib) {
    for (auto const& device : devices) fib.want(device);
    fib.apply(blackholes(node, nowhere));
  });
  auto const own = announcements(node_);
  speaker.announce_exactly(own);
  learned_->attach(speaker);
  pump_ = std::make_shared<RoutePump>(executor_, speaker, *next_hops_, *learned_, kernel_,
                                      RoutePump::Options{node_, kernel_config_.metric});
  pump_->start();

  auto const neighbors = speaker.peer_ids();
  awaited_ = {neighbors.begin(), neighbors.end()};
  peers_ = speaker.on_peers([this](bgp::PeerEvent const& event) { peer_in_sync(event); });
  sweep_at_.expires_after(kernel_config_.sweep_after);
  sweep_at_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

void Agent::stop() {
  swept_ = true;
  sweep_at_.cancel();
  peers_ = {};
  if (pump_) pump_->stop();
  kernel_.stop();
}

void Agent::peer_in_sync(bgp::PeerEvent const& event) {
  if (!event.in_sync) return;
  awaited_.erase(event.id);
  if (awaited_.empty() && !may_be_more_) sweep();
}

// What an earlier process left in the kernel and nobody announced again goes.
void Agent::sweep() {
  if (std::exchange(swept_, true)) return;
  sweep_at_.cancel();
  peers_ = {};
  pump_->when_all_is_told([log = log_](fib::Fib& fib) {
    auto const left = fib.status().leftover;
    if (left > 0 && log) log('i', "removing " + std::to_string(left) + " routes that an earlier process left");
    fib.sweep();
  });
}

}  // namespace tern::speaker
