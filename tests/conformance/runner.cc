#include "runner.h"

#include <algorithm>
#include <exception>

namespace conformance {

using namespace support;

namespace {

std::string text_of(Expectation const& expected) {
  std::string text = "NOTIFICATION " + std::to_string(expected.code) + "/";
  for (auto const subcode : expected.subcodes)
    text += (subcode == expected.subcodes[0] ? "" : "|") + std::to_string(subcode);
  return text + " data " + (expected.data ? "[" + to_hex(*expected.data) + "]" : "any");
}

// The ASes of an AS_PATH of four octets per AS; nothing if there is anything but sequences.
std::optional<std::vector<std::uint32_t>> in_sequence(Bytes const& path) {
  std::vector<std::uint32_t> ases;
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] != 2 || at + 2 + 4u * path[at + 1] > path.size()) return std::nullopt;
    auto const end = at + 2 + 4u * path[at + 1];
    for (at += 2; at < end; at += 4)
      ases.push_back(std::uint32_t(path[at]) << 24 | path[at + 1] << 16 | path[at + 2] << 8 | path[at + 3]);
  }
  return ases;
}

}  // namespace

Result check_route(Route const& route, std::vector<Check> const& checks) {
  for (auto const& check : checks) {
    auto const* found = route.find(check.code);
    auto const which = "attribute " + std::to_string(check.code);
    if (!check.present) {
      if (found != nullptr) return failed(which + " should be absent: " + route.text());
      continue;
    }
    if (found == nullptr) return failed(which + " is missing: " + route.text());
    if (check.value && found->value != *check.value)
      return failed(which + " should be " + to_hex(*check.value) + ": " + route.text());
    if (check.ases && in_sequence(found->value) != check.ases)
      return failed(which + " should be the path " + to_hex(sequence(*check.ases)) + ": " + route.text());
    if (check.flags && (found->flags | kExtendedLength) != (*check.flags | kExtendedLength))
      return failed(which + " should have flags " + to_hex(u8(*check.flags)) + ": " + route.text());
  }
  return {};
}

namespace {

std::string last_words(Peer& peer) {
  peer.drain();
  if (peer.last_notification()) return "; got " + peer.last_notification()->text();
  return peer.up() ? "; the session is up" : "; the connection ended";
}

Result stays(Lab& lab, Peer& peer, Session const& session) {
  if (lab.barrier(peer, session)) return {};
  return failed("the session should stay" + last_words(peer));
}

Result judge_route(Lab& lab, Case const& row, Peer& peer, Session const& session) {
  auto const* standing = lab.observer().rib().find(row.prefix);
  switch (row.expect.fate) {
    case Fate::withdrawn:
      if (!lab.vanished(row.prefix)) return failed("the route that stood should be withdrawn" + last_words(peer));
      return stays(lab, peer, session);
    case Fate::arrives:
      if (!lab.seen(row.prefix)) return failed("the route should arrive" + last_words(peer));
      if (auto const found = check_route(*lab.observer().rib().find(row.prefix), row.expect.checks); !found.passed)
        return found;
      return stays(lab, peer, session);
    case Fate::ignored: {
      auto const up = stays(lab, peer, session);
      standing = lab.observer().rib().find(row.prefix);
      return standing == nullptr ? up : failed("the route should not arrive: " + standing->text());
    }
    default: {
      auto const up = stays(lab, peer, session);
      if (up.passed && lab.observer().rib().find(row.prefix) == nullptr) return failed("the route should still stand");
      return up;
    }
  }
}

bool needs_standing_route(Fate one) {
  return one == Fate::withdrawn || one == Fate::unchanged || one == Fate::notified;
}

Result in_established(Lab& lab, Case const& row, Session const& session) {
  auto peer = lab.peer(session);
  if (!peer.establish(in(10s))) return failed("no session" + last_words(peer));
  if (needs_standing_route(row.expect.fate)) {
    peer.send(good(session, row.prefix).bytes());
    if (!lab.seen(row.prefix)) return failed("the good route does not arrive" + last_words(peer));
  }
  peer.send(row.send(session));
  if (row.expect.fate != Fate::notified && row.expect.fate != Fate::closed) return judge_route(lab, row, peer, session);
  auto const result = compare(peer, row.expect, 5s);
  if (result.passed && !lab.vanished(row.prefix)) return failed("the route outlives its session");
  return result;
}

// The handshake up to OpenSent or OpenConfirm, as the daemon sees it.
bool reach(Peer& peer, Session const& session, Phase phase) {
  if (!peer.connect(in(10s))) return false;
  auto const open = peer.receive(in(5s));
  if (!open || open->type != kOpen) return false;
  if (phase == Phase::open_sent) return true;
  if (!peer.send(good_open(session).bytes())) return false;
  auto const next = peer.connection().receive(in(5s));
  return next && next->type == kKeepalive;
}

Result comes_up(Lab& lab, Peer& peer, Session const& session) {
  auto const answer = peer.connection().receive(in(5s));
  if (!answer) return failed("the OPEN should be accepted" + last_words(peer));
  if (answer->type != kKeepalive) return failed("the OPEN should be accepted; got " + answer->text());
  peer.send(keepalive());
  return stays(lab, peer, session);
}

Result in_handshake(Lab& lab, Case const& row, Session const& session) {
  auto peer = lab.peer(session);
  if (!reach(peer, session, row.phase)) return failed("no handshake" + last_words(peer));
  peer.send(row.send(session));
  if (row.expect.fate == Fate::established) return comes_up(lab, peer, session);
  return compare(peer, row.expect, 5s);
}

}  // namespace

Result failed(std::string why) { return {.passed = false, .why = std::move(why)}; }

Result compare(Peer& peer, Expectation const& expected, std::chrono::milliseconds patience) {
  auto const deadline = in(patience);
  auto const got = peer.await_notification(deadline);
  if (expected.fate == Fate::closed) {
    if (got) return failed("should close without a word; got " + got->text());
    return peer.connection().ended() ? Result{} : failed("the connection should end");
  }
  if (!got) return failed("expected " + text_of(expected) + last_words(peer));
  bool const right =
      got->code == expected.code &&
      std::find(expected.subcodes.begin(), expected.subcodes.end(), got->subcode) != expected.subcodes.end() &&
      (!expected.data || *expected.data == got->data);
  if (!right) return failed("expected " + text_of(expected) + ", got " + got->text());
  while (peer.receive(deadline)) {
  }
  return peer.connection().ended() ? Result{} : failed("the connection should end after " + got->text());
}

Result run(Lab& lab, Selected const& selected) {
  auto const& row = *selected.row;
  try {
    lab.ensure();
    auto const session = lab.session(selected);
    // Or else the neighbour would be sent it in the initial exchange.
    if (!lab.vanished(kPrefix) || !lab.vanished(kPrefix6)) return failed("a route of an earlier row still stands");
    auto result = row.script                        ? row.script(lab, session)
                  : row.phase == Phase::established ? in_established(lab, row, session)
                                                    : in_handshake(lab, row, session);
    if (!lab.daemon_running() && !row.ends_daemon)
      return failed("the daemon died. " + result.why + "\n" + lab.daemon_output());
    if (!result.passed && row.send) result.why += "; sent " + to_hex(row.send(session));
    return result;
  } catch (std::exception const& error) {
    return failed(error.what());
  }
}

}  // namespace conformance
