// Reads what one peer sent from an MRT file of BGP4MP or BGP4MP_ET records, plain or gzip: its UPDATEs as they were on
// the wire, and what they amount to. Not an MRT library: tables, ADD-PATH records and messages that the recorder itself
// sent are counted and passed over. RFC 6396 §4.4.
#pragma once
#include <cstdint>
#include <string>

#include "kit/message.h"

namespace bench {

struct Recording {
  Bytes updates;  // whole messages, one after the other
  std::uint64_t messages = 0;
  std::uint64_t announced = 0;  // prefixes, in order of arrival
  std::uint64_t different = 0;  // prefixes that were announced at least once
  std::uint64_t withdrawn = 0;
  std::uint64_t unique_at_end = 0;
  std::uint64_t passed_over = 0;  // records that are no UPDATE of this peer
  std::uint32_t peer_as = 0;
  std::string peer;
  bool four_octet = true;  // how AS_PATH is written: the session that replays it must have agreed on the same
  bool ipv6 = false;       // some UPDATE carries IPv6 unicast
};

// The peer is the one whose UPDATE comes first. Throws std::runtime_error for a file that cannot be read or replayed.
Recording read_recording(std::string const& path);

}  // namespace bench
