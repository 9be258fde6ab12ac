#include "rib/decision.h"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <numeric>
#include <vector>

namespace bgp::rib {

std::string_view rung_text(Rung rung) {
  static constexpr std::array<std::string_view, 14> texts{"no usable path",     "only path",
                                                          "from a client",      "higher local preference",
                                                          "local route",        "shorter AS path",
                                                          "lower origin",       "lower MED",
                                                          "eBGP over iBGP",     "lower next-hop cost",
                                                          "lower router ID",    "shorter cluster list",
                                                          "lower peer address", "lower path identifier"};
  return texts[static_cast<std::size_t>(rung)];
}

namespace {

// Of candidates: few, but for a prefix that a whole cluster announces.
using Indices = boost::container::small_vector<std::size_t, 64>;

RouterId deciding_router_id(Candidate const& c) {
  return c.attributes->has_originator_id ? c.attributes->originator_id : c.peer->router_id;
}

// Negative: the first is better.
template <class T>
int lower_wins(T const& first, T const& second) {
  return first < second ? -1 : second < first ? 1 : 0;
}

bool same_neighbouring_as(Candidate const& a, Candidate const& b) { return neighbouring_as(a) == neighbouring_as(b); }

int ask(Rung rung, Candidate const& a, Candidate const& b, DecisionOptions const& options) {
  switch (rung) {
    case Rung::client:
      return options.clients_first ? lower_wins(!a.peer->client, !b.peer->client) : 0;
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
      // A link-local address may stand on two interfaces, and the order of the candidates must never decide.
      return lower_wins(std::pair(a.peer->address, a.peer->id), std::pair(b.peer->address, b.peer->id));
    case Rung::path_id:
      return lower_wins(a.path_id, b.path_id);
    case Rung::none:
    case Rung::only_path:
      break;
  }
  return 0;
}

// The best of `count` candidates, the nth of which is candidates[index(n)], compared one after the other.
template <class Index>
std::size_t champion(std::span<Candidate const> candidates, std::size_t count, Index&& index,
                     DecisionOptions const& options) {
  std::size_t best = index(0);
  for (std::size_t n = 1; n < count; ++n) {
    auto const i = index(n);
    if (!compare(candidates[best], candidates[i], options).first_is_better) best = i;
  }
  return best;
}

// MED makes the ladder depend on who is compared with whom only where two neighbouring ASes and two MEDs meet.
bool med_depends_on_as(std::span<Candidate const> candidates, DecisionOptions const& options) {
  if (candidates.size() <= 2 || options.always_compare_med) return false;
  auto const differ = [&](auto&& question) {
    return std::ranges::any_of(candidates, [&](Candidate const& c) { return question(c) != question(candidates[0]); });
  };
  return differ([](Candidate const& c) { return c.attributes->med; }) && differ(neighbouring_as);
}

// The runner-up is the one that came furthest down the ladder against the best. Who would beat the best was beaten by
// its own neighbouring AS.
Rung deciding_rung(std::span<Candidate const> candidates, std::size_t best, DecisionOptions const& options) {
  auto furthest = Rung::only_path;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == best) continue;
    auto const result = compare(candidates[best], candidates[i], options);
    if (result.first_is_better) furthest = std::max(furthest, result.rung);
  }
  return furthest;
}

bool loses_by_med(std::span<Candidate const> candidates, std::size_t loser, DecisionOptions const& options) {
  return std::ranges::any_of(candidates, [&](Candidate const& rival) {
    if (!same_neighbouring_as(rival, candidates[loser])) return false;
    auto const result = compare(rival, candidates[loser], options);
    return result.first_is_better && result.rung == Rung::med;
  });
}

}  // namespace

Rung losing_rung(std::span<Candidate const> candidates, std::size_t loser, std::size_t best,
                 DecisionOptions const& options) {
  auto const against_best = compare(candidates[best], candidates[loser], options);
  if (against_best.first_is_better) return against_best.rung;
  // It would have won, had not one of its own neighbouring AS beaten it before (by MED).
  return loses_by_med(candidates, loser, options) ? Rung::med : against_best.rung;
}

void find_ties(std::span<Candidate const> candidates, std::size_t best, DecisionOptions const& options,
               std::vector<std::size_t>& out) {
  out.clear();
  auto const ask_rivals = med_depends_on_as(candidates, options);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i == best || compare(candidates[best], candidates[i], options).rung <= Rung::next_hop_cost) continue;
    // RFC 4271 §9.1.2.2 c: out of consideration, though the best is of another AS and cannot tell.
    if (ask_rivals && loses_by_med(candidates, i, options)) continue;
    out.push_back(i);
  }
  std::ranges::sort(out, [&](std::size_t a, std::size_t b) {
    return !compare(candidates[b], candidates[a], options).first_is_better;
  });
}

// Within a neighbouring AS the ladder orders all paths; of what is left of each AS the first one is its champion.
void choose_several(std::span<Candidate const> candidates, std::size_t most, bool one_an_as,
                    DecisionOptions const& options, std::vector<std::size_t>& out) {
  auto const is_better = [&](std::size_t a, std::size_t b) {
    return !compare(candidates[b], candidates[a], options).first_is_better;
  };
  Indices order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return same_neighbouring_as(candidates[a], candidates[b])
               ? is_better(a, b)
               : neighbouring_as(candidates[a]) < neighbouring_as(candidates[b]);
  });
  Indices champions;  // places in `order`; a heap with the best one on top
  for (std::size_t at = 0; at < order.size(); ++at) {
    if (at == 0 || !same_neighbouring_as(candidates[order[at - 1]], candidates[order[at]])) champions.push_back(at);
  }
  auto const is_worse = [&](std::size_t a, std::size_t b) { return is_better(order[b], order[a]); };
  std::ranges::make_heap(champions, is_worse);
  for (out.clear(); out.size() < most && !champions.empty();) {
    std::ranges::pop_heap(champions, is_worse);
    auto const at = champions.back();
    champions.pop_back();
    out.push_back(order[at]);
    auto const next = at + 1;
    if (one_an_as || next == order.size() || !same_neighbouring_as(candidates[order[at]], candidates[order[next]])) {
      continue;
    }
    champions.push_back(next);
    std::ranges::push_heap(champions, is_worse);
  }
}

namespace {
// The whole ladder in a row, so that no rung has to be looked up.
template <std::size_t... Steps>
Comparison climb(Candidate const& first, Candidate const& second, DecisionOptions const& options,
                 std::index_sequence<Steps...>) {
  Comparison result;
  auto const decides = [&](Rung rung) {
    auto const order = ask(rung, first, second, options);
    if (order != 0) result = {order < 0, rung};
    return order != 0;
  };
  static_cast<void>((decides(Rung(static_cast<std::size_t>(Rung::client) + Steps)) || ...));
  return result;
}
}  // namespace

Comparison compare(Candidate const& first, Candidate const& second, DecisionOptions const& options) {
  constexpr auto rungs = static_cast<std::size_t>(Rung::path_id) - static_cast<std::size_t>(Rung::client) + 1;
  return climb(first, second, options, std::make_index_sequence<rungs>());
}

std::size_t choose_best(std::span<Candidate const> candidates, DecisionOptions const& options) {
  if (!med_depends_on_as(candidates, options)) {
    return champion(
        candidates, candidates.size(), [](std::size_t n) { return n; }, options);
  }
  // A path that loses within its own neighbouring AS cannot win: only that AS's champion goes on (RFC 4271 §9.1.2.2 c).
  Indices order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return neighbouring_as(candidates[i]); });
  std::size_t best = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && same_neighbouring_as(candidates[order[begin]], candidates[order[end]])) ++end;
    auto const of_this_as = champion(
        candidates, end - begin, [&](std::size_t n) { return order[begin + n]; }, options);
    auto const is_first = begin == 0;
    if (is_first || !compare(candidates[best], candidates[of_this_as], options).first_is_better) best = of_this_as;
  }
  return best;
}

Choice choose(std::span<Candidate const> candidates, DecisionOptions const& options) {
  if (candidates.empty()) return {};
  auto const best = choose_best(candidates, options);
  return {best, deciding_rung(candidates, best, options)};
}

}  // namespace bgp::rib
