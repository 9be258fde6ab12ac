#include "speaker/agent/agent.h"

#include "speaker/agent/admission.h"
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
  speaker_ = &speaker;
  want_devices();
  want_blocks({});
  speaker.announce_exactly(announcements(node_));
  learned_->attach(speaker);
  link_local_peers_ = speaker.on_peers([this](bgp::PeerEvent const& event) {
    if (event.scope_id != 0) tracker_.neighbour_is(event.address, event.scope_id, event.up);
  });
  pump_ =
      std::make_shared<RoutePump>(executor_, speaker, *next_hops_, *learned_, kernel_, node_, kernel_config_.metric);
  pump_->start();

  auto const neighbors = speaker.peer_ids();
  awaited_ = {neighbors.begin(), neighbors.end()};
  peers_ = speaker.on_peers([this](bgp::PeerEvent const& event) { peer_in_sync(event); });
  sweep_at_.expires_after(kernel_config_.sweep_after);
  sweep_at_.async_wait([this](boost::system::error_code error) {
    if (!error) sweep();
  });
}

// New devices and blackholes come first, then every route is told by the new rules, and only when the kernel has all of
// them goes what the old ones needed.
void Agent::reconfigure(config::SpeakerFile const& file) {
  auto const before = std::exchange(node_.pod_cidrs, file.node.pod_cidrs);
  node_.pools = file.node.pools;
  tunnel_config_ = file.tunnels;
  want_devices();
  want_blocks(before);
  pump_->node_is(node_);
  speaker_->announce_exactly(announcements(node_));
  next_hops_->use_anew();
  pump_->tell_all([this] { let_go_of_unused(); });
}

// Every block but a single address stands as a blackhole, under the pods' own routes.
void Agent::want_blocks(std::vector<bgp::Prefix> const& no_longer) {
  std::vector<std::pair<bgp::Prefix, bool>> blocks;
  for (auto const& block : no_longer) {
    if (!is_own_block(block, node_)) blocks.emplace_back(block, false);
  }
  for (auto const& block : node_.pod_cidrs) blocks.emplace_back(block, block.length() < block.address().size() * 8);
  kernel_.post([blocks = std::move(blocks), nowhere = fib::Target{kernel_config_.metric, {}}](fib::Fib& fib) {
    std::vector<fib::RouteChange> changes;
    for (auto const& [block, wanted] : blocks) changes.push_back({block, wanted ? &nowhere : nullptr});
    fib.apply(changes);
  });
}

void Agent::want_devices() {
  kernel_.post([wanted = tunnel_devices(node_, tunnel_config_), devices = devices_](fib::Fib& fib) {
    devices->wanted.clear();
    ++devices->generation;
    for (auto const& device : wanted) {
      devices->wanted.insert(device.name);
      fib.want(device);
    }
  });
}

// Where others have come to be wanted meanwhile, routes are about to move again, and what is due then is due after
// that.
void Agent::let_go_of_unused() {
  next_hops_->forget_unused();
  kernel_.post([devices = devices_](fib::Fib& fib) {
    fib.when_settled([devices, generation = devices->generation, &fib] {
      if (devices->generation != generation) return;
      for (auto const& device : fib.devices()) {
        if (!devices->wanted.contains(device.name)) fib.unwant(device.name);
      }
    });
  });
}

void Agent::stop() {
  swept_ = true;
  sweep_at_.cancel();
  peers_ = link_local_peers_ = {};
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
  pump_->tell_all([this] {
    kernel_.post([log = log_](fib::Fib& fib) {
      auto const left = fib.status().leftover;
      if (left > 0 && log) log('i', "removing " + std::to_string(left) + " routes that an earlier process left");
      fib.sweep();
    });
  });
}

}  // namespace tern::speaker
