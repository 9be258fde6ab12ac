#include "config/as_keys.h"

#include <algorithm>

#include "config/suggest.h"

namespace tern::config {

namespace {

std::span<Key<bgp::LocalAs> const> local_as_keys() {
  using L = bgp::LocalAs;
  static std::vector<Key<L>> const keys = {
      {"as", [](Value const& v, L& l) { l.as = v.asn().value_or(bgp::Asn{}); }, true},
      {"prependReceived", [](Value const& v, L& l) { v.read(l.prepend_received); }},
      {"replace", [](Value const& v, L& l) { v.read(l.replace); }},
  };
  return keys;
}

void read_local_as(Value const& value, PeerDraft& draft) {
  auto& out = draft.peer.local_as = {};
  if (value.is_map()) {
    read_map(value, local_as_keys(), out);
  } else {
    out.as = value.asn().value_or(bgp::Asn{});
  }
}

void read_private_as(Value const& value, PeerDraft& draft) {
  auto& out = draft.peer.private_as;
  if (value.says("true") || value.says("false")) {
    out = value.says("true") ? bgp::PrivateAs::remove : bgp::PrivateAs::keep;
  } else if (value.says("replace")) {
    out = bgp::PrivateAs::replace;
  } else {
    value.problem("is neither true, false nor replace", "write true to leave them out of AS paths, or replace");
  }
}

void read_role(Value const& value, PeerDraft& draft) {
  auto const wanted = value.text();
  if (!wanted) return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < bgp::roles; ++i) {
    auto const role = static_cast<bgp::Role>(i);
    if (*wanted == name(role)) draft.peer.role = role;
    names.emplace_back(name(role));
  }
  if (std::find(names.begin(), names.end(), *wanted) != names.end()) return;
  value.problem("'" + *wanted + "' is no role", "write what we are to the neighbour: " + one_of(names));
}

}  // namespace

std::span<Key<PeerDraft> const> as_keys() {
  static std::vector<Key<PeerDraft>> const keys = {
      {"localAs", read_local_as},
      {"allowOwnAs",
       [](Value const& v, PeerDraft& d) { d.peer.allow_own_as = static_cast<unsigned>(v.number(0, 255).value_or(0)); }},
      {"removePrivateAs", read_private_as},
      {"role", read_role},
      {"strictRole", [](Value const& v, PeerDraft& d) { v.read(d.peer.strict_role); }},
      {"gracefulShutdown", [](Value const& v, PeerDraft& d) { v.read(d.peer.graceful_shutdown); }},
      {"honorGracefulShutdown", [](Value const& v, PeerDraft& d) { v.read(d.peer.honour_graceful_shutdown); }},
  };
  return keys;
}

void check_as_keys(PeerDraft const& draft, bgp::Asn local_as, Problems& problems) {
  auto const& peer = draft.peer;
  auto const refuse = [&](bool wrong, char const* key, char const* what, char const* remedy) {
    if (wrong) problems.add(draft.places.at(key), what, remedy);
  };
  auto const ibgp = peer.remote_as == local_as;
  constexpr char external[] = "remove it: remoteAs is router.as, so this is iBGP";
  refuse(ibgp && peer.local_as.as.value != 0, "localAs", "is for eBGP neighbours", external);
  refuse(ibgp && peer.private_as != bgp::PrivateAs::keep, "removePrivateAs", "is for eBGP neighbours", external);
  refuse(ibgp && peer.role.has_value(), "role", "is for eBGP neighbours (RFC 9234)", external);
  refuse(ibgp && !peer.honour_graceful_shutdown, "honorGracefulShutdown",
         "is for eBGP neighbours: local preference comes with the routes of iBGP", external);
  refuse(peer.strict_role && !peer.role, "strictRole", "needs a role of our own", "add role, or remove it");
  if (peer.local_as.as.value == 0 || ibgp) return;
  refuse(peer.local_as.as == local_as, "localAs", "is router.as, which is told anyhow", "remove it");
  refuse(peer.local_as.as == peer.remote_as, "localAs",
         "is the neighbour's own AS: a session within that AS would need iBGP's rules", "write another AS");
}

}  // namespace tern::config
