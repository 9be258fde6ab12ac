// The file of tern-reflector (docs/configuration.md): read strictly, all mistakes at once, into the plain values of the
// public API. It starts nothing. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bgp/result.h"
#include "config/daemon.h"

namespace tern::config {

struct ReflectorConfig : DaemonConfig {
  ReflectorConfig() { api_socket = "/run/tern/reflector.sock"; }
};

using ReflectorResult = bgp::Result<ReflectorConfig, std::vector<Problem>>;

/// The problems are in the order of lines and never none.
[[nodiscard]] ReflectorResult parse_reflector(std::string_view yaml);
/// The same for a file; one that cannot be read is a Problem of line 0.
[[nodiscard]] ReflectorResult load_reflector(std::string const& path);

}  // namespace tern::config
