#include "case.h"

namespace conformance {

using namespace support;

std::string text_of(Kind kind, Transport transport) {
  auto const* role = kind == Kind::ebgp ? "ebgp" : kind == Kind::ibgp ? "ibgp" : "client";
  return std::string(role) + (transport == Transport::ipv6 ? "6" : "");
}

std::vector<std::uint32_t> good_path(Session const& session) {
  if (session.external()) return {session.as, 64999};
  return {64999};
}

Update good(Session const& session, std::string const& prefix) {
  if (prefix == kPrefix6) return good6(session);
  Update update;
  update.add(kWellKnown, kOrigin, u8(0));
  update.add(kWellKnown, kAsPath, sequence(good_path(session), session.width));
  update.add(kWellKnown, kNextHop, ip(session.local));
  if (!session.external()) update.add(kWellKnown, kLocalPref, u32(100));
  update.reachable = nlri(prefix);
  return update;
}

Update good6(Session const& session) {
  auto update = good(session);
  update.drop(kNextHop);
  update.first(kOptional, kMpReach, mp_reach(2, 1, ip(kNextHop6), nlri(kPrefix6)));
  update.reachable.clear();
  return update;
}

Open good_open(Session const& session) {
  Open open;
  open.as = session.as;
  open.id = session.id;
  auto capabilities = cat({capability_mp(1, 1), capability_mp(2, 1), capability(2), session.offers});
  if (session.width == 4) capabilities = capabilities + capability_as4(session.as);
  open.parameters = parameter(2, capabilities);
  return open;
}

Make raw(Bytes bytes) {
  return [bytes = std::move(bytes)](Session const&) { return bytes; };
}

Make edited(std::vector<Edit> edits) {
  return [edits = std::move(edits)](Session const& session) {
    auto update = good(session);
    for (auto const& edit : edits) edit(update, session);
    return update.bytes();
  };
}

Make edited6(std::vector<Edit> edits) {
  return [edits = std::move(edits)](Session const& session) {
    auto update = good6(session);
    for (auto const& edit : edits) edit(update, session);
    return update.bytes();
  };
}

Edit set(unsigned flags, unsigned code, Bytes value) {
  return [=](Update& update, Session const&) { update.set(flags, code, value); };
}

Edit add(unsigned flags, unsigned code, Bytes value) {
  return [=](Update& update, Session const&) { update.add(flags, code, value); };
}

Edit first(unsigned flags, unsigned code, Bytes value) {
  return [=](Update& update, Session const&) { update.first(flags, code, value); };
}

Edit drop(unsigned code) {
  return [=](Update& update, Session const&) { update.drop(code); };
}

Edit tail(Bytes bytes) {
  return [=](Update& update, Session const&) { update.trailing = bytes; };
}

Edit reachable(Bytes field) {
  return [=](Update& update, Session const&) { update.reachable = field; };
}

Edit withdrawn_field(Bytes field) {
  return [=](Update& update, Session const&) { update.withdrawn = field; };
}

Check absent(unsigned code) { return {.code = code, .present = false}; }
Check present(unsigned code, Bytes value) { return {.code = code, .value = std::move(value)}; }
Check present(unsigned code, unsigned flags, Bytes value) {
  return {.code = code, .value = std::move(value), .flags = flags};
}
Check path(std::vector<std::uint32_t> const& ases) { return {.code = kAsPath, .ases = ases}; }

Expectation notified(unsigned code, unsigned subcode, std::optional<Bytes> data) {
  return notified_any(code, {subcode}, std::move(data));
}

Expectation notified_any(unsigned code, std::vector<unsigned> subcodes, std::optional<Bytes> data) {
  return {.fate = Fate::notified, .code = code, .subcodes = std::move(subcodes), .data = std::move(data)};
}

Expectation arrives(std::vector<Check> checks) { return {.fate = Fate::arrives, .checks = std::move(checks)}; }

Case& Table::row(std::string name, std::string spec, Make send, Expectation expect) {
  rows_.push_back({.table = name_,
                   .name = std::move(name),
                   .spec = std::move(spec),
                   .send = std::move(send),
                   .expect = std::move(expect)});
  return rows_.back();
}

Case& Table::script(std::string name, std::string spec, Script script) {
  rows_.push_back({.table = name_, .name = std::move(name), .spec = std::move(spec), .script = std::move(script)});
  return rows_.back();
}

}  // namespace conformance
