// UPDATE: how its parts fit together. RFC 7606 §3, 4, 5; RFC 4760 §7; RFC 4271 §6.3, 9.
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

Expectation const gone = fate(Fate::withdrawn);
Expectation const unchanged = fate(Fate::unchanged);

// MP_REACH that replaces the good one, and the 3/9 that carries it back.
void bad_reach(Table& table, std::string const& name, Bytes const& value, unsigned flags = kOptional) {
  table
      .row("MP_REACH " + name, "RFC 7606 §5.3, §7.11", edited6({set(flags, kMpReach, value)}),
           notified(3, 9, attribute(flags, kMpReach, value)))
      .six();
}

void bad_unreach(Table& table, std::string const& name, Bytes const& value, unsigned flags = kOptional) {
  auto const send = [=](Session const&) {
    Update update;
    update.add(flags, kMpUnreach, value);
    return update.bytes();
  };
  table.row("MP_UNREACH " + name, "RFC 7606 §5.3, §7.12", send, notified(3, 9, attribute(flags, kMpUnreach, value)))
      .six();
}

void multiprotocol(Table& table) {
  auto const hop = ip(kNextHop6);
  auto const prefix = nlri(kPrefix6);
  bad_reach(table, "with a next hop of 4 octets", mp_reach(2, 1, fill(4, 1), prefix));
  bad_reach(table, "with a next hop of 15 octets", mp_reach(2, 1, fill(15, 1), prefix));
  bad_reach(table, "with a next hop of 24 octets", mp_reach(2, 1, fill(24, 1), prefix));
  bad_reach(table, "with a next hop of no octets", mp_reach(2, 1, {}, prefix));
  for (unsigned const octets : {3u, 5u, 16u}) {
    auto const value = mp_reach(1, 1, fill(octets, 10), nlri(kPrefix));
    table.row("MP_REACH of IPv4 with a next hop of " + std::to_string(octets) + " octets", "RFC 7606 §7.11",
              edited({drop(kNextHop), reachable({}), first(kOptional, kMpReach, value)}),
              notified(3, 9, attribute(kOptional, kMpReach, value)));
  }
  bad_reach(table, "of length 4", hex("0002 01 00"));
  bad_reach(table, "of length 0", {});
  bad_reach(table, "with a next hop that overruns", hex("0002 01 10 20010db8"));
  bad_reach(table, "with a prefix of length 129", mp_reach(2, 1, hop, u8(129) + fill(17, 1)));
  bad_reach(table, "with a prefix that overruns", mp_reach(2, 1, hop, prefix + hex("40 2001")));
  bad_reach(table, "with the Transitive bit", mp_reach(2, 1, hop, prefix), kOptTrans);
  bad_reach(table, "without the Optional bit", mp_reach(2, 1, hop, prefix), 0);
  bad_unreach(table, "of length 2", hex("0002"));
  bad_unreach(table, "of length 0", {});
  bad_unreach(table, "with a prefix of length 129", mp_unreach(2, 1, u8(129) + fill(17, 1)));
  bad_unreach(table, "with a prefix that overruns", mp_unreach(2, 1, hex("40 2001")));
  bad_unreach(table, "with the Transitive bit", mp_unreach(2, 1, prefix), kOptTrans);
  bad_unreach(table, "without the Optional bit", mp_unreach(2, 1, prefix), 0);
  table
      .row("MP_REACH twice", "RFC 7606 §3 g", edited6({add(kOptional, kMpReach, mp_reach(2, 1, hop, prefix))}),
           notified(3, 1))
      .six();
  Edit const unreach = add(kOptional, kMpUnreach, mp_unreach(2, 1, nlri("2001:db8:b000::/36")));
  table.row("MP_UNREACH twice", "RFC 7606 §3 g", edited({unreach, unreach}), notified(3, 1));
  table
      .row("MP_REACH with a link-local address, too", "RFC 2545 §3",
           edited6({set(kOptional, kMpReach, mp_reach(2, 1, hop + ip("fe80::1"), prefix))}), arrives())
      .six();
  table
      .row("MP_REACH behind the other attributes", "RFC 7606 §5.1",
           edited6({drop(kMpReach), add(kOptional, kMpReach, mp_reach(2, 1, hop, prefix))}), arrives())
      .six();
  Edit const in_mp_reach = [](Update& update, Session const& s) {
    update.first(kOptional, kMpReach, mp_reach(1, 1, ip(s.local), nlri(kPrefix)));
  };
  table.row("MP_REACH of IPv4", "RFC 4760 §3", edited({drop(kNextHop), reachable({}), in_mp_reach}), arrives());
  table.row("MP_REACH beside NLRI, the one", "RFC 7606 §5.1",
            edited({first(kOptional, kMpReach, mp_reach(2, 1, hop, prefix))}), arrives());
  table
      .row("MP_REACH beside NLRI, the other", "RFC 7606 §5.1",
           edited({first(kOptional, kMpReach, mp_reach(2, 1, hop, prefix))}), arrives())
      .six();
  table.row("MP_REACH needs no NEXT_HOP", "RFC 7606 §3 d", edited6({}), arrives({absent(kNextHop)})).six();
  table.row("ORIGIN 3 beside MP_REACH", "RFC 7606 §7.1", edited6({set(kWellKnown, kOrigin, u8(3))}), gone).six();
  table
      .row("a family that was not negotiated", "RFC 4760 §6",
           edited6({set(kOptional, kMpReach, mp_reach(25, 65, fill(4, 1), fill(19, 0)))}), unchanged)
      .six();
}

void completeness(Table& table) {
  auto const spec = "RFC 7606 §3 d";
  table.row("ORIGIN missing", spec, edited({drop(kOrigin)}), gone);
  table.row("AS_PATH missing", spec, edited({drop(kAsPath)}), gone);
  table.row("NEXT_HOP missing", spec, edited({drop(kNextHop)}), gone);
  table.row("every attribute missing", spec, edited({drop(kOrigin), drop(kAsPath), drop(kNextHop), drop(kLocalPref)}),
            gone);
  table.row("AS_PATH missing beside MP_REACH", spec, edited6({drop(kAsPath)}), gone).six();
}

void duplicates(Table& table) {
  auto const spec = "RFC 7606 §3 g";
  table.row("ORIGIN twice", spec, edited({add(kWellKnown, kOrigin, u8(2))}), arrives({present(kOrigin, u8(0))}));
  table.row("MED twice", spec, edited({add(kOptional, kMed, u32(1)), add(kOptional, kMed, u32(2))}),
            arrives({present(kMed, u32(1))}));
  table.row("COMMUNITIES twice, the second malformed", spec,
            edited({add(kOptTrans, kCommunities, u32(0xfde80001)), add(kOptTrans, kCommunities, fill(3))}),
            arrives({present(kCommunities, u32(0xfde80001))}));
  table.row("NEXT_HOP twice, the second malformed", spec, edited({add(kWellKnown, kNextHop, fill(3))}), arrives());
  table.row("an unknown attribute twice", spec, edited({add(kOptTrans, 99, u8(1)), add(kOptTrans, 99, u8(2))}),
            arrives({present(99, u8(1))}));
}

void unknown(Table& table) {
  auto const spec = "RFC 4271 §5";
  for (unsigned const flags : {0x40u, 0x00u})
    table.row("unknown well-known attribute, flags " + to_hex(u8(flags)), "RFC 4271 §6.3",
              edited({add(flags, 99, hex("0102"))}), notified(3, 2, attribute(flags, 99, hex("0102"))));
  auto const passed = [](Bytes value) { return arrives({present(99, 0xe0, std::move(value))}); };
  table.row("unknown optional transitive", spec, edited({add(0xc0, 99, hex("0102"))}), passed(hex("0102")));
  table.row("unknown optional transitive that is partial", spec, edited({add(0xe0, 99, hex("0102"))}),
            passed(hex("0102")));
  table.row("unknown optional transitive of length 0", spec, edited({add(0xc0, 99, {})}), passed({}));
  table.row("unknown optional transitive of 300 octets", spec, edited({add(0xd0, 99, fill(300, 5))}),
            arrives({present(99, 0xf0, fill(300, 5))}));
  table.row("unknown optional non-transitive", spec, edited({add(0x80, 99, hex("0102"))}), arrives({absent(99)}));
}

void lengths(Table& table) {
  auto const spec = "RFC 7606 §3 b";
  auto const longer = [](int withdrawn, int attributes) {
    return [=](Session const& session) {
      auto update = good(session);
      Bytes const body = update.body();
      auto const size = unsigned(body[2] << 8 | body[3]);
      if (withdrawn != 0) update.withdrawn_length = unsigned(withdrawn);
      if (attributes != 0) update.attributes_length = size + unsigned(update.reachable.size()) + unsigned(attributes);
      return update.bytes();
    };
  };
  table.row("withdrawn routes length above the message", spec, longer(2000, 0), notified(3, 1));
  table.row(
      "withdrawn routes length that leaves one octet", spec,
      [](Session const&) { return message(kUpdate, hex("0001 00 00")); }, notified(3, 1));
  table.row("attribute length above the message by one", spec, longer(0, 1), notified(3, 1));
  table.row("attribute length far above the message", spec, longer(0, 5000), notified(3, 1));
  auto const s4 = "RFC 7606 §4";
  table.row("last attribute overruns", s4, edited({tail(hex("c008 08 fde80001"))}), gone);
  table.row("last attribute of extended length overruns", s4, edited({tail(hex("d008 0100 fde80001"))}), gone);
  table.row("one octet behind the attributes", s4, edited({tail(hex("c0"))}), gone);
  table.row("two octets behind the attributes", s4, edited({tail(hex("c008"))}), gone);
  table.row("three octets of extended length behind the attributes", s4, edited({tail(hex("d00800"))}), gone);
}

void fields(Table& table) {
  auto const spec = "RFC 7606 §5.3";
  auto const bad = notified(3, 10, std::nullopt);
  table.row("NLRI of length 33", spec, edited({reachable(hex("21 c633640000"))}), bad);
  table.row("NLRI that overruns", spec, edited({reachable(nlri(kPrefix) + hex("18 c6"))}), bad);
  auto const withdrawal = [](Bytes field) {
    return [=](Session const&) {
      Update update;
      update.withdrawn = field;
      return update.bytes();
    };
  };
  table.row("withdrawn prefix of length 33", spec, withdrawal(hex("21 c633640000")), bad);
  table.row("withdrawn prefix that overruns", spec, withdrawal(hex("18 c6")), bad);
  table.row("withdrawal of what was never announced", "RFC 4271 §4.3", withdrawal(nlri("192.0.2.128/25")), unchanged);
  table.row("withdrawal", "RFC 4271 §4.3", withdrawal(nlri(kPrefix)), gone);
  table.row(
      "withdrawal in MP_UNREACH of IPv4", "RFC 4760 §4",
      [](Session const&) {
        Update update;
        update.add(kOptional, kMpUnreach, mp_unreach(1, 1, nlri(kPrefix)));
        return update.bytes();
      },
      gone);
  table.row("a prefix withdrawn and announced at once", "RFC 4271 §4.3", edited({withdrawn_field(nlri(kPrefix))}),
            arrives());
  table.row("bits behind the prefix", "RFC 4271 §4.3", edited({reachable(hex("15 c63367"))}), arrives());
}

// RFC 7606 §5.2: attributes, an error that is not "attribute discard", and nothing reachable.
void nothing_reachable(Table& table) {
  auto const spec = "RFC 7606 §5.2";
  auto const row = [&](std::string name, unsigned flags, unsigned code, Bytes value, std::vector<unsigned> subcodes) {
    table.row(name + " and nothing reachable", spec, edited({set(flags, code, value), reachable({})}),
              notified_any(3, std::move(subcodes), attribute(flags, code, value)));
  };
  row("ORIGIN 3", kWellKnown, kOrigin, u8(3), {6});
  row("ORIGIN of length 2", kWellKnown, kOrigin, u16(0), {5});
  row("ORIGIN with wrong flags", kOptTrans, kOrigin, u8(0), {4});
  row("AS_PATH malformed", kWellKnown, kAsPath, hex("0209"), {11});
  row("NEXT_HOP of length 3", kWellKnown, kNextHop, fill(3), {5});
  row("MED of length 3", kOptional, kMed, fill(3), {5, 9});
  row("COMMUNITIES of length 3", kOptTrans, kCommunities, fill(3), {5, 9});
  table.row("two errors and nothing reachable", spec,
            edited({set(kWellKnown, kOrigin, u8(3)), add(kOptTrans, kCommunities, fill(3)), reachable({})}),
            notified(3, 6, attribute(kWellKnown, kOrigin, u8(3))));
  table.row("ORIGIN 3 beside withdrawn routes only", spec,
            edited({set(kWellKnown, kOrigin, u8(3)), withdrawn_field(nlri("192.0.2.128/25")), reachable({})}),
            notified(3, 6, attribute(kWellKnown, kOrigin, u8(3))));
  table.row("ORIGIN 3 beside MP_UNREACH only", spec,
            edited({set(kWellKnown, kOrigin, u8(3)), reachable({}),
                    add(kOptional, kMpUnreach, mp_unreach(2, 1, nlri("2001:db8:b000::/36")))}),
            notified(3, 6, attribute(kWellKnown, kOrigin, u8(3))));
  table.row("an attribute discarded and nothing reachable", spec,
            edited({add(kWellKnown, kAtomicAggregate, fill(1)), reachable({})}), unchanged);
  table.row("good attributes and nothing reachable", "RFC 4271 §6.3", edited({reachable({})}), unchanged);
}

void several(Table& table) {
  auto const spec = "RFC 7606 §3 h";
  auto const bad_reach = mp_reach(2, 1, fill(4, 1), nlri(kPrefix6));
  table.row("withdraw and discard", spec,
            edited({set(kWellKnown, kOrigin, u8(3)), add(kWellKnown, kAtomicAggregate, fill(1))}), gone);
  table.row("withdraw and withdraw", spec, edited({set(kWellKnown, kOrigin, u8(3)), set(kOptional, kMed, fill(3))}),
            gone);
  table.row("withdraw and reset", spec, edited({set(kWellKnown, kOrigin, u8(3)), add(kOptional, kMpReach, bad_reach)}),
            notified(3, 9, attribute(kOptional, kMpReach, bad_reach)));
  table.row("withdraw and a bad NLRI field", spec,
            edited({set(kWellKnown, kOrigin, u8(3)), reachable(hex("21 c633640000"))}), notified(3, 10, std::nullopt));
  table.row("discard and discard", spec,
            edited({add(kWellKnown, kAtomicAggregate, fill(1)), add(kOptTrans, kAggregator, fill(5))}),
            arrives({absent(kAtomicAggregate), absent(kAggregator)}));
}

}  // namespace

std::vector<Case> structure_rows() {
  Table table("structure");
  multiprotocol(table);
  completeness(table);
  duplicates(table);
  unknown(table);
  lengths(table);
  fields(table);
  nothing_reachable(table);
  several(table);
  return table.take();
}

}  // namespace conformance
