// How the kernel would reach an address: its routes (not ours), its links and its own addresses, kept by events, answer
// for next hops; for link-local ones the interfaces of the neighbours do. A route that BGP learned may lead to
// another's next hop, a few steps deep and never in a circle. Says after each event which prefixes' answers may be
// others, and whether it has lost track: the kernel does not tell of all that it drops. Pure; one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fib/model.h"
#include "fib/rtnl/link.h"
#include "fib/rtnl/next_hop.h"
#include "fib/rtnl/route.h"

namespace tern::fib {

/// The way to a next hop; `path` is nothing when there is none, and `reason` says why.
struct Resolution {
  std::optional<HopPath> path;
  std::uint32_t cost = 0;  ///< the metric of the kernel's route; 0 on the link
  std::string reason;
  bool circular = false;  ///< what BGP learned leads back to where it began, or through too many next hops
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
  struct Changes {
    std::set<bgp::Prefix> prefixes;  ///< of addresses that may be reached otherwise than before
    bool stale = false;              ///< the routes are to be read again
  };

  /// The main table counts always, where the connected routes are; `table` does too. `ours`: the protocols whose routes
  /// do not count, being our own doing.
  ResolutionBook(std::uint32_t table, std::vector<std::uint8_t> ours) : table_(table), ours_(std::move(ours)) {}
  void set_learned(Learned learned) { learned_ = std::move(learned); }
  /// A neighbour of this IPv6 link-local address is there, or no more, by that interface: nothing else tells where such
  /// a next hop is, which has one meaning on each link.
  void neighbour_is(bgp::IpAddress const& link_local, unsigned interface, bool there);

  // ---- What the kernel has.
  [[nodiscard]] std::vector<std::uint32_t> tables() const;
  /// Whether a route is another's, in a table that counts.
  [[nodiscard]] bool counts(rtnl::Route const& route) const;
  void links_are(std::vector<rtnl::Link> const& links);
  void link_is(rtnl::Link const& link);
  void link_gone(unsigned index);
  void addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses);
  void heard(rtnl::InterfaceAddress const& address, bool removed);
  void heard(rtnl::NextHopObject const& object);
  void routes_are(std::vector<rtnl::Route> const& routes);
  void heard(rtnl::Route const& route, bool removed, bool replaced);
  [[nodiscard]] Changes take_changes() { return std::exchange(changes_, {}); }

  // ---- Answers.
  using Chain = std::vector<bgp::IpAddress>;
  [[nodiscard]] Resolution resolve(bgp::IpAddress const& address) const;
  /// `chain`: the address, and each next hop on whose way it depends.
  [[nodiscard]] Resolution resolve(bgp::IpAddress const& address, Chain& chain) const;

 private:
  struct Candidate {
    std::uint32_t table = 0;
    std::uint32_t metric = 0;
    std::uint8_t type = 0;
    std::uint32_t object = 0;  // a next-hop object's id
    std::vector<rtnl::Via> via;
    unsigned copies = 1;  // routes that differ in nothing that is kept here
    [[nodiscard]] bool leads_through(unsigned index) const;
    friend bool operator==(Candidate const&, Candidate const&) = default;
  };
  using Candidates = std::vector<Candidate>;  // the best first
  using Routes = std::map<bgp::Prefix, Candidates>;
  static constexpr unsigned depth_limit = 4;

  [[nodiscard]] static Candidate candidate_of(rtnl::Route const& route);
  [[nodiscard]] static bool same_way(Candidate const& a, Candidate const& b);
  [[nodiscard]] static bool same_rank(Candidate const& a, Candidate const& b);
  void insert(Candidates& candidates, Candidate candidate) const;
  void add(Candidates& candidates, Candidate candidate, bool v6) const;
  [[nodiscard]] static bool replace(Candidates& candidates, Candidate const& candidate);
  [[nodiscard]] static bool remove(Candidates& candidates, Candidate const& candidate);

  [[nodiscard]] bool has_ipv4_routes_through(unsigned index) const;
  void touch_routes_through(unsigned index);
  void drop_routes_through(unsigned index, bool gone);
  [[nodiscard]] bool carries(rtnl::Via const& via) const;

  [[nodiscard]] Resolution through_neighbour(bgp::IpAddress const& link_local) const;
  [[nodiscard]] Resolution through_kernel(bgp::IpAddress const& address, unsigned least_length) const;
  [[nodiscard]] std::optional<HopPath> way(bgp::IpAddress const& address, Candidates const& candidates,
                                           std::uint32_t& cost, std::string& reason) const;

  std::uint32_t const table_;
  std::vector<std::uint8_t> const ours_;
  Learned learned_;
  std::map<unsigned, rtnl::Link> links_;
  std::set<rtnl::InterfaceAddress> addresses_;
  std::set<std::pair<bgp::IpAddress, unsigned>> neighbours_;  // link-local ones, with their interfaces
  Routes routes_;
  bool has_objects_ = false;  // some route names one
  Changes changes_;
};

}  // namespace tern::fib
