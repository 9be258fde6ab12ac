// The questions asked of canonical bytes. They may be wrong in no way, and are still read within bounds.
#include <algorithm>

#include "wire/as_path.h"
#include "wire/attribute_reader.h"
#include "wire/attributes.h"
#include "wire/update.h"

namespace bgp::wire {
namespace {

void summarize_path(Bytes path, AttributeSummary& out) {
  SegmentReader reader(path, true);
  SegmentView segment;
  std::size_t hops = 0;
  bool first = true;
  while (reader.next(segment)) {
    hops += segment.hops();
    if (segment.is_confederation()) continue;
    bool const sequence = segment.kind == SegmentKind::sequence;
    if (first && sequence) out.first_as = segment.at(0);
    out.origin_as = sequence ? segment.at(segment.count() - 1) : Asn{};
    first = false;
  }
  out.has_as_path = true;
  out.as_path_length = static_cast<std::uint16_t>(std::min<std::size_t>(hops, 0xffff));
}

void summarize_communities(Bytes value, AttributeSummary& out) {
  for (Reader reader(value); reader.remaining() >= 4;) {
    Community const community{reader.u32()};
    out.no_export |= community == no_export;
    out.no_advertise |= community == no_advertise;
    out.no_export_subconfed |= community == no_export_subconfed;
    out.graceful_shutdown |= community == graceful_shutdown;
  }
}

void summarize_attribute(RawAttribute const& attribute, AttributeSummary& out) {
  auto const value = attribute.value;
  switch (static_cast<AttributeType>(attribute.type)) {
    case AttributeType::origin:
      out.has_origin = true;
      out.origin = static_cast<Origin>(Reader(value).u8());
      break;
    case AttributeType::as_path:
      summarize_path(value, out);
      break;
    case AttributeType::med:
      out.has_med = true;
      out.med = Reader(value).u32();
      break;
    case AttributeType::local_pref:
      out.has_local_pref = true;
      out.local_pref = Reader(value).u32();
      break;
    case AttributeType::communities:
      summarize_communities(value, out);
      break;
    case AttributeType::originator_id:
      out.has_originator_id = true;
      out.originator_id.value = Reader(value).u32();
      break;
    case AttributeType::cluster_list:
      out.cluster_list_length = static_cast<std::uint16_t>(value.size() / 4);
      break;
    case AttributeType::only_to_customer:
      out.has_only_to_customer = true;
      out.only_to_customer.value = Reader(value).u32();
      break;
    default:
      break;
  }
}

Bytes find_value(Bytes canonical, AttributeType type) {
  AttributeReader reader(canonical);
  for (RawAttribute attribute; reader.next(attribute);) {
    if (attribute.type == static_cast<std::uint8_t>(type)) return attribute.value;
  }
  return {};
}

}  // namespace

AttributeSummary summarize(Bytes canonical) {
  AttributeSummary summary;
  AttributeReader reader(canonical);
  for (RawAttribute attribute; reader.next(attribute);) summarize_attribute(attribute, summary);
  return summary;
}

unsigned count_in_as_path(Bytes canonical, Asn as) {
  SegmentReader reader(find_value(canonical, AttributeType::as_path), true);
  SegmentView segment;
  unsigned found = 0;
  while (reader.next(segment)) {
    for (std::size_t i = 0; i < segment.count(); ++i) found += segment.at(i) == as ? 1 : 0;
  }
  return found;
}

bool in_cluster_list(Bytes canonical, RouterId cluster) {
  for (Reader reader(find_value(canonical, AttributeType::cluster_list)); reader.remaining() >= 4;) {
    if (reader.u32() == cluster.value) return true;
  }
  return false;
}

}  // namespace bgp::wire
