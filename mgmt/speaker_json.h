// The speaker's plain values as JSON: the shapes that docs/http-api.md promises. Any thread.
#pragma once

#include <chrono>

#include "bgp/status.h"
#include "mgmt/json_writer.h"
#include "mgmt/process_memory.h"

namespace tern::mgmt {

using WallTime = std::chrono::system_clock::time_point;

void write_json(JsonWriter& json, std::string const& daemon, bgp::SpeakerStatus const& status, WallTime now);
void write_json(JsonWriter& json, bgp::PeerStatus const& peer, WallTime now);
void write_json(JsonWriter& json, bgp::RouteEntry const& route);
void write_json(JsonWriter& json, bgp::Explanation const& explanation);
/// The same within an object that has more.
void write_fields(JsonWriter& json, bgp::Explanation const& explanation);

/// Without `process` where that is not known.
void write_json(JsonWriter& json, bgp::MemoryStatus const& memory, std::optional<ProcessMemory> const& process);

/// "rt:65000:1" for route targets and "soo:..." for sites of origin (RFC 4360 §4, §5; RFC 5668), else "0x" and octets.
[[nodiscard]] std::string community_text(bgp::ExtendedCommunity const& community);
/// "2026-01-31T12:00:00Z"
[[nodiscard]] std::string utc_text(WallTime time);

}  // namespace tern::mgmt
