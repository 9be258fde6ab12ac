// ROUTE-REFRESH (RFC 2918), End-of-RIB (RFC 4724), what a two-octet neighbour is sent (RFC 6793), and what is not built
// and therefore has to be absent.
#include "runner.h"
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

Bytes from_observer(Update const& good_one, std::vector<std::uint32_t> const& ases, Bytes const& aggregator) {
  auto update = good_one;
  update.set(kWellKnown, kAsPath, sequence(ases));
  if (!aggregator.empty()) update.add(kOptTrans, kAggregator, aggregator);
  return update.bytes();
}

Session observer_session(Session const& session) {
  auto one = session;
  one.kind = Kind::client;
  one.local = "10.77.9.1";
  one.as = session.daemon_as;
  one.width = 4;
  return one;
}

// A route of the second neighbour stands at this one; withdrawn again when the row is over.
class Standing {
 public:
  Standing(Lab& lab, Bytes const& announcement, std::string prefix) : lab_(lab), prefix_(std::move(prefix)) {
    lab_.observer().send(announcement);
  }
  ~Standing() {
    Update update;
    if (prefix_ == kPrefix6)
      update.add(kOptional, kMpUnreach, mp_unreach(2, 1, nlri(prefix_)));
    else
      update.withdrawn = nlri(prefix_);
    lab_.observer().send(update.bytes());
  }
  Standing(Standing const&) = delete;
  Standing& operator=(Standing const&) = delete;

  /// The route has come at least so often.
  [[nodiscard]] bool at(Peer& peer, unsigned times = 1) const {
    return peer.wait(in(5s), [&] { return peer.rib().announcements(prefix_) >= times; });
  }

 private:
  Lab& lab_;
  std::string prefix_;
};

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

Result offers_nothing_unbuilt(Lab& lab, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session");
  // Extended next hop, extended messages, role, graceful restart, ADD-PATH, enhanced refresh, long-lived restart.
  for (unsigned const code : {5u, 6u, 9u, 64u, 69u, 70u, 71u})
    if (peer.they_have(code)) return failed("capability " + std::to_string(code) + " should not be offered");
  for (unsigned const code : {1u, 2u, 65u})
    if (!peer.they_have(code)) return failed("capability " + std::to_string(code) + " should be offered");
  return {};
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
  ignored("a family that was not negotiated", "RFC 2918 §4", route_refresh(25, 65));
  ignored("unknown subtype", "RFC 7313 §5", route_refresh(1, 1, 77));
  ignored("begin of refresh that was not negotiated", "RFC 7313 §4", route_refresh(1, 1, 1)).only_ours();
  ignored("end of refresh that was not negotiated", "RFC 7313 §4", route_refresh(1, 1, 2)).only_ours();
  table.row("End-of-RIB of IPv4", "RFC 4724 §2", raw(Update{}.bytes()), fate(Fate::unchanged));
  table.row("End-of-RIB of IPv6", "RFC 4724 §2", raw(end_of_rib6()), fate(Fate::unchanged)).six();
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
  absent_features(table);
  return table.take();
}

}  // namespace conformance
