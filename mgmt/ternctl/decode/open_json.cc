#include "mgmt/ternctl/decode/open_json.h"

#include "mgmt/ternctl/decode/attribute_json.h"

namespace tern::ctl {

namespace {

void begin(JsonWriter& json, std::uint8_t code) {
  auto const name = bgp::wire::capability_name(code);
  json.begin_object();
  json.field("code", unsigned{code});
  json.field("name", name.empty() ? "unknown" : name);
}

// RFC 7911 §4
void write_add_paths(JsonWriter& json, std::vector<bgp::wire::AddPath> const& add_paths) {
  if (add_paths.empty()) return;
  begin(json, 69);
  json.key("families");
  json.begin_array();
  for (auto const& one : add_paths) {
    json.value(one.family.text() + " " + std::string(bgp::wire::add_path_mode_name(one.mode)));
  }
  json.end_array();
  json.end_object();
}

// RFC 4724 §3
void write_graceful_restart(JsonWriter& json, Bytes value) {
  bgp::Reader reader(value);
  unsigned const head = reader.u16();
  json.field("restarted", (head & 0x8000) != 0);
  json.field("restartSeconds", head & 0x0fff);
  json.key("families");
  json.begin_array();
  while (reader.remaining() >= 4) {
    bgp::Family family;
    family.afi = reader.u16();
    family.safi = reader.u8();
    json.value(family.text() + ((reader.u8() & 0x80) != 0 ? " forwarding kept" : ""));
  }
  json.end_array();
}

void write_other(JsonWriter& json, bgp::wire::UnknownCapability const& capability) {
  Bytes const value(capability.value);
  begin(json, capability.code);
  if (capability.code == 64 && value.size() >= 2) write_graceful_restart(json, value);
  json.field("value", hex_text(value));
  json.end_object();
}

}  // namespace

void write_open(JsonWriter& json, bgp::wire::Open const& open, unsigned version) {
  auto const& capabilities = open.capabilities;
  json.field("version", version);
  json.field("as", open.as().value);
  json.field("asField", unsigned{open.as_field});
  json.field("holdTime", unsigned{open.hold_time});
  json.field("routerId", open.router_id.text());
  json.key("capabilities");
  json.begin_array();
  for (auto const family : capabilities.families) {
    begin(json, 1);
    json.field("family", family.text());
    json.end_object();
  }
  if (capabilities.route_refresh) {
    begin(json, 2);
    json.end_object();
  }
  for (auto const& encoding : capabilities.next_hop_encodings) {
    begin(json, 5);
    json.field("family", encoding.family.text());
    json.field("nextHop", bgp::wire::protocol_name(encoding.next_hop_afi));
    json.end_object();
  }
  if (capabilities.extended_messages) {
    begin(json, 6);
    json.end_object();
  }
  for (auto const role : capabilities.roles) {
    begin(json, 9);
    json.field("role", bgp::wire::role_name(role));
    json.end_object();
  }
  if (capabilities.four_octet_as) {
    begin(json, 65);
    json.field("as", capabilities.four_octet_as->value);
    json.end_object();
  }
  write_add_paths(json, capabilities.add_paths);
  if (capabilities.enhanced_refresh) {
    begin(json, 70);
    json.end_object();
  }
  for (auto const& other : capabilities.unknown) write_other(json, other);
  json.end_array();
}

}  // namespace tern::ctl
