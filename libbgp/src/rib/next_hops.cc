#include "rib/next_hops.h"

#include <utility>

namespace bgp::rib {

bool can_be_next_hop(IpAddress const& address) {
  static constexpr auto v6_loopback = IpAddress::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  auto const first = address.data()[0];
  if (address.is_v4()) return first != 0 && first != 127 && first < 224;
  return first != 0xff && address != IpAddress::v6({}) && address != v6_loopback;
}

NextHopState NextHops::resolve(IpAddress const& address) const {
  if (!resolve_ || address.is_unset()) return {};
  return resolve_(address);
}

NextHopId NextHops::acquire(IpAddress const& address, IpAddress const& link_local) {
  auto& recent = recent_[static_cast<std::size_t>(address.data()[3] ^ address.data()[15]) % recent_.size()];
  if (recent.value < pool_.extent()) {
    auto const& hop = pool_[recent.value];
    if (hop.references != 0 && hop.address == address && hop.link_local == link_local) {
      retain(recent);
      return recent;
    }
  }
  auto const known = ids_.find({address, link_local});
  if (known != ids_.end()) {
    retain(known->second);
    return recent = known->second;
  }
  auto const state = resolve(address);  // first: from within it refresh() may be called
  NextHopId const id{pool_.allocate({address, link_local, state, 1})};
  count_unreachable(state, +1);
  ids_.emplace(std::pair(address, link_local), id);
  return recent = id;
}

void NextHops::release(NextHopId id) {
  auto& hop = pool_[id.value];
  if (--hop.references != 0) return;
  auto const address = hop.address;
  count_unreachable(hop.state, -1);
  ids_.erase({hop.address, hop.link_local});
  pool_.release(id.value);
  if (!forget_ || address.is_unset()) return;
  auto const other = ids_.lower_bound({address, {}});
  if (other == ids_.end() || other->first.first != address) forget_(address);
}

bool NextHops::refresh(IpAddress const& address) {
  bool changed = false;
  for (auto it = ids_.lower_bound({address, {}}); it != ids_.end() && it->first.first == address; ++it) {
    auto& hop = pool_[it->second.value];
    auto const now = resolve(address);
    if (now == hop.state) continue;
    if (!std::exchange(changed, true)) ++changes_;
    if (now.reachable && !hop.state.reachable) hop.came_in = changes_;
    count_unreachable(hop.state, -1);
    count_unreachable(now, +1);
    hop.state = now;
    hop.changed_in = changes_;
  }
  return changed;
}

}  // namespace bgp::rib
