// OPEN and its capabilities (RFC 4271 §4.2, 5492, 9072, 4760, 6793, 2918, 7911, 8654, 8950, 9234). Syntax only: whether
// the AS or the identifier is the expected one is the session's question.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bgp/result.h"
#include "bgp/types.h"
#include "wire/notification.h"

namespace bgp::wire {

/// A capability with no meaning here, kept for display.
struct UnknownCapability {
  std::uint8_t code = 0;
  Buffer value;
  friend bool operator==(UnknownCapability const&, UnknownCapability const&) = default;
};

/// Routes of `family` may have next hops of another protocol (RFC 8950 §4).
struct NextHopEncoding {
  Family family;
  std::uint16_t next_hop_afi = 0;
  friend bool operator==(NextHopEncoding const&, NextHopEncoding const&) = default;
};
inline constexpr NextHopEncoding ipv4_over_ipv6{ipv4_unicast, 2};

/// For `family` its sender takes several paths of a prefix, sends them, or both (RFC 7911 §4).
struct AddPath {
  static constexpr std::uint8_t receive = 1, send = 2, both = 3;
  Family family;
  std::uint8_t mode = receive;
  friend bool operator==(AddPath const&, AddPath const&) = default;
};

struct Capabilities {
  std::vector<Family> families;                     ///< code 1; none sent means IPv4 unicast alone
  bool route_refresh = false;                       ///< code 2
  std::vector<NextHopEncoding> next_hop_encodings;  ///< code 5
  bool extended_messages = false;                   ///< code 6 (RFC 8654)
  std::optional<Asn> four_octet_as;                 ///< code 65
  std::vector<AddPath> add_paths;                   ///< code 69, each family once
  bool enhanced_refresh = false;                    ///< code 70 (RFC 7313)
  std::vector<std::uint8_t> roles;  ///< code 9, each once: of bgp::Role, or of a kind to come; at most one is valid
  std::vector<UnknownCapability> unknown;

  /// That it takes (AddPath::receive) or sends several paths of this family.
  [[nodiscard]] bool adds_paths(Family family, std::uint8_t mode) const {
    auto const found = std::ranges::find(add_paths, family, &AddPath::family);
    return found != add_paths.end() && (found->mode & mode) != 0;
  }
  [[nodiscard]] bool has_unknown(std::uint8_t code) const {
    return std::ranges::find(unknown, code, &UnknownCapability::code) != unknown.end();
  }
  friend bool operator==(Capabilities const&, Capabilities const&) = default;
};

/// "provider", "route-server", ..., "7" for one of a kind to come.
[[nodiscard]] std::string role_name(std::uint8_t role);

/// "receive", "send", "send and receive".
[[nodiscard]] std::string_view add_path_mode_name(std::uint8_t mode);

/// "ipv4", "ipv6", "afi 25".
[[nodiscard]] std::string protocol_name(std::uint16_t afi);

/// What IANA's registry "Capability Codes" calls it; empty where it has no name.
[[nodiscard]] std::string_view capability_name(std::uint8_t code);

struct Open {
  std::uint16_t as_field = 0;   ///< "My Autonomous System": 23456 (AS_TRANS) when the AS has four octets
  std::uint16_t hold_time = 0;  ///< seconds
  RouterId router_id;
  Capabilities capabilities;

  /// The peer's AS: that of capability 65 where it is sent (RFC 6793 §4.2.1).
  [[nodiscard]] Asn as() const { return capabilities.four_octet_as.value_or(Asn{as_field}); }
  friend bool operator==(Open const&, Open const&) = default;
};

/// Appends the whole message. Uses the extended form (RFC 9072) only when the parameters exceed 255 octets.
void encode(Open const& open, Buffer& out);
/// Faults: 2/1 (data 0004), 2/4, 2/6 (hold time 1 or 2), 2/0 (malformed parameter or capability), 2/2 (AS 0), 2/3
/// (identifier 0).
[[nodiscard]] Result<Open, Fault> decode_open(Bytes body);
/// The same; `out` gets all that can be read, even of a faulty one.
[[nodiscard]] std::optional<Fault> read_open(Bytes body, Open& out);

}  // namespace bgp::wire
