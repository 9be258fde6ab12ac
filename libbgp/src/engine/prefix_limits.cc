#include "engine/prefix_limits.h"

namespace bgp::engine {

namespace {

constexpr std::uint8_t cease = 6;
constexpr std::uint8_t prefixes_reached = 1;

// RFC 4486 §4: AFI, SAFI and the bound.
wire::Notification too_many(Family family, std::uint64_t most) {
  wire::Notification why{cease, prefixes_reached, {}};
  Writer data(why.data);
  data.u16(family.afi);
  data.u8(family.safi);
  data.u32(static_cast<std::uint32_t>(most));
  return why;
}

}  // namespace

std::optional<wire::Notification> PrefixLimits::check(std::vector<PrefixLimit> const& limits, rib::PeerInfo const& peer,
                                                      bool accepted_too, Warn const& warn) {
  for (auto const& limit : limits) {
    auto const& counts = peer.counts[family_index(limit.family)];
    for (auto const& bound :
         {Bound{limit, false, limit.received, counts.received}, Bound{limit, true, limit.accepted, counts.accepted}}) {
      if (bound.accepted && !accepted_too) continue;
      if (bound.most != 0 && is_over(bound, warn)) return too_many(limit.family, bound.most);
    }
  }
  return std::nullopt;
}

bool PrefixLimits::is_over(Bound const& bound, Warn const& warn) {
  auto const& limit = bound.limit;
  auto const says = [&](std::string const& of) {
    warn(": " + std::to_string(bound.present) + (bound.accepted ? " accepted " : " received ") + limit.family.text() +
         " prefixes, " + of + " the limit of " + std::to_string(bound.most));
  };
  if (bound.present > bound.most) {
    if (tell_once(bound, Stage::over)) says("over");
    return !limit.only_warn;
  }
  if (bound.present * 100 >= bound.most * limit.warn_percent && tell_once(bound, Stage::near)) {
    says("at " + std::to_string(limit.warn_percent) + " % of");
  }
  return false;
}

bool PrefixLimits::tell_once(Bound const& bound, Stage stage) {
  return told_.insert({bound.limit.family, bound.accepted, stage}).second;
}

}  // namespace bgp::engine
