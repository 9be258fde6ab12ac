#include "mgmt/ternctl/decode/attribute_json.h"

#include <algorithm>
#include <optional>

#include "mgmt/speaker_json.h"
#include "wire/as_path.h"
#include "wire/attributes.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

namespace tern::ctl {

namespace {

namespace wire = bgp::wire;
using bgp::IpAddress;
using bgp::Reader;
using enum wire::AttributeType;

struct Name {
  std::uint8_t type;
  std::string_view name;
};
// IANA "BGP Path Attributes".
constexpr Name names[] = {
    {1, "ORIGIN"},
    {2, "AS_PATH"},
    {3, "NEXT_HOP"},
    {4, "MULTI_EXIT_DISC"},
    {5, "LOCAL_PREF"},
    {6, "ATOMIC_AGGREGATE"},
    {7, "AGGREGATOR"},
    {8, "COMMUNITIES"},
    {9, "ORIGINATOR_ID"},
    {10, "CLUSTER_LIST"},
    {14, "MP_REACH_NLRI"},
    {15, "MP_UNREACH_NLRI"},
    {17, "AS4_PATH"},
    {18, "AS4_AGGREGATOR"},
    {16, "EXTENDED_COMMUNITIES"},
    {22, "PMSI_TUNNEL"},
    {23, "TUNNEL_ENCAPSULATION"},
    {24, "TRAFFIC_ENGINEERING"},
    {25, "IPV6_EXTENDED_COMMUNITIES"},
    {26, "AIGP"},
    {27, "PE_DISTINGUISHER_LABELS"},
    {29, "BGP_LS"},
    {32, "LARGE_COMMUNITY"},
    {33, "BGPSEC_PATH"},
    {35, "ONLY_TO_CUSTOMER"},
    {36, "DOMAIN_PATH"},
    {37, "SFP"},
    {38, "BFD_DISCRIMINATOR"},
    {40, "PREFIX_SID"},
    {128, "ATTR_SET"},
};

std::string flags_text(std::uint8_t flags) {
  std::string out = (flags & wire::optional) != 0 ? "optional" : "well-known";
  out += (flags & wire::transitive) != 0 ? " transitive" : " non-transitive";
  if ((flags & wire::partial) != 0) out += " partial";
  if ((flags & wire::extended) != 0) out += " extended-length";
  return out;
}

void write_path(JsonWriter& json, Bytes value, bool four) {
  wire::SegmentReader reader(value, four);
  bgp::AsPath path;
  for (wire::SegmentView segment; reader.next(segment);) {
    auto& read = path.segments.emplace_back();
    read.kind = segment.kind;
    for (std::size_t i = 0; i < segment.count(); ++i) read.asns.push_back(segment.at(i));
  }
  json.field("value", path.text());
  if (reader.broken()) json.field("unread", hex_text(value.last(reader.remaining())));
}

void write_family(JsonWriter& json, Reader& reader, bgp::Family& family) {
  family.afi = reader.u16();
  family.safi = reader.u8();
  json.field("family", family.text());
}

void write_next_hop(JsonWriter& json, Bytes hop, bgp::Family family) {
  constexpr std::size_t distinguisher = 8;
  if (bgp::has_table(family) && bgp::traits(family).next_hop_has_rd && (hop.size() == 12 || hop.size() == 24)) {
    hop = hop.subspan(distinguisher);
  }
  if (hop.size() == 4 || hop.size() == 16 || hop.size() == 32) {
    json.field("nextHop", IpAddress::from_bytes(hop.data(), std::min<std::size_t>(hop.size(), 16)).text());
    if (hop.size() == 32) json.field("linkLocalNextHop", IpAddress::from_bytes(hop.data() + 16, 16).text());
  } else {
    json.field("nextHop", hex_text(hop));
  }
}

void write_reach(JsonWriter& json, Bytes value, Form const& form) {
  Reader reader(value);
  if (form.table && !value.empty() && value[0] == value.size() - 1) {
    return write_next_hop(json, value.subspan(1), form.family);
  }
  bgp::Family family;
  write_family(json, reader, family);
  auto const hop = reader.take(reader.u8());
  reader.u8();  // reserved
  if (reader.failed()) return json.field("value", hex_text(value));
  write_next_hop(json, hop, family);
  json.key("nlri");
  write_nlri(json, reader.rest(), family, form, false);
}

void write_unreach(JsonWriter& json, Bytes value, Form const& form) {
  Reader reader(value);
  bgp::Family family;
  write_family(json, reader, family);
  json.key("withdrawn");
  write_nlri(json, reader.rest(), family, form, true);
}

void write_aggregator(JsonWriter& json, Bytes value, bool four) {
  Reader reader(value);
  auto const as = four ? reader.u32() : reader.u16();
  auto const address = reader.take(4);
  if (!reader.complete()) return json.field("value", hex_text(value));
  json.field("as", as);
  json.field("address", IpAddress::from_bytes(address.data(), 4).text());
}

/// A list of elements of `size` octets each.
template <class Text>
void write_list(JsonWriter& json, Bytes value, std::size_t size, Text text) {
  json.key("value");
  json.begin_array();
  for (; value.size() >= size; value = value.subspan(size)) json.value(std::string(text(value.first(size))));
  if (!value.empty()) json.value(hex_text(value));
  json.end_array();
}

std::string community_text(Bytes octets) { return bgp::Community{Reader(octets).u32()}.text(); }
std::string id_text(Bytes octets) { return bgp::RouterId{Reader(octets).u32()}.text(); }

std::string large_text(Bytes octets) {
  Reader reader(octets);
  bgp::LargeCommunity community;
  community.global = reader.u32();
  community.local1 = reader.u32();
  community.local2 = reader.u32();
  return community.text();
}

std::string extended_text(Bytes octets) {
  bgp::ExtendedCommunity community;
  std::ranges::copy(octets, community.begin());
  return mgmt::community_text(community);
}

void write_number(JsonWriter& json, Bytes value) {
  if (value.size() == 4) return json.field("value", Reader(value).u32());
  json.field("value", hex_text(value));
}

void write_value(JsonWriter& json, std::uint8_t type, Bytes value, Form const& form) {
  static char const* const origins[] = {"igp", "egp", "incomplete"};
  switch (static_cast<wire::AttributeType>(type)) {
    case origin:
      return json.field("value", value.size() == 1 && value[0] < 3 ? origins[value[0]] : hex_text(value));
    case as_path:
      return write_path(json, value, form.four_octet_as);
    case as4_path:
      return write_path(json, value, true);
    case next_hop:
      return json.field("value", value.size() == 4 ? IpAddress::from_bytes(value.data(), 4).text() : hex_text(value));
    case med:
    case local_pref:
    case only_to_customer:
      return write_number(json, value);
    case aggregator:
      return write_aggregator(json, value, form.four_octet_as);
    case as4_aggregator:
      return write_aggregator(json, value, true);
    case communities:
      return write_list(json, value, 4, community_text);
    case originator_id:
      return json.field("value", value.size() == 4 ? id_text(value) : hex_text(value));
    case cluster_list:
      return write_list(json, value, 4, id_text);
    case mp_reach:
      return write_reach(json, value, form);
    case mp_unreach:
      return write_unreach(json, value, form);
    case extended_communities:
      return write_list(json, value, 8, extended_text);
    case ipv6_extended_communities:
      return write_list(json, value, 20, hex_text);
    case large_communities:
      return write_list(json, value, 12, large_text);
    default:
      return json.field("value", hex_text(value));
  }
}

/// How much of `nlri`, from its beginning, is a list of whole ones.
std::size_t sound_part(Bytes nlri, bgp::Family family, bool add_path) {
  auto const bad = wire::check_nlri(nlri, family, add_path);
  // The fault may stand behind the identifier of its path, which belongs to no prefix then.
  return wire::check_nlri(nlri.first(bad), family, add_path) == bad ? bad : bad - 4;
}

/// One NLRI of whatever family, and the path identifier before it.
void write_route(JsonWriter& json, std::string_view key, std::string const& text, std::optional<bgp::PathId> id) {
  if (!id) return json.value(text);
  json.begin_object();
  json.field(key, text);
  json.field("pathId", id->value);
  json.end_object();
}

}  // namespace

std::string hex_text(Bytes octets) {
  static char const digits[] = "0123456789abcdef";
  std::string out = "0x";
  for (auto const octet : octets) out += {digits[octet >> 4], digits[octet & 15]};
  return out;
}

std::string nlri_text(Bytes one, bgp::Family family, bool withdrawn) {
  wire::OtherNlri cut;
  wire::cut_other_nlri(one, family, withdrawn, cut);
  if (!cut.fault.empty()) return hex_text(one) + ": " + std::string(cut.fault);
  auto const value = wire::value_text(family, cut.key, cut.value);
  return wire::key_text(family, cut.key) + (value.empty() ? "" : " " + value);
}

std::string_view attribute_name(std::uint8_t type) {
  auto const* const found = std::ranges::find(names, type, &Name::type);
  return found == std::end(names) ? std::string_view() : found->name;
}

void write_attributes(JsonWriter& json, Bytes list, std::size_t octet, Form const& form) {
  json.begin_array();
  wire::AttributeReader reader(list);
  for (wire::RawAttribute attribute; reader.next(attribute);) {
    json.begin_object();
    json.field("octet", octet + static_cast<std::size_t>(attribute.whole.data() - list.data()));
    json.field("type", unsigned{attribute.type});
    auto const name = attribute_name(attribute.type);
    json.field("name", name.empty() ? std::string_view("unknown") : name);
    json.field("flags", flags_text(attribute.flags));
    json.field("length", attribute.value.size());
    write_value(json, attribute.type, attribute.value, form);
    json.end_object();
  }
  if (reader.broken()) json.value(hex_text(reader.rest()));
  json.end_array();
}

void write_nlri(JsonWriter& json, Bytes nlri, bgp::Family family, Form const& form, bool withdrawn) {
  auto const size = bgp::has_table(family) ? sound_part(nlri, family, form.add_path) : 0;
  auto const sound = nlri.first(size);
  json.begin_array();
  auto const id_of = [&](auto const& reader) { return form.add_path ? std::optional(reader.path_id()) : std::nullopt; };
  if (bgp::has_plain_prefixes(family)) {
    for (wire::NlriReader reader(sound, family, form.add_path); !reader.at_end();) {
      auto const text = reader.next().text();
      write_route(json, "prefix", text, id_of(reader));
    }
  } else if (size > 0) {
    for (wire::OtherNlriReader reader(sound, family, form.add_path); !reader.at_end();) {
      auto const text = nlri_text(reader.next(), family, withdrawn);
      write_route(json, "nlri", text, id_of(reader));
    }
  }
  if (size < nlri.size()) json.value(hex_text(nlri.subspan(size)));
  json.end_array();
}

}  // namespace tern::ctl
