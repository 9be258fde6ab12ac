// Path attributes as a program reads and writes them: one plain value, decoded (RFC 4271 §5, 1997, 4360, 5701, 8092).
// The RIB does not hold this type (it interns canonical bytes); it is made for callbacks, filters, JSON and
// origination.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgp/types.h"

namespace bgp {

enum class Origin : std::uint8_t { igp = 0, egp = 1, incomplete = 2 };

/// One segment of an AS_PATH (RFC 4271 §4.3; RFC 5065 for the confederation kinds).
struct AsPathSegment {
  enum class Kind : std::uint8_t { set = 1, sequence = 2, confed_sequence = 3, confed_set = 4 };
  Kind kind = Kind::sequence;
  std::vector<Asn> asns;
  friend bool operator==(AsPathSegment const&, AsPathSegment const&) = default;
};

struct AsPath {
  std::vector<AsPathSegment> segments;
  /// Hops as the decision counts them: a set is one, confederation segments none (RFC 4271 §9.1.2.2, RFC 5065 §5.3).
  [[nodiscard]] unsigned length() const;
  /// "65001 65002 {65003 65004}"
  [[nodiscard]] std::string text() const;
  friend bool operator==(AsPath const&, AsPath const&) = default;
};

struct Aggregator {
  Asn as;
  IpAddress address;  ///< IPv4
  friend bool operator==(Aggregator const&, Aggregator const&) = default;
};

/// RFC 1997: high 16 bits an AS, low 16 bits a value.
struct Community {
  std::uint32_t value = 0;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<Community> parse(std::string_view text);
  friend constexpr auto operator<=>(Community, Community) = default;
};
inline constexpr Community no_export{0xffffff01};
inline constexpr Community no_advertise{0xffffff02};
inline constexpr Community no_export_subconfed{0xffffff03};
inline constexpr Community graceful_shutdown{0xffff0000};  ///< RFC 8326

/// RFC 4360: eight octets; RFC 5701: twenty; both kept as they came.
using ExtendedCommunity = std::array<std::uint8_t, 8>;
using Ipv6ExtendedCommunity = std::array<std::uint8_t, 20>;

/// RFC 8092.
struct LargeCommunity {
  std::uint32_t global = 0;
  std::uint32_t local1 = 0;
  std::uint32_t local2 = 0;
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(LargeCommunity const&, LargeCommunity const&) = default;
};

/// An attribute this program has no rule for: passed on when optional transitive (RFC 4271 §5).
struct UnknownAttribute {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  std::vector<std::uint8_t> value;
  friend bool operator==(UnknownAttribute const&, UnknownAttribute const&) = default;
};

struct Attributes {
  Origin origin = Origin::igp;
  AsPath as_path;
  IpAddress next_hop;             ///< unset: the speaker's own address on the session
  IpAddress link_local_next_hop;  ///< the second half of a 32-octet IPv6 next hop (RFC 2545)
  std::optional<std::uint32_t> med;
  std::optional<std::uint32_t> local_pref;
  bool atomic_aggregate = false;
  std::optional<Aggregator> aggregator;
  std::vector<Community> communities;
  std::vector<ExtendedCommunity> extended_communities;
  std::vector<Ipv6ExtendedCommunity> ipv6_extended_communities;
  std::vector<LargeCommunity> large_communities;
  std::optional<RouterId> originator_id;
  std::vector<RouterId> cluster_list;
  std::vector<UnknownAttribute> unknown;  ///< in ascending order of type
  /// Types of the optional transitive ones above that carry the Partial bit, which must stay (RFC 4271 §5); ascending.
  std::vector<std::uint8_t> partial;
  friend bool operator==(Attributes const&, Attributes const&) = default;
};

}  // namespace bgp
