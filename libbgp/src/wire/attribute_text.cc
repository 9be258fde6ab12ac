// The texts of bgp/attributes.h.
#include <algorithm>
#include <charconv>

#include "bgp/attributes.h"

namespace bgp {
namespace {

struct WellKnown {
  std::uint32_t value;
  std::string_view name;
};
// IANA "BGP Well-known Communities".
constexpr WellKnown well_known[] = {
    {0xffff0000, "graceful-shutdown"},    // RFC 8326
    {0xffff0001, "accept-own"},           // RFC 7611
    {0xffff0006, "llgr-stale"},           // RFC 9494
    {0xffff0007, "no-llgr"},              // RFC 9494
    {0xffff029a, "blackhole"},            // RFC 7999
    {0xffffff01, "no-export"},            // RFC 1997
    {0xffffff02, "no-advertise"},         // RFC 1997
    {0xffffff03, "no-export-subconfed"},  // RFC 1997
    {0xffffff04, "no-peer"},              // RFC 3765
};

std::optional<std::uint16_t> parse_u16(std::string_view text) {
  std::uint16_t value = 0;
  auto const* end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

struct Brackets {
  std::string_view open;
  std::string_view close;
};
Brackets brackets(AsPathSegment::Kind kind) {
  switch (kind) {
    case AsPathSegment::Kind::set:
      return {"{", "}"};
    case AsPathSegment::Kind::confed_sequence:
      return {"(", ")"};
    case AsPathSegment::Kind::confed_set:
      return {"[", "]"};
    case AsPathSegment::Kind::sequence:
      break;
  }
  return {};
}

void append_segment(AsPathSegment const& segment, std::string& out) {
  auto const [open, close] = brackets(segment.kind);
  if (!out.empty()) out += ' ';
  out += open;
  bool first = true;
  for (auto const as : segment.asns) {
    if (!first) out += ' ';
    first = false;
    out += std::to_string(as.value);
  }
  out += close;
}

unsigned hops(AsPathSegment const& segment) {
  switch (segment.kind) {
    case AsPathSegment::Kind::set:
      return 1;
    case AsPathSegment::Kind::sequence:
      return static_cast<unsigned>(segment.asns.size());
    default:
      return 0;
  }
}

}  // namespace

unsigned AsPath::length() const {
  unsigned total = 0;
  for (auto const& segment : segments) total += hops(segment);
  return total;
}

std::string AsPath::text() const {
  std::string out;
  for (auto const& segment : segments) append_segment(segment, out);
  return out;
}

std::string Community::text() const {
  auto const* named = std::ranges::find(well_known, value, &WellKnown::value);
  if (named != std::end(well_known)) return std::string(named->name);
  return std::to_string(value >> 16) + ":" + std::to_string(value & 0xffff);
}

std::optional<Community> Community::parse(std::string_view text) {
  auto const* named = std::ranges::find(well_known, text, &WellKnown::name);
  if (named != std::end(well_known)) return Community{named->value};
  auto const colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto const high = parse_u16(text.substr(0, colon));
  auto const low = parse_u16(text.substr(colon + 1));
  if (!high || !low) return std::nullopt;
  return Community{std::uint32_t{*high} << 16 | *low};
}

std::string LargeCommunity::text() const {
  return std::to_string(global) + ":" + std::to_string(local1) + ":" + std::to_string(local2);
}

}  // namespace bgp
