#include "egress/packer.h"

#include "wire/message.h"
#include "wire/nlri.h"

namespace bgp::egress {

namespace {

constexpr std::size_t body_limit = wire::max_message - wire::header_size;
constexpr std::size_t extended_body_limit = wire::max_extended_message - wire::header_size;
constexpr unsigned optional_extended = 0x90;  // flags: optional, extended length

std::size_t longest_nlri(NlriForm const& form) {
  return (form.table.family() == ipv4_unicast ? 5 : 17) + (form.path_ids ? wire::path_id_size : 0);
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

// Takes prefixes from `nlri` while they fit in `room` octets.
void take_prefixes(NlriForm const& form, std::span<Nlri const>& nlri, std::size_t room, Buffer& out) {
  while (!nlri.empty()) {
    auto const prefix = form.table.prefix(nlri.front().slot);
    auto const size = wire::nlri_size(prefix) + (form.path_ids ? wire::path_id_size : 0);
    if (size > room) return;
    room -= size;
    if (form.path_ids) Writer(out).u32(nlri.front().path.value);
    wire::encode_nlri(prefix, out);
    nlri = nlri.subspan(1);
  }
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
    take_prefixes(form, nlri, room_beside(4 + attributes.size(), longest_nlri(form)), out);
    wire::finish_message(out, begin);
  }
}

void pack_mp_reach(NlriForm const& form, ExportedNextHop const& hop, Bytes attributes, std::span<Nlri const> nlri,
                   Buffer& out) {
  auto const hop_size = hop.address.size() + hop.link_local.size();
  while (!nlri.empty()) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Writer writer(out);
    writer.u16(0);
    auto const total = writer.position();
    writer.u16(0);
    write_attribute(wire::AttributeType::mp_reach, out, [&](Writer& value) {
      write_family(form.table.family(), value);
      value.u8(static_cast<unsigned>(hop_size));
      value.bytes({hop.address.data(), hop.address.size()});
      value.bytes({hop.link_local.data(), hop.link_local.size()});
      value.u8(0);
      take_prefixes(form, nlri, room_beside(4 + 4 + 5 + hop_size + attributes.size(), longest_nlri(form)), out);
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
      take_prefixes(form, nlri, body_limit - 4, out);
      writer.patch_u16(length, static_cast<unsigned>(writer.position() - length - 2));
      writer.u16(0);
    } else {
      auto const total = writer.position();
      writer.u16(0);
      write_attribute(wire::AttributeType::mp_unreach, out, [&](Writer& value) {
        write_family(form.table.family(), value);
        take_prefixes(form, nlri, body_limit - 4 - 4 - 3, out);
      });
      writer.patch_u16(total, static_cast<unsigned>(writer.position() - total - 2));
    }
    wire::finish_message(out, begin);
  }
}

void pack_announcements(GroupKey const& key, rib::Rib const& rib, rib::Path const& path, Bytes attributes,
                        std::span<Nlri const> nlri, Buffer& out) {
  pack_announcements(nlri_form(key, rib), exported_next_hop(key, rib, path), attributes, nlri, out);
}

void pack_announcements(NlriForm const& form, ExportedNextHop const& next_hop, Bytes attributes,
                        std::span<Nlri const> nlri, Buffer& out) {
  if (form.table.family() == ipv4_unicast && next_hop.address.is_v4()) {
    pack_classic(form, attributes, nlri, out);
  } else {
    pack_mp_reach(form, next_hop, attributes, nlri, out);
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
