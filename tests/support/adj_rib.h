// What a BGP neighbour has been told: UPDATEs read into a map from prefix to attributes, byte for byte.
// IPv4 and IPv6 unicast. It believes its peer: a message that it cannot read throws, which fails the test.
// Belongs to one thread. RFC 4271 §4.3, 4760.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bgp_bytes.h"

namespace support {

struct Attribute {
  std::uint8_t flags = 0;
  std::uint8_t code = 0;
  Bytes value;

  friend bool operator==(Attribute const&, Attribute const&) = default;
};

/// The attributes of one route in the order received, without MP_REACH; the next hop stands apart.
struct Route {
  std::vector<Attribute> attributes;
  Bytes next_hop;

  [[nodiscard]] Attribute const* find(unsigned code) const;
  [[nodiscard]] std::string text() const;
  friend bool operator==(Route const&, Route const&) = default;
};

class AdjRib {
 public:
  /// Takes in the body of an UPDATE.
  void update(Bytes const& body);
  [[nodiscard]] Route const* find(std::string const& prefix) const;
  [[nodiscard]] std::map<std::string, Route> const& routes() const { return routes_; }
  /// Families, as (AFI, SAFI), whose End-of-RIB has come.
  [[nodiscard]] bool end_of_rib(unsigned afi, unsigned safi) const { return ended_.count({afi, safi}) != 0; }
  /// How often this prefix was announced: tells a re-sent route from a standing one.
  [[nodiscard]] unsigned announcements(std::string const& prefix) const;
  /// Messages that could be read but break RFC 7606 §5.1, in words.
  [[nodiscard]] std::vector<std::string> const& form_faults() const { return form_faults_; }
  void clear();

 private:
  void announce(std::vector<std::string> const& prefixes, Route const& route);
  void withdraw(std::vector<std::string> const& prefixes);

  std::map<std::string, Route> routes_;
  std::map<std::string, unsigned> announcements_;
  std::set<std::pair<unsigned, unsigned>> ended_;
  std::vector<std::string> form_faults_;
};

/// The attribute block of an UPDATE, cut into attributes.
std::vector<Attribute> read_attributes(Bytes const& block);
/// An NLRI field as text; octets is 4 or 16.
std::vector<std::string> read_prefixes(Bytes const& field, unsigned octets);

}  // namespace support
