// UPDATE messages from slots: as many prefixes a message as fit, each attribute block encoded once, the emission rules
// of RFC 7606 §5.1 (MP_REACH or MP_UNREACH first, never two kinds of NLRI in one message). Pure.
#pragma once

#include <span>

#include "egress/export_rules.h"

namespace bgp::egress {

/// Appends withdrawals of the prefixes of `slots` (also of vacant ones).
void pack_withdrawals(rib::Table const& table, std::span<rib::SlotId const> slots, Buffer& out);

/// Appends announcements of `slots`, whose best paths all have the attributes and the source of `path`; `attributes` is
/// what encode_attributes() made of it.
void pack_announcements(GroupKey const& key, rib::Rib const& rib, rib::Path const& path, Bytes attributes,
                        std::span<rib::SlotId const> slots, Buffer& out);

/// The same for attributes and a next hop that a filter changed.
void pack_announcements(rib::Table const& table, ExportedNextHop const& next_hop, Bytes attributes,
                        std::span<rib::SlotId const> slots, Buffer& out);

/// How many whole messages `octets` are.
[[nodiscard]] std::uint32_t count_messages(Bytes octets);

/// RFC 4724 §2.
void pack_end_of_rib(Family family, Buffer& out);

}  // namespace bgp::egress
