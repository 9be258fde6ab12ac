// Text within the target of a request. Any thread.
#pragma once

#include <string>

namespace tern::ctl {

/// Everything but letters, digits and what an address needs, as %XX.
[[nodiscard]] inline std::string encoded(std::string const& text) {
  static char const digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char const c : text) {
    bool const plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == ':';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return out;
}

}  // namespace tern::ctl
