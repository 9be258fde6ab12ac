// The decision process (RFC 4271 §9.1.2, RFC 4456 §9) as one numbered ladder: two paths are compared rung by rung and
// the rung that decided is returned, so that "explain" can name it. Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rib/attribute_table.h"
#include "rib/peer_info.h"

namespace bgp::rib {

/// In the order in which they are asked.
enum class Rung : std::uint8_t {
  none,  ///< no usable path
  only_path,
  client,          ///< where clients come first (RFC 4684 §3.2): a reflector's client beats all others
  local_pref,      ///< §9.1.1: higher
  local_route,     ///< what this speaker originates beats what it learned
  as_path_length,  ///< §9.1.2.2 a: shorter
  origin,          ///< b: lower
  med,             ///< c: lower, among paths of one neighbouring AS unless always-compare
  external,        ///< d: eBGP over iBGP
  next_hop_cost,   ///< e: lower
  router_id,       ///< f: lower, ORIGINATOR_ID in its place where it stands (RFC 4456 §9)
  cluster_list,    ///< RFC 4456 §9: shorter
  peer_address,    ///< g: lower
  path_id,         ///< several paths of one neighbour (RFC 7911): lower
};
/// "higher local preference", "shorter AS path", ...
[[nodiscard]] std::string_view rung_text(Rung rung);

struct DecisionOptions {
  bool always_compare_med = false;
  std::size_t multipath = 1;  ///< paths used side by side at most, the best one included
  bool clients_first = false;
};

/// A path as the ladder sees it.
struct Candidate {
  wire::AttributeSummary const* attributes = nullptr;
  PeerInfo const* peer = nullptr;
  std::uint32_t next_hop_cost = 0;
  PathId path_id;
};

/// RFC 4271 §9.1.2.2 c: the path's first AS, 0 where it is empty or starts with a set; of a neighbour whose paths have
/// a local AS of ours in front, that neighbour's own.
[[nodiscard]] inline Asn neighbouring_as(Candidate const& c) {
  return c.peer->prepended.value != 0 ? c.peer->as : c.attributes->first_as;
}

struct Comparison {
  bool first_is_better = true;
  Rung rung = Rung::path_id;
};
[[nodiscard]] Comparison compare(Candidate const& first, Candidate const& second, DecisionOptions const& options);

struct Choice {
  std::size_t best = 0;    ///< index into the candidates; meaningless when rung is none
  Rung rung = Rung::none;  ///< at which the best beat the runner-up
};
/// The index of the best of `candidates`, of which there is at least one.
[[nodiscard]] std::size_t choose_best(std::span<Candidate const> candidates, DecisionOptions const& options);
/// Chooses among any number of paths, independent of their order: MED is compared within each neighbouring AS first,
/// then the winners without it (deterministic MED).
[[nodiscard]] Choice choose(std::span<Candidate const> candidates, DecisionOptions const& options);

/// Those that may be used beside `best`: the ladder ties them with it up to and including the cost to the next hop, and
/// within their own neighbouring AS they do not lose by MED. In the ladder's order, which goes on below that rung.
void find_ties(std::span<Candidate const> candidates, std::size_t best, DecisionOptions const& options,
               std::vector<std::size_t>& out);

/// The `most` best ones in the order in which they are chosen when each is taken away; `one_an_as`: at most one of each
/// neighbouring AS.
void choose_several(std::span<Candidate const> candidates, std::size_t most, bool one_an_as,
                    DecisionOptions const& options, std::vector<std::size_t>& out);

/// Why `loser` is not the best: the rung at which the best beat it or, where it would have beaten the best, the one at
/// which its own neighbouring AS's champion did.
[[nodiscard]] Rung losing_rung(std::span<Candidate const> candidates, std::size_t loser, std::size_t best,
                               DecisionOptions const& options);

}  // namespace bgp::rib
