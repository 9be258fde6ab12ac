// Events as lines of JSON, an object each: the shapes that docs/http-api.md promises. Any thread.
#pragma once

#include <string>

#include "bgp/speaker.h"
#include "mgmt/speaker_json.h"

namespace tern::mgmt {

/// "2026-01-31T12:00:00.123Z"
[[nodiscard]] std::string event_time(WallTime time);

/// All append one line. `time` is event_time()'s.
void write_event(std::string& out, std::string const& time, bgp::PeerEvent const& event);
/// An announcement or a withdrawal. `peer`: whom the best path came from, "" when that is not known.
void write_event(std::string& out, std::string const& time, bgp::RouteEvent const& event, std::string const& peer);
/// From here on all that was asked for is told.
void write_watching(std::string& out, std::string const& time);
/// `count` events of neighbours could not be kept.
void write_lost(std::string& out, std::string const& time, std::uint64_t count);
/// Nothing happened for a while.
void write_alive(std::string& out, std::string const& time);

}  // namespace tern::mgmt
