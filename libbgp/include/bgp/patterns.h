// What a filter may ask of a route, compiled from a short text: prefix lists with ranges, AS-path patterns, communities
// of all kinds. Every question takes time in proportion to its route's size, whatever a peer sends: nothing here tries
// again. Plain values; any thread. Errors say what is wrong with the text and what to write.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "bgp/attributes.h"
#include "bgp/result.h"

namespace bgp {

/// "200" or "100-300", both ends included.
struct NumberRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  [[nodiscard]] bool contains(std::uint32_t number) const { return first <= number && number <= last; }
  [[nodiscard]] static Result<NumberRange> parse(std::string_view text);
  friend bool operator==(NumberRange const&, NumberRange const&) = default;
};

class PrefixList {
 public:
  /// The prefixes within `prefix` (itself included) of these lengths.
  struct Entry {
    Prefix prefix;
    unsigned min_length = 0;
    unsigned max_length = 0;
    /// "10.0.0.0/8" (that prefix alone), "10.0.0.0/8 le 24", "10.0.0.0/8 ge 16", "10.0.0.0/8 ge 16 le 24"
    [[nodiscard]] static Result<Entry> parse(std::string_view text);
    friend bool operator==(Entry const&, Entry const&) = default;
  };
  explicit PrefixList(std::vector<Entry> entries);
  [[nodiscard]] bool contains(Prefix const& prefix) const;
  friend bool operator==(PrefixList const&, PrefixList const&) = default;

 private:
  std::vector<Entry> entries_;                    // ascending by prefix
  std::array<std::vector<unsigned>, 2> lengths_;  // of the entries' prefixes, IPv4 and IPv6
};

/// An AS path, as a whole, described by what stands in it, separated by spaces: an AS number `65001`, a range
/// `64512-65534`, alternatives `65001|65100-65199`, `?` for one AS whatever it is, each of them with `+` for once or
/// more in a row, and `*` for any number of ASes, none included. The text "" is the empty path. An AS_SET counts as one
/// AS, which may be any of its members; segments of confederations are passed over.
class AsPathPattern {
 public:
  static constexpr std::size_t most_elements = 63;
  [[nodiscard]] static Result<AsPathPattern> parse(std::string_view text);
  [[nodiscard]] bool matches(AsPath const& path) const;
  friend bool operator==(AsPathPattern const&, AsPathPattern const&) = default;

 private:
  struct Element {
    bool any_number = false;
    bool repeats = false;
    std::vector<NumberRange> ases;  // none: any AS
    [[nodiscard]] bool accepts(std::span<Asn const> one_of) const;
    friend bool operator==(Element const&, Element const&) = default;
  };
  [[nodiscard]] static Result<Element> parse_element(std::string_view text);
  [[nodiscard]] std::uint64_t closure(std::uint64_t states) const;
  [[nodiscard]] std::uint64_t step(std::uint64_t states, std::span<Asn const> one_of) const;
  std::vector<Element> elements_;
};

/// One community or, with `*` for a number, many: "65000:1", "65000:*", "no-export", "large:65000:1:*", the extended
/// "rt:65000:100", "soo:192.0.2.1:*", "rt:*" (RFC 4360), "color:7" (RFC 9012) and "rt:2001:db8::1:5" (RFC 5701), and
/// any extended one in hexadecimal, "ext:0x0002fde800000064", of IPv6 "ext6:0x...", of which `*` may stand for the
/// rest: "ext:0x03*", "ext:*".
class CommunityPattern {
 public:
  [[nodiscard]] static Result<CommunityPattern> parse(std::string_view text);
  /// Whether it names a single one, which can be added.
  [[nodiscard]] bool exact() const;
  [[nodiscard]] bool is_in(Attributes const& attributes) const;
  void remove_from(Attributes& attributes) const;
  /// Only when exact(); one that is there already stays alone.
  void add_to(Attributes& attributes) const;
  friend bool operator==(CommunityPattern const&, CommunityPattern const&) = default;

 private:
  enum class Kind : std::uint8_t { standard, extended, large, ipv6_extended };
  using Octets = std::array<std::uint8_t, 20>;  // of the longest
  [[nodiscard]] bool matches(Octets const& octets) const;
  [[nodiscard]] bool write(std::size_t at, std::size_t size, std::string_view number);
  [[nodiscard]] bool parse_standard(std::string_view text);
  [[nodiscard]] bool parse_large(std::string_view text);
  [[nodiscard]] bool parse_extended(std::string_view text, std::uint8_t subtype);
  [[nodiscard]] bool parse_color(std::string_view text);
  [[nodiscard]] bool parse_hex(std::string_view digits, Kind kind);
  [[nodiscard]] std::size_t size() const;

  Kind kind_ = Kind::standard;
  // In network order; bits that are not in the mask may be anything.
  Octets value_{};
  Octets mask_{};
};

}  // namespace bgp
