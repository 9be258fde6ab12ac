#include "wire/attribute_rules.h"

#include <array>
#include <optional>

#include "wire/as_path.h"

namespace bgp::wire {
namespace {

constexpr std::uint8_t well_known = transitive;
constexpr std::uint8_t optional_transitive = optional | transitive;
constexpr std::uint8_t optional_only = optional;

constexpr LengthRule exactly(std::size_t octets) { return {octets, octets, 1}; }
constexpr LengthRule some_of(std::size_t octets) { return {octets, 0xffff, octets}; }
constexpr LengthRule at_least(std::size_t octets) { return {octets, 0xffff, 1}; }

std::uint32_t leading_u32(Bytes value) { return Reader(value).u32(); }

Finding check_origin(Bytes value, DecodeContext const&) {
  if (value[0] > 2) return {"ORIGIN value above 2 (RFC 7606 §7.1)", invalid_origin};
  return {};
}

// RFC 7606 §7.2, RFC 7607 §2, RFC 5065 §5 (no peer is in a confederation with us), RFC 9774 §3.
Finding check_as_path(Bytes value, DecodeContext const& context) {
  auto const found = inspect_path(value, context.four_octet_as);
  auto const finding = [&](std::string_view rule, PathOddity what) -> Finding {
    return {rule, malformed_as_path, Action::none, find_in_path(value, context.four_octet_as, what)};
  };
  if (found.malformed) return finding("malformed AS_PATH segment (RFC 7606 §7.2)", PathOddity::malformed);
  if (found.as_zero) return finding("AS 0 in AS_PATH (RFC 7607)", PathOddity::as_zero);
  if (found.confederation) return finding("confederation segment in AS_PATH (RFC 5065 §5)", PathOddity::confederation);
  if (found.set && !context.accept_as_set) return finding("AS_SET in AS_PATH (RFC 9774)", PathOddity::set);
  return {};
}

// RFC 7606 §7.7: the length depends on the session.
Finding check_aggregator(Bytes value, DecodeContext const& context) {
  if (value.size() != (context.four_octet_as ? 8 : 6)) {
    return {"AGGREGATOR length is not that of the session's AS width (RFC 7606 §7.7)", length_error};
  }
  auto const as = context.four_octet_as ? leading_u32(value) : leading_u32(value) >> 16;
  if (as == 0) return {"AS 0 in AGGREGATOR (RFC 7607)", optional_error};
  return {};
}

// RFC 6793 §6. A set is refused wherever it stands (RFC 9774 §3); confederation segments alone are dropped from it.
Finding check_as4_path(Bytes value, DecodeContext const& context) {
  auto const found = inspect_path(value, true);
  auto const finding = [&](std::string_view rule, std::uint8_t subcode, Action action, PathOddity what) -> Finding {
    return {rule, subcode, action, find_in_path(value, true, what)};
  };
  if (found.malformed) {
    return finding("malformed AS4_PATH segment (RFC 6793 §6)", optional_error, Action::none, PathOddity::malformed);
  }
  if (found.as_zero) return finding("AS 0 in AS4_PATH (RFC 7607)", optional_error, Action::none, PathOddity::as_zero);
  if ((found.set || found.confederation_set) && !context.accept_as_set) {
    return finding("AS_SET in AS4_PATH (RFC 9774)", malformed_as_path, Action::withdraw, PathOddity::set);
  }
  return {};
}

Finding check_as4_aggregator(Bytes value, DecodeContext const&) {
  if (leading_u32(value) == 0) return {"AS 0 in AS4_AGGREGATOR (RFC 7607)", optional_error};
  return {};
}

// The first octet of a list of (type, length, value) from which it does not go on to the end of `value`; size() when
// sound. `take_length` reads up to the value of one, and tells the octets that are left of it.
template <class Length>
std::size_t find_bad_tlv(Bytes value, Length take_length) {
  Reader reader(value);
  while (!reader.at_end()) {
    auto const at = value.size() - reader.remaining();
    auto const length = take_length(reader);
    if (length) reader.take(*length);
    if (!length || reader.failed()) return at;
  }
  return value.size();
}

template <class Length>
Finding check_tlvs(Bytes value, std::string_view rule, Length take_length) {
  auto const bad = find_bad_tlv(value, take_length);
  return bad == value.size() ? Finding{} : Finding{rule, optional_error, Action::none, bad};
}

using TlvLength = std::optional<std::size_t>;

Finding check_tunnel_encapsulation(Bytes value, DecodeContext const&) {
  auto const length = [](Reader& r) { return TlvLength((r.u16(), r.u16())); };
  return check_tlvs(value, "malformed Tunnel Encapsulation TLV (RFC 9012 §13)", length);
}

Finding check_aigp(Bytes value, DecodeContext const&) {
  auto const length = [](Reader& r) {
    r.u8();
    auto const all = r.u16();  // counts its own three octets
    return all < 3 ? TlvLength() : TlvLength(all - 3U);
  };
  return check_tlvs(value, "malformed AIGP TLV (RFC 7311 §3)", length);
}

Finding check_bgp_ls(Bytes value, DecodeContext const&) {
  auto const length = [](Reader& r) { return TlvLength((r.u16(), r.u16())); };
  return check_tlvs(value, "malformed BGP-LS TLV (RFC 9552 §8.2.2)", length);
}

Finding check_prefix_sid(Bytes value, DecodeContext const&) {
  auto const length = [](Reader& r) { return TlvLength((r.u8(), r.u16())); };
  return check_tlvs(value, "malformed BGP Prefix-SID TLV (RFC 8669 §6)", length);
}

// RFC 6368 §5: an origin AS and a list of attributes, whose own meaning belongs to another network.
Finding check_attr_set(Bytes value, DecodeContext const&) {
  AttributeReader reader(value.subspan(4));
  for (RawAttribute inner; reader.next(inner);) {
  }
  if (reader.broken()) {
    auto const at = value.size() - reader.rest().size();
    return {"malformed attribute list in ATTR_SET (RFC 6368 §5)", optional_error, Action::none, at};
  }
  return {};
}

constexpr auto W = Action::withdraw;
constexpr auto D = Action::discard;
using enum AttributeType;

#define TERN_FLAGS(name) name " with wrong Optional or Transitive flag (RFC 7606 §3 c)"

constexpr AttributeRule row(AttributeType type, std::uint8_t flags, LengthRule length, Action malformed,
                            Finding (*check)(Bytes, DecodeContext const&), std::string_view flags_text,
                            std::string_view length_text, Keep keep = Keep::yes) {
  AttributeRule rule;
  rule.type = static_cast<std::uint8_t>(type);
  rule.flags = flags;
  rule.keep = keep;
  rule.length = length;
  rule.malformed = malformed;
  rule.bad_flags = W;
  rule.check = check;
  rule.flags_text = flags_text;
  rule.length_text = length_text;
  return rule;
}

constexpr AttributeRule only_from(Source source, AttributeRule rule, std::string_view text) {
  rule.source = source;
  rule.source_text = text;
  return rule;
}

constexpr AttributeRule with_bad_flags(Action action, AttributeRule rule) {
  rule.bad_flags = action;
  return rule;
}

// clang-format off
constexpr AttributeRule rules[] = {
  row(origin, well_known, exactly(1), W, check_origin,
      TERN_FLAGS("ORIGIN"), "ORIGIN length is not 1 (RFC 7606 §7.1)"),
  row(as_path, well_known, at_least(0), W, check_as_path,
      TERN_FLAGS("AS_PATH"), ""),
  row(next_hop, well_known, exactly(4), W, nullptr,
      TERN_FLAGS("NEXT_HOP"), "NEXT_HOP length is not 4 (RFC 7606 §7.3)", Keep::apart),
  row(med, optional_only, exactly(4), W, nullptr,
      TERN_FLAGS("MULTI_EXIT_DISC"), "MULTI_EXIT_DISC length is not 4 (RFC 7606 §7.4)"),
  only_from(Source::internal_peer,
  row(local_pref, well_known, exactly(4), W, nullptr,
      TERN_FLAGS("LOCAL_PREF"), "LOCAL_PREF length is not 4 (RFC 7606 §7.5)"),
      "LOCAL_PREF from an external peer (RFC 7606 §7.5)"),
  row(atomic_aggregate, well_known, exactly(0), D, nullptr,
      TERN_FLAGS("ATOMIC_AGGREGATE"), "ATOMIC_AGGREGATE length is not 0 (RFC 7606 §7.6)"),
  row(aggregator, optional_transitive, at_least(1), D, check_aggregator,
      TERN_FLAGS("AGGREGATOR"), "AGGREGATOR is empty (RFC 7606 §7.7)"),
  row(communities, optional_transitive, some_of(4), W, nullptr,
      TERN_FLAGS("COMMUNITIES"), "COMMUNITIES length is not a non-zero multiple of 4 (RFC 7606 §7.8)"),
  only_from(Source::internal_peer,
  row(originator_id, optional_only, exactly(4), W, nullptr,
      TERN_FLAGS("ORIGINATOR_ID"), "ORIGINATOR_ID length is not 4 (RFC 7606 §7.9)"),
      "ORIGINATOR_ID from an external peer (RFC 7606 §7.9)"),
  only_from(Source::internal_peer,
  row(cluster_list, optional_only, some_of(4), W, nullptr,
      TERN_FLAGS("CLUSTER_LIST"), "CLUSTER_LIST length is not a non-zero multiple of 4 (RFC 7606 §7.10)"),
      "CLUSTER_LIST from an external peer (RFC 7606 §7.10)"),
  with_bad_flags(Action::reset,
  row(mp_reach, optional_only, at_least(5), Action::reset, nullptr,
      TERN_FLAGS("MP_REACH_NLRI"), "MP_REACH_NLRI length below 5 (RFC 7606 §5.3)", Keep::apart)),
  with_bad_flags(Action::reset,
  row(mp_unreach, optional_only, at_least(3), Action::reset, nullptr,
      TERN_FLAGS("MP_UNREACH_NLRI"), "MP_UNREACH_NLRI length below 3 (RFC 7606 §5.3)", Keep::apart)),
  row(extended_communities, optional_transitive, some_of(8), W, nullptr,
      TERN_FLAGS("EXTENDED COMMUNITIES"), "EXTENDED COMMUNITIES length is not a non-zero multiple of 8 (RFC 7606 §7.14)"),
  only_from(Source::two_octet_peer,
  row(as4_path, optional_transitive, {6, 0xffff, 2}, D, check_as4_path,
      TERN_FLAGS("AS4_PATH"), "AS4_PATH length is odd or below 6 (RFC 6793 §6)", Keep::apart),
      "AS4_PATH from a peer with four-octet ASes (RFC 6793 §4.1)"),
  only_from(Source::two_octet_peer,
  row(as4_aggregator, optional_transitive, exactly(8), D, check_as4_aggregator,
      TERN_FLAGS("AS4_AGGREGATOR"), "AS4_AGGREGATOR length is not 8 (RFC 6793 §6)", Keep::apart),
      "AS4_AGGREGATOR from a peer with four-octet ASes (RFC 6793 §4.1)"),
  row(pmsi_tunnel, optional_transitive, at_least(5), W, nullptr,
      TERN_FLAGS("PMSI_TUNNEL"), "PMSI_TUNNEL length below 5 (RFC 6514 §5)"),
  row(tunnel_encapsulation, optional_transitive, at_least(4), W, check_tunnel_encapsulation,
      TERN_FLAGS("Tunnel Encapsulation"), "Tunnel Encapsulation length below 4 (RFC 9012 §13)"),
  row(traffic_engineering, optional_only, at_least(1), W, nullptr,
      TERN_FLAGS("Traffic Engineering"), "Traffic Engineering is empty (RFC 7606 §7.13)", Keep::no),
  row(ipv6_extended_communities, optional_transitive, some_of(20), W, nullptr,
      TERN_FLAGS("IPv6 EXTENDED COMMUNITIES"),
      "IPv6 EXTENDED COMMUNITIES length is not a non-zero multiple of 20 (RFC 7606 §7.15)"),
  with_bad_flags(D,  // RFC 7311 §3
  row(aigp, optional_only, at_least(3), D, check_aigp,
      TERN_FLAGS("AIGP"), "AIGP length below 3 (RFC 7311 §3)", Keep::no)),
  row(bgp_ls, optional_only, at_least(4), D, check_bgp_ls,
      TERN_FLAGS("BGP-LS"), "BGP-LS length below 4 (RFC 9552 §8.2.2)", Keep::no),
  row(large_communities, optional_transitive, some_of(12), W, nullptr,
      TERN_FLAGS("LARGE_COMMUNITY"), "LARGE_COMMUNITY length is not a non-zero multiple of 12 (RFC 8092 §6)"),
  row(only_to_customer, optional_transitive, exactly(4), W, nullptr,
      TERN_FLAGS("ONLY_TO_CUSTOMER"), "ONLY_TO_CUSTOMER length is not 4 (RFC 9234 §5)"),
  only_from(Source::internal_peer,
  row(prefix_sid, optional_transitive, at_least(3), D, check_prefix_sid,
      TERN_FLAGS("BGP Prefix-SID"), "BGP Prefix-SID length below 3 (RFC 8669 §6)"),
      "BGP Prefix-SID from outside the SR domain (RFC 8669 §6)"),
  row(attr_set, optional_transitive, at_least(4), W, check_attr_set,
      TERN_FLAGS("ATTR_SET"), "ATTR_SET length below 4 (RFC 6368 §5)"),
};
// clang-format on
#undef TERN_FLAGS

constexpr std::uint8_t no_row = 0xff;

constexpr std::array<std::uint8_t, 256> index_by_type() {
  std::array<std::uint8_t, 256> index{};
  index.fill(no_row);
  for (std::size_t i = 0; i < std::size(rules); ++i) index[rules[i].type] = static_cast<std::uint8_t>(i);
  return index;
}
constexpr auto row_of_type = index_by_type();

bool taken_from(Source source, DecodeContext const& context) {
  switch (source) {
    case Source::anyone:
      return true;
    case Source::internal_peer:
      return !context.ebgp;
    case Source::two_octet_peer:
      return !context.four_octet_as;
  }
  return false;
}

}  // namespace

AttributeRule const* find_rule(std::uint8_t type) {
  auto const at = row_of_type[type];
  return at == no_row ? nullptr : &rules[at];
}

std::optional<AttributeFault> apply_rule(AttributeRule const& rule, RawAttribute const& attribute,
                                         DecodeContext const& context) {
  if (!taken_from(rule.source, context)) return make_fault(D, attribute, 0, rule.source_text, type_at);
  if ((attribute.flags & optional_transitive) != rule.flags) {
    return make_fault(rule.bad_flags, attribute, flags_error, rule.flags_text, flags_at);
  }
  if (!rule.length.holds(attribute.value.size())) {
    return make_fault(rule.malformed, attribute, length_error, rule.length_text, length_at);
  }
  if (rule.check == nullptr) return std::nullopt;
  auto const finding = rule.check(attribute.value, context);
  if (finding.rule.empty()) return std::nullopt;
  auto const action = finding.action == Action::none ? rule.malformed : finding.action;
  auto const octet = finding.subcode == length_error ? length_at : value_at(attribute) + finding.at;
  return make_fault(action, attribute, finding.subcode, finding.rule, octet);
}

}  // namespace bgp::wire
