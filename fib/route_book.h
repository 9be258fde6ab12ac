// Every prefix with what is wanted and what the kernel has of ours, and the operations between. Only routes of our
// protocol number (or one that we were told to adopt) at exactly our (table, destination, metric) are ever touched: a
// route goes in with EXCL, is replaced only where ours is known to stand alone, and is removed by its protocol number.
// What stands in the way, or beside ours, is a conflict until it goes; it is tried again slowly, for not all that goes
// is told. Pure: its user performs what plan() says. One thread.
#pragma once

#include <array>
#include <map>

#include "fib/hop_book.h"
#include "fib/prefix_table.h"
#include "fib/rtnl/route.h"

namespace tern::fib {

/// A route of ours that leads to what we do not know; to be replaced.
inline constexpr ObjectId unknown_object = 0xfffffffe;

/// What we have, or had, in the kernel for a prefix.
struct InstalledRoute {
  ObjectId object = no_object;
  std::uint32_t metric = 0;
  std::uint8_t protocol = 0;
};
/// What the kernel should have: nothing when `object` is none.
struct WantedRoute {
  ObjectId object = no_object;
  std::uint32_t metric = 0;
};

enum class RouteState : std::uint8_t { nothing, installed, pending, failed, conflicting, leftover };

/// What RouteBook keeps of a prefix.
struct RouteEntry {
  enum class Queued : std::uint8_t { no, change, removal };
  bgp::Prefix prefix;
  TargetId desired;
  InstalledRoute installed;
  RouteState state = RouteState::nothing;
  Queued queued = Queued::no;
  bool seen = false;   ///< while learning
  bool stale = false;  ///< found there, and never wanted: it stays until sweep()
};

struct RouteOperation {
  enum class Kind { add, replace, remove };
  Kind kind = Kind::add;
  bgp::Prefix prefix;
  std::uint32_t metric = 0;
  std::uint8_t protocol = 0;
  ObjectId object = no_object;
  TargetId target;
  bool stray = false;           ///< a removal beside the route that is its prefix's
  RouteEntry* entry = nullptr;  ///< not of a stray: RouteBook's own, until performed()
};

/// The next step from what is there to what is wanted; nothing when they agree. An object that does not work now leaves
/// no route that nobody wants: what stands there is taken away.
[[nodiscard]] std::optional<RouteOperation> next_step(bgp::Prefix const& prefix, WantedRoute const& wanted,
                                                      InstalledRoute const& installed, std::uint8_t protocol);

class RouteBook {
 public:
  struct Options {
    std::uint32_t table = 254;
    std::uint8_t protocol = 179;
    std::vector<std::uint8_t> adopt;  ///< protocols whose routes become ours
    std::uint64_t hash_key = 0;       ///< a secret: neighbours choose the prefixes
  };
  using State = RouteState;
  struct Description {
    State state = State::nothing;
    std::optional<Target> target;
    bool stands = false;  ///< the kernel has a route of ours there, be it the one that is wanted or an earlier one
    std::string reason;   ///< why it is pending, failed or conflicting
  };

  RouteBook(HopBook& hops, Options options) : hops_(hops), options_(std::move(options)), entries_(options_.hash_key) {}

  // ---- What is wanted.
  /// Keeps a reference to the target.
  void want(bgp::Prefix const& prefix, TargetId target);
  void unwant(bgp::Prefix const& prefix);
  /// One of these is to be called soon.
  void prefetch(bgp::Prefix const& prefix) const { entries_.prefetch(prefix); }
  /// From now on, routes of ours that were found there and nobody wanted go.
  void sweep();

  // ---- What the kernel has.
  /// Whether a route is one of ours.
  [[nodiscard]] bool cares_for(rtnl::Route const& route) const;
  /// All of its routes, at the start or after something was missed.
  void begin_learning();
  void learned(rtnl::Route const& route);
  /// After all of ours: somebody else's route at a prefix where ours was learned.
  void learned_beside(rtnl::Route const& route);
  void end_learning();
  /// Somebody else's change. `replaced`: it took the place of what stood at its (destination, metric).
  void heard(rtnl::Route const& route, bool removed, bool replaced);
  void objects_gone(std::vector<ObjectId> const& objects);
  /// Something went, and maybe routes with it of which nobody tells, or came: what conflicts or was refused may work
  /// now.
  void retry_now();
  /// Somebody else's routes stand beside ours: their end may have to be looked for.
  [[nodiscard]] bool has_strangers() const { return !strangers_.empty(); }
  /// Targets lead elsewhere now.
  void look_again();

  // ---- The operations between.
  /// Up to `limit` of them; they are under way until performed(), and nothing is learned or heard meanwhile.
  [[nodiscard]] std::vector<RouteOperation> plan(std::size_t limit, Time now);
  /// How many have to be looked at by plan().
  [[nodiscard]] std::size_t waiting() const { return changes_.size() + (hold_removals_ ? 0 : removals_.size()); }
  /// Whether some of them are wanted: these may still name an object that nobody wants any more.
  [[nodiscard]] bool changes_wait() const { return !changes_.empty(); }
  /// Whether plan() leaves out routes that nobody wants: they may be about to go with what they lead to.
  void hold_removals(bool hold) { hold_removals_ = hold; }
  /// It does leave some out.
  [[nodiscard]] bool removals_held() const { return hold_removals_ && removals_wanted_ != 0; }
  void performed(RouteOperation const& operation, std::optional<Refused> const& refused, Time now);
  /// When the first refused operation may be tried again; never when there is none.
  [[nodiscard]] Time next_retry() const { return next_retry_; }
  /// The netlink form of an operation.
  [[nodiscard]] rtnl::Route route_of(RouteOperation const& operation) const;

  // ---- To be shown.
  [[nodiscard]] Description describe(bgp::Prefix const& prefix) const;
  /// All that are wanted or stand there, in ascending order.
  [[nodiscard]] std::vector<bgp::Prefix> prefixes() const;
  /// One of those that are failed or conflicting, of which there must be some.
  [[nodiscard]] bgp::Prefix first(State state) const;
  [[nodiscard]] std::size_t count(State state) const { return counts_[static_cast<std::size_t>(state)]; }

 private:
  using Entry = RouteEntry;
  using Queued = RouteEntry::Queued;
  /// Somebody else's route stood there when ours was to be added.
  struct Conflict {
    Failure failure;
    bool trying = false;  // once more
  };
  [[nodiscard]] bool ours(std::uint8_t protocol) const;
  [[nodiscard]] ObjectId object_of(rtnl::Route const& route) const;
  /// Of one prefix and metric, the kernel makes a single route with several next hops, whosever they are.
  [[nodiscard]] bool merges(bgp::Prefix const& prefix) const;
  [[nodiscard]] WantedRoute wanted(Entry const& entry) const;
  [[nodiscard]] std::optional<RouteOperation> step(Entry const& entry) const;
  void forget_troubles(bgp::Prefix const& prefix);
  [[nodiscard]] bool blocked(bgp::Prefix const& prefix) const;
  void installed_is(Entry& entry, InstalledRoute const& installed);
  void settle(Entry& entry);
  void enqueue(Entry& entry);
  [[nodiscard]] Entry* dequeue();
  void stands(Entry& entry, rtnl::Route const& route, bool replaced);
  bool heard_of_ours(Entry& entry, rtnl::Route const& route, bool removed, bool replaced);
  bool heard_of_stranger(Entry& entry, rtnl::Route const& route, bool removed, bool replaced);
  bool stranger_went(bgp::Prefix const& prefix, rtnl::Route const& route);
  void stands_beside(bgp::Prefix const& prefix, rtnl::Route const& route);
  void lose_track(Entry& entry);
  void conflicts(bgp::Prefix const& prefix, Time now);
  void done(Entry& entry, RouteOperation const& operation);
  [[nodiscard]] State state_of(Entry const& entry) const;
  void close(Entry& entry);
  void enqueue_retries(Time now);
  void add_stray(bgp::Prefix const& prefix, InstalledRoute const& route);
  void drop_stray(bgp::Prefix const& prefix, std::uint32_t metric);
  void postpone_stray(RouteOperation const& operation, Time now);
  [[nodiscard]] Description describe(Entry const& entry) const;

  HopBook& hops_;
  Options const options_;
  PrefixTable<Entry> entries_;
  // Changes go first: a route that is wanted elsewhere must have moved before what it named goes, and of those that
  // nobody wants many go with that at once. The place of an entry that is gone may be another's: it is looked at once
  // more then.
  std::vector<Entry*> changes_;
  std::vector<Entry*> removals_;
  std::vector<RouteOperation> strays_;  // routes of ours beside the one of their prefix
  std::vector<RouteOperation> postponed_strays_;
  std::map<bgp::Prefix, Failure> failures_;
  std::map<bgp::Prefix, Conflict> conflicts_;
  std::map<bgp::Prefix, std::vector<rtnl::Route>> strangers_;  // beside ours, of the same metric
  std::array<std::size_t, 6> counts_{};
  Time next_retry_ = never;
  bool sweeping_ = false;
  bool hold_removals_ = false;
  std::size_t removals_wanted_ = 0;  // entries whose present turn is in removals_
};

}  // namespace tern::fib
