#include "wire/open.h"

#include <algorithm>
#include <span>

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

enum CapabilityCode : std::uint8_t {
  multiprotocol = 1,
  route_refresh = 2,
  extended_next_hop = 5,
  extended_messages = 6,
  role = 9,
  four_octet_as = 65,
  add_path = 69,
  enhanced_refresh = 70
};

// Sticky failure of a decoder: empty while all is well.
using MaybeFault = std::optional<Fault>;

// Octets still to be read tell where one stands: every reader reaches to the end of the message or of a part whose end
// is known.
struct Decoder {
  Bytes body;
  Capabilities& out;

  [[nodiscard]] Fault fault(Subcode subcode, std::uint8_t const* at, std::string_view rule, Buffer data = {}) const {
    auto const octet = header_size + static_cast<std::size_t>(at - body.data());
    return {{open_error, subcode, std::move(data)}, octet, rule};
  }

  // Each handler sees the value of one capability and nothing of the next.
  MaybeFault take_multiprotocol(Bytes value) {  // RFC 4760 §8
    if (value.size() != 4) return fault(unspecific, value.data() - 1, "multiprotocol length is not 4 (RFC 4760 §8)");
    Reader reader(value);
    Family family;
    family.afi = reader.u16();
    reader.u8();  // reserved
    family.safi = reader.u8();
    if (std::ranges::find(out.families, family) == out.families.end()) out.families.push_back(family);
    return {};
  }

  MaybeFault take_route_refresh(Bytes value) {  // RFC 2918 §2
    if (!value.empty()) return fault(unspecific, value.data() - 1, "route refresh length is not 0 (RFC 2918 §2)");
    out.route_refresh = true;
    return {};
  }

  MaybeFault take_enhanced_refresh(Bytes value) {  // RFC 7313 §3.1
    if (!value.empty())
      return fault(unspecific, value.data() - 1, "enhanced route refresh length is not 0 (RFC 7313 §3.1)");
    out.enhanced_refresh = true;
    return {};
  }

  MaybeFault take_next_hop_encodings(Bytes value) {  // RFC 8950 §4
    if (value.size() % 6 != 0) {
      return fault(unspecific, value.data() - 1, "extended next hop length is not a multiple of 6 (RFC 8950 §4)");
    }
    for (Reader reader(value); !reader.at_end();) {
      NextHopEncoding encoding;
      encoding.family.afi = reader.u16();
      auto const safi = reader.u16();
      encoding.next_hop_afi = reader.u16();
      if (safi > 0xff) continue;  // there is none
      encoding.family.safi = static_cast<std::uint8_t>(safi);
      auto& seen = out.next_hop_encodings;
      if (std::ranges::find(seen, encoding) == seen.end()) seen.push_back(encoding);
    }
    return {};
  }

  MaybeFault take_extended_messages(Bytes value) {  // RFC 8654 §3
    if (!value.empty()) return fault(unspecific, value.data() - 1, "extended message length is not 0 (RFC 8654 §3)");
    out.extended_messages = true;
    return {};
  }

  MaybeFault take_four_octet_as(Bytes value) {  // RFC 6793 §3
    if (value.size() != 4) return fault(unspecific, value.data() - 1, "four-octet AS length is not 4 (RFC 6793 §3)");
    out.four_octet_as = Asn{Reader(value).u32()};
    if (out.four_octet_as->value != 0) return {};
    return fault(bad_peer_as, value.data(), "AS 0 in capability 65 (RFC 7607 §2)");
  }

  // RFC 7911 §4: with a mode of another kind none of it is understood, nor is half a tuple. Of a family that is told
  // twice the first counts.
  MaybeFault take_add_paths(Bytes value) {
    if (value.size() % 4 != 0) return not_understood(add_path, value);
    std::vector<AddPath> told;
    for (Reader reader(value); !reader.at_end();) {
      AddPath one;
      one.family.afi = reader.u16();
      one.family.safi = reader.u8();
      one.mode = reader.u8();
      if (one.mode == 0 || one.mode > AddPath::both) return not_understood(add_path, value);
      told.push_back(one);
    }
    for (auto const& one : told) {
      auto const seen = std::ranges::find(out.add_paths, one.family, &AddPath::family);
      if (seen == out.add_paths.end()) out.add_paths.push_back(one);
    }
    return {};
  }

  MaybeFault not_understood(std::uint8_t code, Bytes value) {  // RFC 5492 §5
    out.unknown.push_back({code, Buffer(value.begin(), value.end())});
    return {};
  }

  MaybeFault take_role(Bytes value) {  // RFC 9234 §4.1
    if (value.size() != 1) return fault(unspecific, value.data() - 1, "BGP role length is not 1 (RFC 9234 §4.1)");
    if (std::ranges::find(out.roles, value[0]) == out.roles.end()) out.roles.push_back(value[0]);
    return {};
  }

  MaybeFault take_capability(std::uint8_t code, Bytes value) {
    switch (code) {
      case multiprotocol:
        return take_multiprotocol(value);
      case route_refresh:
        return take_route_refresh(value);
      case extended_next_hop:
        return take_next_hop_encodings(value);
      case extended_messages:
        return take_extended_messages(value);
      case role:
        return take_role(value);
      case four_octet_as:
        return take_four_octet_as(value);
      case add_path:
        return take_add_paths(value);
      case enhanced_refresh:
        return take_enhanced_refresh(value);
      default:
        return not_understood(code, value);
    }
  }

  MaybeFault take_capabilities(Bytes parameter) {
    Reader reader(parameter);
    MaybeFault first;
    while (!reader.at_end()) {
      auto const* const at = reader.rest().data();
      auto const code = reader.u8();
      auto const value = reader.take(reader.u8());
      if (reader.failed())
        return first ? first : fault(unspecific, at, "capability overruns its parameter (RFC 5492 §4)");
      auto wrong = take_capability(code, value);
      if (!first) first = std::move(wrong);
    }
    return first;
  }

  // `reader` stands on the Optional Parameters Length, and the parameters reach to its end.
  MaybeFault take_parameters(Reader reader) {
    auto const* const length_at = reader.rest().data();
    std::size_t length = reader.u8();
    bool const extended = length != 0 && !reader.at_end() && reader.rest()[0] == extended_length;
    if (extended) {
      reader.u8();
      length = reader.u16();
    }
    if (reader.failed() || length != reader.remaining()) {
      return fault(unspecific, length_at,
                   extended ? "length of the parameters is not that of the rest (RFC 9072 §2)"
                            : "length of the parameters is not that of the rest (RFC 4271 §6.2)");
    }
    MaybeFault first;
    while (!reader.at_end()) {
      auto const* const at = reader.rest().data();
      auto const type = reader.u8();
      auto const value = reader.take(extended ? reader.u16() : reader.u8());
      if (reader.failed()) return first ? first : fault(unspecific, at, "parameter overruns the list (RFC 4271 §6.2)");
      auto wrong = type == capabilities_parameter
                       ? take_capabilities(value)
                       : fault(unsupported_parameter, at, "unknown optional parameter (RFC 4271 §6.2)");
      if (!first) first = std::move(wrong);
    }
    return first;
  }
};

// What RFC 4271 §6.2 and 6286 §2.2 ask of the fixed fields, in the order in which they are judged.
MaybeFault check_fixed(Open const& open, std::uint8_t version_field, Decoder const& decoder) {
  auto const* const at = decoder.body.data();
  if (version_field != version) {
    return decoder.fault(unsupported_version, at, "version is not 4 (RFC 4271 §6.2)", {0, version});
  }
  if (open.as_field == 0) return decoder.fault(bad_peer_as, at + 1, "AS 0 (RFC 7607 §2)");
  if (open.hold_time == 1 || open.hold_time == 2) {
    return decoder.fault(unacceptable_hold_time, at + 3, "hold time is 1 or 2 seconds (RFC 4271 §6.2)");
  }
  if (open.router_id.value == 0) return decoder.fault(bad_identifier, at + 5, "BGP identifier is 0 (RFC 6286 §2.2)");
  return {};
}

void put_capability(Writer& writer, unsigned code, Bytes value) {
  if (value.size() > 255) return;  // cannot be said
  writer.u8(code);
  writer.u8(static_cast<unsigned>(value.size()));
  writer.bytes(value);
}

// A capability whose value is a list; several where one cannot say all of it.
template <class T, class Write>
void put_list(Writer& writer, unsigned code, std::size_t octets_each, std::vector<T> const& list, Write&& write) {
  auto const most = 255 / octets_each;
  for (std::span<T const> rest = list; !rest.empty();) {
    auto const now = rest.first(std::min(most, rest.size()));
    rest = rest.subspan(now.size());
    writer.u8(code);
    writer.u8(static_cast<unsigned>(now.size() * octets_each));
    for (auto const& one : now) write(one);
  }
}

void put_next_hop_encodings(Writer& writer, std::vector<NextHopEncoding> const& encodings) {
  put_list(writer, extended_next_hop, 6, encodings, [&](NextHopEncoding const& encoding) {
    writer.u16(encoding.family.afi);
    writer.u16(encoding.family.safi);
    writer.u16(encoding.next_hop_afi);
  });
}

void put_add_paths(Writer& writer, std::vector<AddPath> const& add_paths) {
  put_list(writer, add_path, 4, add_paths, [&](AddPath const& one) {
    writer.u16(one.family.afi);
    writer.u8(one.family.safi);
    writer.u8(one.mode);
  });
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
  put_next_hop_encodings(writer, capabilities.next_hop_encodings);
  if (capabilities.extended_messages) put_capability(writer, extended_messages, {});
  for (auto const& value : capabilities.roles) put_capability(writer, role, {&value, 1});
  if (capabilities.four_octet_as) {
    writer.u8(four_octet_as);
    writer.u8(4);
    writer.u32(capabilities.four_octet_as->value);
  }
  put_add_paths(writer, capabilities.add_paths);
  if (capabilities.enhanced_refresh) put_capability(writer, enhanced_refresh, {});
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

MaybeFault read_open(Bytes body, Open& out) {
  Reader reader(body);
  Decoder decoder{body, out.capabilities};
  auto const version_field = reader.u8();
  out.as_field = reader.u16();
  out.hold_time = reader.u16();
  out.router_id.value = reader.u32();
  if (reader.failed()) return decoder.fault(unspecific, body.data() + body.size(), "OPEN is cut off (RFC 4271 §4.2)");
  auto const of_fixed = check_fixed(out, version_field, decoder);
  auto of_parameters = decoder.take_parameters(reader);
  return of_fixed ? of_fixed : of_parameters;
}

Result<Open, Fault> decode_open(Bytes body) {
  Open open;
  if (auto wrong = read_open(body, open)) return *wrong;
  return open;
}

}  // namespace bgp::wire
