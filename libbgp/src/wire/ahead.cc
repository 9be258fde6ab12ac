#include "wire/ahead.h"

#include "wire/attribute_reader.h"
#include "wire/attributes.h"
#include "wire/message.h"

namespace bgp::wire {
namespace {

Bytes update_body(Bytes buffer) {
  constexpr std::size_t length_at = 16, type_at = 18;
  if (buffer.size() < header_size || buffer[type_at] != static_cast<std::uint8_t>(MessageType::update)) return {};
  auto const length = std::size_t{buffer[length_at]} << 8 | buffer[length_at + 1];
  if (length < header_size || length > buffer.size()) return {};
  return buffer.subspan(header_size, length - header_size);
}

// Takes a block that begins with its length, in two octets, from the front of `rest`; false when it is not whole.
bool take_block(Bytes& rest, Bytes& block) {
  if (rest.size() < 2) return false;
  auto const length = std::size_t{rest[0]} << 8 | rest[1];
  if (length > rest.size() - 2) return false;
  block = rest.subspan(2, length);
  rest = rest.subspan(2 + length);
  return true;
}

// The NLRI of MP_REACH_NLRI begin behind the next hop and an octet (RFC 4760 §3), those of MP_UNREACH_NLRI at once.
RoutesAhead of_multiprotocol(RawAttribute const& attribute) {
  constexpr std::size_t next_hop_at = 3;
  if (attribute.value.size() <= next_hop_at) return {};
  Reader reader(attribute.value);
  Family family;
  family.afi = reader.u16();
  family.safi = reader.u8();
  auto const is_reach = attribute.type == static_cast<std::uint8_t>(AttributeType::mp_reach);
  auto const at = next_hop_at + (is_reach ? std::size_t{2} + attribute.value[next_hop_at] : 0);
  return {family, attribute.value.size() > at ? attribute.value.subspan(at) : Bytes{}};
}

}  // namespace

RoutesAhead routes_ahead(Bytes buffer) {
  Bytes rest = update_body(buffer), withdrawn, attributes;
  if (!take_block(rest, withdrawn) || !take_block(rest, attributes)) return {};
  if (!rest.empty()) return {ipv4_unicast, rest};
  if (!withdrawn.empty()) return {ipv4_unicast, withdrawn};
  AttributeReader reader(attributes);
  for (RawAttribute attribute; reader.next(attribute);) {
    auto const type = static_cast<AttributeType>(attribute.type);
    if (type == AttributeType::mp_reach || type == AttributeType::mp_unreach) return of_multiprotocol(attribute);
  }
  return {};
}

}  // namespace bgp::wire
