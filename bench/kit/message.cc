#include "kit/message.h"

namespace bench {
namespace {

void begin_message(Bytes& out, std::size_t size, MessageType type) {
  out.insert(out.end(), 16, 0xff);
  put16(out, static_cast<std::uint32_t>(size));
  out.push_back(type);
}

void append(Bytes& out, View bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put_capability(Bytes& out, std::uint8_t code, View value) {
  out.push_back(2);  // parameter type: capabilities
  out.push_back(static_cast<std::uint8_t>(value.size() + 2));
  out.push_back(code);
  out.push_back(static_cast<std::uint8_t>(value.size()));
  append(out, value);
}

void read_capabilities(View field, Open& open) {
  while (field.size() >= 2 && field.size() >= 2u + field[1]) {
    View const value = field.subspan(2, field[1]);
    if (field[0] == 65 && value.size() == 4) {
      open.four_octet = true;
      open.as = read32(value.data());
    }
    if (field[0] == 1 && value.size() == 4 && read16(value.data()) == 2) open.ipv6 = true;
    field = field.subspan(2 + value.size());
  }
}

}  // namespace

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}

void put_prefix(Bytes& out, Prefix prefix) {
  out.push_back(prefix.length);
  for (int i = 0; i < (prefix.length + 7) / 8; ++i) {
    out.push_back(static_cast<std::uint8_t>(prefix.address >> (24 - 8 * i)));
  }
}

void put_prefix6(Bytes& out, Prefix prefix) {
  out.push_back(static_cast<std::uint8_t>(prefix.length + 16));
  append(out, kIpv6Head);
  for (int i = 0; i < (prefix.length + 7) / 8; ++i) {
    out.push_back(static_cast<std::uint8_t>(prefix.address >> (24 - 8 * i)));
  }
}

Bytes reach_value(std::uint32_t next_hop, View nlri) {
  Bytes out{0, 2, 1, 16, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0};
  put32(out, next_hop);
  out.push_back(0);  // reserved
  append(out, nlri);
  return out;
}

Bytes open_message(Open const& open) {
  Bytes capabilities;
  put_capability(capabilities, 1, Bytes{0, 1, 0, 1});
  if (open.ipv6) put_capability(capabilities, 1, Bytes{0, 2, 0, 1});
  put_capability(capabilities, 2, {});
  if (open.add_path) put_capability(capabilities, 69, Bytes{0, 1, 1, 1});
  if (open.four_octet) {
    Bytes as;
    put32(as, open.as);
    put_capability(capabilities, 65, as);
  }
  Bytes out;
  begin_message(out, kHeaderSize + 10 + capabilities.size(), kOpen);
  out.push_back(4);
  put16(out, open.as > 0xffff ? 23456 : open.as);  // AS_TRANS, RFC 6793 §9
  put16(out, open.hold);
  put32(out, open.id);
  out.push_back(static_cast<std::uint8_t>(capabilities.size()));
  append(out, capabilities);
  return out;
}

std::optional<Open> parse_open(View body) {
  if (body.size() < 10 || body[0] != 4) return std::nullopt;
  Open open{read16(&body[1]), read32(&body[5]), read16(&body[3]), false, false, false};
  View rest = body.subspan(10);
  bool const extended = body[9] != 0 && !rest.empty() && rest[0] == 255;  // RFC 9072 §2
  if (extended) rest = rest.subspan(std::min<std::size_t>(3, rest.size()));
  std::size_t const header = extended ? 3 : 2;
  while (rest.size() >= header) {
    std::size_t const length = extended ? read16(&rest[1]) : rest[1];
    if (rest.size() < header + length) return std::nullopt;
    if (rest[0] == 2) read_capabilities(rest.subspan(header, length), open);
    rest = rest.subspan(header + length);
  }
  return open;
}

Bytes keepalive_message() {
  Bytes out;
  begin_message(out, kHeaderSize, kKeepalive);
  return out;
}

Bytes refresh_message() {
  Bytes out;
  begin_message(out, kHeaderSize + 4, kRouteRefresh);
  put32(out, 1 << 16 | 1);  // AFI, reserved, SAFI
  return out;
}

Bytes notification_message(std::uint8_t code, std::uint8_t subcode) {
  Bytes out;
  begin_message(out, kHeaderSize + 2, kNotification);
  out.push_back(code);
  out.push_back(subcode);
  return out;
}

std::string describe_notification(View body) {
  if (body.size() < 2) return "NOTIFICATION cut short";
  std::string text = "NOTIFICATION " + std::to_string(body[0]) + "/" + std::to_string(body[1]);
  if (body.size() > 2) text += " with " + std::to_string(body.size() - 2) + " octets of data";
  return text;
}

void append_update(Bytes& out, View withdrawn, View attributes, View nlri) {
  begin_message(out, kHeaderSize + 4 + withdrawn.size() + attributes.size() + nlri.size(), kUpdate);
  put16(out, static_cast<std::uint32_t>(withdrawn.size()));
  append(out, withdrawn);
  put16(out, static_cast<std::uint32_t>(attributes.size()));
  append(out, attributes);
  append(out, nlri);
}

std::optional<Update> parse_update(View body) {
  if (body.size() < 4) return std::nullopt;
  std::size_t const withdrawn = read16(body.data());
  if (withdrawn + 4 > body.size()) return std::nullopt;
  std::size_t const attributes = read16(body.data() + 2 + withdrawn);
  if (withdrawn + 4 + attributes > body.size()) return std::nullopt;
  return Update{body.subspan(2, withdrawn), body.subspan(4 + withdrawn, attributes),
                body.subspan(4 + withdrawn + attributes)};
}

std::optional<Update6> parse_update6(View attributes) {
  Update6 out;
  bool sound = true;
  auto const is_ipv6 = [](View value) { return value.size() >= 3 && read16(value.data()) == 2 && value[2] == 1; };
  sound = for_each_attribute(attributes,
                             [&](std::uint8_t type, View value) {
                               if (type == kMpUnreach && is_ipv6(value)) out.withdrawn = value.subspan(3);
                               if (type != kMpReach || !is_ipv6(value)) return;
                               std::size_t const at = value.size() > 3 ? std::size_t{5} + value[3] : 0;
                               if (at == 0 || at > value.size()) {
                                 sound = false;
                               } else {
                                 out.nlri = value.subspan(at);
                               }
                             }) &&
          sound;
  return sound ? std::optional(out) : std::nullopt;
}

}  // namespace bench
