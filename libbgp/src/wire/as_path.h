// The value of AS_PATH and AS4_PATH (RFC 4271 §4.3, 5065, 6793): segments read, checked, merged, written. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "bgp/attributes.h"

namespace bgp::wire {

inline constexpr Asn as_trans{23456};
inline constexpr std::size_t max_segment = 255;

using SegmentKind = AsPathSegment::Kind;

[[nodiscard]] constexpr bool is_confederation(SegmentKind kind) {
  return kind == SegmentKind::confed_sequence || kind == SegmentKind::confed_set;
}

/// A view of one segment.
struct SegmentView {
  SegmentKind kind = SegmentKind::sequence;
  Bytes asns;
  unsigned width = 4;  ///< octets an AS

  [[nodiscard]] std::size_t count() const { return asns.size() / width; }
  [[nodiscard]] Asn at(std::size_t index) const {
    auto const* p = asns.data() + index * width;
    if (width == 2) return Asn{static_cast<std::uint32_t>(p[0] << 8 | p[1])};
    return Asn{std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3]};
  }
  [[nodiscard]] bool is_confederation() const { return wire::is_confederation(kind); }
  /// As the decision counts (RFC 4271 §9.1.2.2, RFC 5065 §5.3).
  [[nodiscard]] std::size_t hops() const {
    if (is_confederation()) return 0;
    return kind == SegmentKind::set ? 1 : count();
  }
};

class SegmentReader {
 public:
  SegmentReader(Bytes path, bool four_octet) : rest_(path), width_(four_octet ? 4 : 2) {}
  /// False at the end and where the rest is no segment (unknown kind, no AS, overrun).
  bool next(SegmentView& out);
  [[nodiscard]] bool broken() const { return !rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

 private:
  Bytes rest_;
  unsigned width_;
};

[[nodiscard]] std::size_t count_hops(Bytes path, bool four_octet);

/// What check_path found; empty when nothing.
struct PathContents {
  bool malformed = false;  ///< RFC 7606 §7.2
  bool as_zero = false;    ///< RFC 7607
  bool set = false;
  bool confederation = false;
  bool confederation_set = false;
};
[[nodiscard]] PathContents inspect_path(Bytes path, bool four_octet);

/// The octet of `path` at which the first of these stands: what is no segment, an AS 0, a set, a confederation segment.
enum class PathOddity : std::uint8_t { malformed, as_zero, set, confederation };
[[nodiscard]] std::size_t find_in_path(Bytes path, bool four_octet, PathOddity what);

/// Appends `path` (two-octet ASes) with four-octet ones.
void widen_path(Bytes path, Buffer& out);
/// Appends `path` (four-octet ASes) with two-octet ones, AS_TRANS where an AS has no such form (RFC 6793 §4.2.2).
void narrow_path(Bytes path, Buffer& out);
/// Appends `path` (four-octet ASes) without confederation segments, as AS4_PATH is sent and read (RFC 6793 §4.2.2, §6).
void copy_without_confederation(Bytes path, Buffer& out);
/// Appends the path that two-octet `path` and four-octet `as4_path` tell together (RFC 6793 §4.2.3).
void merge_paths(Bytes path, Bytes as4_path, Buffer& out);
/// Appends `path` (four-octet ASes) with `as` in front (RFC 4271 §5.1.2 b).
void prepend_to_path(Asn as, Bytes path, Buffer& out);
/// RFC 6996.
[[nodiscard]] constexpr bool is_private(Asn as) {
  return (as.value >= 64512 && as.value <= 65534) || (as.value >= 4200000000U && as.value <= 4294967294U);
}
/// Appends `path` (four-octet ASes) without its private ASes, or with `instead` in their places; `but` stays.
void edit_private_as(Bytes path, Asn but, std::optional<Asn> instead, Buffer& out);
/// The same in place.
void edit_private_as(AsPath& path, Asn but, std::optional<Asn> instead);
/// Whether an AS in `path` (four-octet ASes) has no two-octet form.
[[nodiscard]] bool needs_four_octets(Bytes path);

}  // namespace bgp::wire
