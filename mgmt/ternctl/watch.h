// `ternctl watch`: what happens in a daemon, as it happens, until somebody interrupts it. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "mgmt/ternctl/client.h"

namespace tern::ctl {

struct Watch {
  bool peers = false, routes = false, longer = false, snapshot = false;
  std::string prefix;
};

void describe_watch(CLI::App& app, Watch& options);

/// Ends when the daemon does. `print` gets whole lines, as soon as they have come; with `json` the daemon's own.
[[nodiscard]] Answer watch(Watch const& options, std::string const& socket, bool json,
                           std::function<void(std::string_view)> const& print);

/// A line of GET /v1/events for people; "" for one that has nothing to tell them.
[[nodiscard]] std::string event_text(std::string_view line);

}  // namespace tern::ctl
