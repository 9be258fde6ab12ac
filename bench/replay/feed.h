// A table as one neighbour sends it: the UPDATEs, and what they amount to. IPv4 only. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kit/message.h"
#include "replay/generate.h"

namespace bench {

struct Feed {
  Bytes updates;                 // whole messages, End-of-RIB last
  std::vector<Prefix> prefixes;  // held at the end, in the order in which they were first announced
  std::uint64_t next_hops = 0;   // different ones
  bool four_octet = true;
};

// The recording or, where `mrt` is empty, the generated table. `next_hop` takes the place of every NEXT_HOP; a route
// with an AS_SET, which a daemon may refuse (RFC 9774), is sent as a withdrawal.
Feed load_feed(std::string const& mrt, Generated const& table, std::optional<std::uint32_t> next_hop);

}  // namespace bench
