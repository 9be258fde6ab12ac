#include "rib/next_hops.h"

namespace bgp::rib {

NextHopState NextHops::resolve(IpAddress const& address) const {
  if (!resolve_ || address.is_unset()) return {};
  return resolve_(address);
}

NextHopId NextHops::acquire(IpAddress const& address, IpAddress const& link_local) {
  auto const [it, inserted] = ids_.try_emplace({address, link_local});
  if (inserted) it->second = NextHopId{pool_.allocate({address, link_local, resolve(address), 0})};
  ++pool_[it->second.value].references;
  return it->second;
}

void NextHops::release(NextHopId id) {
  auto& hop = pool_[id.value];
  if (--hop.references != 0) return;
  ids_.erase({hop.address, hop.link_local});
  pool_.release(id.value);
}

bool NextHops::refresh(IpAddress const& address) {
  bool changed = false;
  for (auto it = ids_.lower_bound({address, {}}); it != ids_.end() && it->first.first == address; ++it) {
    auto& hop = pool_[it->second.value];
    auto const now = resolve(address);
    changed |= now != hop.state;
    hop.state = now;
  }
  return changed;
}

}  // namespace bgp::rib
