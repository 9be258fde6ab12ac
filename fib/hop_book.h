// Targets, their hops, and the kernel's next-hop objects for them: what is wanted, what is there, and the operations
// between. A single hop is an object, several are a group of objects; routes only name an id, so a hop that moves
// is one operation. Where the kernel has no objects (inline mode) ids are our own and change with their content.
// Pure: knows no socket; its user performs what plan() says and tells the outcome. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fib/model.h"
#include "fib/retry.h"
#include "fib/rtnl/link.h"
#include "fib/rtnl/next_hop.h"

namespace tern::fib {

struct TargetId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(TargetId, TargetId) = default;
};
inline constexpr TargetId no_target{};

/// The id that a route names, or one of these.
using ObjectId = std::uint32_t;
inline constexpr ObjectId no_object = 0;
inline constexpr ObjectId blackhole_object = 0xffffffff;

struct ObjectOperation {
  enum class Kind { create, replace, remove };
  Kind kind = Kind::create;
  rtnl::NextHopObject object;
};

class HopBook {
 public:
  struct Options {
    std::uint8_t protocol = 179;
    bool inline_hops = false;  ///< the kernel has no objects
  };
  explicit HopBook(Options options) : options_(options) {}
  /// The kernel turned out to have no objects. Before anything else is asked.
  void go_inline() {
    options_.inline_hops = true;
    dirty_ = true;
  }
  [[nodiscard]] bool is_inline() const { return options_.inline_hops; }

  // ---- What is wanted.
  /// Interns a target; every acquire() and retain() wants a release().
  [[nodiscard]] TargetId acquire(Target const& target);
  void retain(TargetId id) { ++targets_[id.value].references; }
  void release(TargetId id);
  [[nodiscard]] Target const& target(TargetId id) const { return targets_[id.value].target; }
  /// How a hop is reached; nothing: not at all.
  void set_path(HopName const& name, std::optional<HopPath> path);
  [[nodiscard]] std::optional<HopPath> path(HopName const& name) const;
  /// Whether some target has this hop.
  [[nodiscard]] bool used(HopName const& name) const;

  // ---- What routes may name.
  /// The object to name; no_object while there is none that works.
  [[nodiscard]] ObjectId leads_to(TargetId id) const {
    targets_[id.value].told = true;
    return targets_[id.value].ready;
  }
  /// Why leads_to() is no_object.
  [[nodiscard]] std::string why_not(TargetId id) const;
  /// The ways of a target that work: what an inline route is made of.
  [[nodiscard]] std::vector<rtnl::Via> ways(TargetId id) const;
  /// Inline mode: the id of a content, and the content of an id; empty for one that we do not know.
  [[nodiscard]] ObjectId made_of(std::vector<rtnl::Via> const& ways);
  [[nodiscard]] std::vector<rtnl::Via> content(ObjectId id) const;
  /// Counts the kernel's routes that name an object: while it works it is not removed under them.
  void count_route(ObjectId id, int change);

  // ---- What the kernel has.
  void links_are(std::vector<rtnl::Link> const& links);
  void link_is(rtnl::Link const& link);
  void link_gone(unsigned index);
  /// All of the kernel's objects, at the start or after something was missed.
  void learned(std::vector<rtnl::NextHopObject> const& objects);
  void heard(rtnl::NextHopObject const& object, bool removed);
  /// The objects that routes name which are not ours: by whomever they were made, they are left alone.
  void named_by_others(std::set<ObjectId> const& ids);
  /// There are objects with our protocol that we did not make: of an earlier process, or of another with that number.
  [[nodiscard]] bool has_found() const;
  /// From now on, objects that were found and that nobody wants go.
  void sweep() { sweeping_ = dirty_ = true; }

  // ---- The operations between, in batches that the kernel takes in this order; empty when nothing is to be done now.
  /// `routes_wait`: some routes that are wanted have yet to be changed.
  [[nodiscard]] std::vector<ObjectOperation> plan(Time now, bool routes_wait);
  /// All routes that are wanted lead where they should: what nobody wants may go, with the routes that still name it.
  void routes_moved() { dirty_ = true; }
  /// The outcome; nothing refused when it was done.
  void performed(ObjectOperation const& operation, std::optional<Refused> const& refused, Time now);
  /// What was refused may work now: an interface or an address came.
  void retry_now();
  [[nodiscard]] Time next_retry() const;
  /// True once after leads_to() changed for some target of which it has been asked.
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }
  /// Objects that vanished since the last call, and with them the routes that named them.
  [[nodiscard]] std::vector<ObjectId> take_gone();

 private:
  /// An object of ours: `id` is given with the first content that is wanted.
  struct Object {
    ObjectId id = no_object;
    std::optional<rtnl::NextHopObject> wanted;
    std::optional<rtnl::NextHopObject> present;
    std::optional<Failure> failure;
    [[nodiscard]] bool works() const { return wanted && present; }
  };
  /// Ours in the kernel, wanted by nobody.
  struct Leftover {
    rtnl::NextHopObject content;
    bool stale = false;  // found there, and never wanted: it stays until sweep()
    Failure failure;
  };
  struct Hop {
    std::optional<HopPath> path;
    unsigned uses = 0;
    Object object;
  };
  struct TargetEntry {
    Target target;
    std::uint32_t references = 0;
    Object group;  // of targets with several hops
    ObjectId ready = no_object;
    std::vector<rtnl::Via> inlined;
    mutable bool told = false;  // by leads_to()
  };

  [[nodiscard]] std::optional<rtnl::NextHopObject> wanted_hop(HopName const& name, Hop const& hop) const;
  [[nodiscard]] std::optional<rtnl::NextHopObject> wanted_group(TargetEntry const& entry) const;
  [[nodiscard]] ObjectId ready(TargetEntry& entry);
  void refresh_hops();
  void refresh_targets();
  void drop_contents();
  void want(Object& object, std::optional<rtnl::NextHopObject> content);
  void give_id(Object& object);
  [[nodiscard]] bool in_use(ObjectId id) const;
  [[nodiscard]] Object* find(ObjectId id);
  template <class Visit>
  void each_object(Visit&& visit);
  void forget(Object& object);
  void vanished(Object& object);
  void leftover_gone(ObjectId id);
  void leave_groups(ObjectId id);
  void plan_changes(Object& object, Time now, std::vector<ObjectOperation>& out) const;
  [[nodiscard]] bool worth_removing(ObjectId id) const;
  [[nodiscard]] std::vector<ObjectOperation> plan_anew(Time now, bool routes_wait);
  void plan_removal(Object const& object, Time now, std::vector<ObjectOperation>& out) const;
  void plan_leftovers(Time now, bool routes_wait, std::vector<ObjectOperation>& out);

  Options options_;
  std::map<HopName, Hop> hops_;
  std::vector<TargetEntry> targets_{1};  // the first is none
  std::vector<std::uint32_t> free_targets_;
  std::map<Target, TargetId> ids_;
  std::map<std::string, rtnl::Link> links_;
  std::map<ObjectId, Leftover> leftovers_;
  std::set<ObjectId> foreign_;
  std::set<ObjectId> named_by_others_;
  std::map<ObjectId, std::vector<rtnl::Via>> contents_;  // in inline mode
  std::map<ObjectId, std::int64_t> routes_;              // how many name it
  std::int64_t all_routes_ = 0;
  std::vector<ObjectId> gone_;
  ObjectId next_id_ = first_id;
  bool sweeping_ = false;
  bool changed_ = false;
  bool dirty_ = true;  // plan() may find something to do before retry_at_
  Time retry_at_ = never;

  static constexpr ObjectId first_id = 179U << 20;
};

}  // namespace tern::fib
