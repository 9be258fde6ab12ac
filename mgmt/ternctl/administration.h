// The verbs by which a daemon is told to do something: `neighbor` and `reload`. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "mgmt/ternctl/client.h"

namespace tern::ctl {

struct Administration {
  std::string peer, verb, text;
};

void describe_administration(CLI::App& app, Administration& options);
/// Nothing when the command that was given is none of these. `json`: the daemon's own words.
[[nodiscard]] std::optional<Answer> administer(CLI::App const& app, Administration const& options,
                                               std::string const& socket, bool json);

}  // namespace tern::ctl
