// A cache line asked for before it is needed.
#pragma once

namespace bgp {

/// Has the line at `address`, which may be any, on its way into the cache.
inline void prefetch(void const* address) {
  __builtin_prefetch(address);
  // g++ 12 takes a function that does nothing but this for one without effect, and leaves its calls out.
  asm volatile("");
}

}  // namespace bgp
