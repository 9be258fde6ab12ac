#include <algorithm>
#include <array>

#include "base/families.h"
#include "session/config.h"

namespace bgp::session {
namespace {

using wire::Notification;

constexpr std::uint8_t open_error = 2;
constexpr std::uint8_t bad_peer_as = 2;
constexpr std::uint8_t bad_identifier = 3;
constexpr std::uint8_t unacceptable_hold_time = 6;
constexpr std::uint8_t unsupported_capability = 7;
constexpr std::uint8_t role_mismatch = 11;
constexpr std::uint16_t as_trans = 23456;
constexpr std::uint32_t largest_two_octet_as = 0xffff;
constexpr std::uint8_t multiprotocol_code = 1;
constexpr std::uint8_t route_refresh_code = 2;
constexpr std::uint8_t extended_next_hop_code = 5;
constexpr std::uint8_t extended_message_code = 6;
constexpr std::uint8_t four_octet_as_code = 65;
constexpr std::uint8_t enhanced_refresh_code = 70;
constexpr std::uint8_t add_path_code = 69;

bool as_is_right(wire::Open const& open, Asn expected) {
  if (open.as() != expected || expected.value == 0) return false;
  // RFC 6793 §4.2.1: the two-octet field is the AS where it fits, else AS_TRANS.
  return open.as_field == as_trans || open.as_field == expected.value;
}

// RFC 5492 §3: the capabilities that were missed, encoded as in an OPEN.
Buffer multiprotocol_capabilities(std::vector<Family> const& families) {
  Buffer data;
  Writer out(data);
  for (auto const& family : families) {
    out.u8(multiprotocol_code);
    out.u8(4);
    out.u16(family.afi);
    out.u8(0);
    out.u8(family.safi);
  }
  return data;
}

std::vector<Family> common(std::vector<Family> const& ours, std::vector<Family> theirs) {
  if (theirs.empty()) theirs = {ipv4_unicast};  // RFC 4760 §8: no capability, no other family
  std::vector<Family> both;
  for (auto const& family : ours) {
    if (std::ranges::find(theirs, family) != theirs.end()) both.push_back(family);
  }
  return both;
}

bool says_extended_next_hop(wire::Capabilities const& capabilities) {
  auto const& encodings = capabilities.next_hop_encodings;
  return std::ranges::find(encodings, wire::ipv4_over_ipv6) != encodings.end();
}

// Where one side is to send several paths of a prefix, and the other does not say that it takes them.
bool lacks_add_path(wire::Open const& sent, wire::Open const& received, Family family) {
  using wire::AddPath;
  auto const ours = [&](std::uint8_t mode) { return sent.capabilities.adds_paths(family, mode); };
  auto const theirs = [&](std::uint8_t mode) { return received.capabilities.adds_paths(family, mode); };
  return (ours(AddPath::receive) && !theirs(AddPath::send)) || (ours(AddPath::send) && !theirs(AddPath::receive));
}

void put_missing_add_paths(Writer& out, wire::Open const& sent, wire::Open const& received,
                           std::vector<Family> const& families) {
  for (auto const& one : sent.capabilities.add_paths) {
    if (std::ranges::find(families, one.family) == families.end() || !lacks_add_path(sent, received, one.family))
      continue;
    out.u8(add_path_code);
    out.u8(4);
    out.u16(one.family.afi);
    out.u8(one.family.safi);
    out.u8(one.mode);
  }
}

// Of what is required and the peer does not have, as above. Families are measured by those in common.
Buffer missing_capabilities(Config const& config, wire::Open const& sent, wire::Open const& received,
                            std::vector<Family> const& families) {
  std::vector<Family> missing;
  for (auto const& family : config.required.families) {
    if (std::ranges::find(families, family) == families.end()) missing.push_back(family);
  }
  auto data = multiprotocol_capabilities(missing);
  Writer out(data);
  auto const put_empty = [&](bool is_missing, std::uint8_t code) {
    if (!is_missing) return;
    out.u8(code);
    out.u8(0);
  };
  auto const& required = config.required;
  auto const& theirs = received.capabilities;
  put_empty(required.route_refresh && !theirs.route_refresh, route_refresh_code);
  put_empty(required.enhanced_refresh && !theirs.enhanced_refresh, enhanced_refresh_code);
  put_empty(required.extended_messages && !theirs.extended_messages, extended_message_code);
  if (config.required.four_octet_as && !received.capabilities.four_octet_as) {
    out.u8(four_octet_as_code);
    out.u8(4);
    out.u32(sent.as().value);
  }
  auto const has_ipv4 = std::ranges::find(families, ipv4_unicast) != families.end();
  if (config.required.extended_next_hop && has_ipv4 && !says_extended_next_hop(received.capabilities)) {
    out.u8(extended_next_hop_code);
    out.u8(6);
    out.u16(wire::ipv4_over_ipv6.family.afi);
    out.u16(wire::ipv4_over_ipv6.family.safi);
    out.u16(wire::ipv4_over_ipv6.next_hop_afi);
  }
  if (config.required.add_path) put_missing_add_paths(out, sent, received, families);
  return data;
}

// RFC 9234 §4.2, table 2.
bool may_face(Role ours, std::uint8_t theirs) {
  static constexpr std::array counterparts{Role::customer, Role::route_server_client, Role::route_server,
                                           Role::provider, Role::peer};
  return theirs == static_cast<std::uint8_t>(counterparts[static_cast<std::size_t>(ours)]);
}

bool roles_agree(Config const& config, wire::Capabilities const& received) {
  if (!config.ebgp()) return true;
  if (received.roles.size() > 1) return false;
  if (!config.role) return true;
  return received.roles.empty() ? !config.strict_role : may_face(*config.role, received.roles[0]);
}

Duration send_hold_time(Config const& config, std::uint16_t hold_time) {
  if (hold_time == 0) return Duration::zero();
  return config.send_hold.value_or(std::max<Duration>(std::chrono::minutes(8), std::chrono::seconds(2 * hold_time)));
}

std::vector<wire::AddPath> add_paths(Config const& config) {
  auto const receive = config.add_path_receive ? wire::AddPath::receive : 0;
  auto const send = config.add_path_send ? wire::AddPath::send : 0;
  std::vector<wire::AddPath> out;
  if ((receive | send) == 0) return out;
  for (auto const family : config.families) {
    if (!may_have_several_paths(family)) continue;
    out.push_back({family, static_cast<std::uint8_t>(receive | send)});
  }
  return out;
}

}  // namespace

bool Negotiated::carries(Family family) const { return std::ranges::find(families, family) != families.end(); }

wire::Open make_open(Config const& config) {
  wire::Open open;
  auto const fits = config.local_as.value <= largest_two_octet_as;
  open.as_field = fits ? static_cast<std::uint16_t>(config.local_as.value) : as_trans;
  open.hold_time = config.hold_time;
  open.router_id = config.router_id;
  open.capabilities.families = config.families;
  open.capabilities.route_refresh = true;
  open.capabilities.extended_messages = config.extended_messages;
  open.capabilities.enhanced_refresh = true;
  if (config.extended_next_hop) open.capabilities.next_hop_encodings = {wire::ipv4_over_ipv6};
  open.capabilities.add_paths = add_paths(config);
  if (config.four_octet_as) open.capabilities.four_octet_as = config.local_as;
  if (config.ebgp() && config.role) open.capabilities.roles = {static_cast<std::uint8_t>(*config.role)};
  return open;
}

Result<Negotiated, Notification> negotiate(Config const& config, wire::Open const& sent, wire::Open const& received,
                                           bool incoming) {
  if (!as_is_right(received, config.remote_as)) return Notification{open_error, bad_peer_as, {}};
  // RFC 6286 §2.2: not zero, and unique within an AS.
  if (received.router_id.value == 0 || (!config.ebgp() && received.router_id == config.router_id)) {
    return Notification{open_error, bad_identifier, {}};
  }
  auto const hold_time = std::min(sent.hold_time, received.hold_time);
  if (received.hold_time == 1 || received.hold_time == 2 || (hold_time != 0 && hold_time < config.min_hold_time)) {
    return Notification{open_error, unacceptable_hold_time, {}};
  }
  auto families = common(sent.capabilities.families, received.capabilities.families);
  if (families.empty()) {
    return Notification{open_error, unsupported_capability, multiprotocol_capabilities(sent.capabilities.families)};
  }
  if (auto missing = missing_capabilities(config, sent, received, families); !missing.empty()) {
    return Notification{open_error, unsupported_capability, std::move(missing)};
  }
  if (!roles_agree(config, received.capabilities)) return Notification{open_error, role_mismatch, {}};
  Negotiated result;
  result.sent = sent;
  result.received = received;
  result.incoming = incoming;
  result.ebgp = config.ebgp();
  result.four_octet_as = sent.capabilities.four_octet_as && received.capabilities.four_octet_as;
  result.route_refresh = received.capabilities.route_refresh;
  result.enhanced_refresh = received.capabilities.enhanced_refresh;
  result.extended_messages = received.capabilities.extended_messages;
  result.extended_next_hop = says_extended_next_hop(sent.capabilities) && says_extended_next_hop(received.capabilities);
  result.hold_time = hold_time;
  result.keepalive = Duration(std::chrono::seconds(hold_time)) / 3;
  if (config.keepalive > Duration::zero()) result.keepalive = std::min(result.keepalive, config.keepalive);
  result.send_hold = send_hold_time(config, hold_time);
  result.families = std::move(families);
  return result;
}

bool keeps_outgoing(RouterId local_id, Asn local_as, RouterId remote_id, Asn remote_as) {
  if (local_id != remote_id) return local_id > remote_id;
  return local_as > remote_as;
}

std::string_view name(Cause cause) {
  switch (cause) {
    case Cause::stopped:
      return "stopped";
    case Cause::fault:
      return "fault";
    case Cause::hold_expired:
      return "hold timer expired";
    case Cause::send_hold_expired:
      return "send hold timer expired";
    case Cause::collision:
      return "collision";
    case Cause::notification_received:
      return "notification received";
    case Cause::connection_lost:
      return "connection lost";
  }
  return "?";
}

}  // namespace bgp::session
