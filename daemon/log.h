// A daemon's log: stderr, one line an event, written by a thread of its own, for that may block. Any thread may log,
// also with spdlog's own functions.
#pragma once

#include <string>

#include "bgp/result.h"
#include "config/daemon.h"

namespace tern::daemon {

/// The log while it lives; its end waits until the last line is out.
class Log {
 public:
  Log(std::string const& name, config::LogLevel level);
  ~Log();
  Log(Log const&) = delete;
  Log& operator=(Log const&) = delete;
};

/// From now on.
void set_log_level(config::LogLevel level);

/// What the parts of a daemon log by: severity 'i', 'w' or 'e', and a line that may quote strangers.
void log_line(char severity, std::string const& line);

/// Whether it is an error, which is then in the log.
[[nodiscard]] bool failed(bgp::Result<void> const& result);

}  // namespace tern::daemon
