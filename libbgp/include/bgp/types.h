// The identities of BGP as types: AS numbers, router IDs, addresses, prefixes, address families.
// Plain values without I/O; any thread may use them. Numbers are in host order, address bytes in network order.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bgp {

/// A four-octet autonomous system number (RFC 6793).
struct Asn {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(Asn, Asn) = default;
};

/// A BGP identifier or cluster ID: an unsigned host-order number, written like an IPv4 address (RFC 6286).
struct RouterId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(RouterId, RouterId) = default;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<RouterId> parse(std::string_view text);
};

/// Index of a neighbour within its Instance; 0 is the speaker itself (routes it originates). Used again when the
/// neighbour is gone: there are 65,534 at a time.
struct PeerId {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(PeerId, PeerId) = default;
};
inline constexpr PeerId local_peer{0};

/// The identifier of a path within (peer, prefix); 0 where ADD-PATH (RFC 7911) is not in use.
struct PathId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(PathId, PathId) = default;
};

/// An address family and its subsequent identifier (RFC 4760).
struct Family {
  std::uint16_t afi = 0;
  std::uint8_t safi = 0;
  friend constexpr auto operator<=>(Family, Family) = default;
  /// "ipv4-unicast", "l2vpn-evpn" and so on; of one that this library does not know "AFI/SAFI" in numbers.
  [[nodiscard]] std::string text() const;
  /// Names only.
  [[nodiscard]] static std::optional<Family> parse(std::string_view text);
  /// Those that this library knows, which are those that have a name.
  [[nodiscard]] static std::span<Family const> all();
};
inline constexpr Family ipv4_unicast{1, 1};
inline constexpr Family ipv6_unicast{2, 1};
// Those that are reflected and not looked into.
inline constexpr Family ipv4_multicast{1, 2};
inline constexpr Family ipv6_multicast{2, 2};
inline constexpr Family ipv4_labelled{1, 4};  ///< RFC 8277
inline constexpr Family ipv6_labelled{2, 4};
inline constexpr Family ipv4_vpn{1, 128};        ///< RFC 4364
inline constexpr Family ipv6_vpn{2, 128};        ///< RFC 4659
inline constexpr Family l2vpn_evpn{25, 70};      ///< RFC 7432
inline constexpr Family ipv4_flow_spec{1, 133};  ///< RFC 8955
inline constexpr Family ipv6_flow_spec{2, 133};  ///< RFC 8956
inline constexpr Family ipv4_vpn_flow_spec{1, 134};
inline constexpr Family ipv6_vpn_flow_spec{2, 134};
inline constexpr Family rt_membership{1, 132};  ///< RFC 4684
inline constexpr Family ipv4_sr_policy{1, 73};  ///< RFC 9830
inline constexpr Family ipv6_sr_policy{2, 73};
inline constexpr Family link_state{16388, 71};  ///< RFC 9552

/// An IPv4 or IPv6 address; the unset address is neither.
class IpAddress {
 public:
  constexpr IpAddress() = default;
  [[nodiscard]] static constexpr IpAddress v4(std::uint32_t host_order) {
    IpAddress a;
    a.kind_ = 4;
    for (unsigned i = 0; i < 4; ++i) a.bytes_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return a;
  }
  [[nodiscard]] static constexpr IpAddress v6(std::array<std::uint8_t, 16> const& bytes) {
    IpAddress a;
    a.kind_ = 6;
    a.bytes_ = bytes;
    return a;
  }
  /// `bytes` points to 4 or 16 octets in network order.
  [[nodiscard]] static IpAddress from_bytes(std::uint8_t const* bytes, std::size_t size);
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] constexpr bool is_unset() const { return kind_ == 0; }
  [[nodiscard]] constexpr bool is_v4() const { return kind_ == 4; }
  [[nodiscard]] constexpr bool is_v6() const { return kind_ == 6; }
  /// 4, 16, or 0 when unset.
  [[nodiscard]] constexpr std::size_t size() const { return kind_ == 4 ? 4 : kind_ == 6 ? 16 : 0; }
  [[nodiscard]] constexpr std::uint8_t const* data() const { return bytes_.data(); }
  [[nodiscard]] constexpr std::uint32_t v4_value() const {
    return std::uint32_t{bytes_[0]} << 24 | std::uint32_t{bytes_[1]} << 16 | std::uint32_t{bytes_[2]} << 8 | bytes_[3];
  }
  [[nodiscard]] bool is_link_local() const;  ///< fe80::/10
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(IpAddress const&, IpAddress const&) = default;

 private:
  std::uint8_t kind_ = 0;
  std::array<std::uint8_t, 16> bytes_{};
};

/// An address with a prefix length; bits past the length are zero.
class Prefix {
 public:
  constexpr Prefix() = default;
  /// Clears the bits of `address` past `length`; `length` is clamped to the address' width.
  Prefix(IpAddress address, unsigned length);
  [[nodiscard]] static std::optional<Prefix> parse(std::string_view text);

  [[nodiscard]] IpAddress const& address() const { return address_; }
  [[nodiscard]] unsigned length() const { return length_; }
  [[nodiscard]] Family family() const { return address_.is_v4() ? ipv4_unicast : ipv6_unicast; }
  /// True when `other` is this prefix or lies within it.
  [[nodiscard]] bool covers(Prefix const& other) const;
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(Prefix const&, Prefix const&) = default;

 private:
  IpAddress address_;
  std::uint8_t length_ = 0;
};

inline namespace literals {
constexpr Asn operator""_asn(unsigned long long value) { return Asn{static_cast<std::uint32_t>(value)}; }
/// Throws std::invalid_argument when the text is no address (prefix): for constants in programs.
IpAddress operator""_ip(char const* text, std::size_t size);
Prefix operator""_pfx(char const* text, std::size_t size);
}  // namespace literals

}  // namespace bgp
