#include "fib/resolution.h"

#include <linux/rtnetlink.h>

#include <algorithm>

namespace tern::fib {

namespace {

bool is_link_local(bgp::Prefix const& prefix) { return prefix.length() >= 10 && prefix.address().is_link_local(); }

bool same_via(rtnl::Via const& a, rtnl::Via const& b) { return a.interface == b.interface && a.gateway == b.gateway; }

bool contains(std::vector<rtnl::Via> const& all, rtnl::Via const& via) {
  return std::ranges::any_of(all, [&](auto const& known) { return same_via(known, via); });
}

bool contains(std::vector<rtnl::Via> const& all, std::vector<rtnl::Via> const& some) {
  return std::ranges::all_of(some, [&](auto const& via) { return contains(all, via); });
}

}  // namespace

// ---- Links and addresses

void ResolutionBook::links_are(std::vector<rtnl::Link> const& links) {
  std::set<unsigned> gone;
  for (auto const& known : links_) gone.insert(known.first);
  for (auto const& link : links) {
    gone.erase(link.index);
    link_is(link);
  }
  for (auto const index : gone) link_gone(index);
}

void ResolutionBook::link_is(rtnl::Link const& link) {
  auto const [known, is_new] = links_.try_emplace(link.index);
  auto const before = std::exchange(known->second, link);
  if (!is_new && before.name == link.name && before.up == link.up && before.running == link.running) return;
  touch_routes_through(link.index);
  if (!link.up) drop_routes_through(link.index, false);
}

void ResolutionBook::link_gone(unsigned index) {
  if (links_.erase(index) == 0) return;
  touch_routes_through(index);
  drop_routes_through(index, true);
}

void ResolutionBook::addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses) {
  std::set<rtnl::InterfaceAddress> const now{addresses.begin(), addresses.end()};
  for (auto const& address : std::set(addresses_)) {
    if (!now.contains(address)) heard(address, true);
  }
  for (auto const& address : now) heard(address, false);
}

// With an interface's last IPv4 address the kernel drops its IPv4 routes, and with an address that the node has no more
// those that name it as their source. It tells of neither.
void ResolutionBook::heard(rtnl::InterfaceAddress const& address, bool removed) {
  auto const different = removed ? addresses_.erase(address) != 0 : addresses_.insert(address).second;
  if (!different) return;
  changes_.prefixes.insert({address.address, 128});
  if (!removed || !address.address.is_v4()) return;
  auto last_there = true, last_of_all = true;
  for (auto const& other : addresses_) {
    last_there = last_there && (other.interface != address.interface || !other.address.is_v4());
    last_of_all = last_of_all && other.address != address.address;
  }
  if (last_of_all || (last_there && has_ipv4_routes_through(address.interface))) changes_.stale = true;
}

// ---- Routes

// An object that comes may be a changed one; its routes are not told again everywhere.
void ResolutionBook::heard(rtnl::NextHopObject const& object) {
  auto const our_own = std::ranges::find(ours_, object.protocol) != ours_.end();
  if (has_objects_ && !our_own) changes_.stale = true;
}

std::vector<std::uint32_t> ResolutionBook::tables() const {
  if (table_ == RT_TABLE_MAIN) return {table_};
  return {table_, RT_TABLE_MAIN};
}

bool ResolutionBook::counts(rtnl::Route const& route) const {
  return (route.table == table_ || route.table == RT_TABLE_MAIN) && route.tos == 0 &&
         (route.flags & RTM_F_CLONED) == 0 && std::ranges::find(ours_, route.protocol) == ours_.end();
}

ResolutionBook::Candidate ResolutionBook::candidate_of(rtnl::Route const& route) {
  return {route.table, route.metric, route.type, route.next_hop_id, route.via, 1};
}

bool ResolutionBook::same_rank(Candidate const& a, Candidate const& b) {
  return a.table == b.table && a.metric == b.metric;
}

// An object that is gone already may be all that the kernel still says of a route.
bool ResolutionBook::same_way(Candidate const& a, Candidate const& b) {
  if (!same_rank(a, b) || a.type != b.type || a.object != b.object) return false;
  return a.object != 0 || (contains(a.via, b.via) && contains(b.via, a.via));
}

void ResolutionBook::insert(Candidates& candidates, Candidate candidate) const {
  auto const rank = [this](Candidate const& of) { return std::pair(of.table != table_, of.metric); };
  auto const at = std::ranges::find_if(candidates, [&](auto const& known) { return rank(known) > rank(candidate); });
  candidates.insert(at, std::move(candidate));
}

// IPv6 routes through gateways at one metric are one route of several ways: with each that comes the kernel tells of
// all of them. IPv4 routes may differ in what is not kept here, the source address.
void ResolutionBook::add(Candidates& candidates, Candidate candidate, bool v6) const {
  auto const twin = std::ranges::find_if(candidates, [&](auto const& known) { return same_way(known, candidate); });
  if (!v6 && twin != candidates.end()) {
    ++twin->copies;
    twin->via = std::move(candidate.via);
    return;
  }
  if (v6) {
    std::erase_if(candidates, [&](Candidate const& known) {
      return same_rank(known, candidate) && known.type == candidate.type && known.object == candidate.object &&
             contains(candidate.via, known.via);
    });
  }
  insert(candidates, std::move(candidate));
}

// The kernel replaces the first of its rank. False when there was a choice.
bool ResolutionBook::replace(Candidates& candidates, Candidate const& candidate) {
  auto const of_rank = [&](auto const& known) { return same_rank(known, candidate); };
  auto const siblings = std::ranges::count_if(candidates, of_rank);
  *std::ranges::find_if(candidates, of_rank) = candidate;
  return siblings == 1;
}

// Takes away what the message names and nothing else; of an IPv6 route of several ways that may be one of them. False
// when it is not clear what that was.
bool ResolutionBook::remove(Candidates& candidates, Candidate const& candidate) {
  auto const of_rank = [&](auto const& known) { return same_rank(known, candidate); };
  auto const twin = std::ranges::find_if(candidates, [&](auto const& known) { return same_way(known, candidate); });
  if (twin != candidates.end()) {
    if (--twin->copies > 0) return false;
    candidates.erase(twin);
    return true;
  }
  auto const whole = std::ranges::find_if(candidates, [&](auto const& known) {
    return of_rank(known) && known.type == candidate.type && !candidate.via.empty() &&
           contains(known.via, candidate.via);
  });
  if (whole == candidates.end()) return std::ranges::none_of(candidates, of_rank);
  std::erase_if(whole->via, [&](auto const& via) { return contains(candidate.via, via); });
  return true;
}

void ResolutionBook::routes_are(std::vector<rtnl::Route> const& routes) {
  Routes now;
  has_objects_ = false;
  for (auto const& route : routes) {
    if (!counts(route)) continue;
    has_objects_ = has_objects_ || route.next_hop_id != 0;
    add(now[route.destination], candidate_of(route), route.destination.address().is_v6());
  }
  std::swap(routes_, now);
  for (auto const& [prefix, candidates] : now) {
    auto const known = routes_.find(prefix);
    if (known == routes_.end() || known->second != candidates) changes_.prefixes.insert(prefix);
  }
  for (auto const& known : routes_) {
    if (!now.contains(known.first)) changes_.prefixes.insert(known.first);
  }
  changes_.stale = false;
}

void ResolutionBook::heard(rtnl::Route const& route, bool removed, bool replaced) {
  if (!counts(route)) return;
  auto& candidates = routes_[route.destination];
  auto const candidate = candidate_of(route);
  auto const known = std::ranges::any_of(candidates, [&](auto const& other) { return same_rank(other, candidate); });
  auto clear = true;
  if (removed) {
    clear = remove(candidates, candidate);
  } else if (replaced && known) {
    clear = replace(candidates, candidate);
  } else {
    add(candidates, candidate, route.destination.address().is_v6());
    clear = !known;  // it may stand before the others
  }
  has_objects_ = has_objects_ || (!removed && route.next_hop_id != 0);
  // Every interface has a link-local prefix, and no next hop is looked for there.
  if (!clear && !is_link_local(route.destination)) changes_.stale = true;
  changes_.prefixes.insert(route.destination);
  if (candidates.empty()) routes_.erase(route.destination);
}

bool ResolutionBook::Candidate::leads_through(unsigned index) const {
  return std::ranges::any_of(via, [index](auto const& one) { return one.interface == index; });
}

bool ResolutionBook::has_ipv4_routes_through(unsigned index) const {
  return std::ranges::any_of(routes_, [index](auto const& known) {
    return known.first.address().is_v4() &&
           std::ranges::any_of(known.second, [index](auto const& candidate) { return candidate.leads_through(index); });
  });
}

void ResolutionBook::touch_routes_through(unsigned index) {
  for (auto const& [prefix, candidates] : routes_) {
    auto const through = [index](Candidate const& candidate) { return candidate.leads_through(index); };
    if (std::ranges::any_of(candidates, through)) changes_.prefixes.insert(prefix);
  }
}

bool ResolutionBook::carries(rtnl::Via const& via) const {
  auto const link = links_.find(via.interface);
  return link != links_.end() && link->second.up;
}

// The kernel drops IPv4 routes through an interface that is taken down and does not say so; nor do they come back with
// it. A route of several ways stays as long as one of them is up, and goes with the first interface that is removed.
void ResolutionBook::drop_routes_through(unsigned index, bool gone) {
  for (auto it = routes_.begin(); it != routes_.end();) {
    std::erase_if(it->second, [&](Candidate const& candidate) {
      if (!candidate.leads_through(index)) return false;
      // The object is gone, or a group has lost a member; a port that leaves its bridge is said to be gone, too.
      if (candidate.object != 0 || (gone && !is_link_local(it->first))) changes_.stale = true;
      return gone || std::ranges::none_of(candidate.via, [this](auto const& via) { return carries(via); });
    });
    it = it->second.empty() ? routes_.erase(it) : std::next(it);
  }
}

// ---- Answers

std::optional<HopPath> ResolutionBook::way(bgp::IpAddress const& address, Candidates const& candidates,
                                           std::uint32_t& cost, std::string& reason) const {
  for (auto const& candidate : candidates) {
    if (candidate.type != RTN_UNICAST) {
      reason = "the kernel's route to it is a blackhole or unreachable";
      return std::nullopt;
    }
    for (auto const& via : candidate.via) {
      auto const link = links_.find(via.interface);
      if (link == links_.end() || !link->second.running) {
        reason = "interface " + (link == links_.end() ? std::to_string(via.interface) : link->second.name) + " is down";
        continue;
      }
      cost = candidate.metric;
      auto const on_link = via.gateway.is_unset();
      return HopPath{link->second.name, on_link ? address : via.gateway, via.onlink};
    }
  }
  return std::nullopt;
}

void ResolutionBook::neighbour_is(bgp::IpAddress const& link_local, unsigned interface, bool there) {
  std::pair const neighbour(link_local, interface);
  auto const different = there ? neighbours_.insert(neighbour).second : neighbours_.erase(neighbour) != 0;
  if (different) changes_.prefixes.insert({link_local, 128});
}

Resolution ResolutionBook::through_neighbour(bgp::IpAddress const& link_local) const {
  auto const first = neighbours_.lower_bound({link_local, 0});
  if (first == neighbours_.end() || first->first != link_local) {
    // Over a session with another address: clear where only one interface has such addresses at all.
    auto const all = routes_.find(bgp::Prefix(link_local, 64));
    if (all != routes_.end() && all->second.size() == 1 && all->second.front().copies == 1)
      return through_kernel(link_local, 64);
    return {std::nullopt, 0, "it is link-local, and no neighbour of this address says by which interface", false};
  }
  if (auto const second = std::next(first); second != neighbours_.end() && second->first == link_local) {
    return {std::nullopt, 0, "it is link-local, and neighbours of this address are on several interfaces", false};
  }
  Candidate on_its_link;
  on_its_link.type = RTN_UNICAST;
  on_its_link.via.push_back({first->second, {}, false, 1});
  Resolution resolution;
  resolution.path = way(link_local, {on_its_link}, resolution.cost, resolution.reason);
  return resolution;
}

Resolution ResolutionBook::through_kernel(bgp::IpAddress const& address, unsigned least_length) const {
  Resolution resolution;
  resolution.reason = "the kernel has no route to it";
  for (auto length = static_cast<int>(address.size() * 8); length >= static_cast<int>(least_length); --length) {
    auto const known = routes_.find(bgp::Prefix(address, static_cast<unsigned>(length)));
    if (known == routes_.end()) continue;
    resolution.path = way(address, known->second, resolution.cost, resolution.reason);
    if (resolution.path) resolution.reason.clear();
    return resolution;
  }
  return resolution;
}

Resolution ResolutionBook::resolve(bgp::IpAddress const& address) const {
  Chain chain;
  return resolve(address, chain);
}

// What BGP learned counts where it is more specific than the kernel's other routes, but not for its own next hop: a
// default covers that too, and leads to it by the link. RFC 4271 §9.1.2.1. Where what was learned leads in a circle,
// the kernel's less specific routes are no answer: packets would go round, not there.
Resolution ResolutionBook::resolve(bgp::IpAddress const& address, Chain& chain) const {
  chain.push_back(address);
  auto const own = std::ranges::any_of(addresses_, [&](auto const& known) { return known.address == address; });
  if (own) return {std::nullopt, 0, "it is this node's own address", false};
  if (address.is_link_local()) return through_neighbour(address);
  auto const learned = learned_ ? learned_(address) : std::nullopt;
  auto const usable = learned && learned->next_hop != address;
  if (!usable) return through_kernel(address, 0);
  auto more_specific = through_kernel(address, learned->prefix.length());
  if (more_specific.path) return more_specific;
  if (std::ranges::find(chain, learned->next_hop) != chain.end()) {
    return {std::nullopt, 0, "the way to it leads in a circle, through " + learned->next_hop.text(), true};
  }
  if (chain.size() > depth_limit) {
    return {std::nullopt, 0, "the way to it leads through more than " + std::to_string(depth_limit) + " next hops",
            true};
  }
  auto through_bgp = resolve(learned->next_hop, chain);
  return through_bgp.path || through_bgp.circular ? through_bgp : through_kernel(address, 0);
}

}  // namespace tern::fib
