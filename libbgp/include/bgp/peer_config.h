// A neighbour as its speaker is told of it, and the ranges that neighbours come from. Plain values; any thread.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/policy.h"
#include "bgp/types.h"

namespace bgp {

/// eBGP in another AS's name (RFC 7705), for a merger of two, or a rack that has an AS of its own.
struct LocalAs {
  Asn as = {};  ///< 0: none. Neither the speaker's AS nor the neighbour's
  /// What comes from the neighbour has it in its path; off: as if it had come to the speaker's own AS directly.
  bool prepend_received = true;
  /// What it is told has this one in the place of the speaker's own; off: in front of it.
  bool replace = false;
  friend bool operator==(LocalAs const&, LocalAs const&) = default;
};

/// eBGP: ASes for private use (RFC 6996) in the paths that it is told. The neighbour's own one stays in any case.
enum class PrivateAs : std::uint8_t {
  keep,
  remove,
  replace  ///< each becomes the AS in whose name we speak: the path stays as long as it is
};

/// Ours towards a neighbour (RFC 9234 §4.1): a provider has a customer.
enum class Role : std::uint8_t { provider = 0, route_server = 1, route_server_client = 2, customer = 3, peer = 4 };
inline constexpr std::size_t roles = 5;
/// As the daemons' files have it: "provider", "route-server", ...
[[nodiscard]] constexpr std::string_view name(Role role) {
  constexpr std::array<std::string_view, roles> names{"provider", "route-server", "route-server-client", "customer",
                                                      "peer"};
  return names[static_cast<std::size_t>(role)];
}

/// Which paths of a prefix a neighbour is told that takes several (RFC 7911), of those that rules and its export filter
/// let through. What comes from the neighbour itself is among those that are chosen, and left out then.
struct AddPathSend {
  enum class Mode : std::uint8_t {
    one,              ///< the best path, and no identifier
    best,             ///< the `most` best ones
    best_of_each_as,  ///< the best one of each neighbouring AS, at most `most`
  };
  static constexpr unsigned limit = 64;
  Mode mode = Mode::one;
  unsigned most = limit;  ///< 2 to `limit`
  [[nodiscard]] constexpr bool several() const { return mode != Mode::one; }
  friend bool operator==(AddPathSend const&, AddPathSend const&) = default;
};

/// A neighbour without these is refused with Unsupported Capability (RFC 5492 §5).
struct RequiredCapabilities {
  bool route_refresh = false;
  bool four_octet_as = false;
  bool enhanced_refresh = false;      ///< RFC 7313
  bool extended_messages = false;     ///< RFC 8654: where ours are to be taken, too
  bool extended_next_hop = false;     ///< where the session is to have that, and carries IPv4
  bool add_path = false;              ///< in every family: sent where they are to be received, and the reverse
  std::vector<Family> families = {};  ///< each of them, not only one
  friend bool operator==(RequiredCapabilities const&, RequiredCapabilities const&) = default;
};

/// How much a neighbour may announce in a family. One route more ends its session with Cease / maximum number of
/// prefixes reached (RFC 4486 §4).
struct PrefixLimit {
  Family family = ipv4_unicast;
  std::uint32_t received = 0;  ///< prefixes that it announces, refused ones included; 0: any number
  std::uint32_t accepted = 0;  ///< of those, the ones that import lets through; 0: any number
  unsigned warn_percent = 75;  ///< of either, from which on the log has a warning, once a session; 1 to 100
  bool only_warn = false;      ///< the session goes on
  friend bool operator==(PrefixLimit const&, PrefixLimit const&) = default;
};

struct PeerConfig {
  IpAddress remote;
  std::uint16_t remote_port = 179;
  std::uint32_t scope_id = 0;  ///< of a link-local address
  IpAddress local = {};        ///< source address; unset: the kernel's choice
  Asn remote_as;
  std::string description = {};
  std::string group = {};  ///< shown in status; no meaning here
  bool passive = false;    ///< never dial
  /// Held down from the start, as by disable_peer() with this text, until enable_peer(). Not for ranges.
  std::optional<std::string> shutdown = {};
  bool reflector_client = false;            ///< iBGP only (RFC 4456)
  std::optional<RouterId> cluster_id = {};  ///< per neighbour; default: the speaker's
  std::chrono::seconds hold_time{90};
  std::chrono::seconds keepalive{0};       ///< 0, or longer: a third of the hold time (RFC 4271 §4.4)
  std::chrono::seconds connect_retry{30};  ///< at least one second
  /// Every segment carries a TCP MD5 signature (RFC 2385) made with this, and none without the right one is taken; at
  /// most 80 octets, "": none. Never shown again. Of a range it holds for the whole prefix: see Speaker::add_range().
  std::string password = {};
  /// GTSM (RFC 5082): packets from further away than so many hops are dropped, and ours have a TTL of 255; 1 to 254, 1:
  /// nobody forwards them; 0: no such check.
  unsigned ttl_security = 0;
  unsigned ttl = 0;  ///< TTL (hop limit) of what we send, 1 to 255; 0: the system's; not together with ttl_security
  std::vector<Family> families = std::vector<Family>(1, ipv4_unicast);  // not {}: g++ 12 warns (falsely)
  FilterPtr import = nullptr;  ///< none: everything from iBGP, nothing from eBGP (RFC 8212)
  FilterPtr export_filter = nullptr;
  /// iBGP: announce our own address for routes learned by eBGP. eBGP, which gets that anyhow: also for our own routes
  /// that have a next hop, where the session has an address of their family.
  bool next_hop_self = false;
  bool next_hop_unchanged = false;  ///< eBGP: keep a third party's next hop
  /// The next hops that it is told where our own is due, for routes of either family; unset: our end of the session,
  /// where that is of the route's family. An IPv4 route may have ours of IPv6 where extended_next_hop has been agreed
  /// on and there is no other.
  IpAddress own_next_hop_v4 = {};
  IpAddress own_next_hop_v6 = {};
  /// Take IPv4 routes with IPv6 next hops, and say so (RFC 8950); what it is told has them where it says so, too.
  bool extended_next_hop = false;
  /// Take several paths of a prefix from it, and say so, in all families (RFC 7911). All of them are in the decision;
  /// prefix limits count paths.
  bool add_path_receive = false;
  AddPathSend add_path_send = {};  ///< in the families in which it says that it takes several
  bool accept_as_set = false;      ///< RFC 9774 refuses AS_SET
  bool check_first_as = true;      ///< eBGP: off for a route server's clients
  bool extended_messages = false;  ///< take messages of up to 65,535 octets, and say so (RFC 8654)
  LocalAs local_as = {};
  unsigned allow_own_as = 0;  ///< so many times may our own AS stand in a path that it announces (RFC 4271 §9.1.2: 0)
  PrivateAs private_as = PrivateAs::keep;
  std::optional<Role> role = {};  ///< eBGP: ours towards it (RFC 9234); unset: none is told, and OTC passes untouched
  bool strict_role = false;       ///< a neighbour that tells no role of its own is refused
  RequiredCapabilities required = {};
  std::vector<PrefixLimit> prefix_limits = {};
  /// When it may come back after a session that ended for one of them; 0: it is held down until enable_peer().
  std::chrono::seconds prefix_limit_restart{0};
  /// What we send it goes away soon (RFC 8326): it has the community graceful_shutdown and, on iBGP, local preference
  /// 0.
  bool graceful_shutdown = false;
  /// eBGP: a route with that community has local preference 0, whatever the import filter says of it.
  bool honour_graceful_shutdown = true;
  friend bool operator==(PeerConfig const&, PeerConfig const&) = default;
};

/// Neighbours that are made when they dial in.
struct RangeConfig {
  Prefix prefix;
  PeerConfig peer;          ///< `remote` is filled in
  std::size_t limit = 100;  ///< neighbours at a time
  friend bool operator==(RangeConfig const&, RangeConfig const&) = default;
};

/// What became of a changed neighbour.
struct PeerUpdate {
  PeerId id;                     ///< another one after a new session
  bool new_session = false;      ///< the change was none that a session can stand
  bool at_next_session = false;  ///< a part of the change waits for that: the present session keeps what it agreed on
};

/// What becomes of the neighbours of a changed range.
struct RangeUpdate {
  std::size_t new_sessions = 0;     ///< they come back when they dial
  std::size_t at_next_session = 0;  ///< see PeerUpdate
};

}  // namespace bgp
