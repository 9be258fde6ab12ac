// Answers libbgp's question for next hops from the kernel's routes, links and addresses, by events: nothing is asked of
// the kernel after the start. For BGP's own executor: it never blocks. The routes of the protocols named are ours and
// do not count; what BGP learned may be added (ResolutionBook::Learned).
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "bgp/policy.h"
#include "bgp/result.h"
#include "fib/resolution.h"

namespace tern::fib {

class NextHopTracker final : public bgp::NextHopResolver {
 public:
  NextHopTracker(boost::asio::any_io_executor executor, std::uint32_t table, std::vector<std::uint8_t> ours);
  ~NextHopTracker() override;

  /// Reads what the kernel has. Error: no socket.
  [[nodiscard]] bgp::Result<void> start();

  [[nodiscard]] bgp::NextHopState resolve(bgp::IpAddress const& next_hop) override;
  void forget(bgp::IpAddress const& next_hop) override;
  void on_change(std::function<void(bgp::IpAddress const&)> changed) override;

  /// The way to an address, at present.
  [[nodiscard]] Resolution resolution(bgp::IpAddress const& address) const;
  void set_learned(ResolutionBook::Learned learned);
  /// BGP's route for this prefix came, changed or went: next hops within it are asked for again, soon.
  void learned_changed(bgp::Prefix const& prefix);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tern::fib
