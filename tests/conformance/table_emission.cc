// What the daemon sends: the form of its UPDATEs (RFC 7606 §5.1), what does not fit in one (RFC 4271 §9.2, RFC 8654
// §4), End-of-RIB (RFC 4724), and the paths of a two-octet neighbour (RFC 6793).
#include "runner.h"
#include "standing.h"
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

Bytes from_observer(Update const& good_one, std::vector<std::uint32_t> const& ases, Bytes const& aggregator) {
  auto update = good_one;
  update.set(kWellKnown | kExtendedLength, kAsPath, sequence(ases));
  if (!aggregator.empty()) update.add(kOptTrans, kAggregator, aggregator);
  return update.bytes();
}

Result ends_initial_update(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  bool const both = peer.wait(in(5s), [&] { return peer.rib().end_of_rib(1, 1) && peer.rib().end_of_rib(2, 1); });
  return both ? Result{} : failed("End-of-RIB should come for both families");
}

// What a neighbour of two-octet ASes is sent for a path with a four-octet AS, or without.
Result down_to_two_octets(Lab& lab, Session const& session, std::uint32_t far) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  auto const who = ip("192.0.2.7");
  auto const base = good(observer_session(session));
  Standing const route(lab, from_observer(base, {far, 64999}, u32(far) + who), kPrefix);
  if (!route.at(peer)) return failed("the other neighbour's route does not arrive");
  auto const& got = *peer.rib().find(kPrefix);
  bool const mappable = far <= 0xffff;
  std::vector<std::uint32_t> full = {far, 64999};
  if (session.external()) full.insert(full.begin(), session.daemon_as);
  auto narrow = full;
  for (auto& as : narrow) as = as > 0xffff ? 23456 : as;
  auto const is = [&](unsigned code, Bytes const& value) {
    auto const* found = got.find(code);
    return found != nullptr && found->value == value;
  };
  bool const right = is(kAsPath, sequence(narrow, 2)) && is(kAggregator, u16(mappable ? far : 23456) + who) &&
                     (mappable ? got.find(kAs4Path) == nullptr && got.find(kAs4Aggregator) == nullptr
                               : is(kAs4Path, sequence(full)) && is(kAs4Aggregator, u32(far) + who));
  return right ? Result{} : failed("AS_PATH, AS4_PATH or aggregators are wrong: " + got.text());
}

// Announcements and withdrawals of both families in one message each: the daemon must not pass them on like that.
Result well_formed(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  auto both = good(session);
  both.first(kOptional, kMpReach, mp_reach(2, 1, ip(kNextHop6), nlri(kPrefix6)));
  peer.send(both.bytes());
  if (!lab.seen(kPrefix) || !lab.seen(kPrefix6)) return failed("the routes should arrive");
  Update neither;
  neither.withdrawn = nlri(kPrefix);
  neither.add(kOptional, kMpUnreach, mp_unreach(2, 1, nlri(kPrefix6)));
  peer.send(neither.bytes());
  if (!lab.vanished(kPrefix) || !lab.vanished(kPrefix6)) return failed("the routes should be withdrawn");
  auto const& faults = lab.observer().rib().form_faults();
  return faults.empty() ? Result{} : failed(faults.front());
}

// A segment holds 255 ASes: the one that the daemon prepends goes into a segment of its own (RFC 4271 §5.1.2).
Result prepends_to_a_full_segment(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  std::vector<std::uint32_t> ases(255, 64999);
  Standing const route(lab, from_observer(good(observer_session(session)), ases, {}), kPrefix);
  if (!route.at(peer)) return failed("the other neighbour's route does not arrive");
  if (session.external()) ases.insert(ases.begin(), session.daemon_as);
  return check_route(*peer.rib().find(kPrefix), {path(ases)});
}

// A route whose UPDATE has `size` octets, by an unknown attribute; the daemon adds LOCAL_PREF, or the attributes of
// reflection.
Bytes of_size(Session const& session, std::size_t size, Bytes const& aggregator) {
  auto update = good(session);
  if (!aggregator.empty()) update.add(kOptTrans, kAggregator, aggregator);
  auto const room = size - update.bytes().size() - 4;
  update.add(kOptTrans | kExtendedLength, 99, fill(room, 7));
  return update.bytes();
}

void long_ones(Table& table) {
  Bytes hundred;
  for (unsigned n = 1; n <= 100; ++n) hundred = hundred + u32(0xfde80000 + n);
  table.row("COMMUNITIES of 400 octets", "RFC 7606 §5.1", edited({add(0xd0, kCommunities, hundred)}),
            arrives({present(kCommunities, kOptTrans, hundred)}));
  table.script("an AS before a full segment", "RFC 4271 §5.1.2", prepends_to_a_full_segment);
  table.row(
      "a route that no longer fits", "RFC 4271 §9.2", [](Session const& s) { return of_size(s, 4096, {}); },
      fate(Fate::withdrawn));
  // Without AGGREGATOR, of eleven octets, it does: seven are added on the way from outside, fourteen by reflection.
  table
      .row(
          "a route that fits without what may be discarded", "RFC 8654 §4",
          [](Session const& s) { return of_size(s, s.external() ? 4096 : 4090, u32(64999) + ip("192.0.2.7")); },
          arrives({absent(kAggregator)}))
      .only_ours();
}

}  // namespace

std::vector<Case> emission_rows() {
  Table table("emission");
  table.script("MP_REACH and MP_UNREACH first, one kind of NLRI", "RFC 7606 §5.1", well_formed);
  long_ones(table);
  table.script("End-of-RIB after the initial update", "RFC 4724 §2", ends_initial_update).only_ours();
  auto const narrow = "RFC 6793 §4.2.2";
  table
      .script("a four-octet path for a two-octet neighbour", narrow,
              [](Lab& lab, Session const& s) { return down_to_two_octets(lab, s, 70000); })
      .old_speaker();
  table
      .script("a two-octet path for a two-octet neighbour", narrow,
              [](Lab& lab, Session const& s) { return down_to_two_octets(lab, s, 64998); })
      .old_speaker();
  return table.take();
}

}  // namespace conformance
