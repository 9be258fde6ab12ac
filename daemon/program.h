// main of a daemon, up to its work: the command line, the file with what is wrong in it, the log. The work itself is
// handed in.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/daemon.h"
#include "daemon/log.h"

namespace tern::daemon {

// Exit statuses (the daemons' man pages).
inline constexpr int exit_failed = 1;
inline constexpr int exit_config = 2;

struct Program {
  std::string name;         ///< "tern-reflector"
  std::string description;  ///< "A BGP route reflector."
  std::string version;
};

struct Arguments {
  std::string file;
  bool check = false;
};

/// Nothing: read them and go on. Otherwise the exit status; what there was to say is said.
[[nodiscard]] std::optional<int> read_command_line(Program const& program, int argc, char** argv, Arguments& out);
/// Prints them to stderr, one a line. `kind`: "warning: " or "".
void print_problems(std::string const& file, char const* kind, std::vector<config::Problem> const& problems);
/// The same into the log.
void log_warnings(std::string const& file, std::vector<config::Problem> const& warnings);
/// Calls `work` with the log running; an exception is a line there, and exit_failed.
[[nodiscard]] int with_log(Program const& program, config::LogLevel level, std::function<int()> const& work);

/// `load(file)`: a Result of a DaemonConfig or problems. `serve(config, file)`: the work, to its end; the exit status.
template <class Load, class Serve>
[[nodiscard]] int run(Program const& program, int argc, char** argv, Load load, Serve serve) {
  Arguments arguments;
  if (auto const status = read_command_line(program, argc, argv, arguments)) return *status;
  auto config = load(arguments.file);
  if (!config.ok()) {
    print_problems(arguments.file, "", config.error());
    return exit_config;
  }
  if (arguments.check) {
    print_problems(arguments.file, "warning: ", config->warnings);
    return 0;
  }
  return with_log(program, config->log_level, [&] {
    log_warnings(arguments.file, config->warnings);
    return serve(std::move(*config), arguments.file);
  });
}

}  // namespace tern::daemon
