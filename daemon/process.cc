#include "daemon/process.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <csignal>
#include <utility>

#include "daemon/log.h"

namespace tern::daemon {

void prepare_process() {
  // Each neighbour is a file descriptor, and the usual soft limit of 1024 is soon reached.
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);  // until ReloadSignal is there
}

StopSignals::StopSignals(boost::asio::io_context& io, std::function<void()> stop)
    : signals_(io, SIGTERM, SIGINT), stop_(std::move(stop)) {
  signals_.async_wait([this, &io](boost::system::error_code error, int number) {
    if (error) return;
    spdlog::info("stopping on {}", number == SIGINT ? "SIGINT" : "SIGTERM");
    signals_.async_wait([&io](boost::system::error_code again, int) {
      if (!again) io.stop();
    });
    stop_();
  });
}

ReloadSignal::ReloadSignal(boost::asio::io_context& io, std::function<void()> reload)
    : signals_(io, SIGHUP), reload_(std::move(reload)) {
  wait();
}

void ReloadSignal::wait() {
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    spdlog::info("reading the file again on SIGHUP");
    reload_();
    wait();
  });
}

bool add_neighbors(bgp::Speaker& speaker, config::DaemonConfig const& config) {
  for (auto const& range : config.ranges) {
    if (failed(speaker.add_range(range))) return false;
  }
  for (auto const& neighbor : config.neighbors) {
    auto const added = speaker.add_peer(neighbor);
    if (added.ok()) continue;
    spdlog::error("neighbour {}: {}", neighbor.remote.text(), added.error().message);
    return false;
  }
  return true;
}

}  // namespace tern::daemon
