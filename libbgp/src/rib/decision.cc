#include "rib/decision.h"

#include <array>

namespace bgp::rib {

std::string_view rung_text(Rung rung) {
  static constexpr std::array<std::string_view, 13> texts{"no usable path",
                                                          "only path",
                                                          "local route",
                                                          "higher local preference",
                                                          "shorter AS path",
                                                          "lower origin",
                                                          "lower MED",
                                                          "eBGP over iBGP",
                                                          "lower next-hop cost",
                                                          "lower router ID",
                                                          "shorter cluster list",
                                                          "lower peer address",
                                                          "lower path identifier"};
  return texts[static_cast<std::size_t>(rung)];
}

namespace {

RouterId deciding_router_id(Candidate const& c) {
  return c.attributes->has_originator_id ? c.attributes->originator_id : c.peer->router_id;
}

// Negative: the first is better.
template <class T>
int lower_wins(T const& first, T const& second) {
  return first < second ? -1 : second < first ? 1 : 0;
}

bool same_neighbouring_as(Candidate const& a, Candidate const& b) {
  return a.attributes->first_as == b.attributes->first_as;
}

int ask(Rung rung, Candidate const& a, Candidate const& b, DecisionOptions const& options) {
  switch (rung) {
    case Rung::local_route:
      return lower_wins(a.peer->kind != PeerInfo::Kind::local, b.peer->kind != PeerInfo::Kind::local);
    case Rung::local_pref:
      return lower_wins(b.attributes->local_pref, a.attributes->local_pref);
    case Rung::as_path_length:
      return lower_wins(a.attributes->as_path_length, b.attributes->as_path_length);
    case Rung::origin:
      return lower_wins(a.attributes->origin, b.attributes->origin);
    case Rung::med:
      if (!options.always_compare_med && !same_neighbouring_as(a, b)) return 0;
      return lower_wins(a.attributes->med, b.attributes->med);
    case Rung::external:
      return lower_wins(a.peer->kind != PeerInfo::Kind::ebgp, b.peer->kind != PeerInfo::Kind::ebgp);
    case Rung::next_hop_cost:
      return lower_wins(a.next_hop_cost, b.next_hop_cost);
    case Rung::router_id:
      return lower_wins(deciding_router_id(a), deciding_router_id(b));
    case Rung::cluster_list:
      return lower_wins(a.attributes->cluster_list_length, b.attributes->cluster_list_length);
    case Rung::peer_address:
      return lower_wins(a.peer->address, b.peer->address);
    case Rung::path_id:
      return lower_wins(a.path_id, b.path_id);
    case Rung::none:
    case Rung::only_path:
      break;
  }
  return 0;
}

// The best of `candidates[i]` for which `considered(i)` holds, compared one after the other.
template <class Considered>
Choice champion(std::span<Candidate const> candidates, DecisionOptions const& options, Considered&& considered) {
  Choice choice;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!considered(i)) continue;
    if (choice.rung == Rung::none) {
      choice = {i, Rung::only_path};
      continue;
    }
    auto const result = compare(candidates[choice.best], candidates[i], options);
    if (!result.first_is_better) choice.best = i;
    // The runner-up is the one that came furthest down the ladder against the best.
    if (!result.first_is_better || result.rung > choice.rung) choice.rung = result.rung;
  }
  return choice;
}

}  // namespace

Comparison compare(Candidate const& first, Candidate const& second, DecisionOptions const& options) {
  for (auto rung = Rung::local_route; rung <= Rung::path_id; rung = Rung(static_cast<int>(rung) + 1)) {
    if (auto const order = ask(rung, first, second, options); order != 0) return {order < 0, rung};
  }
  return {true, Rung::path_id};
}

Choice choose(std::span<Candidate const> candidates, DecisionOptions const& options) {
  auto const everyone = [](std::size_t) { return true; };
  if (candidates.size() <= 2 || options.always_compare_med) return champion(candidates, options, everyone);

  // A path that loses within its own neighbouring AS cannot win: only that AS's champion goes on (RFC 4271 §9.1.2.2 c).
  auto const is_champion_of_its_as = [&](std::size_t i) {
    for (std::size_t j = 0; j < candidates.size(); ++j) {
      if (j == i || !same_neighbouring_as(candidates[i], candidates[j])) continue;
      if (!compare(candidates[i], candidates[j], options).first_is_better) return false;
    }
    return true;
  };
  auto choice = champion(candidates, options, is_champion_of_its_as);
  if (choice.rung == Rung::only_path) {
    // One neighbouring AS: the rung is that against the best of the rest.
    auto const best = choice.best;
    choice.rung = Rung::only_path;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (i != best) choice.rung = std::max(choice.rung, compare(candidates[best], candidates[i], options).rung);
    }
  }
  return choice;
}

}  // namespace bgp::rib
