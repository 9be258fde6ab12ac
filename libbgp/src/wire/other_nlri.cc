#include "wire/other_nlri.h"

#include <algorithm>
#include <utility>

#include "wire/flow_spec.h"
#include "wire/nlri.h"

namespace bgp::wire {

namespace {

constexpr std::size_t label_size = 3;
constexpr std::size_t distinguisher_size = 8;
constexpr std::uint8_t withdrawn_label[] = {0x80, 0, 0};  // RFC 8277 §2.4

// ---- Where one ends: the size of what begins `rest`; 0 when it is none

// One label: we never say that we take several (RFC 8277 §2.1).
std::size_t labelled_size(Family family, Bytes rest) {
  auto const before = 8 * (label_size + (traits(family).kind == NlriKind::vpn ? distinguisher_size : 0));
  auto const bits = std::size_t{rest[0]};
  if (bits < before || bits > before + (family.afi == 1 ? 32 : 128)) return 0;
  return 1 + (bits + 7) / 8;
}

std::size_t flow_spec_size(Bytes rest) {
  if (rest[0] < 0xf0) return 1 + std::size_t{rest[0]};
  return rest.size() < 2 ? 0 : 2 + (std::size_t{rest[0] & 0x0fU} << 8 | rest[1]);
}

std::size_t link_state_size(Bytes rest) { return rest.size() < 4 ? 0 : 4 + (std::size_t{rest[2]} << 8 | rest[3]); }

// ---- Keys

void append(Buffer& out, Bytes octets) { out.insert(out.end(), octets.begin(), octets.end()); }

// Bits past a length say nothing: they do not make another route.
void clear_past(Buffer& octets, std::size_t begin, std::size_t bits) {
  if (bits % 8 != 0) octets[begin + bits / 8] &= static_cast<std::uint8_t>(0xff << (8 - bits % 8));
}

// The length in bits, without the label, and what it counts.
void cut_labelled(Bytes one, bool withdrawn, OtherNlri& out) {
  auto const bits = std::size_t{one[0]} - 8 * label_size;
  out.key.push_back(static_cast<std::uint8_t>(bits));
  append(out.key, one.subspan(1 + label_size));
  clear_past(out.key, 1, bits);
  if (!withdrawn) append(out.value, one.subspan(1, label_size));
}

void cut_route_target(Bytes one, OtherNlri& out) {
  append(out.key, one);
  clear_past(out.key, 1, one[0]);
}

// Without the length, which may be written in two ways.
void cut_flow_spec(Family family, Bytes one, OtherNlri& out) {
  append(out.key, one.subspan(one[0] < 0xf0 ? 1 : 2));
  auto const has_rd = family.safi == ipv4_vpn_flow_spec.safi;
  Bytes components = out.key;
  if (has_rd && components.size() < distinguisher_size) {
    out.fault = "flow specification without its route distinguisher (RFC 8955 §8)";
    return;
  }
  out.fault = flow_spec_fault(components.subspan(has_rd ? distinguisher_size : 0), family.afi == 2);
}

// ---- EVPN: the type, then the fields that name the route. A type that nobody here knows is all key.

constexpr std::size_t segment_size = 10;  // an Ethernet Segment Identifier

bool is_address(std::size_t bits) { return bits == 32 || bits == 128; }

// Where the value stands in the fields of a route of types 1, 2 and 5: the segment behind the distinguisher, where it
// is no key, and what follows `tail`.
struct EvpnShape {
  bool has_value = false;
  bool segment_is_value = false;
  std::size_t tail = 0;
};

struct EvpnFields {
  EvpnShape shape;
  bool sound = true;
};

// RFC 7432 §7.2: RD, ESI, tag, MAC, IP, one or two labels.
EvpnFields mac_ip_fields(Bytes fields) {
  if (fields.size() < 33 || fields[22] != 48) return {{}, false};
  auto const bits = std::size_t{fields[29]};
  auto const tail = 30 + bits / 8;
  auto const labels = fields.size() - std::min(tail, fields.size());
  auto const sound = (bits == 0 || is_address(bits)) && (labels == label_size || labels == 2 * label_size);
  return {{true, true, tail}, sound};
}

// RFC 9136 §3.1: RD, ESI, tag, prefix, gateway, label.
EvpnFields ip_prefix_fields(Bytes fields) {
  if (fields.size() != 34 && fields.size() != 58) return {{}, false};
  auto const address = fields.size() == 34 ? std::size_t{4} : std::size_t{16};
  return {{true, true, 23 + address}, fields[22] <= address * 8};
}

EvpnFields evpn_fields(std::uint8_t type, Bytes fields) {
  auto const originator = [&](std::size_t at) {
    return fields.size() > at && is_address(fields[at]) && fields.size() == at + 1 + fields[at] / 8;
  };
  switch (type) {
    case 1:  // RFC 7432 §7.1: RD, ESI, tag, label
      return {{true, false, 22}, fields.size() == 25};
    case 2:
      return mac_ip_fields(fields);
    case 3:  // §7.3: RD, tag, IP
      return {{}, originator(12)};
    case 4:  // §7.4: RD, ESI, IP
      return {{}, originator(18)};
    case 5:
      return ip_prefix_fields(fields);
    default:
      return {};
  }
}

void cut_evpn(Bytes one, bool withdrawn, OtherNlri& out) {
  auto const type = one[0];
  auto const fields = one.subspan(2);
  auto const [shape, sound] = evpn_fields(type, fields);
  out.key.push_back(type);
  if (!sound) out.fault = "EVPN route whose fields do not fit its type (RFC 7432 §7, RFC 9136 §3.1)";
  if (!sound || !shape.has_value) return append(out.key, fields);
  auto const end_of_value = shape.segment_is_value ? distinguisher_size + segment_size : 0;
  if (shape.segment_is_value) append(out.key, fields.first(distinguisher_size));
  append(out.key, fields.subspan(end_of_value, shape.tail - end_of_value));
  if (withdrawn) return;
  if (shape.segment_is_value) append(out.value, fields.subspan(distinguisher_size, segment_size));
  append(out.value, fields.subspan(shape.tail));
}

// The least value that makes the fields complete.
std::size_t evpn_value_size(Bytes key) {
  switch (key[0]) {
    case 1:
      return label_size;
    case 2:
      return segment_size + label_size;
    case 5:
      return segment_size + (key.size() == 18 ? 4 : 16) + label_size;
    default:
      return 0;
  }
}

void join_evpn(Bytes key, Bytes value, Buffer& out) {
  auto const segment = key[0] == 2 || key[0] == 5 ? segment_size : 0;
  out.push_back(key[0]);
  out.push_back(static_cast<std::uint8_t>(key.size() - 1 + value.size()));
  append(out, key.subspan(1, segment == 0 ? key.size() - 1 : distinguisher_size));
  append(out, value.first(segment));
  if (segment != 0) append(out, key.subspan(1 + distinguisher_size));
  append(out, value.subspan(segment));
}

void join_labelled(Bytes key, Bytes label, Buffer& out) {
  out.push_back(static_cast<std::uint8_t>(key[0] + 8 * label_size));
  append(out, label);
  append(out, key.subspan(1));
}

void join_flow_spec(Bytes key, Buffer& out) {
  if (key.size() >= 0xf0) out.push_back(static_cast<std::uint8_t>(0xf0 | key.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(key.size()));
  append(out, key);
}

}  // namespace

std::size_t longest_nlri(Family family) {
  switch (traits(family).kind) {
    case NlriKind::prefix:
      return 1 + (family.afi == 1 ? 4 : 16);
    case NlriKind::labelled:
      return 1 + label_size + 16;
    case NlriKind::vpn:
      return 1 + label_size + distinguisher_size + 16;
    case NlriKind::evpn:
      return 2 + 255;
    case NlriKind::targets:
      return 1 + 12;
    case NlriKind::sr_policy:
      return 1 + 24;
    case NlriKind::flow_spec:
    case NlriKind::topology:
      break;
  }
  return longest_other_nlri;
}

std::size_t size_of_first_nlri(Family family, Bytes rest) {
  switch (traits(family).kind) {
    case NlriKind::labelled:
    case NlriKind::vpn:
      return labelled_size(family, rest);
    case NlriKind::evpn:
      return rest.size() < 2 ? 0 : 2 + std::size_t{rest[1]};
    case NlriKind::flow_spec:
      return flow_spec_size(rest);
    case NlriKind::targets:
      return rest[0] > 96 || (rest[0] != 0 && rest[0] < 32) ? 0 : 1 + (std::size_t{rest[0]} + 7) / 8;
    case NlriKind::sr_policy:
      return rest[0] == (family.afi == 1 ? 96 : 192) ? 1 + std::size_t{rest[0]} / 8 : 0;
    case NlriKind::topology:
      return link_state_size(rest);
    case NlriKind::prefix:
      break;
  }
  return 0;
}

std::size_t check_nlri(Bytes nlri, Family family, bool add_path) {
  constexpr unsigned max_v4 = 32, max_v6 = 128;
  if (has_plain_prefixes(family)) return check_nlri(nlri, family.afi == ipv4_unicast.afi ? max_v4 : max_v6, add_path);
  if (!has_table(family)) return nlri.size();
  std::size_t const before = add_path ? path_id_size : 0;
  std::size_t at = 0;
  while (at < nlri.size()) {
    if (nlri.size() - at <= before) return at;
    auto const size = size_of_first_nlri(family, nlri.subspan(at + before));
    if (size == 0 || size > nlri.size() - at - before) return at + before;
    at += before + size;
  }
  return at;
}

Bytes OtherNlriReader::next() {
  if (add_path_) {
    path_id_.value = Reader(rest_).u32();
    rest_ = rest_.subspan(path_id_size);
  }
  auto const one = rest_.first(size_of_first_nlri(family_, rest_));
  rest_ = rest_.subspan(one.size());
  return one;
}

void cut_other_nlri(Bytes one, Family family, bool withdrawn, OtherNlri& out) {
  out.key.clear();
  out.value.clear();
  out.fault = {};
  switch (traits(family).kind) {
    case NlriKind::labelled:
    case NlriKind::vpn:
      cut_labelled(one, withdrawn, out);
      break;
    case NlriKind::evpn:
      cut_evpn(one, withdrawn, out);
      break;
    case NlriKind::flow_spec:
      cut_flow_spec(family, one, out);
      break;
    case NlriKind::targets:
      cut_route_target(one, out);
      break;
    default:
      append(out.key, one);
  }
  if (one.size() > longest_other_nlri)
    out.fault = "NLRI of more than 1,024 octets, which leaves no room for attributes";
}

void join_other_nlri(Family family, Bytes key, Bytes value, Buffer& out) {
  switch (traits(family).kind) {
    case NlriKind::labelled:
    case NlriKind::vpn:
      return join_labelled(key, value, out);
    case NlriKind::evpn:
      return join_evpn(key, value, out);
    case NlriKind::flow_spec:
      return join_flow_spec(key, out);
    default:
      append(out, key);
  }
}

void join_withdrawn_nlri(Family family, Bytes key, Buffer& out) {
  auto const kind = traits(family).kind;
  if (kind == NlriKind::labelled || kind == NlriKind::vpn) return join_labelled(key, withdrawn_label, out);
  std::uint8_t const nothing[segment_size + 16 + label_size] = {};
  join_other_nlri(family, key, Bytes(nothing).first(kind == NlriKind::evpn ? evpn_value_size(key) : 0), out);
}

std::optional<Prefix> prefix_of(Family family, Bytes key) {
  auto const kind = traits(family).kind;
  if (kind != NlriKind::labelled && kind != NlriKind::vpn) return std::nullopt;
  auto const before = kind == NlriKind::vpn ? distinguisher_size : 0;
  std::uint8_t address[16] = {};
  std::ranges::copy(key.subspan(1 + before), address);
  return Prefix(IpAddress::from_bytes(address, family.afi == 1 ? 4 : 16), static_cast<unsigned>(key[0] - 8 * before));
}

}  // namespace bgp::wire
