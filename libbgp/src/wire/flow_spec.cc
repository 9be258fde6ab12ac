#include "wire/flow_spec.h"

#include <array>
#include <utility>

#include "base/hex.h"
#include "bgp/types.h"

namespace bgp::wire {

namespace {

constexpr std::uint8_t destination = 1, source = 2, tcp_flags = 9, fragment = 12, flow_label = 13;
constexpr std::array<std::string_view, 14> names{
    "",          "destination", "source",    "protocol", "port", "destination port", "source port",
    "icmp type", "icmp code",   "tcp flags", "length",   "dscp", "fragment",         "flow label"};

// A prefix: of IPv6 its first octets may be left out (RFC 8956 §3.1).
struct Pattern {
  unsigned length = 0;
  unsigned offset = 0;
  Bytes octets;
};

bool read_pattern(Reader& reader, bool v6, Pattern& out) {
  out.length = reader.u8();
  out.offset = v6 ? reader.u8() : 0;
  auto const most = v6 ? 128U : 32U;
  auto const every = out.length == 0 && out.offset == 0;
  if (out.length > most || (!every && v6 && out.offset >= out.length)) return false;
  out.octets = reader.take((out.length - out.offset + 7) / 8);
  return !reader.failed();
}

struct Comparison {
  std::uint8_t op = 0;
  std::uint64_t value = 0;
  [[nodiscard]] bool last() const { return (op & 0x80) != 0; }
};

bool read_comparison(Reader& reader, Comparison& out) {
  out.op = reader.u8();
  out.value = 0;
  for (auto const octet : reader.take(std::size_t{1} << (out.op >> 4 & 3))) out.value = out.value << 8 | octet;
  return !reader.failed();
}

bool is_pattern(std::uint8_t type) { return type == destination || type == source; }

// Reads past one; false when it cannot be read.
bool skip_component(std::uint8_t type, Reader& reader, bool v6) {
  if (Pattern pattern; is_pattern(type)) return read_pattern(reader, v6, pattern);
  Comparison one;
  do {
    if (!read_comparison(reader, one)) return false;
  } while (!one.last());
  return true;
}

std::string pattern_text(Pattern const& pattern, bool v6) {
  std::uint8_t address[16] = {};
  for (std::size_t i = 0; i < pattern.octets.size() * 8 && pattern.offset + i < 128; ++i) {
    auto const to = pattern.offset + i;
    if ((pattern.octets[i / 8] >> (7 - i % 8) & 1) != 0) address[to / 8] |= static_cast<std::uint8_t>(0x80 >> to % 8);
  }
  auto const shown = Prefix(IpAddress::from_bytes(address, v6 ? 16 : 4), pattern.length).address().text();
  auto const from = pattern.offset == 0 ? "" : std::to_string(pattern.offset) + "-";
  return shown + "/" + from + std::to_string(pattern.length);
}

std::string comparison_text(std::uint8_t type, Comparison const& one, bool first) {
  static constexpr std::string_view numeric[] = {"never ", "=", ">", ">=", "<", "<=", "!=", "any "};
  static constexpr std::string_view bitwise[] = {"any of ", "all of ", "none of ", "not all of "};
  auto const is_bitwise = type == tcp_flags || type == fragment;
  std::string const joint = first ? "" : (one.op & 0x40) != 0 ? "&" : ",";
  return joint + std::string(is_bitwise ? bitwise[one.op & 3] : numeric[one.op & 7]) + std::to_string(one.value);
}

// Empty when it cannot be read.
std::string component_text(std::uint8_t type, Reader& reader, bool v6) {
  auto out = std::string(names[type]) + " ";
  if (is_pattern(type)) {
    Pattern pattern;
    return read_pattern(reader, v6, pattern) ? out + pattern_text(pattern, v6) : "";
  }
  Comparison one;
  auto first = true;
  do {
    if (!read_comparison(reader, one)) return "";
    out += comparison_text(type, one, std::exchange(first, false));
  } while (!one.last());
  return out;
}

bool is_known(std::uint8_t type, bool v6) { return type != 0 && type <= (v6 ? flow_label : fragment); }

}  // namespace

std::string_view flow_spec_fault(Bytes components, bool v6) {
  if (components.empty()) return "flow specification without a component (RFC 8955 §4.2)";
  std::uint8_t before = 0;
  for (Reader reader(components); !reader.at_end();) {
    auto const type = reader.u8();
    if (!is_known(type, v6)) return "flow specification with a component of unknown type (RFC 8955 §4.2)";
    if (type <= before) return "flow specification whose components are out of order (RFC 8955 §4.2)";
    if (!skip_component(type, reader, v6)) return "flow specification with a malformed component (RFC 8955 §4.2.2)";
    before = type;
  }
  return {};
}

std::string flow_spec_text(Bytes components, bool v6) {
  std::string out;
  for (Reader reader(components); !reader.at_end();) {
    auto const from = reader.rest();
    auto const type = reader.u8();
    auto const text = is_known(type, v6) ? component_text(type, reader, v6) : "";
    out += out.empty() ? "" : ", ";
    if (text.empty()) return out + "0x" + hex(from);
    out += text;
  }
  return out;
}

}  // namespace bgp::wire
