// BGP's next hops: answers libbgp's resolver from the kernel's routes, and tells fib how each hop in use is reached, by
// which interface and gateway or through which tunnel. All calls on BGP's thread.
#pragma once

#include <map>

#include "bgp/policy.h"
#include "fib/next_hop_tracker.h"
#include "fib/tunnel_book.h"
#include "speaker/agent/kernel_thread.h"
#include "speaker/agent/learned_routes.h"

namespace tern::speaker {

class NextHops final : public bgp::NextHopResolver {
 public:
  NextHops(fib::NextHopTracker& tracker, LearnedRoutes& learned, KernelThread& kernel);

  // ---- libbgp's questions.
  [[nodiscard]] bgp::NextHopState resolve(bgp::IpAddress const& next_hop) override;
  /// The hop goes, and with it what was needed for its tunnel, when no route in the kernel leads there any more: those
  /// that lead elsewhere now may yet have to be told of.
  void forget(bgp::IpAddress const& next_hop) override;
  void on_change(std::function<void(bgp::IpAddress const&)> changed) override { changed_ = std::move(changed); }

  /// A route is about to use this hop: from its first use on fib knows its path, always as it is at present.
  void use(fib::HopName const& hop);
  /// All routes are about to be told anew. When they have been, forget_unused() is due: hops that none of them used go
  /// as in forget().
  void use_anew() { ++round_; }
  void forget_unused();

 private:
  void path_changed(bgp::IpAddress const& next_hop);
  void set_path(fib::HopName const& hop);
  void give_up(fib::HopName const& hop);

  fib::NextHopTracker& tracker_;
  LearnedRoutes& learned_;
  KernelThread& kernel_;
  std::map<fib::HopName, unsigned> used_;  // with the round in which it was last
  unsigned round_ = 0;
  // Whose MAC it is: an address whose MAC is another's already (a hash, of IPv6 addresses) is not reachable by VXLAN.
  std::map<fib::rtnl::Mac, bgp::IpAddress> vteps_;
  std::function<void(bgp::IpAddress const&)> changed_;
};

}  // namespace tern::speaker
