// The first step of decoding an UPDATE: RFC 7606 §3 b, g, i, j, §4, §5.3, §7.3, §7.11, §7.12.
#include "wire/as_path.h"
#include "wire/attribute_rules.h"
#include "wire/nlri.h"
#include "wire/update.h"

namespace bgp::wire {
namespace {

constexpr unsigned max_v4 = 32;
constexpr unsigned max_v6 = 128;

Notification reset(std::uint8_t subcode, Bytes data = {}) {
  return {update_error, subcode, Buffer(data.begin(), data.end())};
}

using MaybeReset = std::optional<Notification>;

// Other families are never negotiated: their NLRI stay uncut.
bool sound_nlri(Family family, Bytes nlri) {
  if (family == ipv4_unicast) return check_nlri(nlri, max_v4) == nlri.size();
  if (family == ipv6_unicast) return check_nlri(nlri, max_v6) == nlri.size();
  return true;
}

// RFC 4760 §3, RFC 2545 §3; RFC 8950 is not negotiated.
bool expected_next_hop(Family family, std::size_t size) {
  if (family == ipv4_unicast) return size == 4;
  if (family == ipv6_unicast) return size == 16 || size == 32;
  return true;
}

void set_next_hop(MpReach& reach, Bytes next_hop) {
  if (next_hop.size() != 32) {
    reach.next_hop = IpAddress::from_bytes(next_hop.data(), next_hop.size());
    return;
  }
  reach.next_hop = IpAddress::from_bytes(next_hop.data(), 16);
  auto const second = IpAddress::from_bytes(next_hop.data() + 16, 16);
  if (second.is_link_local()) reach.link_local = second;
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
  Cutter(UpdateParts& parts, DecodeContext const& context, Buffer& scratch)
      : parts_(parts), context_(context), scratch_(scratch) {}

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

  void add_fault(AttributeFault fault) {
    fault.position = scratch_.size() + run_.size();
    parts_.faults.push_back(std::move(fault));
  }

  // RFC 7606 §3 g, §5.3: what every MP attribute must be before it can be cut.
  MaybeReset check_mp(RawAttribute const& attribute, bool seen) {
    if (seen) return reset(malformed_list);
    auto const& rule = *find_rule(attribute.type);
    if (apply_rule(rule, attribute, context_).action == Action::none) return {};
    return reset(optional_error, attribute.whole);
  }

  MaybeReset take_reach(RawAttribute const& attribute) {
    if (auto wrong = check_mp(attribute, parts_.mp_reach.has_value())) return wrong;
    Reader reader(attribute.value);
    MpReach& reach = parts_.mp_reach.emplace();
    reach.family = take_family(reader);
    auto const next_hop = reader.take(reader.u8());
    reader.u8();  // reserved
    reach.nlri = reader.rest();
    if (reader.failed() || !expected_next_hop(reach.family, next_hop.size()) || !sound_nlri(reach.family, reach.nlri)) {
      return reset(optional_error, attribute.whole);
    }
    set_next_hop(reach, next_hop);
    return {};
  }

  MaybeReset take_unreach(RawAttribute const& attribute) {
    if (auto wrong = check_mp(attribute, parts_.mp_unreach.has_value())) return wrong;
    Reader reader(attribute.value);
    MpUnreach& unreach = parts_.mp_unreach.emplace();
    unreach.family = take_family(reader);
    unreach.withdrawn = reader.rest();
    if (!sound_nlri(unreach.family, unreach.withdrawn)) return reset(optional_error, attribute.whole);
    return {};
  }

  void take_next_hop(RawAttribute const& attribute) {
    if (seen_next_hop_) {
      add_fault(make_fault(Action::discard, attribute, malformed_list, "NEXT_HOP repeated (RFC 7606 §3 g)"));
      return;
    }
    seen_next_hop_ = true;
    auto fault = apply_rule(*find_rule(attribute.type), attribute, context_);
    if (fault.action == Action::none) {
      parts_.next_hop = IpAddress::from_bytes(attribute.value.data(), 4);
    } else {
      add_fault(std::move(fault));
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
    add_fault(make_fault(Action::withdraw, attribute, malformed_as_path,
                         "first AS in AS_PATH is not the peer's (RFC 4271 §6.3)"));
  }

  // Where ASes have two octets, a peer whose own has four calls itself AS_TRANS (RFC 6793 §4.2.2).
  bool is_peer(Asn as) const {
    bool const hidden = !context_.four_octet_as && context_.peer_as.value > 0xffff;
    return as == (hidden ? as_trans : context_.peer_as);
  }

  // RFC 7606 §4. A broken MP attribute hides NLRI, so that nothing could be withdrawn in its place: §3 j.
  MaybeReset take_broken_end(Bytes rest) {
    auto const type = static_cast<AttributeType>(rest.size() > 1 ? rest[1] : 0);
    if (type == AttributeType::mp_reach || type == AttributeType::mp_unreach) return reset(optional_error, rest);
    parts_.any_attribute = true;
    AttributeFault fault{Action::withdraw, static_cast<std::uint8_t>(type), malformed_list,
                         Buffer(rest.begin(), rest.end()), "attribute overruns the attribute list (RFC 7606 §4)"};
    add_fault(std::move(fault));
    return {};
  }

  UpdateParts& parts_;
  DecodeContext const& context_;
  Buffer& scratch_;
  Bytes run_;
  bool seen_next_hop_ = false;
  bool seen_as_path_ = false;
};

}  // namespace

Result<UpdateParts, Notification> cut_update(Bytes body, DecodeContext const& context, Buffer& scratch) {
  Reader reader(body);
  Result<UpdateParts, Notification> result{UpdateParts{}};
  UpdateParts& parts = *result;
  parts.withdrawn = reader.take(reader.u16());
  auto const attributes = reader.take(reader.u16());
  if (reader.failed()) return reset(malformed_list);
  parts.nlri = reader.rest();
  if (auto wrong = Cutter(parts, context, scratch).cut(attributes)) return *wrong;
  if (!sound_nlri(ipv4_unicast, parts.withdrawn) || !sound_nlri(ipv4_unicast, parts.nlri)) {
    return reset(invalid_network);
  }
  return result;
}

std::optional<Family> UpdateParts::end_of_rib() const {
  if (!withdrawn.empty() || !nlri.empty() || any_attribute) return std::nullopt;
  if (!mp_unreach) return ipv4_unicast;
  return mp_unreach->withdrawn.empty() ? std::optional(mp_unreach->family) : std::nullopt;
}

}  // namespace bgp::wire
