#include "wire/as_path.h"

#include <algorithm>

namespace bgp::wire {
namespace {

constexpr std::uint32_t max_two_octet = 0xffff;

void write_segment_head(Writer& writer, SegmentKind kind, std::size_t count) {
  writer.u8(static_cast<unsigned>(kind));
  writer.u8(static_cast<unsigned>(count));
}

// The first `count` ASes of a segment, wide.
void write_wide(Writer& writer, SegmentView const& segment, std::size_t count) {
  write_segment_head(writer, segment.kind, count);
  for (std::size_t i = 0; i < count; ++i) writer.u32(segment.at(i).value);
}

// Where a route passed from speakers of two octets to those of four, one sequence may stand in two pieces: joined, the
// path has the same octets as one that was never cut. `last` is the position in `out` of the segment written last.
bool join(Buffer& out, std::size_t last, SegmentView const& next) {
  bool const sequences =
      out[last] == static_cast<unsigned>(SegmentKind::sequence) && next.kind == SegmentKind::sequence;
  if (!sequences || out[last + 1] + next.count() > max_segment) return false;
  out[last + 1] = static_cast<std::uint8_t>(out[last + 1] + next.count());
  out.insert(out.end(), next.asns.begin(), next.asns.end());
  return true;
}

}  // namespace

bool SegmentReader::next(SegmentView& out) {
  if (rest_.size() < 2) return false;
  auto const kind = rest_[0];
  std::size_t const octets = std::size_t{rest_[1]} * width_;
  if (kind < 1 || kind > 4 || octets == 0 || octets > rest_.size() - 2) return false;
  out.kind = static_cast<SegmentKind>(kind);
  out.asns = rest_.subspan(2, octets);
  out.width = width_;
  rest_ = rest_.subspan(2 + octets);
  return true;
}

std::size_t count_hops(Bytes path, bool four_octet) {
  SegmentReader reader(path, four_octet);
  SegmentView segment;
  std::size_t hops = 0;
  while (reader.next(segment)) hops += segment.hops();
  return hops;
}

PathContents inspect_path(Bytes path, bool four_octet) {
  SegmentReader reader(path, four_octet);
  SegmentView segment;
  PathContents found;
  while (reader.next(segment)) {
    found.set |= segment.kind == SegmentKind::set;
    found.confederation |= segment.is_confederation();
    found.confederation_set |= segment.kind == SegmentKind::confed_set;
    for (std::size_t i = 0; i < segment.count(); ++i) found.as_zero |= segment.at(i).value == 0;
  }
  found.malformed = reader.broken();
  return found;
}

std::size_t find_in_path(Bytes path, bool four_octet, PathOddity what) {
  SegmentReader reader(path, four_octet);
  SegmentView segment;
  for (std::size_t at = 0; reader.next(segment); at = path.size() - reader.remaining()) {
    bool const set = segment.kind == SegmentKind::set || segment.kind == SegmentKind::confed_set;
    if (what == PathOddity::set && set) return at;
    if (what == PathOddity::confederation && segment.is_confederation()) return at;
    for (std::size_t i = 0; what == PathOddity::as_zero && i < segment.count(); ++i) {
      if (segment.at(i).value == 0) return at + 2 + i * segment.width;
    }
  }
  return path.size() - reader.remaining();
}

void widen_path(Bytes path, Buffer& out) {
  SegmentReader reader(path, false);
  SegmentView segment;
  Writer writer(out);
  while (reader.next(segment)) write_wide(writer, segment, segment.count());
}

void narrow_path(Bytes path, Buffer& out) {
  SegmentReader reader(path, true);
  SegmentView segment;
  Writer writer(out);
  while (reader.next(segment)) {
    write_segment_head(writer, segment.kind, segment.count());
    for (std::size_t i = 0; i < segment.count(); ++i) {
      auto const as = segment.at(i).value;
      writer.u16(as > max_two_octet ? as_trans.value : as);
    }
  }
}

void copy_without_confederation(Bytes path, Buffer& out) {
  SegmentReader reader(path, true);
  SegmentView segment;
  Writer writer(out);
  while (reader.next(segment)) {
    if (segment.is_confederation()) continue;
    write_segment_head(writer, segment.kind, segment.count());
    writer.bytes(segment.asns);
  }
}

void merge_paths(Bytes path, Bytes as4_path, Buffer& out) {
  auto const hops = count_hops(path, false);
  auto const known = count_hops(as4_path, true);
  if (known == 0 || hops < known) return widen_path(path, out);
  auto leading = hops - known;
  SegmentReader reader(path, false);
  SegmentView segment;
  Writer writer(out);
  bool wrote = false;
  std::size_t last = 0;
  // A confederation segment counts nothing and goes along while it leads or follows what is taken.
  while (reader.next(segment) && (leading > 0 || segment.is_confederation())) {
    auto const taken = segment.kind == SegmentKind::sequence ? std::min(leading, segment.count()) : segment.count();
    last = out.size();
    write_wide(writer, segment, taken);
    wrote = true;
    leading -= std::min(leading, segment.kind == SegmentKind::sequence ? taken : segment.hops());
    if (taken < segment.count()) break;
  }
  SegmentReader four(as4_path, true);
  if (!four.next(segment)) return;
  if (!wrote || !join(out, last, segment)) write_wide(writer, segment, segment.count());
  while (four.next(segment)) write_wide(writer, segment, segment.count());
}

void prepend_to_path(Asn as, Bytes path, Buffer& out) {
  SegmentReader reader(path, true);
  SegmentView first;
  Writer writer(out);
  bool const joins = reader.next(first) && first.kind == SegmentKind::sequence && first.count() < max_segment;
  write_segment_head(writer, SegmentKind::sequence, joins ? first.count() + 1 : 1);
  writer.u32(as.value);
  writer.bytes(joins ? path.subspan(2) : path);
}

namespace {
void edit_private_as(SegmentKind kind, std::vector<Asn>& asns, Asn but, std::optional<Asn> instead) {
  if (is_confederation(kind)) return;
  auto const goes = [&](Asn as) { return is_private(as) && as != but; };
  if (instead) {
    std::ranges::replace_if(asns, goes, *instead);
  } else {
    std::erase_if(asns, goes);
  }
}
}  // namespace

void edit_private_as(AsPath& path, Asn but, std::optional<Asn> instead) {
  for (auto& segment : path.segments) edit_private_as(segment.kind, segment.asns, but, instead);
  std::erase_if(path.segments, [](AsPathSegment const& segment) { return segment.asns.empty(); });
}

void edit_private_as(Bytes path, Asn but, std::optional<Asn> instead, Buffer& out) {
  SegmentReader reader(path, true);
  SegmentView segment;
  Writer writer(out);
  std::vector<Asn> kept;
  while (reader.next(segment)) {
    kept.clear();
    for (std::size_t i = 0; i < segment.count(); ++i) kept.push_back(segment.at(i));
    edit_private_as(segment.kind, kept, but, instead);
    if (kept.empty()) continue;
    write_segment_head(writer, segment.kind, kept.size());
    for (auto const as : kept) writer.u32(as.value);
  }
}

bool needs_four_octets(Bytes path) {
  SegmentReader reader(path, true);
  SegmentView segment;
  while (reader.next(segment)) {
    for (std::size_t i = 0; i < segment.count(); ++i) {
      if (segment.at(i).value > max_two_octet) return true;
    }
  }
  return false;
}

}  // namespace bgp::wire
