#include "adj_rib.h"

#include <arpa/inet.h>

#include <stdexcept>

namespace support {
namespace {

// Reads from the front; running out of octets is the sender's fault and fails the test.
class Reader {
 public:
  explicit Reader(Bytes const& bytes) : bytes_(bytes) {}
  [[nodiscard]] bool empty() const { return at_ == bytes_.size(); }
  unsigned number(std::size_t octets) {
    unsigned value = 0;
    for (auto const byte : take(octets)) value = value << 8 | byte;
    return value;
  }
  Bytes take(std::size_t octets) {
    if (octets > bytes_.size() - at_) throw std::runtime_error("cut short: " + to_hex(bytes_));
    Bytes part(bytes_.begin() + long(at_), bytes_.begin() + long(at_ + octets));
    at_ += octets;
    return part;
  }
  Bytes rest() { return take(bytes_.size() - at_); }

 private:
  Bytes const& bytes_;
  std::size_t at_ = 0;
};

std::string address_text(Bytes const& bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

unsigned octets_of(unsigned afi) {
  if (afi != 1 && afi != 2) throw std::runtime_error("AFI " + std::to_string(afi) + " was not asked for");
  return afi == 1 ? 4 : 16;
}

}  // namespace

std::vector<std::string> read_prefixes(Bytes const& field, unsigned octets) {
  std::vector<std::string> prefixes;
  for (Reader reader(field); !reader.empty();) {
    auto const length = reader.number(1);
    if (length > octets * 8) throw std::runtime_error("prefix too long: " + to_hex(field));
    auto bytes = reader.take((length + 7) / 8);
    bytes.resize(octets);
    prefixes.push_back(address_text(bytes) + "/" + std::to_string(length));
  }
  return prefixes;
}

std::vector<Attribute> read_attributes(Bytes const& block) {
  std::vector<Attribute> attributes;
  for (Reader reader(block); !reader.empty();) {
    Attribute one;
    one.flags = std::uint8_t(reader.number(1));
    one.code = std::uint8_t(reader.number(1));
    one.value = reader.take(reader.number((one.flags & kExtendedLength) != 0 ? 2 : 1));
    attributes.push_back(std::move(one));
  }
  return attributes;
}

Attribute const* Route::find(unsigned code) const {
  for (auto const& one : attributes)
    if (one.code == code) return &one;
  return nullptr;
}

std::string Route::text() const {
  std::string text = "next hop " + to_hex(next_hop);
  for (auto const& one : attributes)
    text += ", " + to_hex({one.flags}) + "/" + std::to_string(one.code) + "=" + to_hex(one.value);
  return text;
}

namespace {

// RFC 7606 §5.1: MP_REACH or MP_UNREACH first, and one kind of NLRI a message.
std::string form_fault(Bytes const& withdrawn, std::vector<Attribute> const& attributes, Bytes const& reachable) {
  auto kinds = (withdrawn.empty() ? 0 : 1) + (reachable.empty() ? 0 : 1);
  for (auto const& one : attributes) {
    if (one.code != kMpReach && one.code != kMpUnreach) continue;
    ++kinds;
    if (&one != attributes.data()) return "attribute " + std::to_string(one.code) + " is not the first";
  }
  return kinds > 1 ? "more than one kind of NLRI in a message" : "";
}

}  // namespace

void AdjRib::update(Bytes const& body) {
  Reader reader(body);
  auto const withdrawn_field = reader.take(reader.number(2));
  auto const withdrawn = read_prefixes(withdrawn_field, 4);
  auto const attributes = read_attributes(reader.take(reader.number(2)));
  auto const reachable_field = reader.rest();
  auto const reachable = read_prefixes(reachable_field, 4);
  if (auto fault = form_fault(withdrawn_field, attributes, reachable_field); !fault.empty())
    form_faults_.push_back(fault + ": " + to_hex(body));
  if (withdrawn.empty() && attributes.empty() && reachable.empty()) ended_.insert({1, 1});
  withdraw(withdrawn);
  Route route;
  std::vector<std::string> reachable_mp;
  Bytes next_hop_mp;
  for (auto const& one : attributes) {
    Reader value(one.value);
    if (one.code == kMpUnreach) {
      auto const afi = value.number(2);
      auto const safi = value.number(1);
      auto const prefixes = read_prefixes(value.rest(), octets_of(afi));
      if (prefixes.empty()) ended_.insert({afi, safi});
      withdraw(prefixes);
    } else if (one.code == kMpReach) {
      auto const afi = value.number(2);
      value.take(1);
      next_hop_mp = value.take(value.number(1));
      value.take(1);
      reachable_mp = read_prefixes(value.rest(), octets_of(afi));
    } else {
      route.attributes.push_back(one);
    }
  }
  if (!reachable.empty()) {
    auto classic = route;
    if (auto const* hop = route.find(kNextHop)) classic.next_hop = hop->value;
    announce(reachable, classic);
  }
  route.next_hop = next_hop_mp;
  announce(reachable_mp, route);
}

void AdjRib::announce(std::vector<std::string> const& prefixes, Route const& route) {
  for (auto const& prefix : prefixes) {
    routes_[prefix] = route;
    ++announcements_[prefix];
  }
}

void AdjRib::withdraw(std::vector<std::string> const& prefixes) {
  for (auto const& prefix : prefixes) routes_.erase(prefix);
}

Route const* AdjRib::find(std::string const& prefix) const {
  auto const found = routes_.find(prefix);
  return found == routes_.end() ? nullptr : &found->second;
}

unsigned AdjRib::announcements(std::string const& prefix) const {
  auto const found = announcements_.find(prefix);
  return found == announcements_.end() ? 0 : found->second;
}

void AdjRib::clear() {
  routes_.clear();
  announcements_.clear();
  ended_.clear();
  form_faults_.clear();
}

}  // namespace support
