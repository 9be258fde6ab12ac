// The next hops that attribute sets point to, each asked of the resolver once and kept with its answer.
#pragma once

#include <array>
#include <functional>
#include <map>

#include "bgp/policy.h"
#include "rib/heap_size.h"
#include "rib/pool.h"

namespace bgp::rib {

struct NextHopId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(NextHopId, NextHopId) = default;
};

struct NextHop {
  IpAddress address;     ///< unset: our own address on each session
  IpAddress link_local;  ///< unset unless the next hop had 32 octets (RFC 2545 §3)
  NextHopState state;
  std::uint32_t references = 0;
  std::uint64_t changed_in = 0;  ///< the change of an answer, of all that were counted, which was its own last
  std::uint64_t came_in = 0;     ///< the one by which it became reachable
};

/// RFC 4271 §6.3: an address of one host, and not of the very host that looks at it.
[[nodiscard]] bool can_be_next_hop(IpAddress const& address);

class NextHops {
 public:
  using Resolve = std::function<NextHopState(IpAddress const&)>;
  using Forget = std::function<void(IpAddress const&)>;

  /// Without a resolver every next hop is reachable at cost 0.
  /// `forget` hears of each address that nobody has as a next hop any more.
  void set_resolver(Resolve resolve, Forget forget = {}) {
    resolve_ = std::move(resolve);
    forget_ = std::move(forget);
  }

  /// The id of a next hop, resolved when it is new; it lives until as many release() as acquire() were called.
  NextHopId acquire(IpAddress const& address, IpAddress const& link_local);
  void retain(NextHopId id) { ++pool_[id.value].references; }
  void release(NextHopId id);
  [[nodiscard]] NextHop const& operator[](NextHopId id) const { return pool_[id.value]; }

  /// Every one is: nobody need be asked about.
  [[nodiscard]] bool all_reachable() const { return unreachable_ == 0; }

  /// Asks again for `address`; true when an answer changed, so that the paths through it must be decided anew.
  [[nodiscard]] bool refresh(IpAddress const& address);
  /// How often that was so.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    return pool_.memory() + ids_.size() * tree_node_size(sizeof(decltype(ids_)::value_type));
  }

 private:
  [[nodiscard]] NextHopState resolve(IpAddress const& address) const;
  void count_unreachable(NextHopState const& state, int sign) {
    if (!state.reachable) unreachable_ += static_cast<std::size_t>(sign);
  }

  Resolve resolve_;
  Forget forget_;
  Pool<NextHop> pool_{1U << 24};
  std::array<NextHopId, 64> recent_{};  // acquired last, by their addresses' last octets: to search ids_ takes longer
  std::size_t unreachable_ = 0;
  std::uint64_t changes_ = 0;
  std::map<std::pair<IpAddress, IpAddress>, NextHopId> ids_;
};

}  // namespace bgp::rib
