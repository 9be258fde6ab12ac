// What the kernel says of this process' memory. Reads /proc, which takes some microseconds; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tern::mgmt {

struct ProcessMemory {
  std::uint64_t resident = 0;  ///< octets in memory now, with those of the program and its libraries
  std::uint64_t peak = 0;      ///< the most since the start
};

/// Nothing where `status`, a file like /proc/self/status, cannot be read or has no such lines.
[[nodiscard]] std::optional<ProcessMemory> process_memory(std::string const& status = "/proc/self/status");

}  // namespace tern::mgmt
