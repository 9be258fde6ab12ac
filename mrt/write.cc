#include "mrt/write.h"

#include <algorithm>

#include "wire/attribute_reader.h"
#include "wire/attributes.h"
#include "wire/nlri.h"

namespace tern::mrt {

namespace {

using bgp::Buffer;
using bgp::Bytes;
using bgp::IpAddress;
using bgp::Writer;

/// A header whose length is filled in by finish; returns where it begins.
std::size_t begin(Buffer& out, std::uint32_t now, std::uint16_t subtype) {
  auto const at = out.size();
  Writer writer(out);
  writer.u32(now);
  writer.u16(table_dump_v2);
  writer.u16(subtype);
  writer.u32(0);
  return at;
}

void finish(Buffer& out, std::size_t at) {
  auto const length = out.size() - at - header_size;
  Writer writer(out);
  writer.patch_u16(at + 8, static_cast<unsigned>(length >> 16));
  writer.patch_u16(at + 10, static_cast<unsigned>(length & 0xffff));
}

Bytes octets(IpAddress const& address) { return {address.data(), address.size()}; }

// RFC 6396 §4.3.4: of MP_REACH_NLRI only the next hop, for the prefix is that of the record.
void write_reach(bgp::Attributes const& attributes, Buffer& out) {
  auto const next_hop = attributes.next_hop.is_unset() ? IpAddress::v6({}) : attributes.next_hop;
  Buffer value;
  Writer writer(value);
  writer.u8(static_cast<unsigned>(next_hop.size() + attributes.link_local_next_hop.size()));
  writer.bytes(octets(next_hop));
  writer.bytes(octets(attributes.link_local_next_hop));
  Writer list(out);
  bgp::wire::write_attribute(list, bgp::wire::optional, 14, value);
}

Buffer attributes_of(bgp::RouteEntry const& route) {
  Buffer canonical, out;
  auto const& attributes = route.attributes;
  bgp::wire::encode_canonical(attributes, canonical);
  bool const v4 = route.prefix.address().is_v4();
  auto const classic = !v4 ? IpAddress() : attributes.next_hop.is_unset() ? IpAddress::v4(0) : attributes.next_hop;
  if (!bgp::wire::encode_for_export(canonical, {}, classic, out)) return {};
  if (!v4 || !classic.is_v4()) write_reach(attributes, out);
  return out;
}

}  // namespace

void write_peer_index(PeerIndex const& index, std::uint32_t now, Buffer& out) {
  auto const at = begin(out, now, peer_index_table);
  Writer writer(out);
  writer.u32(index.collector.value);
  writer.u16(static_cast<unsigned>(index.view.size()));
  out.insert(out.end(), index.view.begin(), index.view.end());
  writer.u16(static_cast<unsigned>(index.peers.size()));
  for (auto const& peer : index.peers) {
    constexpr unsigned four_octet_as = 2;
    writer.u8(four_octet_as | (peer.address.is_v6() ? 1U : 0U));
    writer.u32(peer.id.value);
    writer.bytes(octets(peer.address));
    writer.u32(peer.as.value);
  }
  finish(out, at);
}

void write_rib(std::uint32_t sequence, std::span<PathOfPeer const> paths, std::uint32_t now, Buffer& out) {
  auto const& prefix = paths.front().route->prefix;
  bool const add_path = std::ranges::any_of(paths, [](auto const& path) { return path.route->path_id.value != 0; });
  unsigned const plain = prefix.address().is_v4() ? rib_ipv4_unicast : rib_ipv6_unicast;
  auto const at = begin(out, now, static_cast<std::uint16_t>(plain + (add_path ? 6 : 0)));
  Writer writer(out);
  writer.u32(sequence);
  bgp::wire::encode_nlri(prefix, out);
  auto const count_at = writer.position();
  writer.u16(0);
  unsigned count = 0;
  for (auto const& path : paths) {
    auto const attributes = attributes_of(*path.route);
    if (attributes.empty() || attributes.size() > 0xffff) continue;
    writer.u16(path.peer);
    writer.u32(path.originated);
    if (add_path) writer.u32(path.route->path_id.value);
    writer.u16(static_cast<unsigned>(attributes.size()));
    writer.bytes(attributes);
    ++count;
  }
  writer.patch_u16(count_at, count);
  finish(out, at);
}

}  // namespace tern::mrt
