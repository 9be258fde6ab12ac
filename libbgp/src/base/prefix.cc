#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "bgp/types.h"

namespace bgp {

Prefix::Prefix(IpAddress address, unsigned length) {
  if (address.is_v4()) {  // by one mask: whole tables pass here
    length = std::min(length, 32U);
    address_ = IpAddress::v4(length == 0 ? 0 : address.v4_value() & (0xffffffffU << (32 - length)));
    length_ = static_cast<std::uint8_t>(length);
    return;
  }
  auto const width = static_cast<unsigned>(address.size() * 8);
  length = std::min(length, width);
  std::uint8_t bytes[16] = {};
  std::memcpy(bytes, address.data(), (length + 7) / 8);
  if (length % 8 != 0) bytes[length / 8] &= static_cast<std::uint8_t>(0xff << (8 - length % 8));
  address_ = IpAddress::from_bytes(bytes, address.size());
  length_ = static_cast<std::uint8_t>(length);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  auto const slash = text.find('/');
  auto const address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  auto length = static_cast<unsigned>(address->size() * 8);
  if (slash != std::string_view::npos) {
    auto const digits = text.substr(slash + 1);
    unsigned parsed = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    if (error != std::errc{} || end != digits.data() + digits.size() || parsed > length) return std::nullopt;
    length = parsed;
  }
  return Prefix(*address, length);
}

bool Prefix::covers(Prefix const& other) const {
  if (address_.size() != other.address_.size() || other.length_ < length_) return false;
  auto const whole = length_ / 8U;
  auto const* mine = address_.data();
  auto const* others = other.address_.data();
  if (std::memcmp(mine, others, whole) != 0) return false;
  return length_ % 8 == 0 || (mine[whole] ^ others[whole]) >> (8 - length_ % 8) == 0;
}

std::string Prefix::text() const { return address_.text() + "/" + std::to_string(length_); }

Prefix literals::operator""_pfx(char const* text, std::size_t size) {
  if (auto const prefix = Prefix::parse({text, size})) return *prefix;
  throw std::invalid_argument("not a prefix: " + std::string(text, size));
}

}  // namespace bgp
