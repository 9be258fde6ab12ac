// How NLRI of other families than plain prefixes are shown to people.
#include "base/hex.h"
#include "wire/flow_spec.h"
#include "wire/other_nlri.h"

namespace bgp::wire {

namespace {

std::string address_text(Bytes octets) { return IpAddress::from_bytes(octets.data(), octets.size()).text(); }

// An administrator and a number, six octets together, as route distinguishers and route targets have them
// (RFC 4364 §4.2, RFC 4360 §3).
std::string administered_text(unsigned form, Bytes six) {
  Reader reader(six);
  if (form == 0) {
    auto const as = std::to_string(reader.u16());
    return as + ":" + std::to_string(reader.u32());
  }
  auto const administrator = reader.u32();
  auto const text = form == 1 ? IpAddress::v4(administrator).text() : std::to_string(administrator);
  return text + ":" + std::to_string(reader.u16());
}

std::string distinguisher_text(Bytes eight) {
  auto const form = Reader(eight).u16();
  return form > 2 ? "0x" + hex(eight) : administered_text(form, eight.subspan(2));
}

std::string bracketed(std::string const& text) { return "[" + text + "]"; }

std::string mac_text(Bytes six) {
  std::string out;
  for (auto const octet : six) out += (out.empty() ? "" : ":") + hex(Bytes(&octet, 1));
  return out;
}

// Those that evpn_fields() of other_nlri.cc found sound: in the order of their fields, without what is value.
std::string evpn_text(Bytes key) {
  auto out = bracketed(std::to_string(key[0]));
  Reader reader(key.subspan(1));
  auto const add = [&](std::string const& text) { out += ":" + bracketed(text); };
  auto const tag = [&] { add(std::to_string(reader.u32())); };
  auto const segment = [&] { add(hex(reader.take(10))); };
  auto const address = [&] {
    auto const bits = reader.u8();
    add(std::to_string(bits));
    if (!reader.at_end()) add(address_text(reader.rest()));
  };
  if (key[0] == 0 || key[0] > 5) return out + ":" + bracketed("0x" + hex(reader.rest()));
  add(distinguisher_text(reader.take(8)));
  switch (key[0]) {
    case 1:
      segment();
      tag();
      break;
    case 2:
      tag();
      add(std::to_string(reader.u8()));
      add(mac_text(reader.take(6)));
      address();
      break;
    case 4:
      segment();
      address();
      break;
    default:  // 3 and 5
      tag();
      address();
  }
  return out;
}

std::string route_target_text(Bytes key) {
  if (key[0] == 0) return "every target";
  Reader reader(key.subspan(1));
  auto out = "origin " + std::to_string(reader.u32());
  if (key[0] == 32) return out + ", every target";
  auto const target = reader.rest();
  if (key[0] < 96) return out + ", targets " + "0x" + hex(target) + "/" + std::to_string(key[0] - 32);
  auto const known = (target[0] & 0x3f) <= 2 && target[1] == 2;
  return out + ", target " + (known ? administered_text(target[0] & 0x3f, target.subspan(2)) : "0x" + hex(target));
}

std::string sr_policy_text(Bytes key) {
  Reader reader(key.subspan(1));
  auto const distinguisher = std::to_string(reader.u32());
  auto const color = std::to_string(reader.u32());
  return "distinguisher " + distinguisher + ", color " + color + ", endpoint " + address_text(reader.rest());
}

std::string link_state_text(Bytes key) {
  static constexpr std::string_view types[] = {"", "node ", "link ", "IPv4 prefix ", "IPv6 prefix "};
  auto const type = Reader(key).u16();
  auto const known = type >= 1 && type <= 4;
  return (known ? std::string(types[type]) : "type " + std::to_string(type) + " ") + "0x" + hex(key.subspan(4));
}

std::string flow_text(Family family, Bytes key) {
  auto const has_rd = family.safi == ipv4_vpn_flow_spec.safi;
  auto const components = flow_spec_text(key.subspan(has_rd ? 8 : 0), family.afi == 2);
  return has_rd ? distinguisher_text(key.first(8)) + " " + components : components;
}

// The label is the upper 20 bits (RFC 3032); of VXLAN the 24 are its network (RFC 8365 §5.1.3), which nobody can tell
// apart here.
std::string label_text(Bytes three) {
  auto const octets = std::uint32_t{three[0]} << 16 | std::uint32_t{three[1]} << 8 | three[2];
  return std::to_string(octets >> 4);
}

std::string evpn_labels_text(Bytes labels) {
  std::string out;
  for (; !labels.empty(); labels = labels.subspan(3)) {
    auto const vni = std::uint32_t{labels[0]} << 16 | std::uint32_t{labels[1]} << 8 | labels[2];
    out += (out.empty() ? "label " : ", ") + label_text(labels) + " or VNI " + std::to_string(vni);
  }
  return out;
}

std::string evpn_value_text(Bytes key, Bytes value) {
  if (value.empty()) return "";
  if (key[0] == 1) return evpn_labels_text(value);
  auto const gateway_size = key[0] == 5 ? (key.size() == 18 ? std::size_t{4} : std::size_t{16}) : 0;
  auto out = "segment " + hex(value.first(10));
  if (gateway_size != 0) out += ", gateway " + address_text(value.subspan(10, gateway_size));
  return out + ", " + evpn_labels_text(value.subspan(10 + gateway_size));
}

}  // namespace

std::string key_text(Family family, Bytes key) {
  switch (traits(family).kind) {
    case NlriKind::labelled:
      return prefix_of(family, key)->text();
    case NlriKind::vpn:
      return distinguisher_text(key.subspan(1, 8)) + ":" + prefix_of(family, key)->text();
    case NlriKind::evpn:
      return evpn_text(key);
    case NlriKind::flow_spec:
      return flow_text(family, key);
    case NlriKind::targets:
      return route_target_text(key);
    case NlriKind::sr_policy:
      return sr_policy_text(key);
    case NlriKind::topology:
      return link_state_text(key);
    case NlriKind::prefix:
      break;
  }
  return "0x" + hex(key);
}

std::string value_text(Family family, Bytes key, Bytes value) {
  auto const kind = traits(family).kind;
  if (value.empty()) return "";
  return kind == NlriKind::evpn ? evpn_value_text(key, value) : "label " + label_text(value);
}

}  // namespace bgp::wire
