#include "wire/message.h"

#include <algorithm>
#include <array>

namespace bgp::wire {
namespace {

constexpr std::uint8_t header_error = 1;

struct Limits {
  std::size_t least;
  std::size_t most;
  std::size_t most_extended;
};

// By type, from 1. RFC 4271 §4.2 to §4.5; a ROUTE-REFRESH of another length is ignored, not refused (RFC 2918).
constexpr std::array<Limits, 5> limits{{
    {29, max_message, max_message},
    {23, max_message, max_extended_message},
    {21, max_message, max_extended_message},
    {header_size, header_size, header_size},
    {header_size, max_message, max_extended_message},
}};

constexpr std::size_t length_at = 16, type_at = 18;

Fault bad_length(std::size_t length, std::string_view rule) {
  Buffer data{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length & 0xff)};
  return {{header_error, 2, std::move(data)}, length_at, rule};
}

}  // namespace

Result<std::optional<Frame>, Fault> next_frame(Bytes buffer, bool extended) {
  if (buffer.size() < header_size) return std::optional<Frame>{};
  auto const marker = buffer.first(length_at);
  auto const spoiled = std::ranges::find_if(marker, [](std::uint8_t octet) { return octet != 0xff; });
  if (spoiled != marker.end()) {
    auto const at = static_cast<std::size_t>(spoiled - marker.begin());
    return Fault{{header_error, 1, {}}, at, "marker is not all ones (RFC 4271 §6.1)"};
  }
  auto const length = static_cast<std::size_t>(buffer[length_at] << 8 | buffer[length_at + 1]);
  auto const type = buffer[type_at];
  if (length < header_size || (length > max_message && !extended)) {
    return bad_length(length, "length is not within 19 to 4096 (RFC 4271 §6.1)");
  }
  if (type == 0 || type > limits.size()) {
    return Fault{{header_error, 3, {type}}, type_at, "unknown message type (RFC 4271 §6.1)"};
  }
  auto const& limit = limits[type - 1];
  auto const most = extended ? limit.most_extended : limit.most;
  if (length < limit.least || length > most) return bad_length(length, "length does not fit the type (RFC 4271 §6.1)");
  if (buffer.size() < length) return std::optional<Frame>{};
  auto const message = buffer.first(length);
  return std::optional<Frame>{Frame{static_cast<MessageType>(type), message.subspan(header_size), message}};
}

std::size_t begin_message(Buffer& out, MessageType type) {
  auto const begin = out.size();
  out.insert(out.end(), 16, 0xff);
  Writer writer(out);
  writer.u16(0);
  writer.u8(static_cast<unsigned>(type));
  return begin;
}

void finish_message(Buffer& out, std::size_t begin) {
  Writer(out).patch_u16(begin + 16, static_cast<unsigned>(out.size() - begin));
}

void encode_keepalive(Buffer& out) { finish_message(out, begin_message(out, MessageType::keepalive)); }

void encode(RouteRefresh const& refresh, Buffer& out) {
  auto const begin = begin_message(out, MessageType::route_refresh);
  Writer writer(out);
  writer.u16(refresh.family.afi);
  writer.u8(refresh.subtype);
  writer.u8(refresh.family.safi);
  finish_message(out, begin);
}

std::optional<RouteRefresh> decode_route_refresh(Bytes body) {
  if (body.size() != 4) return std::nullopt;
  Reader reader(body);
  RouteRefresh refresh;
  refresh.family.afi = reader.u16();
  refresh.subtype = reader.u8();
  refresh.family.safi = reader.u8();
  return refresh;
}

}  // namespace bgp::wire
