// UPDATE: attributes one by one. Flags RFC 7606 §3 c, values RFC 7606 §7.
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

Expectation const gone = fate(Fate::withdrawn);
Expectation const refused = fate(Fate::ignored);

void origin_and_path(Table& table) {
  table.row("ORIGIN of length 2", "RFC 7606 §7.1", edited({set(kWellKnown, kOrigin, hex("0000"))}), gone);
  table.row("ORIGIN 3", "RFC 7606 §7.1", edited({set(kWellKnown, kOrigin, u8(3))}), gone);
  table.row("ORIGIN 255", "RFC 7606 §7.1", edited({set(kWellKnown, kOrigin, u8(255))}), gone);
  table.row("ORIGIN 2", "RFC 4271 §4.3", edited({set(kWellKnown, kOrigin, u8(2))}), arrives({present(kOrigin, u8(2))}));
  auto const behind = [](std::string name, std::string spec, Bytes more) { return std::make_tuple(name, spec, more); };
  auto const s7606 = "RFC 7606 §7.2";
  for (auto const& [name, spec, more] :
       {behind("segment type 0", s7606, segment(0, {64999})), behind("segment type 5", s7606, segment(5, {64999})),
        behind("segment type 255", s7606, segment(255, {64999})), behind("segment of length 0", s7606, segment(2, {})),
        behind("segment that overruns", s7606, hex("0202 0000fde7")), behind("one octet left", s7606, hex("02")),
        behind("AS 0", "RFC 7607 §2", sequence({64999, 0})),
        behind("AS_CONFED_SEQUENCE", "RFC 5065 §5", segment(3, {64999})),
        behind("AS_CONFED_SET", "RFC 5065 §5", segment(4, {64999})),
        behind("AS_SET", "RFC 9774 §3", segment(1, {64998, 64999}))}) {
    Edit const edit = [bytes = more](Update& update, Session const& session) {
      update.set(kWellKnown, kAsPath, sequence(good_path(session)) + bytes);
    };
    table.row("AS_PATH with " + name, spec, edited({edit}), gone);
  }
  Edit const with_set = [](Update& update, Session const& session) {
    update.set(kWellKnown, kAsPath, sequence(good_path(session)) + segment(1, {64997, 64998}));
  };
  table.row("AS_PATH with AS_SET where it is accepted", "RFC 9774 §3", edited({with_set}), arrives())
      .with_as_set_accepted();
  Edit const own_as = [](Update& update, Session const& session) {
    auto ases = good_path(session);
    ases.push_back(session.daemon_as);
    update.set(kWellKnown, kAsPath, sequence(ases));
  };
  table.row("AS_PATH with the receiver's AS", "RFC 4271 §9.1.2", edited({own_as}), refused);
  table
      .row("AS_PATH that starts with another AS, from a route server", "RFC 7947 §2.2.2.1",
           edited({set(kWellKnown, kAsPath, sequence({64999}))}), arrives())
      .external()
      .from_route_server();
  table.row("AS_PATH that starts with another AS", s7606, edited({set(kWellKnown, kAsPath, sequence({64999}))}), gone)
      .external();
  table
      .row("AS_PATH of length 0", "RFC 7606 §4", edited({set(kWellKnown, kAsPath, {})}),
           arrives({present(kAsPath, {})}))
      .internal();
  table.row("AS_PATH of length 0 from outside", s7606, edited({set(kWellKnown, kAsPath, {})}), gone).external();
}

void next_hop(Table& table) {
  for (unsigned const length : {0u, 3u, 5u, 16u})
    table.row("NEXT_HOP of length " + std::to_string(length), "RFC 7606 §7.3",
              edited({set(kWellKnown, kNextHop, fill(length, 10))}), gone);
  for (auto const* address : {"0.0.0.0", "0.1.2.3", "224.0.0.1"})
    table.row(std::string("NEXT_HOP ") + address, "RFC 4271 §6.3", edited({set(kWellKnown, kNextHop, ip(address))}),
              refused);
  Edit const ourselves = [](Update& update, Session const& s) { update.set(kWellKnown, kNextHop, ip(s.daemon)); };
  table.row("NEXT_HOP is the receiver", "RFC 4271 §6.3", edited({ourselves}), refused);
  auto const six = [](Bytes const& address) { return mp_reach(2, 1, address, nlri(kPrefix6)); };
  for (auto const* address : {"::", "::1", "ff02::1"})
    table
        .row(std::string("MP_REACH with next hop ") + address, "RFC 4271 §6.3",
             edited6({set(kOptional, kMpReach, six(ip(address)))}), refused)
        .six();
  Edit const ourselves6 = [=](Update& update, Session const& s) {
    update.set(kOptional, kMpReach, six(ip(s.daemon6)));
  };
  table.row("MP_REACH with the receiver as next hop", "RFC 4271 §6.3", edited6({ourselves6}), refused).six();
}

// An attribute whose length is wrong, for each of the lengths.
void lengths(Table& table, std::string const& name, std::string const& spec, unsigned flags, unsigned code,
             std::vector<unsigned> const& wrong, Expectation const& expect, std::vector<Kind> const& kinds) {
  for (auto const length : wrong)
    table.row(name + " of length " + std::to_string(length), spec, edited({set(flags, code, fill(length, 1))}), expect)
        .on(kinds);
}

std::vector<Kind> const everywhere = {Kind::ebgp, Kind::ibgp, Kind::client};
std::vector<Kind> const inside = {Kind::ibgp, Kind::client};

void fixed_and_list_lengths(Table& table) {
  lengths(table, "MED", "RFC 7606 §7.4", kOptional, kMed, {0, 3, 5}, gone, everywhere);
  lengths(table, "LOCAL_PREF", "RFC 7606 §7.5", kWellKnown, kLocalPref, {0, 3, 5}, gone, inside);
  lengths(table, "ATOMIC_AGGREGATE", "RFC 7606 §7.6", kWellKnown, kAtomicAggregate, {1},
          arrives({absent(kAtomicAggregate)}), everywhere);
  lengths(table, "AGGREGATOR", "RFC 7606 §7.7", kOptTrans, kAggregator, {0, 6, 7, 9}, arrives({absent(kAggregator)}),
          everywhere);
  lengths(table, "COMMUNITIES", "RFC 7606 §7.8", kOptTrans, kCommunities, {0, 3, 5}, gone, everywhere);
  lengths(table, "EXTENDED COMMUNITIES", "RFC 7606 §7.14", kOptTrans, kExtendedCommunities, {0, 7, 12}, gone,
          everywhere);
  lengths(table, "IPv6 EXTENDED COMMUNITIES", "RFC 7606 §7.15", kOptTrans, kIpv6ExtendedCommunities, {0, 19, 24}, gone,
          everywhere);
  lengths(table, "LARGE COMMUNITIES", "RFC 8092 §6", kOptTrans, kLargeCommunities, {0, 11, 16}, gone, everywhere);
  lengths(table, "ORIGINATOR_ID", "RFC 7606 §7.9", kOptional, kOriginatorId, {0, 3, 5}, gone, inside);
  lengths(table, "CLUSTER_LIST", "RFC 7606 §7.10", kOptional, kClusterList, {0, 3, 6}, gone, inside);
  lengths(table, "PMSI_TUNNEL", "RFC 6514 §5", kOptTrans, kPmsi, {0, 3}, gone, everywhere);
  lengths(table, "TRAFFIC ENGINEERING", "RFC 7606 §7.13", kOptional, kTrafficEngineering, {0}, gone, everywhere);
  lengths(table, "ATTR_SET", "RFC 7606 §7.16", kOptTrans, kAttrSet, {0, 3}, gone, everywhere);
  lengths(table, "OTC", "RFC 9234 §5", kOptTrans, kOtc, {0, 3, 5}, gone, everywhere);
}

void inner_structure(Table& table) {
  table.row("TUNNEL ENCAPSULATION of length 0", "RFC 7606 §5.3", edited({add(kOptTrans, kTunnelEncapsulation, {})}),
            gone);
  table.row("TUNNEL ENCAPSULATION with a TLV that overruns", "RFC 9012 §13",
            edited({add(kOptTrans, kTunnelEncapsulation, hex("0008 00ff 00"))}), gone);
  table.row("ATTR_SET with an attribute that overruns", "RFC 7606 §7.16",
            edited({add(kOptTrans, kAttrSet, hex("0000fde8 400109 00"))}), gone);
  table.row("AIGP with a TLV that overruns", "RFC 7311 §3", edited({add(kOptional, kAigp, hex("01 00ff 00"))}),
            arrives({absent(kAigp)}));
  table.row("AIGP with a TLV of length 2", "RFC 7311 §3", edited({add(kOptional, kAigp, hex("01 0002"))}),
            arrives({absent(kAigp)}));
  table.row("AIGP of length 0", "RFC 7606 §4", edited({add(kOptional, kAigp, {})}), arrives({absent(kAigp)}));
  table.row("BGP-LS with a TLV that overruns", "RFC 9552 §8.2.2", edited({add(kOptional, kBgpLs, hex("0400 00ff 00"))}),
            arrives({absent(kBgpLs)}));
  table.row("BGP-LS of length 0", "RFC 7606 §5.3", edited({add(kOptional, kBgpLs, {})}), arrives({absent(kBgpLs)}));
  table.row("PREFIX-SID with a TLV that overruns", "RFC 8669 §6",
            edited({add(kOptTrans, kPrefixSid, hex("01 00ff 00"))}), arrives({absent(kPrefixSid)}));
  table.row("PREFIX-SID of length 0", "RFC 7606 §4", edited({add(kOptTrans, kPrefixSid, {})}),
            arrives({absent(kPrefixSid)}));
}

void by_session(Table& table) {
  auto const standard = present(kLocalPref, u32(100));
  table
      .row("LOCAL_PREF from outside", "RFC 7606 §7.5", edited({add(kWellKnown, kLocalPref, u32(999))}),
           arrives({standard}))
      .external();
  table
      .row("LOCAL_PREF of length 3 from outside", "RFC 7606 §7.5", edited({add(kWellKnown, kLocalPref, fill(3))}),
           arrives({standard}))
      .external();
  table.row("LOCAL_PREF missing", "RFC 4271 §5.1.5", edited({drop(kLocalPref)}), arrives({standard})).internal();
  // RFC 7606 §7.5, §7.9, §7.10: from outside they are discarded, whatever is wrong with them.
  for (auto const& [name, flags, code] : {std::tuple("LOCAL_PREF", kWellKnown ^ kOptional, kLocalPref),
                                          std::tuple("ORIGINATOR_ID", kOptional ^ kTransitive, kOriginatorId),
                                          std::tuple("CLUSTER_LIST", kOptional ^ kTransitive, kClusterList)})
    table
        .row(std::string(name) + " with wrong flags from outside", "RFC 7606 §7",
             edited({add(unsigned(flags), code, ip("192.0.2.9"))}),
             arrives({code == kLocalPref ? standard : absent(code)}))
        .external();
  for (unsigned const length : {0u, 3u, 4u}) {
    auto const text = " of length " + std::to_string(length) + " from outside";
    table
        .row("ORIGINATOR_ID" + text, "RFC 7606 §7.9", edited({add(kOptional, kOriginatorId, fill(length, 9))}),
             arrives({absent(kOriginatorId)}))
        .external();
    table
        .row("CLUSTER_LIST" + text, "RFC 7606 §7.10", edited({add(kOptional, kClusterList, fill(length, 9))}),
             arrives({absent(kClusterList)}))
        .external();
  }
  table
      .row("PREFIX-SID from outside", "RFC 8669 §5",
           edited({add(kOptTrans, kPrefixSid, hex("01 0007 00 0000 00000064"))}), arrives({absent(kPrefixSid)}))
      .external();
  table.row("AGGREGATOR with AS 0", "RFC 7607 §2", edited({add(kOptTrans, kAggregator, u32(0) + ip("192.0.2.7"))}),
            arrives({absent(kAggregator)}));
  table.row("AS4_PATH from a four-octet neighbour", "RFC 6793 §6",
            edited({add(kOptTrans, kAs4Path, sequence({70000}))}), arrives({absent(kAs4Path)}));
  table.row("malformed AS4_PATH from a four-octet neighbour", "RFC 6793 §6",
            edited({add(kOptTrans, kAs4Path, hex("0209"))}), arrives({absent(kAs4Path)}));
  table.row("AS4_AGGREGATOR from a four-octet neighbour", "RFC 6793 §6",
            edited({add(kOptTrans, kAs4Aggregator, u32(70000) + ip("192.0.2.7"))}), arrives({absent(kAs4Aggregator)}));
  Edit const our_id = [](Update& u, Session const& s) { u.add(kOptional, kOriginatorId, ip(s.daemon_id)); };
  table.row("ORIGINATOR_ID is ours", "RFC 4456 §8", edited({our_id}), refused).internal();
  table
      .row("CLUSTER_LIST has our cluster", "RFC 4456 §8", edited({add(kOptional, kClusterList, ip("1.1.1.1"))}),
           refused)
      .internal();
}

void sound_ones(Table& table) {
  auto const spec = "RFC 4271 §5";
  auto const standard = cat({u32(0xfde80001), u32(0xfde80002)});
  table.row("MED", spec, edited({add(kOptional, kMed, u32(77))}), arrives({present(kMed, u32(77))}));
  table.row("ATOMIC_AGGREGATE of length 0", "RFC 7606 §4", edited({add(kWellKnown, kAtomicAggregate, {})}),
            arrives({present(kAtomicAggregate, {})}));
  table.row("AGGREGATOR", spec, edited({add(kOptTrans, kAggregator, u32(70000) + ip("192.0.2.7"))}),
            arrives({present(kAggregator, u32(70000) + ip("192.0.2.7"))}));
  table.row("COMMUNITIES", "RFC 1997", edited({add(kOptTrans, kCommunities, standard)}),
            arrives({present(kCommunities, kOptTrans, standard)}));
  auto const unknown_type = hex("3f99 0102030405 06");
  table.row("EXTENDED COMMUNITIES of an unknown type", "RFC 7606 §7.14",
            edited({add(kOptTrans, kExtendedCommunities, unknown_type)}),
            arrives({present(kExtendedCommunities, kOptTrans, unknown_type)}));
  table.row("IPv6 EXTENDED COMMUNITIES", "RFC 5701", edited({add(kOptTrans, kIpv6ExtendedCommunities, fill(20, 2))}),
            arrives({present(kIpv6ExtendedCommunities, fill(20, 2))}));
  table.row("LARGE COMMUNITIES", "RFC 8092", edited({add(kOptTrans, kLargeCommunities, fill(12, 2))}),
            arrives({present(kLargeCommunities, kOptTrans, fill(12, 2))}));
}

struct Flagged {
  char const* name;
  unsigned code;
  unsigned right;
  Bytes value;
  std::vector<Kind> kinds = everywhere;
};

}  // namespace

std::vector<Case> flag_rows() {
  Table table("flags");
  std::vector<Flagged> const all = {
      {"ORIGIN", kOrigin, kWellKnown, u8(0)},
      {"NEXT_HOP", kNextHop, kWellKnown, ip("10.77.200.1")},
      {"MED", kMed, kOptional, u32(7)},
      {"LOCAL_PREF", kLocalPref, kWellKnown, u32(100), inside},
      {"ATOMIC_AGGREGATE", kAtomicAggregate, kWellKnown, {}},
      {"AGGREGATOR", kAggregator, kOptTrans, u32(64999) + ip("192.0.2.7")},
      {"COMMUNITIES", kCommunities, kOptTrans, u32(0xfde80001)},
      {"ORIGINATOR_ID", kOriginatorId, kOptional, ip("192.0.2.8"), inside},
      {"CLUSTER_LIST", kClusterList, kOptional, ip("192.0.2.9"), inside},
      {"EXTENDED COMMUNITIES", kExtendedCommunities, kOptTrans, hex("0002fde800000001")},
      {"IPv6 EXTENDED COMMUNITIES", kIpv6ExtendedCommunities, kOptTrans, fill(20, 1)},
      {"LARGE COMMUNITIES", kLargeCommunities, kOptTrans, fill(12, 1)},
      {"PMSI_TUNNEL", kPmsi, kOptTrans, fill(5)},
      {"TUNNEL ENCAPSULATION", kTunnelEncapsulation, kOptTrans, hex("0008 0000")},
      {"TRAFFIC ENGINEERING", kTrafficEngineering, kOptional, fill(36)},
      {"BGP-LS", kBgpLs, kOptional, hex("0400 0001 00")},
      {"PREFIX-SID", kPrefixSid, kOptTrans, hex("01 0007 00 0000 00000064"), inside},
      {"OTC", kOtc, kOptTrans, u32(64999)},
      {"ATTR_SET", kAttrSet, kOptTrans, hex("0000fde8 400101 00")},
  };
  for (auto const& one : all)
    for (unsigned const wrong : {unsigned(kOptional), unsigned(kTransitive)})
      table
          .row(std::string(one.name) + (wrong == kOptional ? " Optional" : " Transitive") + " bit wrong",
               "RFC 7606 §3 c", edited({set(one.right ^ wrong, one.code, one.value)}), gone)
          .on(one.kinds);
  Edit const path_optional = [](Update& u, Session const& s) { u.set(kOptTrans, kAsPath, sequence(good_path(s))); };
  Edit const path_without_flags = [](Update& u, Session const& s) { u.set(0, kAsPath, sequence(good_path(s))); };
  table.row("AS_PATH Optional bit wrong", "RFC 7606 §3 c", edited({path_optional}), gone);
  table.row("AS_PATH Transitive bit wrong", "RFC 7606 §3 c", edited({path_without_flags}), gone);
  for (unsigned const wrong : {unsigned(kOptTrans), 0u})
    table.row("AIGP with flags " + to_hex(u8(wrong)), "RFC 7311 §3",
              edited({add(wrong, kAigp, hex("01 000b 0000000000000064"))}), arrives({absent(kAigp)}));
  auto const sound = arrives({present(kOrigin, kWellKnown, u8(0))});
  table.row("low four bits", "RFC 4271 §4.3", edited({set(kWellKnown | 0x0f, kOrigin, u8(0))}), sound);
  table.row("extended length where one octet would do", "RFC 4271 §4.3",
            edited({set(kWellKnown | kExtendedLength, kOrigin, u8(0))}), sound);
  return table.take();
}

std::vector<Case> attribute_rows() {
  Table table("attributes");
  origin_and_path(table);
  table.row("ORIGIN of length 0", "RFC 7606 §7.1", edited({set(kWellKnown, kOrigin, {})}), gone);
  next_hop(table);
  fixed_and_list_lengths(table);
  inner_structure(table);
  by_session(table);
  sound_ones(table);
  return table.take();
}

}  // namespace conformance
