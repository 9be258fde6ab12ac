// Connection collision: RFC 4271 §6.8, RFC 6286 §2.3. The daemon dials, and so do we.
#include "runner.h"
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

// The two connections of a collision, each with the daemon's OPEN read and ours not sent yet.
struct Pair {
  Peer theirs;  // the daemon opened it
  Peer ours;
  bool complete = false;
};

bool their_open_is_there(Peer& peer, Deadline deadline) {
  auto const message = peer.receive(deadline);
  return message && message->type == kOpen;
}

Pair both(Lab& lab, Session const& session) {
  Pair pair{lab.peer(session), lab.peer(session)};
  auto const deadline = in(15s);
  // Connections that the daemon gave up long ago may wait before the one that lives.
  while (Clock::now() < deadline) {
    pair.theirs.adopt(lab.listener(session).accept(deadline));
    if (!their_open_is_there(pair.theirs, in(2s))) continue;
    pair.theirs.drain();
    if (pair.theirs.up()) break;
  }
  pair.complete = pair.theirs.up() && pair.ours.connect(deadline) && their_open_is_there(pair.ours, deadline);
  return pair;
}

// The connection that is to stay goes on to Established and carries a route.
Result survives(Lab& lab, Session const& session, Peer& peer, bool confirmed) {
  if (!confirmed) {
    auto const next = peer.connection().receive(in(5s));
    if (!next || next->type != kKeepalive) return failed("the other connection should go on to OpenConfirm");
  }
  peer.send(keepalive());
  return lab.barrier(peer, session) ? Result{} : failed("the other connection should stay");
}

// Our OPEN goes first on one connection, then on the other. `keep_ours`: who has the higher identifier.
Result collide(Lab& lab, Session const& session, bool ours_first, bool keep_ours) {
  auto pair = both(lab, session);
  if (!pair.complete) return failed("the daemon does not hold two connections");
  auto& early = ours_first ? pair.ours : pair.theirs;
  auto& late = ours_first ? pair.theirs : pair.ours;
  early.send(good_open(session).bytes());
  auto const confirm = early.connection().receive(in(5s));
  if (!confirm || confirm->type != kKeepalive) return failed("the first connection does not reach OpenConfirm");
  late.send(good_open(session).bytes());
  auto& loser = keep_ours ? pair.theirs : pair.ours;
  auto& winner = keep_ours ? pair.ours : pair.theirs;
  if (auto const result = compare(loser, notified(6, 7), 5s); !result.passed)
    return failed(std::string("the connection that ") + (keep_ours ? "the daemon" : "the neighbour") +
                  " opened: " + result.why);
  return survives(lab, session, winner, &winner == &early);
}

// The Established one stays, whoever opened the second.
Result against_established(Lab& lab, Session const& session) {
  auto pair = both(lab, session);
  if (!pair.complete) return failed("the daemon does not hold two connections");
  pair.theirs.send(good_open(session).bytes() + keepalive());
  if (!lab.barrier(pair.theirs, session)) return failed("the first connection does not reach Established");
  pair.ours.send(good_open(session).bytes());
  if (auto const result = compare(pair.ours, notified(6, 7), 5s); !result.passed) return result;
  return lab.barrier(pair.theirs, session) ? Result{} : failed("the Established session should stay");
}

Script script(bool ours_first, bool keep_ours) {
  return [=](Lab& lab, Session const& session) { return collide(lab, session, ours_first, keep_ours); };
}

}  // namespace

std::vector<Case> collision_rows() {
  Table table("collision");
  // Compared in the wrong octet order, or as signed numbers, these would come out the other way.
  std::string const low = "9.255.255.255";
  std::string const high = "200.0.0.1";
  auto const spec = "RFC 4271 §6.8";
  table.script("higher identifier, the daemon's connection in OpenConfirm", spec, script(false, true)).with_id(high);
  table.script("higher identifier, its own connection in OpenConfirm", spec, script(true, true)).with_id(high);
  table.script("lower identifier, the daemon's connection in OpenConfirm", spec, script(false, false)).with_id(low);
  table.script("lower identifier, its own connection in OpenConfirm", spec, script(true, false)).with_id(low);
  table.script("against an Established session, higher identifier", spec, against_established).with_id(high);
  table.script("against an Established session, lower identifier", spec, against_established).with_id(low);
  // RFC 4724 §5 has the new connection take its place, but only where graceful restart is built.
  table.script("against an Established session that offered graceful restart", spec, against_established)
      .with_id(high)
      .offering(capability(64, hex("4078 0001 01 80")))
      .only_ours();
  auto const same = "RFC 6286 §2.3";
  table.script("equal identifiers, larger AS", same, script(false, true)).with_id("10.77.0.1").external();
  table.script("equal identifiers, smaller AS", same, script(false, false))
      .with_id("10.77.0.1")
      .from_as(64900)
      .external();
  auto rows = table.take();
  for (auto& row : rows) row.dialled();
  return rows;
}

}  // namespace conformance
