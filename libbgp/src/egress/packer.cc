#include "egress/packer.h"

#include <algorithm>
#include <optional>

#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

namespace bgp::egress {

namespace {

constexpr std::size_t body_limit = wire::max_message - wire::header_size;
constexpr std::size_t extended_body_limit = wire::max_extended_message - wire::header_size;
constexpr unsigned optional_extended = 0x90;  // flags: optional, extended length

std::size_t longest_nlri(NlriForm const& form) {
  return wire::longest_nlri(form.table.family()) + (form.path_ids ? wire::path_id_size : 0);
}

// Room for prefixes beside what else a body has. Only what could not be said otherwise goes into an extended message
// (RFC 8654): the attributes alone may ask for it, and only for members that take it.
std::size_t room_beside(std::size_t others, std::size_t longest_prefix) {
  return (others + longest_prefix <= body_limit ? body_limit : extended_body_limit) - others;
}

void write_family(Family family, Writer& writer) {
  writer.u16(family.afi);
  writer.u8(family.safi);
}

// The key of a plain prefix is its address and its length, of which as many octets are told as the length needs. Whole
// tables pass here: room is made once, not for each.
void take_prefixes(NlriForm const& form, std::span<Nlri const>& nlri, std::size_t room, Buffer& out) {
  auto const begin = out.size();
  out.resize(begin + std::min(room, nlri.size() * longest_nlri(form)));
  auto* at = out.data() + begin;
  auto const* const end = out.data() + out.size();
  for (; !nlri.empty(); nlri = nlri.subspan(1)) {
    auto const key = form.table.key(nlri.front().slot);
    std::size_t const length = key.back();
    auto const octets = (length + 7) / 8;
    if ((form.path_ids ? wire::path_id_size : 0) + 1 + octets > static_cast<std::size_t>(end - at)) break;
    if (form.path_ids) {
      for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(nlri.front().path.value >> shift);
    }
    *at++ = static_cast<std::uint8_t>(length);
    for (std::size_t i = 0; i < octets; ++i) *at++ = key[i];
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

// Takes from `nlri` while they fit in `room` octets. `value` is what stands beside the key in an announcement; none:
// they are withdrawn.
void take_nlri(NlriForm const& form, std::span<Nlri const>& nlri, std::optional<Bytes> value, std::size_t room,
               Buffer& out) {
  auto const family = form.table.family();
  if (has_plain_prefixes(family)) return take_prefixes(form, nlri, room, out);
  auto const end = out.size() + room;
  while (!nlri.empty()) {
    auto const before = out.size();
    if (form.path_ids) Writer(out).u32(nlri.front().path.value);
    auto const key = form.table.key(nlri.front().slot);
    if (value) {
      wire::join_other_nlri(family, key, *value, out);
    } else {
      wire::join_withdrawn_nlri(family, key, out);
    }
    if (out.size() > end) return out.resize(before);
    nlri = nlri.subspan(1);
  }
}

// An address of a VPN route stands behind a distinguisher of zero (RFC 4364 §4.3.4).
Buffer next_hop_field(Family family, ExportedNextHop const& hop) {
  static constexpr std::uint8_t distinguisher[8] = {};
  Buffer out;
  Writer writer(out);
  for (auto const& address : {hop.address, hop.link_local}) {
    if (address.is_unset()) continue;
    if (traits(family).next_hop_has_rd) writer.bytes(distinguisher);
    writer.bytes({address.data(), address.size()});
  }
  return out;
}

// An attribute whose value is as long as it turns out to be, in the extended form (RFC 7606 §5.1 has it first).
template <class WriteValue>
void write_attribute(wire::AttributeType type, Buffer& out, WriteValue&& write_value) {
  Writer writer(out);
  writer.u8(optional_extended);
  writer.u8(static_cast<unsigned>(type));
  auto const length = writer.position();
  writer.u16(0);
  write_value(writer);
  writer.patch_u16(length, static_cast<unsigned>(writer.position() - length - 2));
}

// IPv4 unicast with an IPv4 next hop, without MP: the attributes and the prefixes stand in fields of their own.
void pack_classic(NlriForm const& form, Bytes attributes, std::span<Nlri const> nlri, Buffer& out) {
  while (!nlri.empty()) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Writer writer(out);
    writer.u16(0);
    writer.u16(static_cast<unsigned>(attributes.size()));
    writer.bytes(attributes);
    take_nlri(form, nlri, Bytes{}, room_beside(4 + attributes.size(), longest_nlri(form)), out);
    wire::finish_message(out, begin);
  }
}

void pack_mp_reach(NlriForm const& form, ExportedNextHop const& next_hop, Bytes attributes, Bytes value_of_nlri,
                   std::span<Nlri const> nlri, Buffer& out) {
  auto const hop = next_hop_field(form.table.family(), next_hop);
  while (!nlri.empty()) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Writer writer(out);
    writer.u16(0);
    auto const total = writer.position();
    writer.u16(0);
    write_attribute(wire::AttributeType::mp_reach, out, [&](Writer& value) {
      write_family(form.table.family(), value);
      value.u8(static_cast<unsigned>(hop.size()));
      value.bytes(hop);
      value.u8(0);
      auto const room = room_beside(4 + 4 + 5 + hop.size() + attributes.size(), longest_nlri(form));
      take_nlri(form, nlri, value_of_nlri, room, out);
    });
    writer.bytes(attributes);
    writer.patch_u16(total, static_cast<unsigned>(writer.position() - total - 2));
    wire::finish_message(out, begin);
  }
}

}  // namespace

NlriForm nlri_form(GroupKey const& key, rib::Rib const& rib) { return {rib.table(key.family), key.add_path.several()}; }

void pack_withdrawals(NlriForm const& form, std::span<Nlri const> nlri, Buffer& out) {
  while (!nlri.empty()) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Writer writer(out);
    auto const length = writer.position();
    writer.u16(0);
    if (form.table.family() == ipv4_unicast) {
      take_nlri(form, nlri, std::nullopt, body_limit - 4, out);
      writer.patch_u16(length, static_cast<unsigned>(writer.position() - length - 2));
      writer.u16(0);
    } else {
      auto const total = writer.position();
      writer.u16(0);
      write_attribute(wire::AttributeType::mp_unreach, out, [&](Writer& value) {
        write_family(form.table.family(), value);
        take_nlri(form, nlri, std::nullopt, body_limit - 4 - 4 - 3, out);
      });
      writer.patch_u16(total, static_cast<unsigned>(writer.position() - total - 2));
    }
    wire::finish_message(out, begin);
  }
}

void pack_announcements(GroupKey const& key, rib::Rib const& rib, rib::Path const& path, Bytes attributes,
                        std::span<Nlri const> nlri, Buffer& out) {
  pack_announcements(nlri_form(key, rib), exported_next_hop(key, rib, path), attributes,
                     rib.attributes[path.effective].nlri_value(), nlri, out);
}

void pack_announcements(NlriForm const& form, ExportedNextHop const& next_hop, Bytes attributes, Bytes value,
                        std::span<Nlri const> nlri, Buffer& out) {
  if (form.table.family() == ipv4_unicast && next_hop.address.is_v4()) {
    pack_classic(form, attributes, nlri, out);
  } else {
    pack_mp_reach(form, next_hop, attributes, value, nlri, out);
  }
}

std::uint32_t count_messages(Bytes octets) {
  std::uint32_t count = 0;
  for (; !octets.empty(); ++count) octets = octets.subspan(std::size_t{octets[16]} << 8 | octets[17]);
  return count;
}

void pack_end_of_rib(Family family, Buffer& out) {
  auto const begin = wire::begin_message(out, wire::MessageType::update);
  Writer writer(out);
  writer.u16(0);
  if (family == ipv4_unicast) {
    writer.u16(0);
  } else {
    writer.u16(4 + 3);
    write_attribute(wire::AttributeType::mp_unreach, out, [&](Writer& value) { write_family(family, value); });
  }
  wire::finish_message(out, begin);
}

}  // namespace bgp::egress
