#include "kit/table.h"

#include <algorithm>
#include <numeric>

namespace bench {
namespace {

struct Share {
  std::uint8_t length;
  std::uint32_t permille;
};
// Measured on a full feed; /24 comes last and takes what rounding leaves.
constexpr Share kLengths[] = {{16, 15}, {18, 15}, {19, 30}, {20, 50}, {21, 60}, {22, 120}, {23, 110}, {24, 600}};

bool usable(std::uint32_t block) {
  std::uint32_t const first = block >> 8, second = block & 0xff;
  if (first == 0 || first == 10 || first == 127 || first >= 224) return false;
  if (first == 100 && second >= 64 && second < 128) return false;
  if (first == 169 && second == 254) return false;
  if (first == 172 && second >= 16 && second < 32) return false;
  if (first == 192 && (second == 0 || second == 168)) return false;
  return !(first == 198 && (second == 18 || second == 19 || second == 51)) && !(first == 203 && second == 0);
}

// All usable /16s in random order, but eight neighbours together: they share a cache line of Table's index.
std::vector<std::uint16_t> shuffled_blocks(Random& random) {
  std::vector<std::uint32_t> runs(65536 / 8);
  std::iota(runs.begin(), runs.end(), 0u);
  random.shuffle(runs);
  std::vector<std::uint16_t> blocks;
  for (std::uint32_t const run : runs) {
    for (std::uint32_t block = run * 8; block < run * 8 + 8; ++block) {
      if (usable(block)) blocks.push_back(static_cast<std::uint16_t>(block));
    }
  }
  return blocks;
}

// Prefixes in one UPDATE: 50 % one, 16 % two, 8 % three, then a long tail that brings the mean to 6.4.
std::uint32_t draw_group_size(Random& random) {
  std::uint32_t const p = random.below(100);
  if (p < 50) return 1;
  if (p < 66) return 2;
  if (p < 74) return 3;
  std::uint32_t size = 4;
  while (size < 400 && random.below(1000) < 943) ++size;  // geometric, mean 16.5
  return size;
}

std::uint32_t draw_as(Random& random) {
  return random.percent(20) ? 131072 + random.below(280000) : 1 + random.below(23000);
}

void draw_path(Random& random, AttributeSet& set) {
  static constexpr std::uint32_t kUpTo[] = {2,  12, 34, 60, 79,
                                            90, 95, 98, 100};  // percent of 1, 2, 3 ... ASes; mean 4.3
  std::uint32_t const p = random.below(100);
  std::size_t length = 1;
  while (p >= kUpTo[length - 1]) ++length;
  set.path.push_back(1000 + random.below(24));  // few upstreams
  while (set.path.size() < length) set.path.push_back(random.percent(8) ? set.path.back() : draw_as(random));
}

void draw_communities(Random& random, AttributeSet& set) {
  if (!random.percent(81)) return;
  std::uint32_t const count = 1 + random.below(11);  // mean 6
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t const as = set.path[random.below(static_cast<std::uint32_t>(set.path.size()))] % 64000;
    set.communities.push_back(as << 16 | random.below(20000));
  }
  // Sorted and unique: daemons that keep them that way then send them as they came.
  std::ranges::sort(set.communities);
  set.communities.erase(std::unique(set.communities.begin(), set.communities.end()), set.communities.end());
}

void put_attribute(Bytes& out, std::uint8_t flags, std::uint8_t type, View value) {
  bool const extended = value.size() > 255;
  out.push_back(static_cast<std::uint8_t>(flags | (extended ? 0x10 : 0)));
  out.push_back(type);
  if (extended) out.push_back(static_cast<std::uint8_t>(value.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
}

Bytes encode_path(AttributeSet const& set, Announcer const& announcer) {
  std::uint32_t const before[] = {announcer.transit_as, announcer.ebgp_as};
  auto const own = static_cast<std::size_t>(2 - std::ranges::count(before, 0u));
  if (set.path.empty() && set.as_set.empty() && own == 0) return {};
  Bytes value{2, static_cast<std::uint8_t>(set.path.size() + own)};
  auto put = [&](std::uint32_t as) {
    announcer.four_octet ? put32(value, as) : put16(value, as > 0xffff ? 23456 : as);
  };
  for (std::uint32_t const as : before) {
    if (as != 0) put(as);
  }
  for (std::uint32_t const as : set.path) put(as);
  if (set.as_set.empty()) return value;
  value.insert(value.end(), {1, static_cast<std::uint8_t>(set.as_set.size())});
  for (std::uint32_t const as : set.as_set) put(as);
  return value;
}

Bytes octets(std::uint32_t value) {
  Bytes out;
  put32(out, value);
  return out;
}

}  // namespace

Bytes encode_attributes(AttributeSet const& set, Announcer const& announcer, View nlri) {
  Bytes out;
  put_attribute(out, 0x40, kOrigin, Bytes{set.origin});
  put_attribute(out, 0x40, kAsPath, encode_path(set, announcer));
  std::uint32_t const next_hop = announcer.next_hop != 0 ? announcer.next_hop : set.next_hop;
  if (!announcer.ipv6) put_attribute(out, 0x40, kNextHop, octets(next_hop));
  if (set.med != 0 && announcer.with_med) put_attribute(out, 0x80, kMed, octets(set.med));
  if (announcer.ebgp_as == 0) put_attribute(out, 0x40, kLocalPref, octets(100));
  if (!set.communities.empty()) {
    Bytes value;
    for (std::uint32_t const community : set.communities) put32(value, community);
    put_attribute(out, 0xc0, kCommunities, value);
  }
  if (announcer.ipv6) put_attribute(out, 0x80, kMpReach, reach_value(next_hop, nlri));
  return out;
}

Table::Table(Shape const& shape) : spare_(shape.spare) {
  Random random(shape.seed);
  lay_out_blocks(shape.routes + shape.spare, random);
  order_.resize(shape.routes + shape.spare);
  std::iota(order_.begin(), order_.end(), 0u);
  random.shuffle(order_);
  draw_sets(shape, random);
}

void Table::lay_out_blocks(std::uint32_t routes, Random& random) {
  std::vector<std::uint16_t> const free = shuffled_blocks(random);
  std::uint32_t slot = 0;
  for (Share const& share : kLengths) {
    std::uint32_t wanted = share.length == 24 ? routes - slot : routes / 1000 * share.permille;
    while (wanted > 0) {
      std::uint32_t const count = std::min(wanted, 1u << (share.length - 16));
      blocks_.at(free.at(block_order_.size())) = {slot, static_cast<std::uint16_t>(count - 1), share.length};
      block_order_.push_back(free[block_order_.size()]);
      slot += count;
      wanted -= count;
    }
  }
}

void Table::draw_sets(Shape const& shape, Random& random) {
  set_of_.resize(size());
  for (std::uint32_t at = 0; at < size();) {
    first_.push_back(at);
    std::uint32_t const size = shape.blocks != 0 ? shape.blocks : draw_group_size(random);
    std::uint32_t const end = at < shape.routes ? std::min(shape.routes, at + size) : at + 1;
    for (; at < end; ++at) set_of_[order_[at]] = static_cast<std::uint32_t>(sets_.size());
    AttributeSet set;
    if (shape.blocks != 0) {
      set.next_hop = shape.first_next_hop + static_cast<std::uint32_t>(sets_.size());
      sets_.push_back(set);
      continue;
    }
    set.origin = random.percent(85) ? 0 : 2;
    set.next_hop = shape.first_next_hop + random.below(shape.next_hops);
    if (random.percent(30)) set.med = 2 + random.below(900);
    draw_path(random, set);
    draw_communities(random, set);
    sets_.push_back(std::move(set));
  }
  first_.push_back(size());
}

Prefix Table::prefix(std::uint32_t slot) const {
  auto const after = std::upper_bound(block_order_.begin(), block_order_.end(), slot,
                                      [this](std::uint32_t s, std::uint16_t b) { return s < blocks_[b].first; });
  std::uint16_t const block = *(after - 1);
  Block const& found = blocks_[block];
  return {std::uint32_t{block} << 16 | ((slot - found.first) << (32 - found.length)), found.length};
}

Bytes Table::updates(Announcer const& announcer, std::size_t from, std::size_t to) const {
  Bytes out, nlri;
  for (std::size_t i = from; i < to; ++i) {
    nlri.clear();
    for (std::uint32_t const slot : group(i)) {
      announcer.ipv6 ? put_prefix6(nlri, prefix(slot)) : put_prefix(nlri, prefix(slot));
    }
    append_update(out, {}, encode_attributes(sets_[i], announcer, announcer.ipv6 ? nlri : View{}),
                  announcer.ipv6 ? View{} : nlri);
  }
  return out;
}

}  // namespace bench
