// Octets as people see them.
#pragma once

#include <string>

#include "base/bytes.h"

namespace bgp {

/// "0a4d": two digits an octet.
[[nodiscard]] inline std::string hex(Bytes octets) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (auto const octet : octets) {
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

}  // namespace bgp
