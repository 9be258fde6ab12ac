// tern-speaker: the BGP speaker of a node in the foreground. This file is the wiring. Two threads beside the logger's
// and the one that reads the file again:
// - BGP's, which runs `io`: sessions, tables, next hops, the API.
// - the kernel's (agent/kernel_thread.h), for netlink may block.
// BGP -> kernel: 16,384 routes; more wait in the Loc-RIB, where only their latest state is kept (agent/route_pump.h).
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>

#include "bgp/speaker.h"
#include "config/speaker.h"
#include "daemon/log.h"
#include "daemon/mrt_api.h"
#include "daemon/process.h"
#include "daemon/program.h"
#include "daemon/reload.h"
#include "daemon/reload_api.h"
#include "mgmt/events_api.h"
#include "mgmt/fib_api.h"
#include "mgmt/peer_control.h"
#include "mgmt/service.h"
#include "mgmt/speaker_api.h"
#include "speaker/agent/agent.h"
#include "speaker/agent/local_blocks.h"
#include "speaker/kernel_view.h"

namespace {

namespace daemon = tern::daemon;
namespace speaker = tern::speaker;

daemon::Reload::Loaded load_again(std::string const& file) {
  auto loaded = tern::config::load_speaker(file);
  if (!loaded.ok()) return loaded.error();
  speaker::export_local_blocks(*loaded);
  std::shared_ptr<tern::config::DaemonConfig const> again =
      std::make_shared<tern::config::SpeakerFile const>(std::move(*loaded));
  return again;
}

// The kernel's routes, and what other nodes know this one by, stay for as long as the process does.
daemon::Reload::OwnChanges own_changes(tern::config::SpeakerFile const& at_start, speaker::Agent const& agent,
                                       tern::config::DaemonConfig const& again) {
  auto const& next = static_cast<tern::config::SpeakerFile const&>(again);
  daemon::Reload::OwnChanges changes;
  auto const compare = [](bool same, char const* key, std::vector<std::string>& changed) {
    if (!same) changed.emplace_back(key);
  };
  compare(at_start.node.name == next.node.name, "node", changes.need_restart);
  compare(at_start.node.addresses == next.node.addresses, "address", changes.need_restart);
  compare(at_start.kernel == next.kernel, "kernel", changes.need_restart);
  compare(agent.node().pod_cidrs == next.node.pod_cidrs, "podCidrs", changes.to_apply);
  compare(agent.node().pools == next.node.pools, "pools", changes.to_apply);
  compare(agent.tunnels() == next.tunnels, "tunnels", changes.to_apply);
  return changes;
}

int serve(tern::config::SpeakerFile config, std::string const& file) {
  daemon::prepare_process();
  boost::asio::io_context io(1);
  speaker::export_local_blocks(config);
  speaker::Agent agent(io.get_executor(), config, daemon::log_line);
  if (daemon::failed(agent.open())) return daemon::exit_failed;
  config.speaker.log = daemon::log_line;
  config.speaker.resolver = agent.next_hop_resolver();
  bgp::Speaker bgp(io.get_executor(), config.speaker);
  auto const present = std::make_shared<tern::config::SpeakerFile const>(config);
  daemon::Reload reload(
      io, bgp, present,
      {file, [file] { return load_again(file); },
       [present, &agent](tern::config::DaemonConfig const& next) { return own_changes(*present, agent, next); },
       [&agent](tern::config::DaemonConfig const& next) {
         agent.reconfigure(static_cast<tern::config::SpeakerFile const&>(next));
       }});
  auto const view = tern::mgmt::view_of(bgp);
  auto const control = tern::mgmt::control_of(bgp);
  auto const events = tern::mgmt::events_of(bgp);
  auto const kernel_view = speaker::view_of(agent, io.get_executor());
  tern::mgmt::Service service(io.get_executor());  // ends before what it shows
  tern::mgmt::serve_speaker(service, *view, "tern-speaker");
  tern::mgmt::serve_peer_control(service, *view, *control);
  tern::mgmt::serve_events(service, *view, *events);
  daemon::serve_reload(service, reload);
  tern::mgmt::serve_fib(service, *kernel_view, *view);
  daemon::serve_mrt(service, *view);

  // The socket comes first: a second daemon on the same file must touch neither the kernel nor the neighbours. Nor may
  // one whose port is taken: what it would replace may be in use.
  if (daemon::failed(service.listen(config.api_socket))) return daemon::exit_failed;
  if (!daemon::add_neighbors(bgp, config)) return daemon::exit_failed;
  if (daemon::failed(bgp.start())) return daemon::exit_failed;
  agent.start(bgp);
  daemon::ReloadSignal const again(io, [&] { reload.ask(); });
  daemon::StopSignals const signals(io, [&] {
    agent.stop();  // first: that the sessions end is no reason to take routes out of the kernel
    bgp.stop("tern-speaker is stopping", [&io] { io.stop(); });
  });
  spdlog::info("tern-speaker " TERN_VERSION " serves node {}, AS {} as {}, API on {}", config.node.name,
               config.speaker.local_as.value, config.speaker.router_id.text(), config.api_socket);
  io.run();
  service.close();
  spdlog::info("stopped; what it put into the kernel stays there for the next start");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  daemon::Program const program{"tern-speaker", "The BGP speaker of a node.", TERN_VERSION};
  return daemon::run(program, argc, argv, tern::config::load_speaker, serve);
}
