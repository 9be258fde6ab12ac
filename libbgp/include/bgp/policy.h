// What a program may plug into a speaker: filters, a next-hop resolver. They are called on the Speaker's executor, in
// the middle of its work: an implementation must not block, must not throw, and must neither call the Speaker nor
// destroy it. Callbacks for routes, which may, are in speaker.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bgp/attributes.h"
#include "bgp/types.h"

namespace bgp {

/// Whom a route was learned from.
struct RouteSource {
  enum class Kind : std::uint8_t { local, ebgp, ibgp };
  Kind kind = Kind::local;  ///< local: the speaker itself
  IpAddress address;        ///< unset: the speaker itself
  Asn as;
};

/// A route that a filter is asked about; views for the call. Its attributes are, on import, those received, once the
/// loop checks have passed; on export those that the neighbour would be told, next hop included, but for what is always
/// done afterwards (RFC 4271 §5.1): LOCAL_PREF is not told to eBGP, and our AS is put in front for it.
struct FilteredRoute {
  Prefix const& prefix;  ///< of VPN routes without the distinguisher; unset where no prefix names the route
  Attributes const& attributes;
  RouteSource const& source;
  /// The AS of which more may be put in front of the AS path: an eBGP neighbour's on import, ours on export to one. 0
  /// where iBGP is at the other end, for which an AS path that holds its own AS is a loop.
  Asn announced_by;
  Family family = prefix.family();
};

/// What a filter said of a route. `rule` names the rule that decided and must be static or owned by the filter: it is
/// shown by explain.
struct FilterVerdict {
  bool accept = false;
  std::string_view rule = {};
  /// What the route's attributes become; null: they stay. A next hop that is unset is our own address on the session on
  /// export, and the received one on import, as is one of another family than the prefix. Of routes that are reflected
  /// without being looked into (all but unicast and multicast) an unset one stays what it was.
  std::shared_ptr<Attributes const> changed = nullptr;
  std::string changed_by = {};  ///< the rules that changed it, for explain
};

/// Decides whether a route may pass, and may change its attributes. Immutable: a changed filter is a new object
/// (Speaker::set_filters). The answer is a function of the question alone.
class Filter {
 public:
  virtual ~Filter() = default;
  [[nodiscard]] virtual FilterVerdict judge(FilteredRoute const& route) const = 0;
  /// True when every route passes unchanged, so that attributes need not be decoded to ask.
  [[nodiscard]] virtual bool accepts_everything() const { return false; }
  /// False when the answer is the same for all prefixes of a family, so that many of one attribute set are asked about
  /// once.
  [[nodiscard]] virtual bool asks_for_prefix() const { return true; }
  [[nodiscard]] virtual std::string name() const = 0;
  /// True when both say the same of every route: one made anew from a file that did not change changes nothing.
  [[nodiscard]] virtual bool same_as(Filter const& other) const { return this == &other; }
};
using FilterPtr = std::shared_ptr<Filter const>;

/// Every route passes.
extern FilterPtr const accept_all;
/// No route passes.
extern FilterPtr const reject_all;

/// How a next hop can be reached.
struct NextHopState {
  bool reachable = true;
  std::uint32_t cost = 0;  ///< IGP metric: the decision's "cost to the next hop" (RFC 4271 §9.1.2.2 e)
  friend bool operator==(NextHopState const&, NextHopState const&) = default;
};

/// Answers for next hops and tells of changes. The default resolver finds everything reachable at cost 0.
class NextHopResolver {
 public:
  virtual ~NextHopResolver() = default;
  [[nodiscard]] virtual NextHopState resolve(IpAddress const& next_hop) = 0;
  /// No route has this next hop any more: its answer need not be kept. Comes while routes change: `changed` (see
  /// below) may not be called from within.
  virtual void forget(IpAddress const&) {}
  /// `changed` is to be called, on the Speaker's executor, when the answer for a next hop asked before has changed;
  /// it may be called from within resolve().
  virtual void on_change(std::function<void(IpAddress const&)> changed) = 0;
};

}  // namespace bgp
