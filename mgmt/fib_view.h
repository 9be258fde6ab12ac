// What the HTTP service asks about the routes in the kernel, as an interface with plain values: whoever keeps them
// lives on another thread, therefore every answer comes later. Calls and callbacks on the service's executor. A
// callback comes once, from within the call or later, or never when its view has ended; it may come after the service
// has closed and after its listing is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bgp/types.h"

namespace tern::mgmt {

enum class FibState : std::uint8_t {
  installed,    ///< the kernel has it as it is wanted
  pending,      ///< not yet, or with no hop that works
  failed,       ///< refused by the kernel; tried again
  conflicting,  ///< somebody else's route stands there
  leftover,     ///< of an earlier process, and not wanted (yet)
  refused,      ///< no route for this prefix is put into the kernel; not in listings
};

struct FibHop {
  bgp::IpAddress address;       ///< the BGP next hop
  std::string encapsulation;    ///< "none", "ipip", "vxlan"
  std::string interface = {};   ///< "" while there is no way
  bgp::IpAddress gateway = {};  ///< unset: none, or the destination itself is on the link
  unsigned weight = 1;
};

struct FibRoute {
  bgp::Prefix prefix;
  FibState state = FibState::pending;
  bool stands = false;  ///< the kernel has a route of ours there, as it is wanted now or an earlier one
  std::uint32_t metric = 0;
  bool blackhole = false;
  std::vector<FibHop> hops = {};  ///< those that are wanted; none for a blackhole or a leftover
  std::string reason = {};        ///< why it is not installed
};

struct FibDevice {
  std::string name;          ///< "vxlan.calico"
  std::string kind;          ///< "vxlan", "ipip"
  std::string why_not = {};  ///< "" when it is as wanted
  std::size_t remote_ends = 0;
};

struct FibSummary {
  std::size_t installed = 0, pending = 0, failed = 0, conflicting = 0, leftover = 0;
  std::uint64_t messages = 0;  ///< requests the kernel was sent
  std::uint64_t refused = 0;   ///< by the kernel
  std::uint64_t overruns = 0;  ///< notifications lost, and everything read again
  bool next_hop_objects = false;
  std::vector<FibDevice> devices = {};
};

struct FibQuery {
  std::optional<bgp::Prefix> within = std::nullopt;  ///< this one and the more specific ones
  std::vector<FibState> states = {};                 ///< none: all
};

/// Reads routes piece by piece, in ascending order.
class FibListing {
 public:
  virtual ~FibListing() = default;
  /// Up to `most` routes, possibly none; `more` is false with the last. Not called again before it has called back.
  virtual void next(std::size_t most, std::function<void(std::vector<FibRoute>, bool more)> done) = 0;
};

class FibView {
 public:
  virtual ~FibView() = default;
  virtual void summary(std::function<void(FibSummary)> done) const = 0;
  /// Nothing when it is neither wanted nor there.
  virtual void find(bgp::Prefix const& prefix, std::function<void(std::optional<FibRoute>)> done) const = 0;
  /// The most specific route that covers `address`.
  virtual void match(bgp::IpAddress const& address, std::function<void(std::optional<FibRoute>)> done) const = 0;
  [[nodiscard]] virtual std::unique_ptr<FibListing> routes(FibQuery query) const = 0;
};

}  // namespace tern::mgmt
