// A generated table in the place of a recording, with what a real feed has too: routes that a careful receiver refuses
// (AS_SET, RFC 9774; AS 0, RFC 7607), and some that are withdrawn on the way. Pure; any thread.
#pragma once
#include "kit/table.h"
#include "replay/mrt.h"

namespace bench {

struct Generated {
  std::uint32_t routes = 500'000;  // ordinary ones
  std::uint32_t as_sets = 0;
  std::uint32_t as_zeros = 0;
  std::uint32_t withdrawals = 0;
  std::uint64_t seed = 1;
};

Recording generate(Generated const& shape, Announcer const& announcer);

}  // namespace bench
