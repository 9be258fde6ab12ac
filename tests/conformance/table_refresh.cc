// ROUTE-REFRESH (RFC 2918), End-of-RIB (RFC 4724), and what is not built and therefore has to be absent.
#include "runner.h"
#include "standing.h"
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

// A session over which the first exchange of routes is done, so that nothing is sent twice on its account.
bool settled(Lab& lab, Peer& peer, Session const& session) {
  return peer.establish(in(10s)) && lab.barrier(peer, session);
}

Result sends_again(Lab& lab, Session const& session, std::string const& prefix, unsigned afi) {
  auto peer = lab.peer(session);
  if (!settled(lab, peer, session)) return failed("no session");
  Standing const route(lab, good(observer_session(session), prefix).bytes(), prefix);
  if (!route.at(peer)) return failed("the other neighbour's route does not arrive");
  auto const before = peer.rib().announcements(prefix);
  peer.send(route_refresh(afi, 1));
  if (!route.at(peer, before + 1)) return failed("the route should be sent again");
  return lab.barrier(peer, session) ? Result{} : failed("the session should stay");
}

Result does_not_send_again(Lab& lab, Session const& session, Bytes const& request) {
  auto peer = lab.peer(session);
  if (!settled(lab, peer, session)) return failed("no session");
  Standing const route(lab, good(observer_session(session)).bytes(), kPrefix);
  if (!route.at(peer)) return failed("the other neighbour's route does not arrive");
  auto const before = peer.rib().announcements(kPrefix);
  peer.send(request);
  if (!lab.barrier(peer, session)) return failed("the session should stay");
  // Another route of the other neighbour: when it is here, so is all that was sent before it.
  Standing const marker(lab, good(observer_session(session), "192.0.2.64/26").bytes(), "192.0.2.64/26");
  if (!marker.at(peer)) return failed("the session should stay");
  return peer.rib().announcements(kPrefix) == before ? Result{} : failed("the request should be ignored");
}

Result offers_nothing_unbuilt(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  // Of what is built, but not configured: extended next hop, extended messages, role. Graceful restart, ADD-PATH,
  // long-lived restart.
  for (unsigned const code : {5u, 6u, 9u, 64u, 69u, 71u})
    if (peer.they_have(code)) return failed("capability " + std::to_string(code) + " should not be offered");
  for (unsigned const code : {1u, 2u, 65u})
    if (!peer.they_have(code)) return failed("capability " + std::to_string(code) + " should be offered");
  return {};
}

// RFC 7313 §4: the other neighbour's route comes between the marks.
Result marks_what_it_sends_again(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!settled(lab, peer, session)) return failed("no session");
  if (!peer.they_have(70)) return failed("enhanced route refresh should be offered");
  Standing const route(lab, good(observer_session(session)).bytes(), kPrefix);
  if (!route.at(peer)) return failed("the other neighbour's route does not arrive");
  peer.send(route_refresh(1, 1));
  std::optional<unsigned> before;  // announcements, when the beginning came
  auto const deadline = in(5s);
  while (auto const message = peer.receive(deadline)) {
    if (message->type != kRouteRefresh || message->body.size() != 4) continue;
    if (message->body[2] == 1) before = peer.rib().announcements(kPrefix);
    if (message->body[2] != 2) continue;
    if (!before) return failed("the end should not come before the beginning");
    if (peer.rib().announcements(kPrefix) == *before) return failed("the route should come between the two");
    return lab.barrier(peer, session) ? Result{} : failed("the session should stay");
  }
  return failed(before ? "the end should come" : "the beginning should come");
}

Result drops_what_does_not_come_again(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!settled(lab, peer, session)) return failed("no session");
  peer.send(good(session).bytes());
  if (!lab.seen(kPrefix)) return failed("the route does not arrive");
  peer.send(Update{}.bytes());  // End-of-RIB, for those who wait for it
  peer.send(route_refresh(1, 1, 1) + route_refresh(1, 1, 2));
  if (!lab.vanished(kPrefix)) return failed("the route should be gone");
  return lab.barrier(peer, session) ? Result{} : failed("the session should stay");
}

Bytes end_of_rib6() {
  Update update;
  update.add(kOptional, kMpUnreach, mp_unreach(2, 1, {}));
  return update.bytes();
}

void absent_features(Table& table) {
  table.script("nothing that is not built is offered", "RFC 5492 §3", offers_nothing_unbuilt).only_ours();
  auto const with = [](Bytes more) {
    return [=](Session const& session) {
      auto open = good_open(session);
      open.parameters = open.parameters + parameter(2, more);
      return open.bytes();
    };
  };
  auto const up = fate(Fate::established);
  table.row("a role is ignored", "RFC 5492 §3", with(capability(9, u8(2))), up).in(Phase::open_sent).only_ours();
  table.row("graceful restart is ignored", "RFC 5492 §3", with(capability(64, hex("4078 0001 01 80"))), up)
      .in(Phase::open_sent)
      .only_ours();
  table.row("ADD-PATH is ignored", "RFC 5492 §3", with(capability(69, hex("0001 01 03"))), up)
      .in(Phase::open_sent)
      .only_ours();
}

}  // namespace

std::vector<Case> refresh_rows() {
  Table table("refresh");
  table.script("the IPv4 routes are sent again", "RFC 2918 §4",
               [](Lab& lab, Session const& s) { return sends_again(lab, s, kPrefix, 1); });
  table.script("the IPv6 routes are sent again", "RFC 2918 §4",
               [](Lab& lab, Session const& s) { return sends_again(lab, s, kPrefix6, 2); });
  auto const ignored = [&](std::string name, std::string spec, Bytes request) -> Case& {
    return table.script(std::move(name), std::move(spec),
                        [request](Lab& lab, Session const& s) { return does_not_send_again(lab, s, request); });
  };
  table.script("what is sent again has marks", "RFC 7313 §4", marks_what_it_sends_again).offering(capability(70));
  table.script("what does not come again is dropped", "RFC 7313 §4", drops_what_does_not_come_again)
      .offering(capability(70));
  ignored("a family that was not negotiated", "RFC 2918 §4", route_refresh(25, 65));
  ignored("unknown subtype", "RFC 7313 §5", route_refresh(1, 1, 77));
  ignored("begin of refresh that was not negotiated", "RFC 7313 §4", route_refresh(1, 1, 1)).only_ours();
  ignored("end of refresh that was not negotiated", "RFC 7313 §4", route_refresh(1, 1, 2)).only_ours();
  ignored("begin of wrong length that was not negotiated", "RFC 7313 §5", message(kRouteRefresh, hex("0001010100")))
      .only_ours();
  table.row("End-of-RIB of IPv4", "RFC 4724 §2", raw(Update{}.bytes()), fate(Fate::unchanged));
  table.row("End-of-RIB of IPv6", "RFC 4724 §2", raw(end_of_rib6()), fate(Fate::unchanged)).six();
  absent_features(table);
  return table.take();
}

}  // namespace conformance
