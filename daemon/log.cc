#include "daemon/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "mgmt/utf8.h"

namespace tern::daemon {

namespace {

spdlog::level::level_enum level_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::debug:
      return spdlog::level::debug;
    case config::LogLevel::info:
      return spdlog::level::info;
    case config::LogLevel::warning:
      return spdlog::level::warn;
    case config::LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

Log::Log(std::string const& name, config::LogLevel level) {
  // any thread -> logger thread: 8192 lines; when full, the oldest goes, for BGP must not wait for stderr.
  spdlog::init_thread_pool(8192, 1);
  auto const sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto const logger = std::make_shared<spdlog::async_logger>(name, sink, spdlog::thread_pool(),
                                                             spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(level_of(level));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

void set_log_level(config::LogLevel level) { spdlog::set_level(level_of(level)); }

Log::~Log() {
  auto const logger = spdlog::default_logger();  // outlives its thread, which may still be at the last line
  spdlog::shutdown();                            // waits until that is out
}

void log_line(char severity, std::string const& line) {
  auto const level = severity == 'e' ? spdlog::level::err : severity == 'w' ? spdlog::level::warn : spdlog::level::info;
  spdlog::log(level, "{}", mgmt::for_terminal(line));
}

bool failed(bgp::Result<void> const& result) {
  if (!result.ok()) spdlog::error("{}", result.error().message);
  return !result.ok();
}

}  // namespace tern::daemon
