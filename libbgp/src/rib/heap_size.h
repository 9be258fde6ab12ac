// What blocks on the heap take, for figures that are shown to people. An estimate: it knows how glibc's malloc rounds,
// not what it keeps between the blocks. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstddef>

namespace bgp::rib {

/// Octets of a block that was asked for with `octets`: eight more, in steps of sixteen, 32 at least; none for 0.
[[nodiscard]] constexpr std::size_t heap_size(std::size_t octets) {
  constexpr std::size_t step = 16, header = 8, least = 32;
  return octets == 0 ? 0 : std::max(least, (octets + header + step - 1) / step * step);
}

/// Octets of one element of a std::map or std::set whose value has `octets`.
[[nodiscard]] constexpr std::size_t tree_node_size(std::size_t octets) {
  constexpr std::size_t links = 32;  // parent, left, right, colour
  return heap_size(links + octets);
}

}  // namespace bgp::rib
