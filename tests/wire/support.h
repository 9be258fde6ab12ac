// What the tests of the wire room share: octets written as hex, an UPDATE put together piece by piece, and the three
// steps of decoding it in one call.
#pragma once

#include <cstddef>
#include <iomanip>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/update.h"

namespace bgp::wire::testing {

/// Octets from hex digits; blanks are skipped.
inline Buffer hex(std::string_view digits) {
  Buffer out;
  int high = -1;
  for (char const c : digits) {
    if (c == ' ' || c == '\n') continue;
    int const value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = value;
    } else {
      out.push_back(static_cast<std::uint8_t>(high * 16 + value));
      high = -1;
    }
  }
  return out;
}

inline std::string to_hex(Bytes bytes) {
  std::ostringstream out;
  for (auto const octet : bytes) out << std::hex << std::setw(2) << std::setfill('0') << int{octet};
  return out.str();
}

inline std::string const marker = "ffffffffffffffffffffffffffffffff";

inline Buffer operator+(Buffer left, Buffer const& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Buffer prefixes(std::initializer_list<char const*> texts) {
  Buffer out;
  for (auto const* text : texts) encode_nlri(Prefix::parse(text).value(), out);
  return out;
}

inline Buffer attribute(unsigned flags, unsigned type, Buffer const& value) {
  Buffer out;
  Writer writer(out);
  if (value.size() > 255) flags |= 0x10;
  writer.u8(flags);
  writer.u8(type);
  if ((flags & 0x10) != 0) {
    writer.u16(static_cast<unsigned>(value.size()));
  } else {
    writer.u8(static_cast<unsigned>(value.size()));
  }
  writer.bytes(value);
  return out;
}

/// An UPDATE in parts. `sound()` announces 10.0.0.0/8 with ORIGIN IGP, AS_PATH 65001 and NEXT_HOP 192.0.2.1.
struct Update {
  Buffer withdrawn;
  std::map<unsigned, Buffer> well_known;  ///< encoded, by type
  Buffer more;                            ///< encoded, after those
  Buffer nlri;

  static Update sound() {
    Update update;
    update.well_known[1] = attribute(0x40, 1, hex("00"));
    update.well_known[2] = attribute(0x40, 2, hex("02 01 0000fde9"));
    update.well_known[3] = attribute(0x40, 3, hex("c0000201"));
    update.nlri = prefixes({"10.0.0.0/8"});
    return update;
  }
  /// The same with two-octet ASes.
  static Update sound_two_octet() {
    auto update = sound();
    update.well_known[2] = attribute(0x40, 2, hex("02 01 fde9"));
    return update;
  }
  Update& without(unsigned type) {
    well_known.erase(type);
    return *this;
  }
  Update& with(unsigned flags, unsigned type, std::string_view value) {
    if (type <= 3) {
      well_known[type] = attribute(flags, type, hex(value));
    } else {
      more = more + attribute(flags, type, hex(value));
    }
    return *this;
  }
  Update& with_octets(std::string_view octets) {
    more = more + hex(octets);
    return *this;
  }
  Update& without_nlri() {
    nlri.clear();
    return *this;
  }
  [[nodiscard]] Buffer attributes() const {
    Buffer out;
    for (auto const& [type, octets] : well_known) out = out + octets;
    return out + more;
  }
  [[nodiscard]] Buffer body() const {
    Buffer out;
    Writer writer(out);
    writer.u16(static_cast<unsigned>(withdrawn.size()));
    writer.bytes(withdrawn);
    auto const list = attributes();
    writer.u16(static_cast<unsigned>(list.size()));
    writer.bytes(list);
    writer.bytes(nlri);
    return out;
  }
};

/// All that the three steps say of one UPDATE. Owns the octets that `parts` views.
struct Fate {
  Buffer body;
  Buffer scratch;
  UpdateParts parts;
  DecodedAttributes attributes;
  Verdict verdict;
};

inline DecodeContext ibgp() {
  DecodeContext context;
  context.peer_as = Asn{65000};
  return context;
}
inline DecodeContext ebgp() {
  DecodeContext context;
  context.ebgp = true;
  context.peer_as = Asn{65001};
  return context;
}
inline DecodeContext two_octet(DecodeContext context) {
  context.four_octet_as = false;
  return context;
}

inline Fate decide(Buffer body, DecodeContext const& context = ibgp()) {
  Fate fate;
  fate.body = std::move(body);
  auto cut = cut_update(fate.body, context, fate.scratch);
  if (!cut.ok()) {
    fate.verdict.action = Action::reset;
    fate.verdict.notification = cut.error();
    return fate;
  }
  fate.parts = std::move(*cut);
  static DecodedAttributes used;  // what an earlier one left there must not be seen
  decode_attributes(fate.parts.rest, context, used);
  fate.attributes = used;
  fate.verdict = judge(fate.parts, fate.attributes.summary, fate.attributes.faults);
  return fate;
}
inline Fate decide(Update const& update, DecodeContext const& context = ibgp()) {
  return decide(update.body(), context);
}

}  // namespace bgp::wire::testing
