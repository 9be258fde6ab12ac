#include "speaker/agent/next_hops.h"

#include "speaker/agent/encapsulation.h"

namespace tern::speaker {

NextHops::NextHops(fib::NextHopTracker& tracker, LearnedRoutes& learned, KernelThread& kernel)
    : tracker_(tracker), learned_(learned), kernel_(kernel) {
  tracker_.on_change([this](bgp::IpAddress const& next_hop) { path_changed(next_hop); });
}

bgp::NextHopState NextHops::resolve(bgp::IpAddress const& next_hop) {
  learned_.asked(next_hop);
  return tracker_.resolve(next_hop);
}

// The kernel moves all routes through the hop at once; what BGP makes of the change comes after.
void NextHops::path_changed(bgp::IpAddress const& next_hop) {
  fib::HopName const plain{next_hop, fib::Encapsulation::none};
  if (used_.contains(plain)) set_path(plain);
  if (changed_) changed_(next_hop);
}

void NextHops::use(fib::HopName const& hop) {
  auto const [known, is_new] = used_.try_emplace(hop, round_);
  known->second = round_;
  if (!is_new) return;
  auto const by_vxlan = hop.encapsulation == fib::Encapsulation::vxlan;
  if (by_vxlan && vteps_.try_emplace(vtep_mac(hop.address), hop.address).first->second != hop.address) return;
  set_path(hop);
  if (!by_vxlan) return;
  fib::Vtep const vtep{vtep_gateway(hop.address), vtep_mac(hop.address), hop.address};
  kernel_.post([vtep, device = *tunnel_device(hop.encapsulation, hop.address.is_v6())](fib::Fib& fib) {
    fib.want_vtep(device, vtep);
  });
}

void NextHops::set_path(fib::HopName const& hop) {
  auto const device = tunnel_device(hop.encapsulation, hop.address.is_v6());
  auto const by_vxlan = hop.encapsulation == fib::Encapsulation::vxlan;
  auto const gateway = by_vxlan ? vtep_gateway(hop.address) : hop.address;
  auto path = device ? fib::HopPath{*device, gateway, true} : tracker_.resolution(hop.address).path;
  kernel_.post([hop, path = std::move(path)](fib::Fib& fib) { fib.set_path(hop, path); });
}

void NextHops::forget(bgp::IpAddress const& next_hop) {
  using fib::Encapsulation;
  for (auto const encapsulation : {Encapsulation::none, Encapsulation::ipip, Encapsulation::vxlan}) {
    fib::HopName const hop{next_hop, encapsulation};
    if (used_.erase(hop) != 0) give_up(hop);
  }
  tracker_.forget(next_hop);
  learned_.forgotten(next_hop);
}

void NextHops::forget_unused() {
  std::erase_if(used_, [this](auto const& used) {
    auto const& [hop, last_used] = used;
    if (last_used == round_) return false;
    give_up(hop);
    return true;
  });
}

void NextHops::give_up(fib::HopName const& hop) {
  auto const by_vxlan = hop.encapsulation == fib::Encapsulation::vxlan;
  if (by_vxlan) {
    auto const vtep = vteps_.find(vtep_mac(hop.address));
    if (vtep == vteps_.end() || vtep->second != hop.address) return;
    vteps_.erase(vtep);
  }
  kernel_.post([hop, by_vxlan](fib::Fib& fib) {
    if (!by_vxlan) return fib.forget(hop);
    fib.forget(hop, *tunnel_device(hop.encapsulation, hop.address.is_v6()), vtep_gateway(hop.address));
  });
}

}  // namespace tern::speaker
