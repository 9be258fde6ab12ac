// BGP messages as the benches need them: enough to play a well-behaved neighbour and to read what a daemon sends.
// Deliberately not libbgp's codec: a mistake there must not hide itself here. Pure: no sockets. RFC 4271 §4, 5492,
// 6793.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bench {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<std::uint8_t const>;

constexpr std::size_t kHeaderSize = 19;
constexpr std::size_t kMaxMessage = 4096;
enum MessageType : std::uint8_t { kOpen = 1, kUpdate = 2, kNotification = 3, kKeepalive = 4, kRouteRefresh = 5 };
enum AttributeType : std::uint8_t {
  kOrigin = 1,
  kAsPath = 2,
  kNextHop = 3,
  kMed = 4,
  kLocalPref = 5,
  kCommunities = 8,
  kOriginatorId = 9,
  kClusterList = 10,
  kMpReach = 14,
  kMpUnreach = 15
};

struct Prefix {
  std::uint32_t address = 0;  // host order
  std::uint8_t length = 0;
  friend bool operator==(Prefix const&, Prefix const&) = default;
  [[nodiscard]] std::uint64_t number() const { return std::uint64_t{address} << 8 | length; }
};

inline std::uint16_t read16(std::uint8_t const* p) { return static_cast<std::uint16_t>(p[0] << 8 | p[1]); }
inline std::uint32_t read32(std::uint8_t const* p) { return std::uint32_t{read16(p)} << 16 | read16(p + 2); }
void put16(Bytes& out, std::uint32_t value);
void put32(Bytes& out, std::uint32_t value);
void put_prefix(Bytes& out, Prefix prefix);
// A prefix as it stands in IPv6: its bits behind sixteen others, 2a10::/16.
constexpr std::uint8_t kIpv6Head[] = {0x2a, 0x10};
void put_prefix6(Bytes& out, Prefix prefix);
// Of MP_REACH_NLRI for IPv6 unicast (RFC 4760 §3); the next hop is 2001:db8::A.B.C.D.
Bytes reach_value(std::uint32_t next_hop, View nlri);

struct Open {
  std::uint32_t as = 0;
  std::uint32_t id = 0;
  std::uint16_t hold = 240;
  bool four_octet = true;
  bool ipv6 = false;
  bool add_path = false;  // several paths of an IPv4 prefix are taken (RFC 7911)
};

Bytes open_message(Open const& open);
std::optional<Open> parse_open(View body);
Bytes keepalive_message();
// For all IPv4 routes again (RFC 2918).
Bytes refresh_message();
Bytes notification_message(std::uint8_t code, std::uint8_t subcode);
std::string describe_notification(View body);
// `attributes` is the encoded attribute block, empty for a pure withdrawal; all empty is IPv4's End-of-RIB (RFC 4724
// §2).
void append_update(Bytes& out, View withdrawn, View attributes, View nlri);

struct Update {
  View withdrawn, attributes, nlri;
};
std::optional<Update> parse_update(View body);
// Those of IPv6 unicast in MP_UNREACH_NLRI and MP_REACH_NLRI, empty where there are none; nothing when malformed.
struct Update6 {
  View withdrawn, nlri;
};
std::optional<Update6> parse_update6(View attributes);

// Calls visit(Prefix) for each IPv4 prefix; false when the field is malformed.
template <class Visit>
bool for_each_prefix(View field, Visit visit) {
  std::uint8_t const* p = field.data();
  std::uint8_t const* const end = p + field.size();
  while (p < end) {
    unsigned const length = *p++;
    unsigned const octets = (length + 7) / 8;
    if (length > 32 || p + octets > end) return false;
    std::uint32_t address = 0;
    for (unsigned i = 0; i < octets; ++i) address |= std::uint32_t{p[i]} << (24 - 8 * i);
    p += octets;
    visit(Prefix{address, static_cast<std::uint8_t>(length)});
  }
  return true;
}

// The same for such IPv6 prefixes as put_prefix6() writes; one without their head is malformed.
template <class Visit>
bool for_each_prefix6(View field, Visit visit) {
  while (!field.empty()) {
    std::size_t const size = 1 + (field[0] + 7u) / 8;
    if (field[0] < 16 || field[0] > 48 || size > field.size()) return false;
    if (field[1] != kIpv6Head[0] || field[2] != kIpv6Head[1]) return false;
    std::uint32_t address = 0;
    for (std::size_t i = 3; i < size; ++i) address |= std::uint32_t{field[i]} << (24 - 8 * (i - 3));
    visit(Prefix{address, static_cast<std::uint8_t>(field[0] - 16)});
    field = field.subspan(size);
  }
  return true;
}

// The same with ADD-PATH: visit(Prefix, path identifier).
template <class Visit>
bool for_each_path(View field, Visit visit) {
  while (!field.empty()) {
    if (field.size() < 5) return false;
    std::uint32_t const id = read32(field.data());
    std::size_t const size = 1 + (field[4] + 7u) / 8;
    if (field.size() < 4 + size) return false;
    if (!for_each_prefix(field.subspan(4, size), [&](Prefix prefix) { visit(prefix, id); })) return false;
    field = field.subspan(4 + size);
  }
  return true;
}

// Calls visit(type, value) for each path attribute; false when the block is malformed.
template <class Visit>
bool for_each_attribute(View block, Visit visit) {
  while (!block.empty()) {
    if (block.size() < 3) return false;
    bool const extended = block[0] & 0x10;
    if (extended && block.size() < 4) return false;
    std::size_t const header = extended ? 4 : 3;
    std::size_t const length = extended ? read16(&block[2]) : block[2];
    if (header + length > block.size()) return false;
    visit(block[1], block.subspan(header, length));
    block = block.subspan(header + length);
  }
  return true;
}

}  // namespace bench
