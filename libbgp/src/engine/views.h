// From the RIB's ids to the plain values of bgp/status.h: attributes, listings, explanations, status, memory. Reads
// only.
#pragma once

#include <memory>

#include "bgp/speaker.h"
#include "engine/instance.h"

namespace bgp::engine {

/// A path as listings show it; `in_use` are those of its slot.
[[nodiscard]] RouteEntry entry_of(Instance const& instance, rib::Table const& table, rib::SlotId slot,
                                  std::uint32_t path, std::span<std::uint32_t const> in_use);

/// The attributes as the members of a group are told them, after what the filter made of them.
[[nodiscard]] Attributes exported_attributes(egress::GroupKey const& key, rib::Rib const& rib, rib::Path const& path,
                                             egress::ExportFilter::Verdict const& verdict);

[[nodiscard]] std::unique_ptr<RouteListing> list_routes(std::shared_ptr<Instance const> instance, RouteQuery query);
[[nodiscard]] Explanation explain(Instance const& instance, Family family, rib::RouteKey const& key);
[[nodiscard]] std::optional<Prefix> longest_match(rib::Rib const& rib, IpAddress const& address, bool also_refused);
[[nodiscard]] PeerStatus status_of(Instance const& instance, Neighbour const& neighbour);
[[nodiscard]] SpeakerStatus status_of(Instance const& instance);
[[nodiscard]] MemoryStatus memory_of(Instance const& instance);

}  // namespace bgp::engine
