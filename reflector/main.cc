// tern-reflector: a BGP route reflector in the foreground. This file is the wiring; everything runs on the one thread
// of `io`, but for the logger's, which may block on a slow stderr.
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "bgp/speaker.h"
#include "config/reflector.h"
#include "mgmt/service.h"
#include "mgmt/speaker_api.h"
#include "mgmt/utf8.h"

namespace {

namespace asio = boost::asio;

constexpr int exit_failed = 1;
constexpr int exit_config = 2;

/// Each neighbour is a file descriptor, and the usual soft limit of 1024 is soon reached.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

spdlog::level::level_enum level_of(tern::config::LogLevel level) {
  switch (level) {
    case tern::config::LogLevel::debug:
      return spdlog::level::debug;
    case tern::config::LogLevel::info:
      return spdlog::level::info;
    case tern::config::LogLevel::warning:
      return spdlog::level::warn;
    case tern::config::LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void start_log(tern::config::LogLevel level) {
  // BGP thread -> logger thread: 8192 lines; when full, the oldest goes, for BGP must not wait for stderr.
  spdlog::init_thread_pool(8192, 1);
  auto const sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto const logger = std::make_shared<spdlog::async_logger>("tern-reflector", sink, spdlog::thread_pool(),
                                                             spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(level_of(level));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

void log_line(char severity, std::string const& line) {
  auto const level = severity == 'e' ? spdlog::level::err : severity == 'w' ? spdlog::level::warn : spdlog::level::info;
  spdlog::log(level, "{}", tern::mgmt::for_terminal(line));
}

std::optional<tern::config::ReflectorConfig> load(std::string const& file) {
  auto loaded = tern::config::load_reflector(file);
  if (loaded.ok()) return std::move(*loaded);
  for (auto const& problem : loaded.error()) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), tern::mgmt::for_terminal(problem.text()).c_str());
  }
  return std::nullopt;
}

bool failed(bgp::Result<void> const& result) {
  if (!result.ok()) spdlog::error("{}", result.error().message);
  return !result.ok();
}

bool add_neighbors(bgp::Speaker& speaker, tern::config::ReflectorConfig const& config) {
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

/// SIGTERM or SIGINT: Cease to all neighbours, then the end; a second one does not wait for that.
void await_end(asio::signal_set& signals, asio::io_context& io, bgp::Speaker& speaker) {
  signals.async_wait([&](boost::system::error_code error, int number) {
    if (error) return;
    spdlog::info("stopping on {}", number == SIGINT ? "SIGINT" : "SIGTERM");
    speaker.stop("tern-reflector is stopping", [&io] { io.stop(); });
    signals.async_wait([&io](boost::system::error_code again, int) {
      if (!again) io.stop();
    });
  });
}

int serve(std::string const& file, tern::config::ReflectorConfig config) {
  raise_file_limit();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);  // a reload will come; until then a lost terminal ends nothing
  asio::io_context io(1);
  config.speaker.log = log_line;
  bgp::Speaker speaker(io.get_executor(), config.speaker);
  auto const view = tern::mgmt::view_of(speaker);
  tern::mgmt::Service service(io.get_executor());  // ends before the speaker that it shows
  tern::mgmt::serve_speaker(service, *view);
  for (auto const& warning : config.warnings) {
    spdlog::warn("{}: {}", file, tern::mgmt::for_terminal(warning.text()));
  }

  // The socket comes first: a second daemon on the same file must not even touch the neighbours.
  if (failed(service.listen(config.api_socket))) return exit_failed;
  if (!add_neighbors(speaker, config)) return exit_failed;
  if (failed(speaker.start())) return exit_failed;
  asio::signal_set signals(io, SIGTERM, SIGINT);
  await_end(signals, io, speaker);
  spdlog::info("tern-reflector " TERN_VERSION " serves AS {} as {}, API on {}", config.speaker.local_as.value,
               config.speaker.router_id.text(), config.api_socket);
  io.run();
  service.close();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  bool check = false;
  CLI::App app("A BGP route reflector.", "tern-reflector");
  app.set_version_flag("--version", "tern-reflector " TERN_VERSION);
  app.add_option("--config", file, "Its file (see docs/configuration.md)")->required();
  app.add_flag("--check", check, "Only say what is wrong with the file");
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    return app.exit(e) == 0 ? 0 : exit_config;
  }
  auto config = load(file);
  if (!config) return exit_config;
  if (check) {
    for (auto const& warning : config->warnings)
      std::fprintf(stderr, "%s: warning: %s\n", file.c_str(), tern::mgmt::for_terminal(warning.text()).c_str());
    return 0;
  }
  start_log(config->log_level);
  int result = exit_failed;
  try {
    result = serve(file, std::move(*config));
  } catch (std::exception const& e) {
    spdlog::critical("{}", e.what());
  }
  auto const logger = spdlog::default_logger();  // outlives its thread, which may still be at the last line
  spdlog::shutdown();                            // waits until that is out
  return result;
}
