// A random script of routes, costs and interruptions: the set of next hops that was told last is the one that the paths
// give, counted naively.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "star.h"

namespace bgp::engine::test {
namespace {

std::vector<Asn> const actors{65001_asn, 65001_asn, 65002_asn, 65000_asn};  // the last one is internal
constexpr std::uint32_t prefixes = 2, hops = 4;

IpAddress hop_of(std::uint32_t index) { return IpAddress::v4(0xcb007100 + index); }

struct Step {
  enum class Kind { announce, withdraw, cost, own, no_own, pause, resume, remove_peer, turns, settle };
  Kind kind = Kind::announce;
  std::size_t actor = 0;
  std::uint32_t prefix = 0, hop = 0, number = 0;
  std::vector<std::uint32_t> of_route;  // path length, MED, origin, local preference: mostly the same
};

std::ostream& operator<<(std::ostream& out, Step const& step) {
  out << static_cast<int>(step.kind) << "/" << step.actor << "/" << step.prefix << "/" << step.hop << "/"
      << step.number;
  for (auto const value : step.of_route) out << " " << value;
  return out;
}

rc::Gen<Step> step() {
  using Kind = Step::Kind;
  auto const kind = rc::gen::weightedElement<Kind>({{24, Kind::announce},
                                                    {5, Kind::withdraw},
                                                    {6, Kind::cost},
                                                    {1, Kind::own},
                                                    {1, Kind::no_own},
                                                    {1, Kind::pause},
                                                    {2, Kind::resume},
                                                    {1, Kind::remove_peer},
                                                    {10, Kind::turns},
                                                    {3, Kind::settle}});
  auto const mostly_0 = rc::gen::weightedElement<std::uint32_t>({{12, 0}, {1, 1}});
  return rc::gen::build<Step>(
      rc::gen::set(&Step::kind, kind), rc::gen::set(&Step::actor, rc::gen::inRange<std::size_t>(0, actors.size())),
      rc::gen::set(&Step::prefix, rc::gen::inRange(0U, prefixes)), rc::gen::set(&Step::hop, rc::gen::inRange(0U, hops)),
      rc::gen::set(&Step::number, rc::gen::inRange(0U, 4U)),
      rc::gen::set(&Step::of_route, rc::gen::container<std::vector<std::uint32_t>>(4, mostly_0)));
}

Attributes route_of(Step const& step) {
  // From each of them it is of AS 65001 or 65002 first, so that MED is compared among three, or four.
  std::vector<Asn> path(step.of_route[0] + (step.actor == 3 ? 1 : 0), 65001_asn);
  auto attributes = through(std::move(path));
  attributes.next_hop = hop_of(step.hop);
  attributes.med = step.of_route[1];
  attributes.origin = step.of_route[2] == 0 ? Origin::igp : Origin::incomplete;
  if (step.of_route[3] != 0) attributes.local_pref = 200;
  return attributes;
}

void perform(Star& star, Sets& sets, Step const& step) {
  using Kind = Step::Kind;
  auto const prefix = nth(step.prefix);
  switch (step.kind) {
    case Kind::announce:
      return star.neighbours[step.actor]->originate(prefix, route_of(step));
    case Kind::withdraw:
      return star.neighbours[step.actor]->withdraw(prefix);
    case Kind::cost:
      return star.resolver->set(hop_of(step.hop), {step.number != 3, step.number / 2});
    case Kind::own:
      return star.hub->originate(prefix);
    case Kind::no_own:
      return star.hub->withdraw(prefix);
    case Kind::pause:
      return sets.subscription.pause();
    case Kind::resume:
      return sets.subscription.resume();
    case Kind::remove_peer:
      if (step.number == 0) static_cast<void>(star.hub->remove_peer(star.ids[step.actor]));
      return;
    case Kind::turns:
      star.io.restart();
      for (auto turns = step.number + 1; turns > 0; --turns) star.io.poll_one();
      return;
    case Kind::settle:
      return star.run();
  }
}

// The rungs in plain words, over the values that explain shows.
struct Equal {
  bool local, external;
  std::uint32_t local_pref, cost;
  unsigned length;
  Origin origin;
  friend bool operator==(Equal const&, Equal const&) = default;
};
Equal down_to_cost(ExplainedPath const& path) {
  auto const& attributes = path.route.attributes;
  auto const internal = path.route.peer_address == Star::address(3);
  auto const local = path.route.peer == local_peer;
  return {local,
          !local && !internal,
          attributes.local_pref.value_or(100),
          path.next_hop_cost,
          attributes.as_path.length(),
          attributes.origin};
}
Equal down_to_origin(ExplainedPath const& path) {
  auto equal = down_to_cost(path);
  equal.external = false;
  equal.cost = 0;
  return equal;
}
Asn first_as(ExplainedPath const& path) {
  auto const& segments = path.route.attributes.as_path.segments;
  return segments.empty() ? Asn{} : segments.front().asns.front();
}
std::uint32_t med(ExplainedPath const& path) { return path.route.attributes.med.value_or(0); }

Hops naive(Star const& star, Prefix const& prefix, std::size_t limit) {
  auto paths = star.hub->explain(prefix).paths;
  std::erase_if(paths, [](ExplainedPath const& path) { return !path.route.usable; });
  if (paths.empty() || !paths[0].route.best || paths[0].route.attributes.next_hop.is_unset()) return {};
  auto const best = paths[0];
  Hops used{best.route.attributes.next_hop};
  std::ranges::sort(paths, {}, [](ExplainedPath const& path) { return path.route.peer_address; });  // the router ID
  for (auto const& path : paths) {
    auto const worse_by_med = [&](ExplainedPath const& rival) {
      return first_as(rival) == first_as(path) && down_to_origin(rival) == down_to_origin(path) &&
             med(rival) < med(path);
    };
    if (down_to_cost(path) != down_to_cost(best) || std::ranges::any_of(paths, worse_by_med)) continue;
    auto const& hop = path.route.attributes.next_hop;
    if (used.size() < limit && std::ranges::find(used, hop) == used.end()) used.push_back(hop);
  }
  return used;
}

RC_GTEST_PROP(Multipath, TheSetToldLastIsTheOneOfThePathsAfterAnyScript, ()) {
  auto const limit = *rc::gen::inRange<std::size_t>(1, 5);
  auto const script = *rc::gen::container<std::vector<Step>>(step());
  Star star(limit, actors);
  Sets sets(*star.hub);
  for (auto const& each : script) perform(star, sets, each);
  sets.subscription.resume();
  star.run();
  std::size_t told = 0;
  for (std::uint32_t index = 0; index < prefixes; ++index) {
    auto const known = star.hub->match(nth(index).address());
    RC_ASSERT(known.has_value() == sets.told.contains(nth(index)));
    if (!known) continue;
    ++told;
    RC_ASSERT(sets.told.at(nth(index)) == naive(star, nth(index), limit));
  }
  RC_CLASSIFY(told > 0, "some routes");
  RC_CLASSIFY(std::ranges::any_of(sets.told, [](auto const& entry) { return entry.second.size() > 1; }),
              "several hops");
}

}  // namespace
}  // namespace bgp::engine::test
