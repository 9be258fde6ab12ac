// Answers libbgp's question for next hops from the kernel's routes, links and addresses, by events: the kernel is asked
// again only where it drops routes without a word, or events were lost, once for many of them. After a change only the
// next hops that it may concern are looked at, a slice each turn. For BGP's own executor; one thread. The routes of the
// protocols named are ours and do not count; what BGP learned may be added (ResolutionBook::Learned).
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "bgp/policy.h"
#include "bgp/result.h"
#include "fib/resolution.h"

namespace tern::fib {

class NextHopTracker final : public bgp::NextHopResolver {
 public:
  /// `table` counts beside the main one.
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
  /// See ResolutionBook. Next hops of that address are asked for again, soon.
  void neighbour_is(bgp::IpAddress const& link_local, unsigned interface, bool there);
  /// BGP's route for this prefix came, changed or went: next hops within it are asked for again, soon.
  void learned_changed(bgp::Prefix const& prefix);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tern::fib
