// A NOTIFICATION as a value (RFC 4271 §4.5): what every wire fault carries, and what a session sends before it closes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace bgp::wire {

struct Notification {
  std::uint8_t code = 0;
  std::uint8_t subcode = 0;
  Buffer data;

  /// "UPDATE Message Error / Malformed Attribute List (3/1)"; a shutdown text (RFC 9003) is appended, made printable.
  [[nodiscard]] std::string text() const;
  friend bool operator==(Notification const&, Notification const&) = default;
};

/// What is wrong with a message: the NOTIFICATION that answers it, and for people where it is wrong and by which rule.
struct Fault : Notification {
  std::size_t octet = 0;  ///< in the message, from the first of its header
  std::string_view rule;  ///< static text such as "marker is not all ones (RFC 4271 §6.1)"
};

/// Appends the whole message with its header to `out`.
void encode(Notification const& notification, Buffer& out);
/// `body` follows the header and holds at least two octets (the framing has checked the length).
[[nodiscard]] Notification decode_notification(Bytes body);

/// Cease / administrative shutdown (2) or reset (4) with a text of at most 255 octets of UTF-8, cut at a character.
[[nodiscard]] Notification cease_with_text(std::uint8_t subcode, std::string_view text);

}  // namespace bgp::wire
