#include "rib/adj_rib_in.h"

#include <algorithm>
#include <tuple>

#include "wire/ahead.h"
#include "wire/attributes.h"

namespace bgp::rib {

namespace {
// One neighbour shall not be able to make a prefix a matter of thousands of paths for all others.
constexpr std::size_t most_paths = 64;
constexpr std::string_view too_many_paths = "more than 64 paths of a prefix, and no further one is taken";
constexpr std::string_view our_cluster = "own cluster ID in CLUSTER_LIST (RFC 4456 §8)";
constexpr std::string_view our_as = "own AS in AS_PATH (RFC 4271 §9.1.2)";
constexpr std::string_view our_local_as = "own local AS in AS_PATH (RFC 4271 §9.1.2)";
constexpr std::string_view our_address = "next hop is this speaker (RFC 4271 §5.1.3)";

bool is_v6(Family family) { return family.afi == ipv6_unicast.afi; }

RouteSource source_of(PeerInfo const& peer, wire::DecodeContext const& context) {
  return {context.ebgp ? RouteSource::Kind::ebgp : RouteSource::Kind::ibgp, peer.address, context.peer_as};
}

ImportEdits import_edits(ImportPolicy const& policy) {
  return {policy.local_name.prepend_received ? policy.local_name.as : Asn{}, policy.honour_graceful_shutdown};
}
}  // namespace

AdjRibIn::AdjRibIn(Rib& rib, PeerId peer, wire::DecodeContext context, ImportPolicy policy,
                   std::vector<Family> negotiated, OnFault on_fault)
    : rib_(rib),
      peer_(peer),
      context_(context),
      policy_(std::move(policy)),
      filter_(rib, policy_.filter, source_of(rib.peer(peer), context), import_edits(policy_)),
      negotiated_(std::move(negotiated)),
      on_fault_(std::move(on_fault)) {}

bool AdjRibIn::change(ImportPolicy policy) {
  auto const asked = [](ImportPolicy const& of) { return std::tie(of.local_addresses, of.allow_own_as); };
  auto const same = asked(policy) == asked(policy_);
  auto const edits = import_edits(policy);
  policy_ = std::move(policy);
  return filter_.change(policy_.filter, edits) || !same;
}

bool AdjRibIn::carries(Family family) const { return std::ranges::find(negotiated_, family) != negotiated_.end(); }

std::optional<wire::Notification> AdjRibIn::update(Bytes body) {
  auto const cut = wire::cut_update(body, context_, scratch_);
  if (!cut) {
    if (on_fault_) on_fault_({wire::Action::reset, cut.error().rule, 0, cut.error()}, nullptr, body);
    return cut.error();
  }
  auto const& parts = cut.value();
  if (auto const family = parts.end_of_rib()) {
    if (!carries(*family)) return std::nullopt;
    end_of_rib_[family_index(*family)] = true;
    memberships_touched_ |= *family == rt_membership;
    in_sync_ = std::ranges::all_of(negotiated_, [this](Family each) { return end_of_rib(each); });
    return std::nullopt;
  }

  // An UPDATE with both kinds of NLRI has two next hops and so two attribute sets; the classic one comes first.
  wire::MpReach const classic{ipv4_unicast, parts.next_hop.value_or(IpAddress{}), {}, parts.nlri};
  auto const mp_alone = parts.nlri.empty() && parts.mp_reach;
  auto const& first = mp_alone ? *parts.mp_reach : classic;
  auto plain = plain_routes(first.family, first.nlri);  // what they lead to comes while the attributes are looked at
  Received received;
  // Routes without a single attribute have to be judged, too: all the mandatory ones are missing.
  if (parts.any_attribute || parts.announces()) {
    if (auto fault = receive(parts, body, first, received)) return fault;
  }
  // RFC 4271 §9.1: withdrawals first, so that a prefix in both lists ends announced.
  auto not_taken = withdraw_all(ipv4_unicast, parts.withdrawn);
  auto const note = [&](std::string_view why) {
    if (!why.empty()) not_taken = why;
  };
  if (parts.mp_unreach && carries(parts.mp_unreach->family)) {
    note(withdraw_all(parts.mp_unreach->family, parts.mp_unreach->withdrawn));
  }
  if (carries(first.family)) note(announce_all(first, plain, received));
  if (!mp_alone && parts.mp_reach && carries(parts.mp_reach->family)) {
    auto more = plain_routes(parts.mp_reach->family, parts.mp_reach->nlri);
    if (received.attributes) rib_.attributes.release(received.attributes);
    received = {};
    if (auto fault = receive(parts, body, *parts.mp_reach, received)) return fault;
    note(announce_all(*parts.mp_reach, more, received));
  }
  if (!not_taken.empty() && on_fault_) on_fault_({wire::Action::withdraw, not_taken, 0, {}}, &parts, body);
  if (received.attributes) rib_.attributes.release(received.attributes);
  return std::nullopt;
}

void AdjRibIn::look_ahead(Bytes rest) const {
  auto const [family, nlri] = wire::routes_ahead(rest);
  if (nlri.empty() || !carries(family) || !has_plain_prefixes(family)) return;
  auto const add_path = context_.add_path(family);
  if (wire::check_nlri(nlri, family, add_path) != nlri.size()) return;
  auto const& table = rib_.table(family);
  wire::NlriReader reader(nlri, family, add_path);
  RouteKey key;
  for (std::size_t left = Table::most_ahead; left > 0 && !reader.at_end(); --left) {
    key.assign_nlri(reader.next_octets(), is_v6(family));
    table.prefetch(key);
  }
}

std::optional<wire::Notification> AdjRibIn::receive(wire::UpdateParts const& parts, Bytes body,
                                                    wire::MpReach const& reach, Received& out) {
  auto const hop = rib_.next_hops.acquire(reach.next_hop, reach.link_local);
  auto const as_received = rib_.attributes.key(parts.rest, hop);
  auto const known = parts.faults.empty() ? rib_.attributes.find(as_received, context_) : std::nullopt;
  wire::Verdict verdict;
  if (known) {
    static std::vector<wire::AttributeFault> const no_faults;
    verdict = wire::judge(parts, rib_.attributes[*known].summary, no_faults);
    rib_.attributes.retain(*known);
    out.attributes = *known;
  } else {
    thread_local wire::DecodedAttributes decoded;  // its memory serves all neighbours, one after the other
    wire::decode_attributes(parts.rest, context_, decoded);
    verdict = wire::judge(parts, decoded.summary, decoded.faults);
    auto const unchanged = decoded.faults.empty() && std::ranges::equal(decoded.canonical, parts.rest);
    auto const key = unchanged ? as_received : rib_.attributes.key(decoded.canonical, hop);
    out.attributes = rib_.attributes.intern(key, decoded.summary);
    if (unchanged) rib_.attributes.note_canonical(out.attributes, context_);
  }
  rib_.next_hops.release(hop);

  if (verdict.action != wire::Action::none && on_fault_) on_fault_(verdict, &parts, body);
  if (verdict.action == wire::Action::reset) {
    rib_.attributes.release(out.attributes);
    out = {};
    return verdict.notification;
  }
  out.refused_by = verdict.action == wire::Action::withdraw ? rib_.rules.number(verdict.rule)
                                                            : check_import(reach.family, out.attributes);
  return std::nullopt;
}

RuleId AdjRibIn::judge_next_hop(AttrId id) const {
  auto const& next_hop = rib_.next_hops[rib_.attributes[id].next_hop].address;
  if (next_hop.is_unset()) return accepted;  // a flow specification's, which needs none (RFC 8955 §4)
  if (!can_be_next_hop(next_hop)) return rib_.rules.number("next hop is no unicast address (RFC 4271 §6.3)");
  if (std::ranges::find(policy_.local_addresses, next_hop) != policy_.local_addresses.end()) {
    return rib_.rules.number(our_address);
  }
  return accepted;
}

RuleId AdjRibIn::judge_path(AttributeSet const& set) const {
  auto const too_often = [&](Asn as) { return wire::count_in_as_path(set.canonical(), as) > policy_.allow_own_as; };
  if (too_often(policy_.local_as)) return rib_.rules.number(our_as);
  if (policy_.local_name.as.value != 0 && too_often(policy_.local_name.as)) {
    return rib_.rules.number(our_local_as);
  }
  return accepted;
}

// RFC 9234 §5: routes that were to go to customers only.
RuleId AdjRibIn::judge_role(wire::AttributeSummary const& summary) const {
  auto const& peer = rib_.peer(peer_);
  if (!peer.our_role || !summary.has_only_to_customer) return accepted;
  switch (*peer.our_role) {
    case Role::provider:
      return rib_.rules.number("route leak: ONLY_TO_CUSTOMER from a customer (RFC 9234 §5)");
    case Role::route_server:
      return rib_.rules.number("route leak: ONLY_TO_CUSTOMER from a route server's client (RFC 9234 §5)");
    case Role::peer:
      if (summary.only_to_customer == peer.as) return accepted;
      return rib_.rules.number("route leak: a peer's ONLY_TO_CUSTOMER is not of its own AS (RFC 9234 §5)");
    case Role::customer:
    case Role::route_server_client:
      return accepted;
  }
  return accepted;
}

RuleId AdjRibIn::check_import(Family family, AttrId id) const {
  auto const& set = rib_.attributes[id];
  if (auto const refused = judge_next_hop(id); refused != accepted) return refused;
  if (auto const refused = judge_path(set); refused != accepted) return refused;
  if (is_unicast(family)) {  // RFC 9234 §5: no others
    if (auto const refused = judge_role(set.summary); refused != accepted) return refused;
  }
  if (!context_.ebgp && set.summary.has_originator_id && set.summary.originator_id == policy_.router_id) {
    return rib_.rules.number("own router ID as ORIGINATOR_ID (RFC 4456 §8)");
  }
  if (set.summary.cluster_list_length > 0 && policy_.cluster_ids) {
    for (auto const cluster : *policy_.cluster_ids) {
      if (wire::in_cluster_list(set.canonical(), cluster)) {
        return rib_.rules.number(our_cluster);
      }
    }
  }
  return accepted;
}

std::optional<Import> AdjRibIn::import_again(Family family, Prefix const& prefix, Path const& path) {
  if (!path.received) return std::nullopt;
  auto const may_pass_now = [&] {
    if (rib_.rules.kind(path.rule) == RuleBook::Kind::filter) return true;
    auto const is_why = [&](std::string_view rule) { return path.rule == rib_.rules.number(rule); };
    return is_why(our_address) || is_why(our_cluster) || is_why(our_as) || is_why(our_local_as);
  };
  if (path.refused() && !may_pass_now()) return std::nullopt;
  if (auto const refused = check_import(family, path.received); refused != accepted) return Import{{}, refused};
  return filter_.judge(family, prefix, path.received);
}

PlainRoutes AdjRibIn::plain_routes(Family family, Bytes nlri) const {
  auto const any = carries(family) && has_plain_prefixes(family);
  // There is a table of each family that can be carried, and of no other.
  return {rib_.table(any ? family : ipv4_unicast), peer_, any ? nlri : Bytes{}, any && context_.add_path(family)};
}

template <class OnEach>
void AdjRibIn::each_route(Family family, PlainRoutes& plain, Bytes nlri, bool withdrawn, OnEach&& on_each) {
  memberships_touched_ |= family == rt_membership;
  if (has_plain_prefixes(family)) {
    for (; !plain.batch().empty(); plain.next()) {
      for (auto const& route : plain.batch()) on_each(route);
    }
    return;
  }
  for (wire::OtherNlriReader reader(nlri, family, context_.add_path(family)); !reader.at_end();) {
    wire::cut_other_nlri(reader.next(), family, withdrawn, other_);
    on_each(NamedRoute{RouteKey(other_.key), reader.path_id(), other_.value, other_.fault});
  }
}

std::string_view AdjRibIn::announce_all(wire::MpReach const& reach, PlainRoutes& plain, Received const& received) {
  auto const family = reach.family;
  std::string_view not_taken;
  if (reach.nlri.empty()) return not_taken;
  auto const add_path = context_.add_path(family);
  auto const ask_filter = received.refused_by == accepted && !filter_.passes_untouched(received.attributes);
  auto& refreshed = refreshed_[family_index(family)];
  each_route(family, plain, reach.nlri, false, [&](NamedRoute const& route) {
    if (!route.fault.empty()) {
      not_taken = route.fault;
      return;
    }
    if (add_path && rib_.would_exceed(most_paths, family, peer_, route.key, route.path)) {
      not_taken = too_many_paths;
      return;
    }
    auto const id = with_value(received.attributes, route.value);
    Import import{received.refused_by == accepted ? id : AttrId{}, received.refused_by};
    if (ask_filter) import = filter_.judge(family, rib_.table(family).prefix(route.key.octets()), id);
    auto const slot = rib_.announce(family, peer_, route.key, route.path, id, import);
    if (refreshed) refreshed->insert(slot, route.path);
    if (id != received.attributes) rib_.attributes.release(id);
  });
  return not_taken;
}

// The set of a route whose NLRI holds more than its key, to be released; else `base`.
AttrId AdjRibIn::with_value(AttrId base, Bytes value) {
  if (value.empty() || !base) return base;
  auto const& set = rib_.attributes[base];
  return rib_.attributes.intern(set.canonical(), set.next_hop, set.summary, value);
}

std::string_view AdjRibIn::withdraw_all(Family family, Bytes nlri) {
  std::string_view not_taken;
  if (nlri.empty()) return not_taken;
  auto& refreshed = refreshed_[family_index(family)];
  auto plain = plain_routes(family, nlri);
  each_route(family, plain, nlri, true, [&](NamedRoute const& route) {
    if (!route.fault.empty()) {
      not_taken = route.fault;
      return;
    }
    if (refreshed) {
      if (auto const slot = rib_.table(family).find(route.key)) refreshed->erase(*slot, route.path);
    }
    rib_.withdraw(family, peer_, route.key, route.path);
  });
  return not_taken;
}

}  // namespace bgp::rib
