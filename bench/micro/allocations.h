// Counts what this program asks of the heap: whoever links allocations.cc has its operator new replaced.
#pragma once
#include <cstdint>

namespace bench {

// Since the program began. One thread.
[[nodiscard]] std::uint64_t allocations();

}  // namespace bench
