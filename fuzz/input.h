// What the fuzzers share: choices taken from the front of the input, and a check that stays in every build.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "base/bytes.h"
#include "wire/update.h"

#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

namespace bgp::fuzz {

/// One octet of the input chooses the session that it came over. The peer's AS is 65001.
inline wire::DecodeContext context_from(std::uint8_t choice) {
  wire::DecodeContext context;
  context.four_octet_as = (choice & 1) == 0;
  context.ebgp = (choice & 2) != 0;
  context.accept_as_set = (choice & 4) != 0;
  context.check_first_as = (choice & 8) == 0;
  context.extended_next_hop = (choice & 16) != 0;
  for (auto const family : all_families) {
    if ((choice & (family.afi == ipv4_unicast.afi ? 32 : 64)) != 0) context.add_paths.insert(family);
  }
  context.peer_as = Asn{65001};
  return context;
}

}  // namespace bgp::fuzz
