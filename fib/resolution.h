// How the kernel would reach an address: its routes (not ours), its links and its own addresses, kept by events, answer
// for next hops. A route that BGP learned may lead to another's next hop, a few steps deep and never in a circle. Pure;
// one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fib/model.h"
#include "fib/rtnl/link.h"
#include "fib/rtnl/route.h"

namespace tern::fib {

/// The way to a next hop; `path` is nothing when there is none, and `reason` says why.
struct Resolution {
  std::optional<HopPath> path;
  std::uint32_t cost = 0;  ///< the metric of the kernel's route; 0 on the link
  std::string reason;
  friend bool operator==(Resolution const&, Resolution const&) = default;
};

class ResolutionBook {
 public:
  /// The next hop of the most specific route that BGP would use for an address, with its prefix; nothing when BGP has
  /// none.
  struct LearnedRoute {
    bgp::Prefix prefix;
    bgp::IpAddress next_hop;
  };
  using Learned = std::function<std::optional<LearnedRoute>(bgp::IpAddress const&)>;

  /// `ours`: the protocols whose routes do not count, being our own doing.
  ResolutionBook(std::uint32_t table, std::vector<std::uint8_t> ours) : table_(table), ours_(std::move(ours)) {}
  void set_learned(Learned learned) { learned_ = std::move(learned); }

  // ---- What the kernel has.
  /// Whether a route is another's, in our table.
  [[nodiscard]] bool counts(rtnl::Route const& route) const;
  void links_are(std::vector<rtnl::Link> const& links);
  void link_is(rtnl::Link const& link);
  void link_gone(unsigned index);
  void addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses);
  void heard(rtnl::InterfaceAddress const& address, bool removed);
  void routes_are(std::vector<rtnl::Route> const& routes);
  void heard(rtnl::Route const& route, bool removed, bool replaced);

  [[nodiscard]] Resolution resolve(bgp::IpAddress const& address) const { return resolve(address, 0); }

 private:
  struct Candidate {
    std::uint32_t metric = 0;
    std::uint8_t type = 0;
    std::vector<rtnl::Via> via;
    bool lost = false;  // with its last interface
  };
  static constexpr unsigned depth_limit = 4;

  void drop_routes_through(unsigned index);
  [[nodiscard]] Resolution resolve(bgp::IpAddress const& address, unsigned depth) const;
  [[nodiscard]] Resolution through_kernel(bgp::IpAddress const& address, unsigned least_length) const;
  [[nodiscard]] std::optional<HopPath> way(bgp::IpAddress const& address, std::vector<Candidate> const& candidates,
                                           std::uint32_t& cost, std::string& reason) const;

  std::uint32_t const table_;
  std::vector<std::uint8_t> const ours_;
  Learned learned_;
  std::map<unsigned, rtnl::Link> links_;
  std::set<rtnl::InterfaceAddress> addresses_;
  std::map<bgp::Prefix, std::vector<Candidate>> routes_;  // each prefix's, the lowest metric first
};

}  // namespace tern::fib
