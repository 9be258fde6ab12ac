// The verbs by which something is done: `neighbor` and `reload`, which ask the daemon, and `validate`, which reads a
// file as a daemon would. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "mgmt/ternctl/client.h"

namespace tern::ctl {

struct Administration {
  std::string peer, verb, text, file;
};

void describe_administration(CLI::App& app, Administration& options);
/// Whether the command that was given needs no daemon.
[[nodiscard]] bool is_offline(CLI::App const& app);
/// Nothing when the command that was given is none of these. `json`: the daemon's own words.
[[nodiscard]] std::optional<Answer> administer(CLI::App const& app, Administration const& options,
                                               std::string const& socket, bool json);

}  // namespace tern::ctl
