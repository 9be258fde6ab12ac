// A generated Internet table: IPv4 prefixes and the attribute sets that carry them, shaped like a real feed and the
// same for the same seed. Not a RIB: nothing in it ever changes. Immutable after construction, so any thread may read
// it.
//
// A prefix has a *slot*, a dense number, found by arithmetic on the address: each /16 in use holds prefixes of one
// length only. That keeps a receiver's check at a few nanoseconds a prefix. A route's place in the announced order is
// unrelated to its slot.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kit/message.h"
#include "kit/random.h"

namespace bench {

struct AttributeSet {
  std::uint8_t origin = 0;
  std::vector<std::uint32_t> path;
  std::vector<std::uint32_t> as_set;  // after the path; empty: no AS_SET, as in every set that a Table draws
  std::uint32_t next_hop = 0;
  std::uint32_t med = 0;  // 0: none
  std::vector<std::uint32_t> communities;
};

// Who announces it: decides AS_PATH's first ASes and width, and whether LOCAL_PREF goes along.
struct Announcer {
  std::uint32_t ebgp_as = 0;  // 0: iBGP
  bool four_octet = true;
  bool ipv6 = false;             // each prefix as it stands in IPv6 (message.h), in MP_REACH_NLRI
  std::uint32_t transit_as = 0;  // stands before ebgp_as; 0: none
  std::uint32_t next_hop = 0;    // instead of the set's; 0: that
  bool with_med = true;
};
// `nlri`: IPv6 prefixes, which stand among the attributes.
Bytes encode_attributes(AttributeSet const& set, Announcer const& announcer, View nlri = {});

class Table {
 public:
  struct Shape {
    std::uint32_t routes = 0;
    std::uint32_t spare = 0;  // further prefixes, each alone in a group after all others
    std::uint64_t seed = 1;
    std::uint32_t first_next_hop = 0x0a4e0001;  // 10.78.0.1
    std::uint32_t next_hops = 32;
    std::uint32_t blocks =
        0;  // not 0: nodes' routes, so many each; the n-th node is the n-th next hop, and there is no path
  };
  // The slots of one UPDATE; all of them carry the set of the same index.
  using Group = std::span<std::uint32_t const>;

  explicit Table(Shape const& shape);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(order_.size()); }
  [[nodiscard]] std::size_t sets() const { return sets_.size(); }
  [[nodiscard]] AttributeSet const& set(std::size_t index) const { return sets_[index]; }
  [[nodiscard]] Group group(std::size_t index) const {
    return Group(order_).subspan(first_[index], first_[index + 1] - first_[index]);
  }
  [[nodiscard]] Prefix prefix(std::uint32_t slot) const;
  [[nodiscard]] std::uint32_t set_of(std::uint32_t slot) const { return set_of_[slot]; }
  // -1 for a prefix that is not in the table.
  [[nodiscard]] std::int32_t slot(Prefix prefix) const {
    Block const& block = blocks_[prefix.address >> 16];
    if (block.length != prefix.length) return -1;
    std::uint32_t const within = (prefix.address & 0xffff) >> (32 - prefix.length);
    return within <= block.last ? static_cast<std::int32_t>(block.first + within) : -1;
  }
  // Groups [from, to) as UPDATEs, one after the other.
  [[nodiscard]] Bytes updates(Announcer const& announcer, std::size_t from, std::size_t to) const;
  [[nodiscard]] std::size_t first_spare_group() const { return sets() - spare_; }

 private:
  struct Block {
    std::uint32_t first = 0;
    std::uint16_t last = 0;     // the last place in use
    std::uint8_t length = 255;  // no prefix has it
  };
  void lay_out_blocks(std::uint32_t routes, Random& random);
  void draw_sets(Shape const& shape, Random& random);

  std::uint32_t const spare_;
  std::array<Block, 65536> blocks_{};       // by the upper 16 bits of the address
  std::vector<std::uint16_t> block_order_;  // /16s in slot order
  std::vector<std::uint32_t> order_;        // slots in announced order
  std::vector<std::uint32_t> first_;        // set -> where its group starts in order_
  std::vector<std::uint32_t> set_of_;       // slot -> set
  std::vector<AttributeSet> sets_;
};

}  // namespace bench
