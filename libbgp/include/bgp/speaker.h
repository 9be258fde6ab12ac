// A BGP speaker in a few lines: sessions, routes, callbacks. The contract:
// - All calls and all callbacks are made on the executor given to the constructor (post to it from elsewhere).
// - A callback may call anything, also remove the peer or destroy the Speaker. Filters and resolvers are no callbacks:
//   policy.h says what they may do.
// - Route events come in batches: first a snapshot of the Loc-RIB, then `in_sync`, then deltas. Within a batch and over
//   time, the last event of a prefix is its present state. The span and all it refers to live for the call.
// - A subscription is an object: when it is destroyed, no further event comes. One to routes can be paused: a receiver
//   that says "later" is resumed with the latest state.
// - eBGP neighbours without a filter carry nothing, in either direction (RFC 8212): write `.import = accept_all`.
// Sources stay compatible from 1.0; there is no ABI promise.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bgp/attributes.h"
#include "bgp/peer_config.h"
#include "bgp/policy.h"
#include "bgp/result.h"
#include "bgp/status.h"
#include "bgp/types.h"

namespace bgp {

/// Where a speaker accepts connections.
struct ListenAddress {
  IpAddress address;  ///< unset: every IPv4 and, where there is IPv6, every IPv6 address
  std::uint16_t port = 179;
  friend bool operator==(ListenAddress const&, ListenAddress const&) = default;
};

struct SpeakerConfig {
  Asn local_as;
  IpAddress router_id;                 ///< IPv4
  std::uint16_t listen_port = 0;       ///< shorthand for one listener on every address; 0: none
  std::vector<ListenAddress> listen;   ///< listeners beside it
  std::optional<RouterId> cluster_id;  ///< default: the router ID (RFC 4456 §7)
  bool client_to_client = true;        ///< reflect between clients (RFC 4456 §5); per cluster
  bool always_compare_med = false;
  /// Paths of a prefix that are used side by side at most, for a receiver that can (a kernel): the best one and those
  /// that tie with it in local preference, AS path length, origin, MED, kind of neighbour and cost to the next hop. The
  /// AS paths themselves may differ. Each has a next hop of its own. Neighbours are told of the best path only.
  std::size_t multipath = 1;
  std::shared_ptr<NextHopResolver> resolver;  ///< default: every next hop reachable at cost 0
  /// One line an event ("peer 192.0.2.1 up"), severity 'i', 'w' or 'e'. Default: silent. A callback like any other: the
  /// lines come in order, soon after what they tell of; those not yet told when the Speaker is destroyed are lost.
  std::function<void(char severity, std::string const& line)> log;
};

struct RouteEvent {
  enum class Kind { announce, withdraw, in_sync };
  Kind kind = Kind::announce;
  Prefix prefix;                           ///< not for in_sync
  PeerId peer;                             ///< of the best path
  Attributes const* attributes = nullptr;  ///< announce only: of the best path
  /// Announce only: of all paths in use, the best path's first; empty for a route of our own without a next hop. With
  /// SpeakerConfig::multipath, a change of any of them is an event, also where the best path stays. One may come
  /// without a change when the resolver's answers changed.
  std::span<IpAddress const> next_hops = {};
  /// "announce 203.0.113.0/24 next hop 192.0.2.2 AS path 65002 MED 10"; several are "next hops 192.0.2.2, 192.0.2.3"
  [[nodiscard]] std::string text() const;
};

/// A session came up, told all that it had, or went down; in this order. Ask for `in_sync` before `up`.
struct PeerEvent {
  PeerId id;
  IpAddress address;
  std::uint32_t scope_id = 0;  ///< the interface of a link-local address
  bool up = false;             ///< also in the event that tells `in_sync`
  std::string reason;          ///< why it went down
  /// The neighbour's End-of-RIB (RFC 4724 §2) has come for every family of the session: what it had to say at first is
  /// in the table, and nothing of an earlier session. Told at most once a session, and never when a neighbour sends no
  /// End-of-RIB (or there is no family to send one for): who waits for it needs a deadline.
  bool in_sync = false;
};

/// Ends what it stands for when destroyed. Movable, empty after a move.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::shared_ptr<void> handle) : handle_(std::move(handle)) {}

 protected:
  std::shared_ptr<void> handle_;
};

/// A subscription to routes, for a receiver that may fall behind: while it is paused nothing is queued for it, and what
/// changes meanwhile is told once, as it stands, after resume().
class [[nodiscard]] RouteSubscription : public Subscription {
 public:
  using Subscription::Subscription;
  /// May be called from the callback. No further batch comes until resume().
  void pause();
  void resume();
};

/// A route to originate. An unset next hop becomes our own address on each session (see PeerConfig::next_hop_self).
struct Announcement {
  Prefix prefix;
  Attributes attributes = {};
};

/// Reads a listing in batches, so that a million routes delay nobody. Keeps its place while routes come and go: every
/// route that stays is listed once.
class RouteListing {
 public:
  virtual ~RouteListing() = default;
  /// Appends up to about `budget` entries; false when the end was reached.
  [[nodiscard]] virtual bool next(std::size_t budget, std::vector<RouteEntry>& out) = 0;
};

class Speaker {
 public:
  /// Throws std::invalid_argument when `config` makes no sense (an AS or multipath of 0, a router ID that is not IPv4).
  Speaker(boost::asio::any_io_executor executor, SpeakerConfig config);
  /// Ends every session. No callback comes afterwards, nor does stop()'s `done`.
  ~Speaker();
  Speaker(Speaker const&) = delete;
  Speaker& operator=(Speaker const&) = delete;

  /// Opens the listeners and starts the peers. Error: an address that cannot be bound, with the system's reason.
  Result<void> start();
  /// Other listeners, cluster_id and client_to_client from now on; sessions stay, and everybody is told what he may
  /// hear now. What goes is closed before anything is opened. Error: an address that cannot be bound, and nothing was
  /// changed; or another local_as, router_id, multipath or always_compare_med. resolver and log are not looked at.
  Result<void> reconfigure(SpeakerConfig config);
  /// Closes every session with Cease / administrative shutdown (RFC 9003) and calls `done` when that is sent, or after
  /// two seconds. Called again, it calls that `done` as well. Neighbours and routes stay as they are for another
  /// start().
  void stop(std::string text, std::function<void()> done);

  /// Errors: what makes no sense or is there already; a password that the kernel cannot take, with the remedy. The
  /// kernel looks up passwords by address, the longest prefix first, and knows none that says "unsigned": so a
  /// neighbour (a range) without one cannot lie within a range that has one. A neighbour that has come by a range is
  /// one of its own from now on; its session stays where update_peer() would let it.
  Result<PeerId> add_peer(PeerConfig config);
  Result<void> add_range(RangeConfig config);
  /// Closes the session with Cease / peer de-configured and forgets the neighbour.
  Result<void> remove_peer(PeerId peer);
  /// The neighbour is to be as `config` says, with the same address. What a session can stand is changed beneath it:
  /// description, group, passive, shutdown, remote_port, connect_retry, the filters, reflector_client and cluster_id,
  /// next-hop modes, allow_own_as, private_as, how local_as is used, ttl and ttl_security, both of graceful shutdown
  /// and prefix limits at once; check_first_as and accept_as_set with a route refresh, where the neighbour takes it;
  /// required and strict_role where what it told will do, and local where it is our end already; hold_time and
  /// keepalive with the next session. Anything else ends it with Cease / other configuration change (RFC 4486), and the
  /// neighbour begins anew under another PeerId. Error: `config` makes no sense, and nothing was changed. Not for
  /// neighbours of a range.
  Result<PeerUpdate> update_peer(PeerId peer, PeerConfig config);
  /// The same for a range and all its neighbours, which follow in slices.
  Result<RangeUpdate> update_range(RangeConfig config);
  /// Forgets the range and, in slices, its neighbours as remove_peer() does.
  Result<void> remove_range(Prefix prefix);

  /// Ends the session with Cease / administrative shutdown and `text` (RFC 9003), and keeps it down until
  /// enable_peer(). Not for neighbours of a range, which are forgotten with their session.
  Result<void> disable_peer(PeerId peer, std::string text = {});
  Result<void> enable_peer(PeerId peer);
  /// Ends the session with Cease / administrative reset and `text`; it comes back by itself.
  Result<void> reset_peer(PeerId peer, std::string text = {});
  /// Asks an Established neighbour for its routes again (RFC 2918), and sends ours again. Error: it is not Established,
  /// or did not announce the capability; ours are sent all the same.
  Result<void> refresh_peer(PeerId peer);
  /// Changes the filters of a neighbour, as if they had been those of its PeerConfig (null: none). The session stays up
  /// and nothing is asked for again: what it announced is judged anew as it was received, and it is told what it may
  /// hear now and what is not for it any more. That takes a while; what comes and goes meanwhile is under the new ones.
  Result<void> set_filters(PeerId peer, FilterPtr import, FilterPtr export_filter);
  /// The same for the neighbours of a range, those that are there and those that come.
  Result<void> set_range_filters(Prefix const& range, FilterPtr import, FilterPtr export_filter);
  /// With a `scope_id` of 0, a link-local address is that of any interface.
  [[nodiscard]] std::optional<PeerId> find_peer(IpAddress const& address, std::uint32_t scope_id = 0) const;

  /// Announces a route of our own, or changes it. A Prefix{}, which is no prefix, is ignored with an error in the log,
  /// here and below; so are attributes of more than 256 KiB.
  void originate(Prefix prefix, Attributes attributes = {});
  void withdraw(Prefix prefix);
  /// Makes the set of our own routes exactly `routes`; what stays the same sends nothing. Idempotent.
  void announce_exactly(std::span<Announcement const> routes);

  /// Several may exist; each tells on its own what stands in the Loc-RIB when it is made, then `in_sync`, then changes.
  /// An event tells how its prefix stands at that moment, so the events of several, taken together, end with that, too.
  /// Those made before it are served in turn with it: when a subscription tells `in_sync`, each earlier one that was
  /// not paused meanwhile has told everything that stood there when the later one was made. So, in order to know when a
  /// receiver has heard what a neighbour sent before its End-of-RIB: at PeerEvent::in_sync make another subscription
  /// and wait for its `in_sync`.
  [[nodiscard]] RouteSubscription on_routes(std::function<void(std::span<RouteEvent const>)> callback);
  [[nodiscard]] Subscription on_peers(std::function<void(PeerEvent const&)> callback);

  [[nodiscard]] SpeakerStatus status() const;
  /// Takes far less than a millisecond, whatever the tables hold.
  [[nodiscard]] MemoryStatus memory() const;
  /// All neighbours at once. Where there may be thousands, go through peer_ids() a few at a time: a copy of all of them
  /// takes milliseconds.
  [[nodiscard]] std::vector<PeerStatus> peers() const;
  /// In ascending order. The number of a neighbour that is gone may be given to another one.
  [[nodiscard]] std::vector<PeerId> peer_ids() const;
  /// Nothing when there is no such neighbour (any more).
  [[nodiscard]] std::optional<PeerStatus> peer(PeerId id) const;
  [[nodiscard]] std::unique_ptr<RouteListing> routes(RouteQuery query) const;
  /// Of unicast routes.
  [[nodiscard]] Explanation explain(Prefix prefix) const;
  /// Of those of a family of more than plain prefixes: by RouteEntry::key. No paths where there is no such route.
  [[nodiscard]] Explanation explain(Family family, std::span<std::uint8_t const> key) const;
  /// The most specific prefix that covers `address`: of the Loc-RIB, or of all that was received.
  [[nodiscard]] std::optional<Prefix> match(IpAddress const& address, bool also_refused = false) const;

 private:
  friend struct SpeakerInMemory;  // for libbgp's own tests: another network, another clock
  class Impl;
  explicit Speaker(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace bgp
