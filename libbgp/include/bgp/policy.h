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

/// What a filter said of a route. `rule` names the rule that decided and must be static or owned by the filter: it is
/// shown by explain.
struct FilterVerdict {
  bool accept = false;
  std::string_view rule;
};

/// Decides whether a route may pass. Immutable: a changed filter is a new object.
class Filter {
 public:
  virtual ~Filter() = default;
  [[nodiscard]] virtual FilterVerdict judge(Prefix const& prefix, Attributes const& attributes) const = 0;
  /// True when every route passes, so that attributes need not be decoded to ask.
  [[nodiscard]] virtual bool accepts_everything() const { return false; }
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
  /// No route has this next hop any more: its answer need not be kept.
  virtual void forget(IpAddress const&) {}
  /// `changed` is to be called, on the Speaker's executor, when the answer for a next hop asked before has changed;
  /// it may be called from within resolve().
  virtual void on_change(std::function<void(IpAddress const&)> changed) = 0;
};

}  // namespace bgp
