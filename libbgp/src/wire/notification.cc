#include "wire/notification.h"

#include <algorithm>
#include <span>

#include "bgp/types.h"
#include "wire/message.h"
#include "wire/printable.h"

namespace bgp::wire {
namespace {

using Names = std::span<std::string_view const>;

// By subcode, from 0 ("" where a code has no name of its own for it).
constexpr std::string_view header_names[] = {"", "Connection Not Synchronized", "Bad Message Length",
                                             "Bad Message Type"};
constexpr std::string_view open_names[] = {"Unspecific",
                                           "Unsupported Version Number",
                                           "Bad Peer AS",
                                           "Bad BGP Identifier",
                                           "Unsupported Optional Parameter",
                                           "Authentication Failure (deprecated)",
                                           "Unacceptable Hold Time",
                                           "Unsupported Capability",
                                           "",
                                           "",
                                           "",
                                           "Role Mismatch"};
constexpr std::string_view update_names[] = {"",
                                             "Malformed Attribute List",
                                             "Unrecognized Well-known Attribute",
                                             "Missing Well-known Attribute",
                                             "Attribute Flags Error",
                                             "Attribute Length Error",
                                             "Invalid ORIGIN Attribute",
                                             "AS Routing Loop (deprecated)",
                                             "Invalid NEXT_HOP Attribute",
                                             "Optional Attribute Error",
                                             "Invalid Network Field",
                                             "Malformed AS_PATH"};
constexpr std::string_view fsm_names[] = {"Unspecified", "Unexpected Message in OpenSent",
                                          "Unexpected Message in OpenConfirm",
                                          "Unexpected Message in Established"};  // RFC 6608
constexpr std::string_view cease_names[] = {"",                                  // RFC 4486, 8538, 9384
                                            "Maximum Number of Prefixes Reached",
                                            "Administrative Shutdown",
                                            "Peer De-configured",
                                            "Administrative Reset",
                                            "Connection Rejected",
                                            "Other Configuration Change",
                                            "Connection Collision Resolution",
                                            "Out of Resources",
                                            "Hard Reset",
                                            "BFD Down"};
constexpr std::string_view refresh_names[] = {"", "Invalid Message Length"};  // RFC 7313

struct Code {
  std::string_view name;
  Names subcodes;
};
constexpr Code codes[] = {{"", {}},
                          {"Message Header Error", header_names},
                          {"OPEN Message Error", open_names},
                          {"UPDATE Message Error", update_names},
                          {"Hold Timer Expired", {}},
                          {"Finite State Machine Error", fsm_names},
                          {"Cease", cease_names},
                          {"ROUTE-REFRESH Message Error", refresh_names},
                          {"Send Hold Timer Expired", {}}};  // RFC 9687

constexpr std::uint8_t cease = 6;

std::string head(unsigned code, unsigned subcode) {
  auto const known = code != 0 && code < std::size(codes);
  std::string text(known ? codes[code].name : std::string_view("Unknown Error"));
  if (known && subcode < codes[code].subcodes.size() && !codes[code].subcodes[subcode].empty()) {
    text += " / ";
    text += codes[code].subcodes[subcode];
  }
  return text + " (" + std::to_string(code) + "/" + std::to_string(subcode) + ")";
}

// RFC 9003 §2. A length past the data is an error of the sender: such a text is not shown.
std::string shutdown_text(Bytes data) {
  if (data.empty() || data[0] == 0 || data[0] > data.size() - 1) return {};
  std::string_view const text(reinterpret_cast<char const*>(data.data()) + 1, data[0]);
  return ": " + printable(text);
}

// RFC 4486 §4: the family and the bound.
std::string prefix_limit_text(Bytes data) {
  Reader reader(data);
  Family family;
  family.afi = reader.u16();
  family.safi = reader.u8();
  auto const bound = reader.u32();
  if (!reader.complete()) return {};
  return ": " + family.text() + ", limit " + std::to_string(bound);
}

std::string cease_text(unsigned subcode, Bytes data, bool nested);

// RFC 8538 §3: a hard reset wraps the NOTIFICATION that is the reason. One level is shown: depth is the peer's choice.
std::string hard_reset_text(Bytes data, bool nested) {
  if (nested || data.size() < 2) return {};
  std::string text = ": " + head(data[0], data[1]);
  if (data[0] == cease) text += cease_text(data[1], data.subspan(2), true);
  return text;
}

std::string cease_text(unsigned subcode, Bytes data, bool nested) {
  switch (subcode) {
    case 1:
      return prefix_limit_text(data);
    case 2:
    case 4:
      return shutdown_text(data);
    case 9:
      return hard_reset_text(data, nested);
    default:
      return {};
  }
}

}  // namespace

std::string Notification::text() const {
  return head(code, subcode) + (code == cease ? cease_text(subcode, data, false) : std::string());
}

void encode(Notification const& notification, Buffer& out) {
  auto const begin = begin_message(out, MessageType::notification);
  Writer writer(out);
  writer.u8(notification.code);
  writer.u8(notification.subcode);
  Bytes const data(notification.data);
  writer.bytes(data.first(std::min(data.size(), max_message - header_size - 2)));
  finish_message(out, begin);
}

Notification decode_notification(Bytes body) {
  Reader reader(body);
  Notification notification;
  notification.code = reader.u8();
  notification.subcode = reader.u8();
  auto const data = reader.rest();
  notification.data.assign(data.begin(), data.end());
  return notification;
}

Notification cease_with_text(std::uint8_t subcode, std::string_view text) {
  auto const valid = valid_utf8(text);
  auto const sent = cut_utf8(valid, 255);
  Notification notification{cease, subcode, {}};
  if (sent.empty()) return notification;
  notification.data.resize(1 + sent.size());
  notification.data[0] = static_cast<std::uint8_t>(sent.size());
  std::ranges::copy(sent, notification.data.begin() + 1);
  return notification;
}

}  // namespace bgp::wire
