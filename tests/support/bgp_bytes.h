// BGP messages by hand, right or wrong: the tests' own idea of the wire format.
// Deliberately independent of libbgp: these few lines must be able to disagree with its codec. Nothing here validates;
// whatever is put in comes out. Pure functions, any thread. RFC 4271 §4, 4760, 5492, 9072.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace support {

using Bytes = std::vector<std::uint8_t>;

Bytes u8(unsigned value);
Bytes u16(unsigned value);
Bytes u32(std::uint32_t value);
/// "dead beef" → 4 octets; spaces are for the reader.
Bytes hex(std::string_view text);
std::string to_hex(Bytes const& bytes);
Bytes cat(std::initializer_list<Bytes> parts);
Bytes operator+(Bytes left, Bytes const& right);
/// The octets of an IPv4 or IPv6 address.
Bytes ip(std::string const& address);
/// Length octet and the fewest octets that hold the prefix: "198.51.100.0/24".
Bytes nlri(std::string const& prefix);
/// `length` octets of `value`.
Bytes fill(std::size_t length, unsigned value = 0);

enum Type : std::uint8_t { kOpen = 1, kUpdate = 2, kNotification = 3, kKeepalive = 4, kRouteRefresh = 5 };

/// Marker, length and type before the body.
Bytes message(unsigned type, Bytes const& body = {});
/// The same with a length field that need not be true.
Bytes message_of_length(unsigned length, unsigned type, Bytes const& body = {});
Bytes keepalive();
Bytes notification(unsigned code, unsigned subcode, Bytes const& data = {});
Bytes route_refresh(unsigned afi, unsigned safi, unsigned subtype = 0);

struct Open {
  unsigned version = 4;
  std::uint32_t as = 0;  // the two-octet field; AS_TRANS is put there if it does not fit
  unsigned hold_time = 240;
  std::string id = "192.0.2.1";
  Bytes parameters;                      // complete optional parameters
  std::optional<unsigned> length_octet;  // if it shall not be the truth

  [[nodiscard]] Bytes body() const;
  [[nodiscard]] Bytes bytes() const { return message(kOpen, body()); }
};

Bytes capability(unsigned code, Bytes const& value = {});
Bytes capability_mp(unsigned afi, unsigned safi);
Bytes capability_as4(std::uint32_t as);
Bytes parameter(unsigned type, Bytes const& value);
/// RFC 9072: parameters in the extended form, with its marker and total length; goes into Open::parameters.
Bytes extended_parameters(Bytes const& parameters);
Bytes extended_parameter(unsigned type, Bytes const& value);

/// Attribute type codes, in the words of the field.
enum Code : std::uint8_t {
  kOrigin = 1,
  kAsPath = 2,
  kNextHop = 3,
  kMed = 4,
  kLocalPref = 5,
  kAtomicAggregate = 6,
  kAggregator = 7,
  kCommunities = 8,
  kOriginatorId = 9,
  kClusterList = 10,
  kMpReach = 14,
  kMpUnreach = 15,
  kExtendedCommunities = 16,
  kAs4Path = 17,
  kAs4Aggregator = 18,
  kPmsi = 22,
  kTunnelEncapsulation = 23,
  kTrafficEngineering = 24,
  kIpv6ExtendedCommunities = 25,
  kAigp = 26,
  kBgpLs = 29,
  kLargeCommunities = 32,
  kOtc = 35,
  kPrefixSid = 40,
  kAttrSet = 128,
};

enum Flag : std::uint8_t { kOptional = 0x80, kTransitive = 0x40, kPartial = 0x20, kExtendedLength = 0x10 };
inline constexpr std::uint8_t kWellKnown = kTransitive;
inline constexpr std::uint8_t kOptTrans = kOptional | kTransitive;

/// Flags, type, length (two octets if the flag says so), value.
Bytes attribute(unsigned flags, unsigned code, Bytes const& value);

/// One AS_PATH segment; octets per AS is 4 or 2.
Bytes segment(unsigned type, std::vector<std::uint32_t> const& ases, int width = 4);
Bytes sequence(std::vector<std::uint32_t> const& ases, int width = 4);

Bytes mp_reach(unsigned afi, unsigned safi, Bytes const& next_hop, Bytes const& prefixes);
Bytes mp_unreach(unsigned afi, unsigned safi, Bytes const& prefixes);

/// An UPDATE under construction: attributes keep their order, and can be replaced or taken away.
struct Update {
  struct Item {
    unsigned code = 0;
    Bytes bytes;  // complete, with flags and length
  };
  Bytes withdrawn;
  std::vector<Item> attributes;
  Bytes trailing;  // raw octets after the last attribute
  Bytes reachable;
  std::optional<unsigned> withdrawn_length;  // if they shall not be the truth
  std::optional<unsigned> attributes_length;

  Update& add(unsigned flags, unsigned code, Bytes const& value);
  Update& first(unsigned flags, unsigned code, Bytes const& value);
  /// In the place of the first attribute of this code; at the end if there is none.
  Update& set(unsigned flags, unsigned code, Bytes const& value);
  Update& drop(unsigned code);
  [[nodiscard]] Bytes body() const;
  [[nodiscard]] Bytes bytes() const { return message(kUpdate, body()); }
};

}  // namespace support
