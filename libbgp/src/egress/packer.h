// UPDATE messages from slots: as many NLRI a message as fit, each attribute block encoded once, the emission rules
// of RFC 7606 §5.1 (MP_REACH or MP_UNREACH first, never two kinds of NLRI in one message). Pure.
#pragma once

#include <span>

#include "egress/export_rules.h"

namespace bgp::egress {

/// What an UPDATE names: a prefix and, where the session has ADD-PATH (RFC 7911), one of its paths.
struct Nlri {
  rib::SlotId slot;
  PathId path = {};
};

/// How prefixes are written for a group.
struct NlriForm {
  rib::Table const& table;
  bool path_ids = false;
};
[[nodiscard]] NlriForm nlri_form(GroupKey const& key, rib::Rib const& rib);

/// Appends withdrawals (also of vacant slots).
void pack_withdrawals(NlriForm const& form, std::span<Nlri const> nlri, Buffer& out);

/// Appends announcements of `nlri`, whose paths all have the attributes and the source of `path`; `attributes` is what
/// encode_attributes() made of it.
void pack_announcements(GroupKey const& key, rib::Rib const& rib, rib::Path const& path, Bytes attributes,
                        std::span<Nlri const> nlri, Buffer& out);

/// The same for attributes and a next hop that a filter changed; `value` is what the NLRI hold beside their keys.
void pack_announcements(NlriForm const& form, ExportedNextHop const& next_hop, Bytes attributes, Bytes value,
                        std::span<Nlri const> nlri, Buffer& out);

/// How many whole messages `octets` are.
[[nodiscard]] std::uint32_t count_messages(Bytes octets);

/// RFC 4724 §2.
void pack_end_of_rib(Family family, Buffer& out);

}  // namespace bgp::egress
