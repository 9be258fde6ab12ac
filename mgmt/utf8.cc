#include "mgmt/utf8.h"

#include <cstdio>

namespace tern::mgmt {

Character next_character(std::string_view text) {
  auto const first = static_cast<std::uint8_t>(text[0]);
  if (first < 0x80) return {first, 1, true};
  std::size_t const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t code_point = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    auto const octet = static_cast<std::uint8_t>(text[i]);
    if ((octet & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (octet & 0x3fu);
  }
  bool const overlong = code_point < (size == 2 ? 0x80u : size == 3 ? 0x800u : 0x10000u);
  bool const surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (overlong || surrogate || code_point > 0x10ffff) return {};
  return {code_point, size, true};
}

bool harmful_on_terminal(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) ||       // controls, escape among them
         c == 0x200e || c == 0x200f || c == 0x61c ||  // direction marks
         (c >= 0x2028 && c <= 0x202e) ||              // line and paragraph separators, embeddings, overrides
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

std::string for_terminal(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto const c = next_character(text);
    if (c.valid && !harmful_on_terminal(c.code_point)) {
      out.append(text.substr(0, c.size));
    } else {
      char escaped[16];
      auto const octet = static_cast<unsigned>(static_cast<std::uint8_t>(text[0]));
      std::snprintf(escaped, sizeof escaped, c.code_point > 0xff ? "\\u{%04x}" : "\\x%02x",
                    c.valid ? static_cast<unsigned>(c.code_point) : octet);
      out += escaped;
    }
    text.remove_prefix(c.size);
  }
  return out;
}

}  // namespace tern::mgmt
