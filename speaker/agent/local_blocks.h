// The node's own pod CIDR blocks towards BGP: what it announces, and the filter by which neighbours get that and
// nothing else. Pure.
#pragma once

#include <span>
#include <vector>

#include "bgp/speaker.h"
#include "config/speaker.h"

namespace tern::speaker {

/// One for each block whose family the node has an address of; that address is the next hop.
[[nodiscard]] std::vector<bgp::Announcement> announcements(config::Node const& node);

/// Passes what the node itself announces, its blocks, whichever they are: a node never exports another's.
[[nodiscard]] bgp::FilterPtr only_local_blocks();
/// That filter for every neighbour and range that has none. Towards eBGP the next hop is our address on that link:
/// the node's own address may be on another, or on none.
void export_local_blocks(config::SpeakerFile& file);

}  // namespace tern::speaker
