// The first step of decoding an UPDATE: RFC 7606 §3 b, g, i, j, §4, §5.3, §7.3, §7.11, §7.12.
#include <algorithm>

#include "wire/as_path.h"
#include "wire/attribute_rules.h"
#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"
#include "wire/update.h"

namespace bgp::wire {
namespace {

using MaybeReset = std::optional<Fault>;

bool is_multiprotocol(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(AttributeType::mp_reach) ||
         type == static_cast<std::uint8_t>(AttributeType::mp_unreach);
}

// A session reset; `at` is the octet of the body that is wrong.
struct Resets {
  Bytes body;
  [[nodiscard]] Fault operator()(std::uint8_t subcode, std::uint8_t const* at, std::string_view rule,
                                 Bytes data = {}) const {
    auto const octet = header_size + static_cast<std::size_t>(at - body.data());
    return {{update_error, subcode, Buffer(data.begin(), data.end())}, octet, rule};
  }
};

// RFC 4760 §3, RFC 2545 §3, RFC 8950 §3, with RFC 4364 §4.3.4 and RFC 4659 §3.2.1. IPv6 next hops of other IPv4 routes
// than unicast ones would be RFC 8950's, too, and are not offered.
bool expected_next_hop(Family family, std::size_t size, bool extended_next_hop) {
  if (!has_table(family)) return true;
  auto const is_v6 = size == 16 || size == 32;
  auto const v4 = family.afi == ipv4_unicast.afi;
  switch (traits(family).kind) {
    case NlriKind::prefix:
      return v4 ? size == 4 || (family == ipv4_unicast && extended_next_hop && is_v6) : is_v6;
    case NlriKind::labelled:
      return v4 ? size == 4 : is_v6;
    case NlriKind::vpn:
      return v4 ? size == 12 : size == 24 || size == 48;
    case NlriKind::flow_spec:
      return true;  // RFC 8955 §4: it is to be ignored
    case NlriKind::evpn:
    case NlriKind::targets:
    case NlriKind::sr_policy:
    case NlriKind::topology:
      return size == 4 || is_v6;
  }
  return true;
}

// Without the distinguisher, which is zero, before each address.
void set_vpn_next_hop(MpReach& reach, Bytes next_hop) {
  constexpr std::size_t distinguisher = 8;
  auto const one = next_hop.size() == 48 ? std::size_t{24} : next_hop.size();
  reach.next_hop = IpAddress::from_bytes(next_hop.data() + distinguisher, one - distinguisher);
  if (next_hop.size() == one) return;
  auto const second = IpAddress::from_bytes(next_hop.data() + one + distinguisher, one - distinguisher);
  if (second.is_link_local()) reach.link_local = second;
}

void set_next_hop(MpReach& reach, Bytes next_hop) {
  if (has_table(reach.family) && !needs_next_hop(reach.family)) return;
  if (has_table(reach.family) && traits(reach.family).next_hop_has_rd) return set_vpn_next_hop(reach, next_hop);
  if (next_hop.size() != 32) {
    reach.next_hop = IpAddress::from_bytes(next_hop.data(), next_hop.size());
    return;
  }
  reach.next_hop = IpAddress::from_bytes(next_hop.data(), 16);
  auto const second = IpAddress::from_bytes(next_hop.data() + 16, 16);
  if (!second.is_link_local()) return;
  // Who has no global address leaves its place empty (BIRD), or writes the other one twice (FRR).
  auto const alone = reach.next_hop.is_link_local() || reach.next_hop == IpAddress::v6({});
  (alone ? reach.next_hop : reach.link_local) = second;
}

Family take_family(Reader& reader) {
  Family family;
  family.afi = reader.u16();
  family.safi = reader.u8();
  return family;
}

// One pass over the path attributes. Those that depend on nothing else are copied to `scratch` in runs, as they stand.
class Cutter {
 public:
  Cutter(UpdateParts& parts, DecodeContext const& context, Buffer& scratch, Bytes body)
      : parts_(parts), context_(context), scratch_(scratch), reset_{body} {}

  MaybeReset cut(Bytes attributes) {
    scratch_.clear();
    AttributeReader reader(attributes);
    for (RawAttribute attribute; reader.next(attribute);) {
      if (auto wrong = take(attribute)) return wrong;
    }
    flush();
    if (reader.broken()) {
      if (auto wrong = take_broken_end(reader.rest())) return wrong;
    }
    parts_.rest = scratch_;
    return {};
  }

 private:
  MaybeReset take(RawAttribute const& attribute) {
    if (attribute.type != static_cast<std::uint8_t>(AttributeType::mp_unreach)) parts_.any_attribute = true;
    switch (static_cast<AttributeType>(attribute.type)) {
      case AttributeType::mp_reach:
        return take_reach(attribute);
      case AttributeType::mp_unreach:
        return take_unreach(attribute);
      case AttributeType::next_hop:
        take_next_hop(attribute);
        return {};
      case AttributeType::as_path:
        check_first_as(attribute);
        break;
      default:
        break;
    }
    keep(attribute.whole);
    return {};
  }

  // Adjacent attributes are copied in one go.
  void keep(Bytes whole) {
    if (run_.data() + run_.size() != whole.data()) {
      flush();
      run_ = whole.first(0);
    }
    run_ = Bytes(run_.data(), run_.size() + whole.size());
  }
  void flush() {
    scratch_.insert(scratch_.end(), run_.begin(), run_.end());
    run_ = {};
  }

  // `whole` is where `fault.octet` counts from.
  void add_fault(AttributeFault fault, Bytes whole) {
    fault.position = scratch_.size() + run_.size();
    fault.octet += static_cast<std::size_t>(whole.data() - reset_.body.data());
    parts_.faults.push_back(std::move(fault));
  }

  // RFC 7606 §3 g, §5.3: what every MP attribute must be before it can be cut.
  MaybeReset check_mp(RawAttribute const& attribute, bool seen) {
    auto const* const at = attribute.whole.data();
    if (seen) return reset_(malformed_list, at + type_at, "MP_REACH_NLRI or MP_UNREACH_NLRI repeated (RFC 7606 §3 g)");
    auto const fault = apply_rule(*find_rule(attribute.type), attribute, context_);
    if (!fault) return {};
    return reset_(optional_error, at + fault->octet, fault->rule, attribute.whole);
  }

  MaybeReset take_reach(RawAttribute const& attribute) {
    if (auto wrong = check_mp(attribute, parts_.mp_reach.has_value())) return wrong;
    Reader reader(attribute.value);
    MpReach& reach = parts_.mp_reach.emplace();
    reach.family = take_family(reader);
    auto const* const length = reader.rest().data();
    auto const next_hop = reader.take(reader.u8());
    reader.u8();  // reserved
    if (reader.failed()) {
      return reset_(optional_error, length, "next hop overruns MP_REACH_NLRI (RFC 7606 §7.11)", attribute.whole);
    }
    reach.nlri = reader.rest();
    if (!expected_next_hop(reach.family, next_hop.size(), context_.extended_next_hop)) {
      return reset_(optional_error, length, "next hop length does not fit the family (RFC 7606 §7.11)",
                    attribute.whole);
    }
    if (auto wrong = check_mp_nlri(reach.family, reach.nlri, attribute)) return wrong;
    set_next_hop(reach, next_hop);
    return {};
  }

  MaybeReset take_unreach(RawAttribute const& attribute) {
    if (auto wrong = check_mp(attribute, parts_.mp_unreach.has_value())) return wrong;
    Reader reader(attribute.value);
    MpUnreach& unreach = parts_.mp_unreach.emplace();
    unreach.family = take_family(reader);
    unreach.withdrawn = reader.rest();
    return check_mp_nlri(unreach.family, unreach.withdrawn, attribute);
  }

  MaybeReset check_mp_nlri(Family family, Bytes nlri, RawAttribute const& attribute) {
    auto const bad = check_nlri(nlri, family, context_.add_path(family));
    if (bad == nlri.size()) return {};
    constexpr std::string_view of_prefixes = "prefix that is too long or overruns the NLRI (RFC 7606 §5.3)";
    constexpr std::string_view of_others = "length that does not fit the family, or overruns the NLRI (RFC 7606 §5.3)";
    return reset_(optional_error, nlri.data() + bad, has_plain_prefixes(family) ? of_prefixes : of_others,
                  attribute.whole);
  }

  void take_next_hop(RawAttribute const& attribute) {
    if (seen_next_hop_) {
      add_fault(make_fault(Action::discard, attribute, malformed_list, "NEXT_HOP repeated (RFC 7606 §3 g)", type_at),
                attribute.whole);
      return;
    }
    seen_next_hop_ = true;
    if (auto fault = apply_rule(*find_rule(attribute.type), attribute, context_)) {
      add_fault(std::move(*fault), attribute.whole);
    } else {
      parts_.next_hop = IpAddress::from_bytes(attribute.value.data(), 4);
    }
  }

  // RFC 4271 §6.3, RFC 7606 §7.2. A path that cannot be read is decode_attributes' finding.
  void check_first_as(RawAttribute const& attribute) {
    if (!context_.ebgp || !context_.check_first_as || seen_as_path_) return;
    seen_as_path_ = true;
    SegmentReader reader(attribute.value, context_.four_octet_as);
    SegmentView first;
    if (!reader.next(first) && reader.broken()) return;
    if (first.kind == SegmentKind::sequence && first.count() > 0 && is_peer(first.at(0))) return;
    auto const octet = attribute.value.empty() ? length_at : value_at(attribute);
    add_fault(make_fault(Action::withdraw, attribute, malformed_as_path,
                         "first AS in AS_PATH is not the peer's (RFC 4271 §6.3)", octet),
              attribute.whole);
  }

  // Where ASes have two octets, a peer whose own has four calls itself AS_TRANS (RFC 6793 §4.2.2).
  bool is_peer(Asn as) const {
    bool const hidden = !context_.four_octet_as && context_.peer_as.value > 0xffff;
    return as == (hidden ? as_trans : context_.peer_as);
  }

  // RFC 7606 §4. A broken MP attribute hides NLRI, so that nothing could be withdrawn in its place: §3 j.
  MaybeReset take_broken_end(Bytes rest) {
    constexpr std::string_view rule = "attribute overruns the attribute list (RFC 7606 §4)";
    std::uint8_t const type = rest.size() > type_at ? rest[type_at] : 0;
    // The length that is too large, or the first octet of what is too short to have one.
    auto const octet = rest.size() > length_at ? length_at : flags_at;
    if (is_multiprotocol(type)) return reset_(optional_error, rest.data() + octet, rule, rest);
    parts_.any_attribute = true;
    add_fault({Action::withdraw, type, malformed_list, Buffer(rest.begin(), rest.end()), rule, 0, octet}, rest);
    return {};
  }

  UpdateParts& parts_;
  DecodeContext const& context_;
  Buffer& scratch_;
  Resets reset_;
  Bytes run_;
  bool seen_next_hop_ = false;
  bool seen_as_path_ = false;
};

}  // namespace

Result<UpdateParts, Fault> cut_update(Bytes body, DecodeContext const& context, Buffer& scratch) {
  Resets const reset{body};
  Reader reader(body);
  Result<UpdateParts, Fault> result{UpdateParts{}};
  UpdateParts& parts = *result;
  auto const* length = reader.rest().data();
  parts.withdrawn = reader.take(reader.u16());
  if (reader.failed() || reader.remaining() < 2) {
    return reset(malformed_list, length, "withdrawn routes overrun the message (RFC 7606 §3 b)");
  }
  length = reader.rest().data();
  auto const attributes = reader.take(reader.u16());
  if (reader.failed()) return reset(malformed_list, length, "path attributes overrun the message (RFC 7606 §3 b)");
  parts.nlri = reader.rest();
  if (auto wrong = Cutter(parts, context, scratch, body).cut(attributes)) return *wrong;
  for (auto const field : {parts.withdrawn, parts.nlri}) {
    auto const bad = check_nlri(field, ipv4_unicast, context.add_path(ipv4_unicast));
    if (bad == field.size()) continue;
    return reset(invalid_network, field.data() + bad, "prefix that is too long or overruns its field (RFC 7606 §5.3)");
  }
  return result;
}

Bytes attributes_of(Bytes body) {
  Reader reader(body);
  reader.take(reader.u16());
  auto const size = std::size_t{reader.u16()};
  return reader.take(std::min(size, reader.remaining()));
}

std::size_t octet_in_body(Bytes body, std::size_t at) {
  auto const list = attributes_of(body);
  AttributeReader reader(list);
  for (RawAttribute attribute; reader.next(attribute);) {
    if (is_multiprotocol(attribute.type) || attribute.type == static_cast<std::uint8_t>(AttributeType::next_hop))
      continue;
    if (at < attribute.whole.size()) return static_cast<std::size_t>(attribute.whole.data() - body.data()) + at;
    at -= attribute.whole.size();
  }
  return static_cast<std::size_t>(list.data() + list.size() - body.data());
}

std::optional<Family> UpdateParts::end_of_rib() const {
  if (!withdrawn.empty() || !nlri.empty() || any_attribute) return std::nullopt;
  if (!mp_unreach) return ipv4_unicast;
  return mp_unreach->withdrawn.empty() ? std::optional(mp_unreach->family) : std::nullopt;
}

}  // namespace bgp::wire
