// What a session is told (Config), what it and its peer agree on (Negotiated), and how it ends (Down).
// Plain values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgp/peer_config.h"
#include "bgp/types.h"
#include "session/fsm.h"
#include "session/time.h"
#include "wire/notification.h"
#include "wire/open.h"

namespace bgp::session {

/// One neighbour.
struct Config {
  Asn local_as;
  Asn remote_as;
  RouterId router_id;
  std::vector<Family> families = std::vector<Family>(1, ipv4_unicast);  // g++ 12 warns about the braced form
  bool passive = false;                                                 ///< never dials
  bool four_octet_as = true;       ///< send capability 65; off only to play a speaker older than RFC 6793
  bool extended_messages = false;  ///< send capability 6 (RFC 8654)
  bool extended_next_hop = false;  ///< send capability 5 for IPv4 routes with IPv6 next hops (RFC 8950)
  bool add_path_receive = false;   ///< send capability 69: several paths of a prefix are taken (RFC 7911)
  bool add_path_send = false;      ///< and: are sent
  std::uint16_t hold_time = 90;    ///< seconds; 0: none
  Duration keepalive = {};         ///< 0, or longer: a third of the hold time
  std::optional<Role> role;        ///< ours (RFC 9234); eBGP only
  bool strict_role = false;        ///< the peer must tell its own
  RequiredCapabilities required;
  std::uint16_t min_hold_time = 3;  ///< a negotiated hold time other than 0 below this is refused (2/6)
  /// How long a connection may live without an OPEN; RFC 4271 §8.2.2 suggests four minutes.
  Duration open_deadline = std::chrono::minutes(4);
  /// RFC 9687; unset: the larger of 8 minutes and twice the hold time; 0: off. Always off at hold time 0.
  std::optional<Duration> send_hold;
  /// ConnectRetryTime: doubled with every failure from the first to the second, times a jitter of 0.75 to 1.
  Duration connect_retry_min = std::chrono::seconds(1);
  Duration connect_retry_max = std::chrono::seconds(120);
  /// A connection attempt is given up after this, or after the ConnectRetryTime where that is longer.
  Duration connect_timeout = std::chrono::seconds(10);
  std::string timeout_text = "connect timed out";  ///< what is said of it then
  /// IdleHoldTime after the second fault in a row (none after the first), doubled with every further one; 0: off.
  Duration idle_hold_min = std::chrono::seconds(1);
  Duration idle_hold_max = std::chrono::seconds(60);
  unsigned faults = 0;  ///< in a row, that this peer's earlier sessions ended with
  /// A session that stood this long has proven itself: the next fault counts as the first.
  Duration stable_after = std::chrono::seconds(60);

  [[nodiscard]] bool ebgp() const { return local_as != remote_as; }
};

/// What holds for an Established session.
struct Negotiated {
  wire::Open sent;
  wire::Open received;
  bool incoming = false;  ///< the peer dialled
  bool ebgp = false;
  bool four_octet_as = false;      ///< both sides sent capability 65
  bool route_refresh = false;      ///< the peer takes ROUTE-REFRESH
  bool enhanced_refresh = false;   ///< and says, and is told, where a refresh begins and ends (RFC 7313)
  bool extended_messages = false;  ///< the peer takes messages of up to 65,535 octets, whatever we do (RFC 8654 §4)
  bool extended_next_hop = false;  ///< both sides take IPv4 routes with IPv6 next hops (RFC 8950)
  std::uint16_t hold_time = 0;
  Duration keepalive{};  ///< at most a third of the hold time; 0: none
  Duration send_hold{};  ///< 0: off
  std::vector<Family> families;

  /// Whether the peer sends several paths of a prefix, and each with an identifier (RFC 7911 §3).
  [[nodiscard]] bool receives_add_path(Family family) const {
    return carries(family) && sent.capabilities.adds_paths(family, wire::AddPath::receive) &&
           received.capabilities.adds_paths(family, wire::AddPath::send);
  }
  /// Whether the peer takes them, and this side sends them so.
  [[nodiscard]] bool sends_add_path(Family family) const {
    return carries(family) && sent.capabilities.adds_paths(family, wire::AddPath::send) &&
           received.capabilities.adds_paths(family, wire::AddPath::receive);
  }
  [[nodiscard]] Asn peer_as() const { return received.as(); }
  [[nodiscard]] RouterId peer_id() const { return received.router_id; }
  [[nodiscard]] bool carries(Family family) const;
};

/// Why a connection ended.
enum class Cause : std::uint8_t {
  stopped,                ///< by this side's operator or upper layer, with the NOTIFICATION
  fault,                  ///< the peer broke a rule: NOTIFICATION sent
  hold_expired,           ///< 4/0 sent
  send_hold_expired,      ///< 8/0 sent, if the peer reads it
  collision,              ///< 6/7 sent
  notification_received,  ///< the peer's
  connection_lost,        ///< closed, reset or never there
};
[[nodiscard]] std::string_view name(Cause cause);

struct Down {
  Cause cause = Cause::connection_lost;
  State from = State::idle;  ///< the state of the connection that ended
  bool incoming = false;
  std::optional<wire::Notification> notification;  ///< sent or received
  Time at{};
  std::string text;  ///< for people: "sent Hold Timer Expired (4/0)", "connection refused"
};

/// The OPEN that this side sends.
[[nodiscard]] wire::Open make_open(Config const& config);

/// Checks a decoded OPEN against what is configured (RFC 4271 §6.2, RFC 6286, RFC 6793, RFC 5492, RFC 9234). Faults:
/// 2/2, 2/3, 2/6, 2/7 (no common family: the data lists the families of this side; else what was required and is
/// missing), 2/11.
[[nodiscard]] Result<Negotiated, wire::Notification> negotiate(Config const& config, wire::Open const& sent,
                                                               wire::Open const& received, bool incoming);

/// RFC 4271 §6.8, RFC 6286 §2.3: true when the connection that this side opened is the one to keep.
[[nodiscard]] bool keeps_outgoing(RouterId local_id, Asn local_as, RouterId remote_id, Asn remote_as);

}  // namespace bgp::session
