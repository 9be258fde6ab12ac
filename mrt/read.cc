#include "mrt/read.h"

#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

namespace tern::mrt {

namespace {

using bgp::Bytes;
using bgp::Family;
using bgp::IpAddress;
using bgp::Reader;

struct Name {
  std::uint16_t type, subtype;
  std::string_view name;
};
constexpr Name names[] = {
    {13, 1, "PEER_INDEX_TABLE"},
    {13, 2, "RIB_IPV4_UNICAST"},
    {13, 3, "RIB_IPV4_MULTICAST"},
    {13, 4, "RIB_IPV6_UNICAST"},
    {13, 5, "RIB_IPV6_MULTICAST"},
    {13, 6, "RIB_GENERIC"},
    {13, 8, "RIB_IPV4_UNICAST_ADDPATH"},
    {13, 9, "RIB_IPV4_MULTICAST_ADDPATH"},
    {13, 10, "RIB_IPV6_UNICAST_ADDPATH"},
    {13, 11, "RIB_IPV6_MULTICAST_ADDPATH"},
    {13, 12, "RIB_GENERIC_ADDPATH"},
    {16, 0, "BGP4MP_STATE_CHANGE"},
    {16, 1, "BGP4MP_MESSAGE"},
    {16, 4, "BGP4MP_MESSAGE_AS4"},
    {16, 5, "BGP4MP_STATE_CHANGE_AS4"},
    {16, 6, "BGP4MP_MESSAGE_LOCAL"},
    {16, 7, "BGP4MP_MESSAGE_AS4_LOCAL"},
    {16, 8, "BGP4MP_MESSAGE_ADDPATH"},
    {16, 9, "BGP4MP_MESSAGE_AS4_ADDPATH"},
    {16, 10, "BGP4MP_MESSAGE_LOCAL_ADDPATH"},
    {16, 11, "BGP4MP_MESSAGE_AS4_LOCAL_ADDPATH"},
};

IpAddress take_address(Reader& reader, bool v6) {
  auto const octets = reader.take(v6 ? 16 : 4);
  return octets.empty() ? IpAddress() : IpAddress::from_bytes(octets.data(), octets.size());
}

bgp::Asn take_as(Reader& reader, bool four) { return {four ? reader.u32() : reader.u16()}; }

// Where `reader` stands in the record.
Fault fault(Record const& record, Reader const& reader, std::string_view rule) {
  return {record.whole.size() - reader.remaining(), rule};
}

bool take_session(Reader& reader, bool four, Session& out) {
  out.peer_as = take_as(reader, four);
  out.local_as = take_as(reader, four);
  out.interface = reader.u16();
  auto const afi = reader.u16();
  if (afi != 1 && afi != 2) return false;
  out.peer = take_address(reader, afi == 2);
  out.local = take_address(reader, afi == 2);
  return !reader.failed();
}

// RFC 6396 §4.4, RFC 8050 §3.
bgp::Result<Contents, Fault> read_bgp4mp(Record const& record) {
  auto const kind = record.subtype;
  bool const state = kind == 0 || kind == 5;
  bool const four = kind == 4 || kind == 5 || kind == 7 || kind == 9 || kind == 11;
  Session session;
  Reader reader(record.body);
  if (!take_session(reader, four, session)) {
    return Fault{record.whole.size() - record.body.size(), "no session of IPv4 or IPv6 (RFC 6396 §4.4)"};
  }
  if (state) {
    StateChange change{session, reader.u16(), reader.u16()};
    if (!reader.complete()) return fault(record, reader, "length of the state change (RFC 6396 §4.4.1)");
    return Contents(change);
  }
  Message message;
  message.session = session;
  message.four_octet_as = four;
  message.add_path = kind >= 8;
  message.sent = kind == 6 || kind == 7 || kind >= 10;
  message.message = reader.rest();
  return Contents(message);
}

// RFC 6396 §4.3.1
bgp::Result<Contents, Fault> read_peer_index(Record const& record) {
  PeerIndex index;
  Reader reader(record.body);
  index.collector.value = reader.u32();
  auto const view = reader.take(reader.u16());
  index.view.assign(view.begin(), view.end());
  for (unsigned left = reader.u16(); left > 0; --left) {
    auto const before = reader;
    Peer peer;
    auto const type = reader.u8();
    peer.id.value = reader.u32();
    peer.address = take_address(reader, (type & 1) != 0);
    peer.as = take_as(reader, (type & 2) != 0);
    if (reader.failed()) return fault(record, before, "peer overruns the record (RFC 6396 §4.3.1)");
    index.peers.push_back(peer);
  }
  if (!reader.complete())
    return fault(record, reader, "the count of peers is not that of the record (RFC 6396 §4.3.1)");
  return Contents(std::move(index));
}

// The size of one NLRI; 0 when it is none. A family that is not read is counted by its length octet as well.
std::size_t size_of_nlri(Bytes rest, Family family) {
  if (rest.empty()) return 0;
  if (bgp::has_table(family) && !bgp::has_plain_prefixes(family)) {
    auto const size = bgp::wire::size_of_first_nlri(family, rest);
    return size > rest.size() ? 0 : size;
  }
  unsigned const bits = rest[0];
  std::size_t const size = 1 + (bits + 7) / 8;
  unsigned const most = family.safi > 2 ? 255 : family.afi == 1 ? 32 : family.afi == 2 ? 128 : 255;
  return bits > most || size > rest.size() ? 0 : size;
}

// RFC 6396 §4.3.2, §4.3.3; RFC 8050 §4.
bool take_nlri(Reader& reader, std::uint16_t subtype, Rib& rib) {
  auto const kind = subtype >= 8 ? subtype - 6 : subtype;  // as without path identifiers
  if (kind == rib_generic) {
    rib.family.afi = reader.u16();
    rib.family.safi = reader.u8();
  } else {
    rib.family.afi = kind < 4 ? 1 : 2;
    rib.family.safi = kind % 2 == 0 ? 1 : 2;
  }
  rib.nlri = reader.take(size_of_nlri(reader.rest(), rib.family));
  if (rib.nlri.empty()) return false;
  bool const address = rib.family.safi <= 2 && (rib.family.afi == 1 || rib.family.afi == 2);
  if (address) rib.prefix = bgp::wire::NlriReader(rib.nlri, {rib.family.afi, 1}, false).next();
  return true;
}

bgp::Result<Contents, Fault> read_rib(Record const& record) {
  Rib rib;
  rib.add_path = record.subtype >= 8;
  Reader reader(record.body);
  rib.sequence = reader.u32();
  if (!take_nlri(reader, record.subtype, rib)) return fault(record, reader, "no prefix (RFC 6396 §4.3.2)");
  for (unsigned left = reader.u16(); left > 0; --left) {
    auto const before = reader;
    RibEntry entry;
    entry.peer = reader.u16();
    entry.originated = reader.u32();
    if (rib.add_path) entry.path_id.value = reader.u32();
    entry.attributes = reader.take(reader.u16());
    if (reader.failed()) return fault(record, before, "RIB entry overruns the record (RFC 6396 §4.3.4)");
    rib.entries.push_back(entry);
  }
  if (!reader.complete())
    return fault(record, reader, "the count of entries is not that of the record (RFC 6396 §4.3.2)");
  return Contents(std::move(rib));
}

}  // namespace

bgp::Result<std::optional<Record>, Fault> next_record(Bytes octets) {
  if (octets.size() < header_size) return std::optional<Record>();
  Reader reader(octets);
  Record record;
  record.seconds = reader.u32();
  record.type = reader.u16();
  record.subtype = reader.u16();
  std::size_t const length = reader.u32();
  if (length > max_record) return Fault{8, "length of more than 16 MiB: this is no MRT file (RFC 6396 §2)"};
  if (octets.size() - header_size < length) return std::optional<Record>();
  record.whole = octets.first(header_size + length);
  record.body = record.whole.subspan(header_size);
  if (record.type == bgp4mp_et) {  // RFC 6396 §3: the microseconds belong to the length
    if (length < 4) return Fault{8, "no room for the microseconds (RFC 6396 §3)"};
    record.microseconds = Reader(record.body).u32();
    record.body = record.body.subspan(4);
  }
  return std::optional<Record>(record);
}

bgp::Result<Contents, Fault> read(Record const& record) {
  if (name_of(record).empty()) return Contents(Unknown{});
  if (record.type != table_dump_v2) return read_bgp4mp(record);
  return record.subtype == peer_index_table ? read_peer_index(record) : read_rib(record);
}

std::string_view name_of(Record const& record) {
  auto const type = record.type == bgp4mp_et ? static_cast<std::uint16_t>(bgp4mp) : record.type;
  for (auto const& each : names) {
    if (each.type == type && each.subtype == record.subtype) return each.name;
  }
  return "";
}

}  // namespace tern::mrt
