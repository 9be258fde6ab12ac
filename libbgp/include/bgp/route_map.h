// A filter made of rules, for programs and for the daemons' files: asked in their order, each may match, change and
// decide. A plain description in, an immutable Filter out. What it asks with is in patterns.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bgp/patterns.h"
#include "bgp/policy.h"

namespace bgp {

/// All that is given must hold; of several values of one kind one must. Nothing given: every route.
struct RouteMatch {
  std::vector<std::shared_ptr<PrefixList const>> prefixes = {};
  std::vector<AsPathPattern> as_paths = {};
  std::vector<NumberRange> as_path_length = {};  ///< as the decision counts: an AS_SET is one (RFC 4271 §9.1.2.2)
  std::vector<Origin> origins = {};
  std::vector<CommunityPattern> communities = {};
  std::vector<CommunityPattern> all_communities = {};  ///< of these not one, but every one
  std::vector<Prefix> next_hops = {};                  ///< where the next hop lies
  std::vector<Prefix> peers = {};  ///< where the address of the neighbour lies that the route came from
  std::vector<Asn> peer_as = {};   ///< that neighbour's
  std::vector<RouteSource::Kind> from = {};
  std::vector<Family> families = {};
  std::vector<NumberRange> med = {};         ///< a missing one is 0
  std::vector<NumberRange> local_pref = {};  ///< a missing one is 100
  /// By what the prefix lists hold.
  friend bool operator==(RouteMatch const& a, RouteMatch const& b);
};

/// In the order in which it is done.
struct RouteChange {
  std::optional<std::uint32_t> local_pref = {};
  std::optional<std::uint32_t> med = {};
  std::optional<Origin> origin = {};
  bool next_hop_self = false;              ///< our own address on the session; export only
  std::optional<IpAddress> next_hop = {};  ///< for prefixes of its family
  std::vector<CommunityPattern> remove = {};
  std::vector<CommunityPattern> add = {};  ///< exact ones
  unsigned prepend = 0;                    ///< FilteredRoute::announced_by, so many times more
  std::vector<Asn> prepend_ases = {};      ///< in front of that, the first one foremost
  [[nodiscard]] bool empty() const;
  friend bool operator==(RouteChange const&, RouteChange const&) = default;
};

struct RouteRule {
  enum class Then { next, accept, reject };
  std::string name = {};  ///< shown by explain beside its number
  RouteMatch match = {};
  RouteChange set = {};
  Then then = Then::next;
  friend bool operator==(RouteRule const&, RouteRule const&) = default;
};

/// The filter `name`: a route that no rule accepts is rejected. A rule sees what those before it have changed.
[[nodiscard]] FilterPtr route_map(std::string name, std::vector<RouteRule> rules);

}  // namespace bgp
