#include "daemon/program.h"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "mgmt/utf8.h"

namespace tern::daemon {

std::optional<int> read_command_line(Program const& program, int argc, char** argv, Arguments& out) {
  CLI::App app(program.description, program.name);
  app.set_version_flag("--version", program.name + " " + program.version);
  app.add_option("--config", out.file, "Its file (see docs/configuration.md)")->required();
  app.add_flag("--check", out.check, "Only say what is wrong with the file");
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    return app.exit(e) == 0 ? 0 : exit_config;
  }
  return std::nullopt;
}

void print_problems(std::string const& file, char const* kind, std::vector<config::Problem> const& problems) {
  for (auto const& problem : problems) {
    std::fprintf(stderr, "%s: %s%s\n", file.c_str(), kind, mgmt::for_terminal(problem.text()).c_str());
  }
}

void log_warnings(std::string const& file, std::vector<config::Problem> const& warnings) {
  for (auto const& warning : warnings) spdlog::warn("{}: {}", file, mgmt::for_terminal(warning.text()));
}

int with_log(Program const& program, config::LogLevel level, std::function<int()> const& work) {
  Log const log(program.name, level);
  try {
    return work();
  } catch (std::exception const& e) {
    spdlog::critical("{}", e.what());
    return exit_failed;
  }
}

}  // namespace tern::daemon
