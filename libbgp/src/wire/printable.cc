#include "wire/printable.h"

#include <cstdint>

namespace bgp::wire {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

struct Character {
  std::size_t size = 1;  ///< octets consumed
  std::uint32_t code = 0;
  bool valid = false;
};

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xc0) == 0x80;
}

// One character in shortest form; surrogates and values past U+10FFFF are none.
Character first_character(std::string_view text) {
  auto const lead = static_cast<std::uint8_t>(text[0]);
  if (lead < 0x80) return {1, lead, true};
  std::size_t const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return {};
  std::uint32_t code = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text, i)) return {};
    code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3fU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool const surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[size] || code > 0x10ffff || surrogate) return {};
  return {size, code, true};
}

bool harmless(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;                  // C0, DEL, C1
  if (code >= 0x2028 && code <= 0x202e) return false;                              // line separators, overrides
  return !(code >= 0x2066 && code <= 0x2069) && code != 0x200e && code != 0x200f;  // isolates, marks
}

template <class Keep>
std::string replace_unless(std::string_view text, Keep keep) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto const character = first_character(text);
    out += character.valid && keep(character.code) ? text.substr(0, character.size) : replacement;
    text.remove_prefix(character.size);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) { return replace_unless(text, harmless); }

std::string valid_utf8(std::string_view text) {
  return replace_unless(text, [](std::uint32_t) { return true; });
}

std::string_view cut_utf8(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && continues(text, max)) --max;
  return text.substr(0, max);
}

}  // namespace bgp::wire
