#include "mgmt/process_memory.h"

#include <fstream>
#include <sstream>

namespace tern::mgmt {

std::optional<ProcessMemory> process_memory(std::string const& status) {
  constexpr std::uint64_t octets_a_kilobyte = 1024;  // what it calls kB
  std::optional<std::uint64_t> resident, peak;
  std::ifstream file(status);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t value = 0;
    if (!(words >> name >> value)) continue;
    if (name == "VmRSS:") resident = value * octets_a_kilobyte;
    if (name == "VmHWM:") peak = value * octets_a_kilobyte;
  }
  if (!resident || !peak) return std::nullopt;
  return ProcessMemory{*resident, *peak};
}

}  // namespace tern::mgmt
