// What a speaker tells about itself: peers, routes, explanations, counters. Plain values, made when asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bgp/attributes.h"
#include "bgp/peer_config.h"
#include "bgp/types.h"

namespace bgp {

/// Messages of one direction by type.
struct MessageCounts {
  std::uint64_t open = 0, update = 0, notification = 0, keepalive = 0, route_refresh = 0;
};

struct FamilyCounts {
  Family family;
  std::uint64_t received = 0;  ///< paths in Adj-RIB-In, refused ones included
  std::uint64_t accepted = 0;  ///< of those, the ones that may be used
  std::uint64_t sent = 0;      ///< routes the neighbour holds from us, or will when it has read what waits for it
  bool end_of_rib_received = false;
  bool end_of_rib_sent = false;
  std::uint32_t received_limit = 0;  ///< PeerConfig::prefix_limits; 0: none
  std::uint32_t accepted_limit = 0;
};

struct PeerStatus {
  PeerId id;
  IpAddress address;
  std::uint32_t scope_id = 0;  ///< the interface of a link-local address, else 0
  std::string description;
  std::string group;      ///< the configuration's name of it, "" when none
  bool dynamic = false;   ///< made by a range
  bool disabled = false;  ///< held down: by the configuration, disable_peer() or a prefix limit
  /// Until then it is neither dialled nor let in: after faults in a row, or a prefix limit with a restart.
  std::optional<std::chrono::system_clock::time_point> held_until;
  bool reflector_client = false;
  Asn remote_as;
  RouterId remote_id;       ///< 0 until an OPEN came
  IpAddress local_address;  ///< of the connection, unset when there is none
  std::string state;        ///< "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"
  std::chrono::system_clock::time_point since;  ///< of that state
  /// While Established: what ended the session before this one, "" when there was none. Otherwise: what went wrong
  /// last, be it the end of the session or an attempt at the next one. With direction and RFC 9003 text.
  std::string last_error;
  std::optional<std::chrono::system_clock::time_point> last_error_at;
  std::chrono::seconds hold_time{0};  ///< negotiated, or configured while down
  bool md5 = false;                   ///< it has a password: segments carry TCP MD5 signatures
  unsigned ttl_security = 0;          ///< as configured; 0: not checked
  unsigned ttl = 0;                   ///< as configured; 0: the system's
  Asn local_as;                       ///< in whose name we speak to it
  std::optional<Role> role;           ///< ours towards it (RFC 9234)
  bool graceful_shutdown = false;     ///< what it is told is said to go away soon (RFC 8326)
  std::vector<std::string> capabilities_sent;
  std::vector<std::string> capabilities_received;
  MessageCounts received;
  MessageCounts sent;
  std::uint64_t flaps = 0;  ///< times it left Established
  std::vector<FamilyCounts> families;
  bool out_of_log = false;  ///< it reads too slowly and is caught up with its dirty routes
};

/// One path as listings show it.
struct RouteEntry {
  Family family;
  Prefix prefix;  ///< of VPN routes without the distinguisher; unset where no prefix names the route
  // Of a family of more than plain prefixes (else empty):
  std::string nlri;               ///< what it says, for people
  std::vector<std::uint8_t> key;  ///< of what it says that which names the route, for Speaker::explain()
  PeerId peer;
  IpAddress peer_address;           ///< unset for local routes
  std::uint32_t peer_scope_id = 0;  ///< the interface of a link-local address
  PathId path_id;                   ///< as received; in View::sent as sent
  Attributes attributes;            ///< after import policy; as received in View::received, or when refused
  bool best = false;
  bool multipath = false;  ///< used beside the best
  bool usable = true;      ///< accepted by import and its next hop reachable
  std::string refused_by;  ///< the rule, when not usable
  std::string changed_by;  ///< the rules of the import filter that changed its attributes (View::sent: of the export's)
};

/// Which paths a listing asks for.
struct RouteQuery {
  enum class View { loc_rib, received, sent };
  View view = View::loc_rib;
  std::optional<Prefix> prefix;                 ///< all when unset
  bool longer = false;                          ///< also the prefixes within `prefix`
  std::optional<PeerId> peer;                   ///< required for `received` and `sent`
  std::optional<Family> family = std::nullopt;  ///< unset: that of `prefix`, else IPv4 and IPv6 unicast
};

/// One path of a prefix with what the decision made of it.
struct ExplainedPath {
  RouteEntry route;
  std::uint32_t next_hop_cost = 0;
  /// For a usable path that lost: the rung of the ladder that decided against it, e.g. "shorter AS path". Also where it
  /// is used beside the best.
  std::string lost_by;
};

struct Explanation {
  Family family;
  Prefix prefix;                     ///< as in RouteEntry, like the next
  std::string nlri;                  ///< the part of it that names the route
  std::vector<ExplainedPath> paths;  ///< the best one first, then those used beside it
  std::string decided_by;            ///< the rung at which the best beat the next, "only path", or "no usable path"
  /// Per neighbour that is up: whether the best path is sent to it and, if not, the rule. One that is told several
  /// paths of a prefix (RFC 7911) has one of these for each path that may be used.
  struct Export {
    IpAddress peer;
    std::uint32_t scope_id = 0;  ///< the interface of a link-local address
    bool sent = false;
    std::string rule;
    std::string changed_by;  ///< the rules of the export filter that changed what is sent
    std::size_t path = 0;    ///< which of `paths`
    PathId path_id = {};     ///< by which it is told; 0: without an identifier
  };
  std::vector<Export> exports;
};

/// The speaker as a whole, and the counters of its engine.
struct SpeakerStatus {
  Asn local_as;
  RouterId router_id;
  RouterId cluster_id;
  std::chrono::system_clock::time_point started;
  std::size_t peers = 0;
  std::size_t peers_established = 0;
  struct Table {
    Family family;
    std::uint64_t prefixes = 0;
    std::uint64_t paths = 0;
    std::uint64_t vacant_slots = 0;  ///< places of removed prefixes that cannot be used again yet
    std::uint64_t groups = 0;        ///< sets of neighbours that hear the same
    std::uint64_t log_segments = 0;  ///< encoded pieces of the groups' logs that some member has yet to read
    std::uint64_t members = 0;       ///< neighbours in those groups
    std::uint64_t members_out_of_log = 0;
    std::uint64_t queued_bytes = 0;  ///< encoded, waiting for some member
  };
  std::vector<Table> tables;
  std::uint64_t attribute_sets = 0;
  std::uint64_t attribute_bytes = 0;
  /// The longest that one piece of work held the executor, callbacks included: by the clock,
  std::chrono::microseconds longest_slice{0};
  /// and by the time on a processor that it took, for the kernel may have let others go on meanwhile. What is shorter
  /// than 100 us may be missed; what the thread did outside such pieces of work just before may count with it.
  std::chrono::microseconds longest_slice_on_processor{0};
  std::chrono::microseconds worst_timer_delay{0};  ///< the latest a timer fired
};

/// Where the memory goes, by kind, in octets: what is allocated, used or not. An estimate in that it adds how glibc's
/// malloc rounds single blocks, and knows nothing of what malloc keeps free. Not in it: sessions and their sockets, and
/// whatever is the program's own.
struct MemoryStatus {
  struct Table {
    Family family;
    std::uint64_t paths = 0;       ///< Adj-RIB-In
    std::uint64_t slots = 0;       ///< prefixes, and the best path of each
    std::uint64_t index = 0;       ///< by prefix, and by neighbour where very many announce the same
    std::uint64_t changes = 0;     ///< that the update groups have yet to take, and removed prefixes
    std::uint64_t group_logs = 0;  ///< update groups: encoded, waiting for some member
    std::uint64_t group_sets = 0;  ///< update groups: what their members hold or have yet to hear of, and scratch
    [[nodiscard]] std::uint64_t total() const { return paths + slots + index + changes + group_logs + group_sets; }
  };
  std::vector<Table> tables;
  std::uint64_t attribute_sets = 0;
  std::uint64_t next_hops = 0;
  std::uint64_t own_routes = 0;     ///< the list of those that are originated; their paths are in the tables
  std::uint64_t subscriptions = 0;  ///< on_routes(): what each has told and has yet to tell
  [[nodiscard]] std::uint64_t total() const {
    auto sum = attribute_sets + next_hops + own_routes + subscriptions;
    for (auto const& table : tables) sum += table.total();
    return sum;
  }
};

}  // namespace bgp
