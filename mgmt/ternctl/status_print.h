// The daemon as a whole: the tables of neighbours that people know from calicoctl, then its own counters.
#pragma once

#include <cstdint>
#include <string>

namespace tern::ctl {

/// So many neighbours are shown with the status; of more, 'ternctl peers' is the list.
inline constexpr std::uint64_t most_peers_in_status = 100;

/// How many neighbours a status tells of.
[[nodiscard]] std::uint64_t peers_of(std::string const& status);

/// `peers`: the list of them, "" when there are too many.
void print_status(std::string const& status, std::string const& peers);

}  // namespace tern::ctl
