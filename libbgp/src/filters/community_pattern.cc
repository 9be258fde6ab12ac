#include <algorithm>
#include <charconv>
#include <span>

#include "bgp/patterns.h"

namespace bgp {

namespace {

constexpr std::uint8_t route_target = 2;  // RFC 4360 §4
constexpr std::uint8_t route_origin = 3;  // §5

using Octets = std::array<std::uint8_t, 20>;

void put(Octets& out, std::size_t at, std::size_t size, std::uint32_t number) {
  for (std::size_t i = 0; i < size; ++i) out[at + i] = static_cast<std::uint8_t>(number >> (8 * (size - 1 - i)));
}

Octets octets_of(Community community) {
  Octets out{};
  put(out, 0, 4, community.value);
  return out;
}
Octets octets_of(ExtendedCommunity const& community) {
  Octets out{};
  std::ranges::copy(community, out.begin());
  return out;
}
Octets octets_of(Ipv6ExtendedCommunity const& community) { return community; }
Octets octets_of(LargeCommunity const& community) {
  Octets out{};
  put(out, 0, 4, community.global);
  put(out, 4, 4, community.local1);
  put(out, 8, 4, community.local2);
  return out;
}

std::uint32_t number_at(Octets const& octets, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out = out << 8 | octets[at + i];
  return out;
}

std::optional<std::uint32_t> parse_number(std::string_view text, std::size_t octets, int base = 10) {
  std::uint64_t out = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || out >> (8 * octets) != 0) return {};
  return static_cast<std::uint32_t>(out);
}

}  // namespace

// A number of `size` octets, or `*`.
bool CommunityPattern::write(std::size_t at, std::size_t size, std::string_view text) {
  if (text == "*") return true;
  auto const number = parse_number(text, size);
  if (!number) return false;
  put(value_, at, size, *number);
  std::fill_n(mask_.begin() + static_cast<std::ptrdiff_t>(at), size, std::uint8_t{0xff});
  return true;
}

bool CommunityPattern::parse_standard(std::string_view text) {
  if (auto const known = Community::parse(text)) {
    put(value_, 0, 4, known->value);
    put(mask_, 0, 4, 0xffffffff);
    return true;
  }
  auto const colon = text.find(':');
  return colon != std::string_view::npos && write(0, 2, text.substr(0, colon)) && write(2, 2, text.substr(colon + 1));
}

bool CommunityPattern::parse_large(std::string_view text) {
  kind_ = Kind::large;
  auto const first = text.find(':');
  auto const second = first == std::string_view::npos ? first : text.find(':', first + 1);
  return second != std::string_view::npos && write(0, 4, text.substr(0, first)) &&
         write(4, 4, text.substr(first + 1, second - first - 1)) && write(8, 4, text.substr(second + 1));
}

// RFC 4360 §3: an AS of two octets and a number of four, an IPv4 address or (RFC 5668) an AS of four and one of two; an
// IPv6 address and one of two (RFC 5701 §2). Where the number stands depends on what is before it: `*` is for both.
bool CommunityPattern::parse_extended(std::string_view text, std::uint8_t subtype) {
  kind_ = Kind::extended;
  if (text == "*") {
    put(value_, 0, 2, subtype);
    put(mask_, 0, 2, 0xfcff);  // of any of these
    return true;
  }
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  auto const who = text.substr(0, colon);
  auto const what = text.substr(colon + 1);
  auto const address = IpAddress::parse(who);
  auto const as = parse_number(who, 4);
  if (!as && !address) return false;
  auto const two_octets = as && *as <= 0xffff;
  auto const v6 = address && address->is_v6();
  put(value_, 0, 2, (as || v6 ? (v6 || two_octets ? 0U : 0x200U) : 0x100U) | subtype);
  put(mask_, 0, 2, 0xffff);
  if (v6) {
    kind_ = Kind::ipv6_extended;
    std::copy_n(address->data(), 16, value_.begin() + 2);
    std::fill_n(mask_.begin() + 2, 16, std::uint8_t{0xff});
    return write(18, 2, what);
  }
  put(value_, 2, two_octets ? 2 : 4, as ? *as : address->v4_value());
  std::fill_n(mask_.begin() + 2, two_octets ? 2 : 4, std::uint8_t{0xff});
  return two_octets ? write(4, 4, what) : write(6, 2, what);
}

// RFC 9012 §4.3. Its flags may be any where a colour is looked for, and are none where one is added.
bool CommunityPattern::parse_color(std::string_view text) {
  kind_ = Kind::extended;
  put(value_, 0, 2, 0x030b);
  put(mask_, 0, 2, 0xffff);
  return write(4, 4, text);
}

bool CommunityPattern::parse_hex(std::string_view digits, Kind kind) {
  kind_ = kind;
  auto const rest = digits.ends_with('*');
  if (rest) digits.remove_suffix(1);
  if (digits.size() > 2 * size() || (!rest && digits.size() != 2 * size())) return false;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    auto const digit = parse_number(digits.substr(i, 1), 1, 16);
    if (!digit) return false;
    auto const shift = i % 2 == 0 ? 4 : 0;
    value_[i / 2] = static_cast<std::uint8_t>(value_[i / 2] | *digit << shift);
    mask_[i / 2] = static_cast<std::uint8_t>(mask_[i / 2] | 0xf << shift);
  }
  return true;
}

Result<CommunityPattern> CommunityPattern::parse(std::string_view text) {
  CommunityPattern out;
  auto const after = [&](std::string_view prefix) { return text.substr(prefix.size()); };
  auto const good = text.starts_with("large:")    ? out.parse_large(after("large:"))
                    : text.starts_with("rt:")     ? out.parse_extended(after("rt:"), route_target)
                    : text.starts_with("soo:")    ? out.parse_extended(after("soo:"), route_origin)
                    : text.starts_with("color:")  ? out.parse_color(after("color:"))
                    : text == "ext:*"             ? out.parse_hex("*", Kind::extended)
                    : text == "ext6:*"            ? out.parse_hex("*", Kind::ipv6_extended)
                    : text.starts_with("0x")      ? out.parse_hex(after("0x"), Kind::extended)  // as explain shows it
                    : text.starts_with("ext:0x")  ? out.parse_hex(after("ext:0x"), Kind::extended)
                    : text.starts_with("ext6:0x") ? out.parse_hex(after("ext6:0x"), Kind::ipv6_extended)
                                                  : out.parse_standard(text);
  if (good) return out;
  return Error{
      "'" + std::string(text) +
      "' is no community: write for instance 65000:1, 65000:*, no-export, large:65000:1:2, rt:65000:100, rt:*, "
      "soo:192.0.2.1:5, color:7, ext:0x0002fde800000064 or ext:0x03*"};
}

std::size_t CommunityPattern::size() const {
  constexpr std::array<std::size_t, 4> octets{4, 8, 12, 20};
  return octets[static_cast<std::size_t>(kind_)];
}

bool CommunityPattern::exact() const {
  auto const is_color = kind_ == Kind::extended && value_[0] == 0x03 && value_[1] == 0x0b;
  for (std::size_t i = 0; i < size(); ++i) {
    if (mask_[i] != 0xff && !(is_color && (i == 2 || i == 3) && mask_[i] == 0)) return false;
  }
  return true;
}

bool CommunityPattern::matches(Octets const& octets) const {
  constexpr std::uint8_t of_any_who = 0xfc, opaque = 3;  // of rt:* and soo:*, and what has another meaning there
  if (kind_ == Kind::extended && mask_[0] == of_any_who && mask_[1] == 0xff && (octets[0] & opaque) == opaque)
    return false;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (((octets[i] ^ value_[i]) & mask_[i]) != 0) return false;
  }
  return true;
}

bool CommunityPattern::is_in(Attributes const& attributes) const {
  auto const match = [this](auto const& community) { return matches(octets_of(community)); };
  if (kind_ == Kind::standard) return std::ranges::any_of(attributes.communities, match);
  if (kind_ == Kind::extended) return std::ranges::any_of(attributes.extended_communities, match);
  if (kind_ == Kind::ipv6_extended) return std::ranges::any_of(attributes.ipv6_extended_communities, match);
  return std::ranges::any_of(attributes.large_communities, match);
}

void CommunityPattern::remove_from(Attributes& attributes) const {
  auto const match = [this](auto const& community) { return matches(octets_of(community)); };
  if (kind_ == Kind::standard) std::erase_if(attributes.communities, match);
  if (kind_ == Kind::extended) std::erase_if(attributes.extended_communities, match);
  if (kind_ == Kind::large) std::erase_if(attributes.large_communities, match);
  if (kind_ == Kind::ipv6_extended) std::erase_if(attributes.ipv6_extended_communities, match);
}

void CommunityPattern::add_to(Attributes& attributes) const {
  if (is_in(attributes)) return;
  if (kind_ == Kind::standard) attributes.communities.push_back({number_at(value_, 0)});
  if (kind_ == Kind::large) {
    attributes.large_communities.push_back({number_at(value_, 0), number_at(value_, 4), number_at(value_, 8)});
  }
  if (kind_ == Kind::ipv6_extended) attributes.ipv6_extended_communities.push_back(value_);
  if (kind_ != Kind::extended) return;
  ExtendedCommunity extended{};
  std::copy_n(value_.begin(), extended.size(), extended.begin());
  attributes.extended_communities.push_back(extended);
}

}  // namespace bgp
