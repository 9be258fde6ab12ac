// UTF-8 from strangers, character by character. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tern::mgmt {

struct Character {
  std::uint32_t code_point = 0;
  std::size_t size = 1;  ///< octets; 1 when not valid
  bool valid = false;    ///< shortest form, no surrogate, at most U+10FFFF (RFC 3629)
};

/// The first character of `text`, which is not empty.
[[nodiscard]] Character next_character(std::string_view text);

/// Control characters (C0, DEL, C1), and what changes the direction or the lines of other text.
[[nodiscard]] bool harmful_on_terminal(std::uint32_t code_point);

/// `text` for people: harmful characters as \xNN or \u{NNNN}, invalid octets as \xNN.
[[nodiscard]] std::string for_terminal(std::string_view text);

}  // namespace tern::mgmt
