// What the files of all daemons have in common, as plain values: the BGP speaker, its neighbours, the API's socket and
// the log. Not here: how they are read (daemon_keys.h, neighbors.h).
#pragma once

#include <string>
#include <vector>

#include "bgp/speaker.h"
#include "config/problem.h"

namespace tern::config {

enum class LogLevel { debug, info, warning, error };

struct DaemonConfig {
  bgp::SpeakerConfig speaker;
  std::string api_socket;
  LogLevel log_level = LogLevel::info;
  std::vector<bgp::PeerConfig> neighbors;
  std::vector<bgp::RangeConfig> ranges;
  std::vector<Problem> warnings;  ///< what is allowed, but hardly meant
};

}  // namespace tern::config
