#include "bgp/route_map.h"

#include <algorithm>

#include "base/families.h"

namespace bgp {

namespace {

constexpr std::uint32_t default_local_pref = 100;

bool within(std::vector<Prefix> const& prefixes, IpAddress const& address) {
  if (address.is_unset()) return false;
  return std::ranges::any_of(prefixes, [&](Prefix const& prefix) { return prefix.covers(Prefix(address, 128)); });
}

// An empty list asks for nothing; of another one something must be as `matches` says.
template <class List, class Matches>
bool one_of(List const& list, Matches const& matches) {
  return list.empty() || std::ranges::any_of(list, matches);
}

bool contains(std::vector<NumberRange> const& ranges, std::uint32_t number) {
  return one_of(ranges, [number](NumberRange const& range) { return range.contains(number); });
}

// The cheap questions first.
bool matches(RouteMatch const& match, FilteredRoute const& route, Attributes const& now) {
  auto const& source = route.source;
  return one_of(match.from, [&](auto kind) { return kind == source.kind; }) &&
         one_of(match.families, [&](Family family) { return family == route.family; }) &&
         one_of(match.peer_as, [&](Asn as) { return source.kind != RouteSource::Kind::local && as == source.as; }) &&
         (match.peers.empty() || within(match.peers, source.address)) && contains(match.med, now.med.value_or(0)) &&
         contains(match.local_pref, now.local_pref.value_or(default_local_pref)) &&
         (match.next_hops.empty() || within(match.next_hops, now.next_hop)) &&
         one_of(match.prefixes, [&](auto const& list) { return list->contains(route.prefix); }) &&
         one_of(match.origins, [&](Origin origin) { return origin == now.origin; }) &&
         (match.as_path_length.empty() || contains(match.as_path_length, now.as_path.length())) &&
         std::ranges::all_of(match.all_communities, [&](auto const& pattern) { return pattern.is_in(now); }) &&
         one_of(match.communities, [&](CommunityPattern const& pattern) { return pattern.is_in(now); }) &&
         one_of(match.as_paths, [&](AsPathPattern const& pattern) { return pattern.matches(now.as_path); });
}

void prepend(AsPath& path, Asn as) {
  auto const in_sequence = !path.segments.empty() && path.segments[0].kind == AsPathSegment::Kind::sequence;
  if (!in_sequence) path.segments.insert(path.segments.begin(), AsPathSegment{AsPathSegment::Kind::sequence, {}});
  auto& ases = path.segments[0].asns;
  ases.insert(ases.begin(), as);
}

void apply(RouteChange const& change, FilteredRoute const& route, Attributes& now) {
  if (change.local_pref) now.local_pref = change.local_pref;
  if (change.med) now.med = change.med;
  if (change.origin) now.origin = *change.origin;
  auto const of_family = change.next_hop && is_next_hop_of(route.family, *change.next_hop);
  if (change.next_hop_self || of_family) {
    now.next_hop = of_family ? *change.next_hop : IpAddress{};
    now.link_local_next_hop = {};
  }
  for (auto const& pattern : change.remove) pattern.remove_from(now);
  for (auto const& pattern : change.add) pattern.add_to(now);
  auto const times = route.announced_by.value == 0 ? 0 : change.prepend;
  for (unsigned i = 0; i < times; ++i) prepend(now.as_path, route.announced_by);
  for (auto as = change.prepend_ases.rbegin(); as != change.prepend_ases.rend(); ++as) prepend(now.as_path, *as);
}

class RouteMap final : public Filter {
 public:
  RouteMap(std::string name, std::vector<RouteRule> rules)
      : name_(std::move(name)),
        rules_(std::move(rules)),
        none_("filter " + name_ + ", which no rule of it accepts"),
        asks_for_prefix_(std::ranges::any_of(rules_, [](auto const& rule) { return !rule.match.prefixes.empty(); })) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      auto const& own = rules_[i].name;
      texts_.push_back("rule " + std::to_string(i + 1) + (own.empty() ? "" : " (" + own + ")"));
      full_texts_.push_back("filter " + name_ + ", " + texts_.back());
    }
  }

  FilterVerdict judge(FilteredRoute const& route) const override {
    std::shared_ptr<Attributes> changed;
    std::string changed_by;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      auto const& rule = rules_[i];
      if (!matches(rule.match, route, changed ? *changed : route.attributes)) continue;
      if (!rule.set.empty()) {
        if (!changed) changed = std::make_shared<Attributes>(route.attributes);
        apply(rule.set, route, *changed);
        changed_by += changed_by.empty() ? full_texts_[i] : ", " + texts_[i];
      }
      if (rule.then == RouteRule::Then::reject) return {false, full_texts_[i]};
      if (rule.then == RouteRule::Then::next) continue;
      if (!changed || *changed == route.attributes) return {true, full_texts_[i]};
      return {true, full_texts_[i], std::move(changed), std::move(changed_by)};
    }
    return {false, none_};
  }
  bool asks_for_prefix() const override { return asks_for_prefix_; }
  std::string name() const override { return name_; }
  bool same_as(Filter const& other) const override {
    auto const* const same = dynamic_cast<RouteMap const*>(&other);
    return same != nullptr && same->name_ == name_ && same->rules_ == rules_;
  }

 private:
  std::string const name_;
  std::vector<RouteRule> const rules_;
  std::string const none_;
  bool const asks_for_prefix_;
  std::vector<std::string> texts_, full_texts_;  // "rule 2 (martians)", "filter in, rule 2 (martians)"
};

}  // namespace

bool operator==(RouteMatch const& a, RouteMatch const& b) {
  auto const same_list = [](auto const& one, auto const& other) { return *one == *other; };
  return std::ranges::equal(a.prefixes, b.prefixes, same_list) && a.as_paths == b.as_paths &&
         a.as_path_length == b.as_path_length && a.origins == b.origins && a.communities == b.communities &&
         a.all_communities == b.all_communities && a.next_hops == b.next_hops && a.peers == b.peers &&
         a.peer_as == b.peer_as && a.from == b.from && a.families == b.families && a.med == b.med &&
         a.local_pref == b.local_pref;
}

bool RouteChange::empty() const {
  return !local_pref && !med && !origin && !next_hop_self && !next_hop && remove.empty() && add.empty() &&
         prepend == 0 && prepend_ases.empty();
}

FilterPtr route_map(std::string name, std::vector<RouteRule> rules) {
  return std::make_shared<RouteMap>(std::move(name), std::move(rules));
}

}  // namespace bgp
