#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>

#include "base/families.h"

namespace bgp {

namespace {
// inet_pton wants a terminated string; no valid address is longer than INET6_ADDRSTRLEN.
template <class Out>
bool parse_into(int family, std::string_view text, Out* out) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated) return false;
  text.copy(terminated, text.size());
  terminated[text.size()] = '\0';
  return inet_pton(family, terminated, out) == 1;
}
}  // namespace

std::string RouterId::text() const { return IpAddress::v4(value).text(); }

std::optional<RouterId> RouterId::parse(std::string_view text) {
  auto const address = IpAddress::parse(text);
  if (!address || !address->is_v4()) return std::nullopt;
  return RouterId{address->v4_value()};
}

std::string Family::text() const {
  if (has_table(*this)) return std::string(traits(*this).name);
  return std::to_string(afi) + "/" + std::to_string(safi);
}

std::optional<Family> Family::parse(std::string_view text) {
  auto const* const found = std::ranges::find(family_traits, text, &FamilyTraits::name);
  if (found == family_traits.end()) return std::nullopt;
  return found->family;
}

std::span<Family const> Family::all() { return all_families; }

IpAddress IpAddress::from_bytes(std::uint8_t const* bytes, std::size_t size) {
  IpAddress a;
  if (size != 4 && size != 16) return a;
  a.kind_ = size == 4 ? 4 : 6;
  std::memcpy(a.bytes_.data(), bytes, size);
  return a;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  if (parse_into(AF_INET, text, bytes.data())) return from_bytes(bytes.data(), 4);
  if (parse_into(AF_INET6, text, bytes.data())) return from_bytes(bytes.data(), 16);
  return std::nullopt;
}

bool IpAddress::is_link_local() const { return is_v6() && bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80; }

std::string IpAddress::text() const {
  if (is_unset()) return "unset";
  char out[INET6_ADDRSTRLEN];
  if (is_v6()) return inet_ntop(AF_INET6, bytes_.data(), out, sizeof out);
  auto* end = out;  // inet_ntop() would format it as text with arguments: a fifth of a listing
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, std::end(out), bytes_[i]).ptr;
  }
  return {out, end};
}

IpAddress literals::operator""_ip(char const* text, std::size_t size) {
  if (auto const address = IpAddress::parse({text, size})) return *address;
  throw std::invalid_argument("not an IP address: " + std::string(text, size));
}

}  // namespace bgp
