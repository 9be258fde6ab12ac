#include "wire/attributes.h"

#include <algorithm>

#include "wire/as_path.h"
#include "wire/attribute_reader.h"
#include "wire/attribute_rules.h"

namespace bgp::wire {
namespace {

constexpr std::size_t max_value = 0xffff;

// Those that Attributes has a field for, and those that are never canonical.
bool has_own_field(std::uint8_t type) {
  switch (static_cast<AttributeType>(type)) {
    case AttributeType::extended_communities:
    case AttributeType::as4_path:
    case AttributeType::as4_aggregator:
    case AttributeType::mp_reach:
    case AttributeType::mp_unreach:
    case AttributeType::ipv6_extended_communities:
    case AttributeType::large_communities:
      return true;
    default:
      return type >= static_cast<std::uint8_t>(AttributeType::origin) &&
             type <= static_cast<std::uint8_t>(AttributeType::cluster_list);
  }
}

void write_segment(Writer& writer, SegmentKind kind, std::span<Asn const> asns, std::size_t begin) {
  while (!asns.empty()) {
    auto const now = asns.first(std::min(asns.size(), max_segment));
    if (writer.position() - begin + 2 + 4 * now.size() > max_value) return;
    writer.u8(static_cast<unsigned>(kind));
    writer.u8(static_cast<unsigned>(now.size()));
    for (auto const as : now) writer.u32(as.value);
    asns = asns.subspan(now.size());
  }
}

// Writes attributes in ascending order; unknown ones find their places between the others.
class CanonicalWriter {
 public:
  CanonicalWriter(Attributes const& attributes, Buffer& out) : attributes_(attributes), writer_(out) {
    for (auto const& one : attributes.unknown) {
      if (!has_own_field(one.type) && one.value.size() <= max_value) unknown_.push_back(&one);
    }
    std::ranges::stable_sort(unknown_, {}, &UnknownAttribute::type);
    auto const same_type = [](auto const* a, auto const* b) { return a->type == b->type; };
    // not std::ranges::unique: clang 14, which builds the fuzzers, refuses the subrange that it returns
    unknown_.erase(std::unique(unknown_.begin(), unknown_.end(), same_type), unknown_.end());
  }

  template <class Write>
  void put(AttributeType type, Write write) {
    auto const number = static_cast<std::uint8_t>(type);
    write_unknown_below(number);
    value_.clear();
    Writer value(value_);
    write(value);
    auto const& rule = *find_rule(number);
    Bytes const octets(value_);
    auto const fitting = std::min(octets.size(), max_value / rule.length.step * rule.length.step);
    write_attribute(writer_, rule.flags | partial_flag(rule), number, octets.first(fitting));
  }

  template <class List, class WriteOne>
  void put_list(AttributeType type, List const& list, WriteOne write_one) {
    if (list.empty()) return;
    put(type, [&](Writer& writer) {
      for (auto const& one : list) write_one(writer, one);
    });
  }

  void write_unknown_below(unsigned type) {
    for (; next_ < unknown_.size() && unknown_[next_]->type < type; ++next_) {
      auto const& one = *unknown_[next_];
      write_attribute(writer_, optional | (one.flags & (transitive | partial)), one.type, one.value);
    }
  }

 private:
  unsigned partial_flag(AttributeRule const& rule) const {
    bool const may = rule.flags == (optional | transitive);
    return may && std::ranges::find(attributes_.partial, rule.type) != attributes_.partial.end() ? unsigned{partial}
                                                                                                 : 0;
  }

  Attributes const& attributes_;
  Writer writer_;
  std::vector<UnknownAttribute const*> unknown_;
  std::size_t next_ = 0;
  Buffer value_;
};

void write_aggregator(Writer& writer, Aggregator const& aggregator) {
  writer.u32(aggregator.as.value);
  writer.u32(aggregator.address.is_v4() ? aggregator.address.v4_value() : 0);
}

void put_path_attributes(CanonicalWriter& out, Attributes const& from) {
  out.put(AttributeType::origin, [&](Writer& w) { w.u8(static_cast<unsigned>(from.origin)); });
  out.put(AttributeType::as_path, [&](Writer& w) {
    for (auto const& segment : from.as_path.segments) write_segment(w, segment.kind, segment.asns, 0);
  });
  if (from.med) out.put(AttributeType::med, [&](Writer& w) { w.u32(*from.med); });
  if (from.local_pref) out.put(AttributeType::local_pref, [&](Writer& w) { w.u32(*from.local_pref); });
  if (from.atomic_aggregate) out.put(AttributeType::atomic_aggregate, [](Writer&) {});
  if (from.aggregator) out.put(AttributeType::aggregator, [&](Writer& w) { write_aggregator(w, *from.aggregator); });
}

void write_large(Writer& writer, LargeCommunity const& one) {
  writer.u32(one.global);
  writer.u32(one.local1);
  writer.u32(one.local2);
}

void put_lists(CanonicalWriter& out, Attributes const& from) {
  auto const write_bytes = [](Writer& w, auto const& one) { w.bytes(one); };
  auto const write_value = [](Writer& w, auto one) { w.u32(one.value); };
  out.put_list(AttributeType::communities, from.communities, write_value);
  if (from.originator_id) out.put(AttributeType::originator_id, [&](Writer& w) { w.u32(from.originator_id->value); });
  out.put_list(AttributeType::cluster_list, from.cluster_list, write_value);
  out.put_list(AttributeType::extended_communities, from.extended_communities, write_bytes);
  out.put_list(AttributeType::ipv6_extended_communities, from.ipv6_extended_communities, write_bytes);
  out.put_list(AttributeType::large_communities, from.large_communities, write_large);
}

AsPath read_path(Bytes value) {
  AsPath path;
  SegmentReader reader(value, true);
  SegmentView segment;
  while (reader.next(segment)) {
    auto& out = path.segments.emplace_back();
    out.kind = segment.kind;
    out.asns.reserve(segment.count());
    for (std::size_t i = 0; i < segment.count(); ++i) out.asns.push_back(segment.at(i));
  }
  return path;
}

template <class Value>
std::vector<Value> read_u32_list(Bytes value) {
  std::vector<Value> list;
  for (Reader reader(value); reader.remaining() >= 4;) list.push_back(Value{reader.u32()});
  return list;
}

template <class Array>
std::vector<Array> read_arrays(Bytes value) {
  std::vector<Array> list;
  for (Reader reader(value); reader.remaining() >= sizeof(Array);) {
    std::memcpy(list.emplace_back().data(), reader.take(sizeof(Array)).data(), sizeof(Array));
  }
  return list;
}

std::vector<LargeCommunity> read_large(Bytes value) {
  std::vector<LargeCommunity> list;
  for (Reader reader(value); reader.remaining() >= 12;) {
    auto& one = list.emplace_back();
    one.global = reader.u32();
    one.local1 = reader.u32();
    one.local2 = reader.u32();
  }
  return list;
}

Aggregator read_aggregator(Bytes value) {
  Reader reader(value);
  Asn const as{reader.u32()};
  return {as, IpAddress::v4(reader.u32())};
}

void read_attribute(RawAttribute const& from, Attributes& out) {
  switch (static_cast<AttributeType>(from.type)) {
    case AttributeType::origin:
      out.origin = static_cast<Origin>(Reader(from.value).u8());
      break;
    case AttributeType::as_path:
      out.as_path = read_path(from.value);
      break;
    case AttributeType::med:
      out.med = Reader(from.value).u32();
      break;
    case AttributeType::local_pref:
      out.local_pref = Reader(from.value).u32();
      break;
    case AttributeType::atomic_aggregate:
      out.atomic_aggregate = true;
      break;
    case AttributeType::aggregator:
      out.aggregator = read_aggregator(from.value);
      break;
    case AttributeType::communities:
      out.communities = read_u32_list<Community>(from.value);
      break;
    case AttributeType::originator_id:
      out.originator_id = RouterId{Reader(from.value).u32()};
      break;
    case AttributeType::cluster_list:
      out.cluster_list = read_u32_list<RouterId>(from.value);
      break;
    case AttributeType::extended_communities:
      out.extended_communities = read_arrays<ExtendedCommunity>(from.value);
      break;
    case AttributeType::ipv6_extended_communities:
      out.ipv6_extended_communities = read_arrays<Ipv6ExtendedCommunity>(from.value);
      break;
    case AttributeType::large_communities:
      out.large_communities = read_large(from.value);
      break;
    default:
      break;
  }
}

}  // namespace

void encode_canonical(Attributes const& attributes, Buffer& out) {
  CanonicalWriter writer(attributes, out);
  put_path_attributes(writer, attributes);
  put_lists(writer, attributes);
  writer.write_unknown_below(256);
}

Attributes decode_canonical(Bytes canonical) {
  Attributes out;
  AttributeReader reader(canonical);
  for (RawAttribute attribute; reader.next(attribute);) {
    if (has_own_field(attribute.type)) {
      read_attribute(attribute, out);
      if ((attribute.flags & partial) != 0) out.partial.push_back(attribute.type);
    } else {
      auto const flags = static_cast<std::uint8_t>(attribute.flags & ~unsigned{extended});
      out.unknown.push_back({flags, attribute.type, Buffer(attribute.value.begin(), attribute.value.end())});
    }
  }
  return out;
}

}  // namespace bgp::wire
