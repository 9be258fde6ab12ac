// Records of an MRT file (RFC 6396, 8050), cut out of octets and taken apart. Not here: files, compression, and what
// the BGP messages within say (wire). Views into the octets given; any thread. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "bgp/result.h"
#include "bgp/types.h"

namespace tern::mrt {

/// Types and subtypes (RFC 6396 §4, RFC 8050 §4).
enum Type : std::uint16_t { table_dump_v2 = 13, bgp4mp = 16, bgp4mp_et = 17 };
enum TableDump : std::uint16_t { peer_index_table = 1, rib_ipv4_unicast = 2, rib_ipv6_unicast = 4, rib_generic = 6 };

inline constexpr std::size_t header_size = 12;
/// A larger record is taken for something that is no MRT file.
inline constexpr std::size_t max_record = 16U << 20;

struct Record {
  std::uint32_t seconds = 0;
  std::uint32_t microseconds = 0;  ///< of BGP4MP_ET
  std::uint16_t type = 0;
  std::uint16_t subtype = 0;
  bgp::Bytes body;   ///< behind the header, and behind the microseconds
  bgp::Bytes whole;  ///< with the header
};

/// What is wrong with a record, and where: octets from the first of its header.
struct Fault {
  std::size_t octet = 0;
  std::string_view rule;
};

/// The first record of `octets`: nothing when more octets are needed.
[[nodiscard]] bgp::Result<std::optional<Record>, Fault> next_record(bgp::Bytes octets);

/// Who speaks to whom, in every record of BGP4MP.
struct Session {
  bgp::Asn peer_as, local_as;
  std::uint16_t interface = 0;
  bgp::IpAddress peer, local;
};
struct Message {
  Session session;
  bool four_octet_as = false;
  bool add_path = false;  ///< RFC 8050 §3
  bool sent = false;      ///< by the recording side itself
  bgp::Bytes message;     ///< with its header
};
struct StateChange {
  Session session;
  std::uint16_t before = 0, after = 0;
};
struct Peer {
  bgp::RouterId id;
  bgp::IpAddress address;
  bgp::Asn as;
};
struct PeerIndex {
  bgp::RouterId collector;
  std::string view;
  std::vector<Peer> peers;
};
struct RibEntry {
  std::uint16_t peer = 0;  ///< in the PEER_INDEX_TABLE
  std::uint32_t originated = 0;
  bgp::PathId path_id;
  bgp::Bytes attributes;
};
struct Rib {
  std::uint32_t sequence = 0;
  bgp::Family family;
  std::optional<bgp::Prefix> prefix;  ///< none of a family whose NLRI are not read
  bgp::Bytes nlri;                    ///< then this
  bool add_path = false;
  std::vector<RibEntry> entries;
};
/// A type or subtype without a meaning here.
struct Unknown {};

using Contents = std::variant<Unknown, Message, StateChange, PeerIndex, Rib>;
[[nodiscard]] bgp::Result<Contents, Fault> read(Record const& record);

/// "BGP4MP_MESSAGE_AS4"; "" when it has none here.
[[nodiscard]] std::string_view name_of(Record const& record);

}  // namespace tern::mrt
