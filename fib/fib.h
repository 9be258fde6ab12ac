// The kernel's routes made equal to what is wanted, for ever: performs what the books plan, in batches, and hears what
// others do to the kernel. Not here: what is wanted and why (the agent's business), what a tunnel device is made of
// (tunnel_book.h), resolution (next_hop_tracker.h). Calls and callbacks on the executor given to the constructor, which
// should not be BGP's: a batch blocks for as long as the kernel takes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bgp/result.h"
#include "fib/model.h"
#include "fib/route_book.h"
#include "fib/tunnel_book.h"

namespace tern::fib {

/// A route that is wanted, or no longer: `target` is null. The target is the caller's, and looked at until apply()
/// returns; equal ones that follow each other cost least as one.
struct RouteChange {
  bgp::Prefix prefix;
  Target const* target = nullptr;
};

struct FibOptions {
  std::uint32_t table = 254;           ///< RT_TABLE_MAIN
  std::uint8_t protocol = 179;         ///< whose routes are ours
  std::vector<std::uint8_t> adopt;     ///< protocols whose routes become ours (80 is Felix's, 12 BIRD's)
  bool inline_hops = false;            ///< no next-hop objects, also where the kernel has them
  std::chrono::seconds scan_every{0};  ///< reads everything again so often; 0: only when events were lost
  /// One line an event; severity 'i', 'w' or 'e'.
  std::function<void(char severity, std::string const& line)> log;
};

struct FibStatus {
  std::size_t installed = 0;
  std::size_t pending = 0;      ///< not yet, or with no hop that works
  std::size_t failed = 0;       ///< refused by the kernel; tried again
  std::size_t conflicting = 0;  ///< somebody else's route stands there
  std::size_t leftover = 0;     ///< of an earlier process, kept until sweep()
  std::uint64_t messages = 0;   ///< requests the kernel was sent
  std::uint64_t refused = 0;
  std::uint64_t overruns = 0;  ///< notifications lost, and everything read again
  std::uint64_t scans = 0;     ///< everything read again because scan_every said so
  bool inline_hops = false;
};

class Fib {
 public:
  Fib(boost::asio::any_io_executor executor, FibOptions options);
  ~Fib();
  Fib(Fib const&) = delete;
  Fib& operator=(Fib const&) = delete;

  /// Reads what the kernel has and begins. Error: no socket, or no permission (CAP_NET_ADMIN).
  [[nodiscard]] bgp::Result<void> start();

  void apply(std::span<RouteChange const> changes);
  /// How a hop is reached from now on; nothing: not at all.
  void set_path(HopName const& name, std::optional<HopPath> path);
  /// The hop's path goes when no route is asked for that has this hop, unless set_path() comes first; so does the
  /// remote end that it needs, when a VXLAN device is named. Until then, for a second at the utmost, removals of routes
  /// wait: they may go with the hop.
  void forget(HopName const& name, std::string const& device = {}, bgp::IpAddress const& vtep = {});
  /// Tunnel devices, and the remote ends that a VXLAN device knows (tunnel_book.h).
  void want(TunnelDevice const& device);
  void unwant(std::string const& device);
  void want_vtep(std::string const& device, Vtep const& vtep);
  void unwant_vtep(std::string const& device, bgp::IpAddress const& address);

  /// What an earlier process left and nobody wanted until now goes, as soon as all that is wanted stands.
  void sweep();

  [[nodiscard]] FibStatus status() const;
  [[nodiscard]] RouteBook::Description describe(bgp::Prefix const& prefix) const;
  /// All that are wanted or stand there, in ascending order.
  [[nodiscard]] std::vector<bgp::Prefix> prefixes() const;
  [[nodiscard]] std::optional<HopPath> path(HopName const& hop) const;
  /// Why a tunnel device is not as wanted; empty when it is.
  [[nodiscard]] std::string why_not(std::string const& device) const;
  /// The tunnel devices that are wanted.
  [[nodiscard]] std::vector<TunnelBook::Description> devices() const;
  /// Calls back once, when the kernel has all that was asked for so far and can be had.
  void when_settled(std::function<void()> settled);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tern::fib
