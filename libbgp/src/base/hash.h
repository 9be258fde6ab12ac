// Keyed hashing: peers choose the octets that are hashed, so every table is seeded with a secret of its process.
#pragma once

// Within our own code, for most of what is hashed is a few octets long.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>

#include "base/bytes.h"

namespace bgp {

struct HashKey {
  std::uint64_t secret = 0;
};

[[nodiscard]] inline std::uint64_t keyed_hash(HashKey key, void const* data, std::size_t size) {
  return XXH3_64bits_withSeed(data, size, key.secret);
}
[[nodiscard]] inline std::uint64_t keyed_hash(HashKey key, Bytes bytes) {
  return keyed_hash(key, bytes.data(), bytes.size());
}

}  // namespace bgp
