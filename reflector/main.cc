// tern-reflector: a BGP route reflector in the foreground. This file is the wiring; everything runs on the one thread
// of `io`, but for the logger's and the one that reads the file again.
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>

#include "bgp/speaker.h"
#include "config/reflector.h"
#include "daemon/log.h"
#include "daemon/mrt_api.h"
#include "daemon/process.h"
#include "daemon/program.h"
#include "daemon/reload.h"
#include "daemon/reload_api.h"
#include "mgmt/events_api.h"
#include "mgmt/peer_control.h"
#include "mgmt/service.h"
#include "mgmt/speaker_api.h"

namespace {

namespace daemon = tern::daemon;

daemon::Reload::Loaded load_again(std::string const& file) {
  auto loaded = tern::config::load_reflector(file);
  if (!loaded.ok()) return loaded.error();
  return std::make_shared<tern::config::DaemonConfig const>(std::move(*loaded));
}

int serve(tern::config::ReflectorConfig config, std::string const& file) {
  daemon::prepare_process();
  boost::asio::io_context io(1);
  config.speaker.log = daemon::log_line;
  bgp::Speaker speaker(io.get_executor(), config.speaker);
  daemon::Reload reload(io, speaker, std::make_shared<tern::config::DaemonConfig const>(config),
                        {file, [file] { return load_again(file); }, {}, {}});
  auto const view = tern::mgmt::view_of(speaker);
  auto const control = tern::mgmt::control_of(speaker);
  auto const events = tern::mgmt::events_of(speaker);
  tern::mgmt::Service service(io.get_executor());  // ends before the speaker that it shows
  tern::mgmt::serve_speaker(service, *view, "tern-reflector");
  tern::mgmt::serve_peer_control(service, *view, *control);
  tern::mgmt::serve_events(service, *view, *events);
  daemon::serve_reload(service, reload);
  daemon::serve_mrt(service, *view);

  // The socket comes first: a second daemon on the same file must not even touch the neighbours.
  if (daemon::failed(service.listen(config.api_socket))) return daemon::exit_failed;
  if (!daemon::add_neighbors(speaker, config)) return daemon::exit_failed;
  if (daemon::failed(speaker.start())) return daemon::exit_failed;
  daemon::ReloadSignal const again(io, [&] { reload.ask(); });
  daemon::StopSignals const signals(io, [&] { speaker.stop("tern-reflector is stopping", [&io] { io.stop(); }); });
  spdlog::info("tern-reflector " TERN_VERSION " serves AS {} as {}, API on {}", config.speaker.local_as.value,
               config.speaker.router_id.text(), config.api_socket);
  io.run();
  service.close();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  daemon::Program const program{"tern-reflector", "A BGP route reflector.", TERN_VERSION};
  return daemon::run(program, argc, argv, tern::config::load_reflector, serve);
}
