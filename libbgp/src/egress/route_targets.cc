#include "egress/route_targets.h"

#include <algorithm>

#include "wire/attribute_reader.h"
#include "wire/attributes.h"

namespace bgp::egress {

namespace {

constexpr std::size_t origin_size = 4;
constexpr unsigned origin_bits = 32;

std::array<std::uint8_t, 8> first_bits(std::array<std::uint8_t, 8> target, unsigned bits) {
  for (unsigned i = 0; i < target.size(); ++i) {
    auto const kept = std::min(bits - std::min(bits, i * 8), 8U);
    target[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
  return target;
}

// RFC 4360 §4, RFC 5668 §2: of a two-octet AS, an IPv4 address, a four-octet AS; RFC 7432 §7.6: ES-Import.
bool is_route_target(Bytes community) {
  auto const type = community[0] & 0x3f;
  return (type <= 2 || type == 6) && community[1] == 2;
}

}  // namespace

void RouteTargets::insert(Bytes key) {
  Target target{};
  if (key.size() > 1 + origin_size) std::ranges::copy(key.subspan(1 + origin_size), target.begin());
  auto const bits = key[0] - std::min<unsigned>(key[0], origin_bits);
  by_length_[bits].insert(first_bits(target, bits));
}

bool RouteTargets::has(Target const& target) const {
  return std::ranges::any_of(by_length_,
                             [&](auto const& entry) { return entry.second.contains(first_bits(target, entry.first)); });
}

bool RouteTargets::wants(Bytes canonical) const {
  if (by_length_.contains(0)) return true;
  wire::AttributeReader reader(canonical);
  for (wire::RawAttribute attribute; reader.next(attribute);) {
    if (attribute.type != static_cast<std::uint8_t>(wire::AttributeType::extended_communities)) continue;
    for (auto rest = attribute.value; rest.size() >= 8; rest = rest.subspan(8)) {
      Target target;
      std::ranges::copy(rest.first(8), target.begin());
      if (is_route_target(rest) && has(target)) return true;
    }
  }
  return false;
}

}  // namespace bgp::egress
