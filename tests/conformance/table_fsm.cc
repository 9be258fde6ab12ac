// The finite state machine: what a state does not expect (RFC 6608), the hold timer, the end of a session.
#include <algorithm>
#include <csignal>

#include "runner.h"
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

// Hold time 3, and nothing more is said: 4/0 when it has passed, not before.
Result hold_timer(Lab& lab, Session const& session, bool to_established) {
  auto peer = lab.peer(session);
  auto open = good_open(session);
  open.hold_time = 3;
  if (!peer.connect(in(10s)) || !peer.send(open.bytes())) return failed("no connection");
  auto const theirs = peer.receive(in(5s));
  if (!theirs || theirs->type != kOpen) return failed("no OPEN");
  if (to_established) peer.send(keepalive());
  auto const start = Clock::now();
  auto const result = compare(peer, notified(4, 0), 6s);
  if (result.passed && Clock::now() - start < 2500ms) return failed("the hold timer expired too early");
  return result;
}

// With hold time 3 a KEEPALIVE comes at least every third second, and ours keep the session.
Result keepalives(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  auto open = good_open(session);
  open.hold_time = 3;
  if (!peer.connect(in(10s)) || !peer.send(open.bytes()) || !peer.send(keepalive())) return failed("no connection");
  int heard = 0;
  for (auto const end = in(4500ms); Clock::now() < end; peer.send(keepalive()))
    while (auto const message = peer.connection().receive(std::min(end, in(900ms)))) {
      heard += message->type == kKeepalive ? 1 : 0;
      if (message->type == kNotification) return failed("the session should stay; got " + message->text());
    }
  // One belongs to the handshake.
  if (heard < 3) return failed("expected KEEPALIVEs every second, got " + std::to_string(heard) + " in 4.5 s");
  return lab.barrier(peer, session) ? Result{} : failed("the session should stay");
}

// Octet by octet, so that no read of the daemon holds a whole message.
Result in_small_pieces(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  for (auto const octet : good(session).bytes()) peer.send({octet});
  if (!lab.seen(kPrefix)) return failed("the route should arrive");
  return lab.barrier(peer, session) ? Result{} : failed("the session should stay");
}

Result end_of_session(Lab& lab, Session const& session, Bytes const& last_words) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  peer.send(good(session).bytes());
  if (!lab.seen(kPrefix)) return failed("the good route does not arrive");
  if (last_words.empty()) {
    peer.close();
  } else {
    peer.send(last_words);
    if (auto const result = compare(peer, fate(Fate::closed), 5s); !result.passed) return result;
  }
  return lab.vanished(kPrefix) ? Result{} : failed("the route outlives its session");
}

// SIGTERM: Cease 6/2 whose data is one length octet and that much text, then a clean exit.
Result shutdown(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  lab.daemon().signal(SIGTERM);
  if (auto const result = compare(peer, notified(6, 2, std::nullopt), 5s); !result.passed) return result;
  auto const& data = peer.last_notification()->data;
  if (data.size() < 2 || data[0] != data.size() - 1) return failed("no shutdown text: " + to_hex(data));
  auto const status = lab.daemon().wait(5s);
  return status == 0 ? Result{} : failed("the exit status is " + (status ? std::to_string(*status) : "missing"));
}

}  // namespace

std::vector<Case> fsm_rows() {
  Table table("fsm");
  auto const spec = "RFC 6608 §4";
  auto const update = [](Session const& session) { return good(session).bytes(); };
  auto const open = [](Session const& session) { return good_open(session).bytes(); };
  auto const refresh = raw(route_refresh(1, 1));
  table.row("KEEPALIVE in OpenSent", spec, raw(keepalive()), notified(5, 1, u8(4))).in(Phase::open_sent);
  table.row("UPDATE in OpenSent", spec, update, notified(5, 1, u8(2))).in(Phase::open_sent);
  table.row("ROUTE-REFRESH in OpenSent", spec, refresh, notified(5, 1, u8(5))).in(Phase::open_sent);
  table.row("OPEN in OpenConfirm", spec, open, notified(5, 2, u8(1))).in(Phase::open_confirm);
  table.row("UPDATE in OpenConfirm", spec, update, notified(5, 2, u8(2))).in(Phase::open_confirm);
  table.row("ROUTE-REFRESH in OpenConfirm", spec, refresh, notified(5, 2, u8(5))).in(Phase::open_confirm);
  table.row("OPEN in Established", spec, open, notified(5, 3, u8(1)));
  table.row("NOTIFICATION in OpenSent", "RFC 4271 §6.4", raw(notification(6, 2)), fate(Fate::closed))
      .in(Phase::open_sent);
  table.row("NOTIFICATION in OpenConfirm", "RFC 4271 §6.4", raw(notification(6, 2)), fate(Fate::closed))
      .in(Phase::open_confirm);
  table.row("KEEPALIVE in Established", "RFC 4271 §8.2.2", raw(keepalive()), fate(Fate::unchanged));
  table.script("NOTIFICATION in Established", "RFC 4271 §6.4",
               [](Lab& lab, Session const& s) { return end_of_session(lab, s, notification(6, 2)); });
  table.script("NOTIFICATION of unknown code", "RFC 4271 §6.4",
               [](Lab& lab, Session const& s) { return end_of_session(lab, s, notification(99, 99, fill(5))); });
  table.script("connection lost", "RFC 4271 §8.2.2",
               [](Lab& lab, Session const& s) { return end_of_session(lab, s, {}); });
  table.script("messages octet by octet", "RFC 4271 §4", in_small_pieces);
  table.script("hold timer in Established", "RFC 4271 §6.5",
               [](Lab& lab, Session const& s) { return hold_timer(lab, s, true); });
  table.script("hold timer in OpenConfirm", "RFC 4271 §8.2.2",
               [](Lab& lab, Session const& s) { return hold_timer(lab, s, false); });
  table.script("KEEPALIVEs hold the session", "RFC 4271 §4.4", keepalives);
  table.script("shutdown with a text", "RFC 9003 §2", shutdown).only_ours().ending();
  return table.take();
}

}  // namespace conformance
