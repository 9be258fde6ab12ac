// The speaker's plain values as JSON: the shapes that docs/http-api.md promises. Any thread.
#pragma once

#include <chrono>

#include "bgp/status.h"
#include "mgmt/json_writer.h"

namespace tern::mgmt {

using WallTime = std::chrono::system_clock::time_point;

void write_json(JsonWriter& json, std::string const& daemon, bgp::SpeakerStatus const& status, WallTime now);
void write_json(JsonWriter& json, bgp::PeerStatus const& peer, WallTime now);
void write_json(JsonWriter& json, bgp::RouteEntry const& route);
void write_json(JsonWriter& json, bgp::Explanation const& explanation);
/// The same within an object that has more.
void write_fields(JsonWriter& json, bgp::Explanation const& explanation);

/// "2026-01-31T12:00:00Z"
[[nodiscard]] std::string utc_text(WallTime time);

}  // namespace tern::mgmt
