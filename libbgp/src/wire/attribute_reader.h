// A list of path attributes, cut one by one (RFC 4271 §4.3), and the writing of one. Not their meaning. Pure.
#pragma once

#include "base/bytes.h"

namespace bgp::wire {

enum AttributeFlag : std::uint8_t { optional = 0x80, transitive = 0x40, partial = 0x20, extended = 0x10 };

/// One attribute as it stands in a message; views.
struct RawAttribute {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  Bytes value;
  Bytes whole;  ///< flags, type, length and value
};

class AttributeReader {
 public:
  explicit AttributeReader(Bytes list) : rest_(list) {}

  /// False at the end and where the rest is no attribute: RFC 7606 §4 tells these apart by broken().
  bool next(RawAttribute& out) {
    if (rest_.size() < 3) return false;
    out.flags = rest_[0];
    out.type = rest_[1];
    std::size_t head = 3;
    std::size_t length = rest_[2];
    if ((out.flags & extended) != 0) {
      if (rest_.size() < 4) return false;
      head = 4;
      length = length << 8 | rest_[3];
    }
    if (length > rest_.size() - head) return false;
    out.value = rest_.subspan(head, length);
    out.whole = rest_.first(head + length);
    rest_ = rest_.subspan(head + length);
    return true;
  }
  [[nodiscard]] bool broken() const { return !rest_.empty(); }
  /// What was not read: after a broken end, the octets that are no attribute.
  [[nodiscard]] Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

/// Flags (without the extended bit), type and length; the length takes two octets only when it must.
inline void write_attribute_head(Writer& writer, unsigned flags, unsigned type, std::size_t length) {
  bool const wide = length > 255;
  writer.u8((flags & ~unsigned{extended}) | (wide ? unsigned{extended} : 0U));
  writer.u8(type);
  if (wide) {
    writer.u16(static_cast<unsigned>(length));
  } else {
    writer.u8(static_cast<unsigned>(length));
  }
}

inline void write_attribute(Writer& writer, unsigned flags, unsigned type, Bytes value) {
  write_attribute_head(writer, flags, type, value.size());
  writer.bytes(value);
}

}  // namespace bgp::wire
