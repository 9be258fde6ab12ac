// Framing: the 19-octet header, the limits of each type (RFC 4271 §4.1, §6.1), KEEPALIVE and ROUTE-REFRESH (RFC 2918).
#pragma once

#include <optional>

#include "base/bytes.h"
#include "bgp/result.h"
#include "bgp/types.h"
#include "wire/notification.h"

namespace bgp::wire {

enum class MessageType : std::uint8_t { open = 1, update = 2, notification = 3, keepalive = 4, route_refresh = 5 };

inline constexpr std::size_t header_size = 19;
inline constexpr std::size_t max_message = 4096;
inline constexpr std::size_t max_extended_message = 65535;  ///< RFC 8654 §3

/// One message within a receive buffer: views into it.
struct Frame {
  MessageType type = MessageType::keepalive;
  Bytes body;     ///< after the header
  Bytes message;  ///< header and body
};

/// The first message of `buffer`: nothing when it is not yet complete, a fault (1/1, 1/2, 1/3) when it cannot be one.
/// The header is judged as soon as its 19 octets are there. `extended`: this side has offered to take longer ones (RFC
/// 8654 §4), but for OPEN and KEEPALIVE.
[[nodiscard]] Result<std::optional<Frame>, Fault> next_frame(Bytes buffer, bool extended = false);

/// Appends a header whose length is filled in by finish_message; returns the position of the header.
std::size_t begin_message(Buffer& out, MessageType type);
void finish_message(Buffer& out, std::size_t begin);

void encode_keepalive(Buffer& out);

struct RouteRefresh {
  static constexpr std::uint8_t request = 0;         ///< RFC 2918
  static constexpr std::uint8_t begin = 1, end = 2;  ///< of a refresh (RFC 7313 §3.2)
  Family family;
  std::uint8_t subtype = request;
};
void encode(RouteRefresh const& refresh, Buffer& out);
/// Nothing when the body is not four octets (RFC 2918 leaves that open; it is then ignored).
[[nodiscard]] std::optional<RouteRefresh> decode_route_refresh(Bytes body);

}  // namespace bgp::wire
