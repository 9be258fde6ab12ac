#include "bgp_bytes.h"

#include <arpa/inet.h>

#include <algorithm>
#include <stdexcept>

namespace support {
namespace {

std::uint8_t octet(std::uint32_t value) { return static_cast<std::uint8_t>(value); }

Bytes with_length_octet(unsigned first, Bytes const& value) { return u8(first) + u8(unsigned(value.size())) + value; }

}  // namespace

Bytes u8(unsigned value) { return {octet(value)}; }
Bytes u16(unsigned value) { return {octet(value >> 8), octet(value)}; }
Bytes u32(std::uint32_t value) { return {octet(value >> 24), octet(value >> 16), octet(value >> 8), octet(value)}; }

Bytes hex(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
  if (digits.size() % 2 != 0) throw std::invalid_argument("odd number of digits: " + digits);
  Bytes bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2)
    bytes.push_back(octet(std::uint32_t(std::stoul(digits.substr(at, 2), nullptr, 16))));
  return bytes;
}

std::string to_hex(Bytes const& bytes) {
  static char const digits[] = "0123456789abcdef";
  std::string text;
  for (auto const byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

Bytes operator+(Bytes left, Bytes const& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes cat(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (auto const& part : parts) all = all + part;
  return all;
}

Bytes ip(std::string const& address) {
  bool const six = address.find(':') != std::string::npos;
  Bytes bytes(six ? 16 : 4);
  if (::inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1)
    throw std::invalid_argument("not an address: " + address);
  return bytes;
}

Bytes nlri(std::string const& prefix) {
  auto const slash = prefix.find('/');
  auto const length = unsigned(std::stoul(prefix.substr(slash + 1)));
  auto bytes = ip(prefix.substr(0, slash));
  bytes.resize((length + 7) / 8);
  return u8(length) + bytes;
}

Bytes fill(std::size_t length, unsigned value) { return Bytes(length, octet(value)); }

Bytes message_of_length(unsigned length, unsigned type, Bytes const& body) {
  return cat({fill(16, 0xff), u16(length), u8(type), body});
}

Bytes message(unsigned type, Bytes const& body) { return message_of_length(19 + unsigned(body.size()), type, body); }
Bytes keepalive() { return message(kKeepalive); }

Bytes notification(unsigned code, unsigned subcode, Bytes const& data) {
  return message(kNotification, cat({u8(code), u8(subcode), data}));
}

Bytes route_refresh(unsigned afi, unsigned safi, unsigned subtype) {
  return message(kRouteRefresh, cat({u16(afi), u8(subtype), u8(safi)}));
}

Bytes Open::body() const {
  unsigned const short_as = as > 0xffff ? 23456 : as;
  auto const octets = length_octet.value_or(unsigned(parameters.size()));
  return cat({u8(version), u16(short_as), u16(hold_time), ip(id), u8(octets), parameters});
}

Bytes capability(unsigned code, Bytes const& value) { return with_length_octet(code, value); }
Bytes capability_mp(unsigned afi, unsigned safi) { return capability(1, cat({u16(afi), u8(0), u8(safi)})); }
Bytes capability_as4(std::uint32_t as) { return capability(65, u32(as)); }
Bytes parameter(unsigned type, Bytes const& value) { return with_length_octet(type, value); }

Bytes extended_parameters(Bytes const& parameters) {
  return cat({u8(255), u16(unsigned(parameters.size())), parameters});
}

Bytes extended_parameter(unsigned type, Bytes const& value) {
  return cat({u8(type), u16(unsigned(value.size())), value});
}

Bytes attribute(unsigned flags, unsigned code, Bytes const& value) {
  auto const size = unsigned(value.size());
  return cat({u8(flags), u8(code), (flags & kExtendedLength) != 0 ? u16(size) : u8(size), value});
}

Bytes segment(unsigned type, std::vector<std::uint32_t> const& ases, int width) {
  auto bytes = u8(type) + u8(unsigned(ases.size()));
  for (auto const as : ases) bytes = bytes + (width == 4 ? u32(as) : u16(as));
  return bytes;
}

Bytes sequence(std::vector<std::uint32_t> const& ases, int width) { return segment(2, ases, width); }

Bytes mp_reach(unsigned afi, unsigned safi, Bytes const& next_hop, Bytes const& prefixes) {
  return cat({u16(afi), u8(safi), u8(unsigned(next_hop.size())), next_hop, u8(0), prefixes});
}

Bytes mp_unreach(unsigned afi, unsigned safi, Bytes const& prefixes) { return cat({u16(afi), u8(safi), prefixes}); }

Update& Update::add(unsigned flags, unsigned code, Bytes const& value) {
  attributes.push_back({code, attribute(flags, code, value)});
  return *this;
}

Update& Update::first(unsigned flags, unsigned code, Bytes const& value) {
  attributes.insert(attributes.begin(), {code, attribute(flags, code, value)});
  return *this;
}

Update& Update::set(unsigned flags, unsigned code, Bytes const& value) {
  for (auto& item : attributes) {
    if (item.code != code) continue;
    item.bytes = attribute(flags, code, value);
    return *this;
  }
  return add(flags, code, value);
}

Update& Update::drop(unsigned code) {
  std::erase_if(attributes, [code](auto const& item) { return item.code == code; });
  return *this;
}

Bytes Update::body() const {
  Bytes block;
  for (auto const& item : attributes) block = block + item.bytes;
  block = block + trailing;
  return cat({u16(withdrawn_length.value_or(unsigned(withdrawn.size()))), withdrawn,
              u16(attributes_length.value_or(unsigned(block.size()))), block, reachable});
}

}  // namespace support
