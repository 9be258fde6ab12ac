#include "fib/forgotten_hops.h"

#include <algorithm>

namespace tern::fib {

void ForgottenHops::add(HopName const& hop, std::string const& device, bgp::IpAddress const& vtep, Time now) {
  hops_.push_back({hop, device, vtep, now + std::chrono::seconds(1)});
}

void ForgottenHops::recall(HopName const& hop) {
  std::erase_if(hops_, [&](Forgotten const& one) { return one.hop == hop; });
}

// Not before: a route that leads elsewhere now must not go with the hop that it led to.
bool ForgottenHops::give_up(HopBook& hops, TunnelBook& tunnels) {
  return std::erase_if(hops_, [&](Forgotten const& one) {
           if (hops.used(one.hop)) return false;
           hops.set_path(one.hop, std::nullopt);
           if (!one.device.empty()) tunnels.unwant_vtep(one.device, one.vtep);
           return true;
         }) > 0;
}

Time ForgottenHops::removals_wait_until(Time now) const {
  auto const last = std::ranges::max_element(hops_, {}, &Forgotten::patience);
  return last == hops_.end() || now >= last->patience ? never : last->patience;
}

}  // namespace tern::fib
