#include "wire/open.h"

#include <algorithm>

#include "wire/message.h"

namespace bgp::wire {
namespace {

constexpr std::uint8_t open_error = 2;
constexpr std::uint8_t version = 4;
constexpr std::uint8_t capabilities_parameter = 2;  // RFC 5492 §4
constexpr std::uint8_t extended_length = 255;       // RFC 9072 §2

enum Subcode : std::uint8_t {
  unspecific = 0,
  unsupported_version = 1,
  bad_peer_as = 2,
  bad_identifier = 3,
  unsupported_parameter = 4,
  unacceptable_hold_time = 6
};

enum CapabilityCode : std::uint8_t { multiprotocol = 1, route_refresh = 2, four_octet_as = 65 };

// Sticky failure of a decoder: empty while all is well.
using Fault = std::optional<Notification>;
Fault fault(Subcode subcode, Buffer data = {}) { return Notification{open_error, subcode, std::move(data)}; }

// Each handler sees the value of one capability and nothing of the next.
Fault take_multiprotocol(Bytes value, Capabilities& out) {  // RFC 4760 §8
  if (value.size() != 4) return fault(unspecific);
  Reader reader(value);
  Family family;
  family.afi = reader.u16();
  reader.u8();  // reserved
  family.safi = reader.u8();
  if (std::ranges::find(out.families, family) == out.families.end()) out.families.push_back(family);
  return {};
}

Fault take_route_refresh(Bytes value, Capabilities& out) {  // RFC 2918 §2
  if (!value.empty()) return fault(unspecific);
  out.route_refresh = true;
  return {};
}

Fault take_four_octet_as(Bytes value, Capabilities& out) {  // RFC 6793 §3
  if (value.size() != 4) return fault(unspecific);
  out.four_octet_as = Asn{Reader(value).u32()};
  return out.four_octet_as->value == 0 ? fault(bad_peer_as) : Fault{};  // RFC 7607 §2
}

Fault take_capability(std::uint8_t code, Bytes value, Capabilities& out) {
  switch (code) {
    case multiprotocol:
      return take_multiprotocol(value, out);
    case route_refresh:
      return take_route_refresh(value, out);
    case four_octet_as:
      return take_four_octet_as(value, out);
    default:  // RFC 5492 §5: one that is not understood is ignored
      out.unknown.push_back({code, Buffer(value.begin(), value.end())});
      return {};
  }
}

Fault take_capabilities(Bytes parameter, Capabilities& out) {
  Reader reader(parameter);
  while (!reader.at_end()) {
    auto const code = reader.u8();
    auto const value = reader.take(reader.u8());
    if (reader.failed()) return fault(unspecific);
    if (auto wrong = take_capability(code, value, out)) return wrong;
  }
  return {};
}

// `reader` stands on the Optional Parameters Length, and the parameters reach to its end.
Fault take_parameters(Reader reader, Capabilities& out) {
  std::size_t length = reader.u8();
  bool const extended = length != 0 && !reader.at_end() && reader.rest()[0] == extended_length;
  if (extended) {
    reader.u8();
    length = reader.u16();
  }
  if (reader.failed() || length != reader.remaining()) return fault(unspecific);
  while (!reader.at_end()) {
    auto const type = reader.u8();
    auto const value = reader.take(extended ? reader.u16() : reader.u8());
    if (reader.failed()) return fault(unspecific);
    if (type != capabilities_parameter) return fault(unsupported_parameter);
    if (auto wrong = take_capabilities(value, out)) return wrong;
  }
  return {};
}

void put_capability(Writer& writer, unsigned code, Bytes value) {
  if (value.size() > 255) return;  // cannot be said
  writer.u8(code);
  writer.u8(static_cast<unsigned>(value.size()));
  writer.bytes(value);
}

Buffer encode_capabilities(Capabilities const& capabilities) {
  Buffer out;
  Writer writer(out);
  for (auto const family : capabilities.families) {
    std::uint8_t const value[] = {static_cast<std::uint8_t>(family.afi >> 8),
                                  static_cast<std::uint8_t>(family.afi & 0xff), 0, family.safi};
    put_capability(writer, multiprotocol, value);
  }
  if (capabilities.route_refresh) put_capability(writer, route_refresh, {});
  if (capabilities.four_octet_as) {
    writer.u8(four_octet_as);
    writer.u8(4);
    writer.u32(capabilities.four_octet_as->value);
  }
  for (auto const& other : capabilities.unknown) put_capability(writer, other.code, other.value);
  return out;
}

void put_parameters(Writer& writer, Buffer const& capabilities) {
  auto const size = static_cast<unsigned>(capabilities.size());
  if (size == 0) {
    writer.u8(0);
  } else if (size + 2 <= 255) {
    writer.u8(size + 2);
    writer.u8(capabilities_parameter);
    writer.u8(size);
  } else {  // RFC 9072 §2
    writer.u8(extended_length);
    writer.u8(extended_length);
    writer.u16(size + 3);
    writer.u8(capabilities_parameter);
    writer.u16(size);
  }
  writer.bytes(capabilities);
}

}  // namespace

void encode(Open const& open, Buffer& out) {
  auto const begin = begin_message(out, MessageType::open);
  Writer writer(out);
  writer.u8(version);
  writer.u16(open.as_field);
  writer.u16(open.hold_time);
  writer.u32(open.router_id.value);
  put_parameters(writer, encode_capabilities(open.capabilities));
  finish_message(out, begin);
}

Result<Open, Notification> decode_open(Bytes body) {
  Reader reader(body);
  Open open;
  auto const version_field = reader.u8();
  open.as_field = reader.u16();
  open.hold_time = reader.u16();
  open.router_id.value = reader.u32();
  if (reader.failed()) return *fault(unspecific);
  if (version_field != version) return *fault(unsupported_version, {0, version});
  if (open.as_field == 0) return *fault(bad_peer_as);
  if (open.hold_time == 1 || open.hold_time == 2) return *fault(unacceptable_hold_time);
  if (open.router_id.value == 0) return *fault(bad_identifier);
  if (auto wrong = take_parameters(reader, open.capabilities)) return *wrong;
  return open;
}

}  // namespace bgp::wire
