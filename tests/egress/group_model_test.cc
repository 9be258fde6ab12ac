// Update groups against a naive model: whatever happens (routes come, change and go, members join, leave, refresh, stop
// reading, get another filter, slots are reused), a member that has read everything holds exactly what a per-peer table
// would have told it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "egress/egress.h"
#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"
#include "wire/update.h"

namespace bgp::egress {
namespace {

// A route that is held: its prefix and, with ADD-PATH, its identifier.
using Name = std::pair<Prefix, std::uint32_t>;
using Held = std::map<Name, std::uint32_t>;  // MED, which names the attribute set here

// Which identifier a path gets is not said.
using Routes = std::multiset<std::pair<Prefix, std::uint32_t>>;
Routes routes_of(Held const& held) {
  Routes out;
  for (auto const& [name, med] : held) out.emplace(name.first, med);
  return out;
}

// Attribute sets that a filter made have other MEDs. The attribute set of this MED does not fit in a message: nobody
// may hear of it.
constexpr std::uint32_t too_long = 8;

Prefix nth_prefix(Family family, unsigned n) {
  if (family.afi == ipv4_unicast.afi) return {IpAddress::v4(0x0a000000U + (n << 8)), 24};
  return {IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, static_cast<std::uint8_t>(n)}), 48};
}

// In a VPN: behind a route distinguisher, as wire/other_nlri.h cuts it.
Buffer nth_vpn_key(unsigned n) {
  auto const octet = static_cast<std::uint8_t>(n);
  return {64 + 24, 0, 0, 0xfd, 0xe8, 0, 0, 0, 1, 10, 0, octet};
}
// Where there are labels, the one of a set is its MED as it was announced, whatever a filter makes of that.
constexpr std::uint32_t labelled = 10'000'000;
std::uint32_t label_of(Bytes value) { return value.size() == 3 ? labelled * (value[2] >> 4) : 0; }

// VPN routes have one of two route targets, and neighbours want none, one or both of them (the bits of `wanted`), or
// have no say.
ExtendedCommunity target_of(std::uint32_t med) {
  return {0, 2, 0xfd, 0xe8, 0, 0, 0, static_cast<std::uint8_t>(med % 2)};
}
Interest interest_in(unsigned wanted) {
  if (wanted > 3) return {};
  auto targets = std::make_shared<RouteTargets>();
  for (auto const n : {0U, 1U}) {
    if ((wanted >> n & 1) == 0) continue;
    Buffer key{96, 0, 0, 0xfd, 0xe8};
    for (auto const octet : target_of(n)) key.push_back(octet);
    targets->insert(key);
  }
  return {targets};
}

// Added to the MED of what a receiver holds with that community: it is told to some by the key, not by the filter.
constexpr std::uint32_t shutting_down = 1'000'000;

// A neighbour that applies what it is sent.
class Receiver {
 public:
  explicit Receiver(bool add_path = false) : add_path_(add_path) {}
  std::size_t read(Member& member, std::size_t budget) {
    std::vector<Slice> slices;
    auto const filled = member.fill(slices, budget);
    for (auto const& slice : slices) apply(slice.bytes());
    return filled;
  }
  [[nodiscard]] Held const& held() const { return held_; }
  [[nodiscard]] unsigned ends_of_rib() const { return ends_of_rib_; }
  [[nodiscard]] bool refreshing() const { return refreshing_; }

 private:
  void apply(Bytes octets) {
    while (!octets.empty()) {
      auto const frame = wire::next_frame(octets);
      RC_ASSERT(frame.ok());
      RC_ASSERT(frame.value().has_value());
      if (frame.value()->type == wire::MessageType::route_refresh) {
        apply_demarcation(*wire::decode_route_refresh(frame.value()->body));
      } else {
        apply_update(frame.value()->body);
      }
      octets = octets.subspan(frame.value()->message.size());
    }
  }

  // RFC 7313 §4
  void apply_demarcation(wire::RouteRefresh const& refresh) {
    if (refresh.subtype == wire::RouteRefresh::begin) {
      refreshing_ = true;
      for (auto const& [name, med] : held_) stale_.insert(name);
      return;
    }
    RC_ASSERT(refresh.subtype == wire::RouteRefresh::end);
    RC_ASSERT(std::exchange(refreshing_, false));
    for (auto const& name : stale_) held_.erase(name);
    stale_.clear();
  }

  void apply_update(Bytes body) {
    wire::DecodeContext context;
    if (add_path_) context.add_paths = FamilySet::all();
    auto const cut = wire::cut_update(body, context, scratch_);
    RC_ASSERT(cut.ok());
    auto const& parts = cut.value();
    if (parts.end_of_rib()) ++ends_of_rib_;
    auto const decoded = wire::decode_attributes(parts.rest, context);
    if (parts.announces()) {
      RC_ASSERT(wire::judge(parts, decoded.summary, decoded.faults).action == wire::Action::none);
    }
    withdraw(parts.withdrawn, ipv4_unicast);
    if (parts.mp_unreach) withdraw(parts.mp_unreach->withdrawn, parts.mp_unreach->family);
    auto const med = decoded.summary.med + (decoded.summary.graceful_shutdown ? shutting_down : 0);
    announce(parts.nlri, ipv4_unicast, med);
    if (parts.mp_reach) announce(parts.mp_reach->nlri, parts.mp_reach->family, med);
  }
  void withdraw(Bytes nlri, Family family) {
    if (!has_plain_prefixes(family)) return withdraw_others(nlri, family);
    for (wire::NlriReader reader(nlri, family, add_path_); !reader.at_end();) {
      auto const prefix = reader.next();
      held_.erase({prefix, reader.path_id().value});
    }
  }
  void announce(Bytes nlri, Family family, std::uint32_t med) {
    if (!has_plain_prefixes(family)) return announce_others(nlri, family, med);
    for (wire::NlriReader reader(nlri, family, add_path_); !reader.at_end();) {
      auto const prefix = reader.next();
      hold({prefix, reader.path_id().value}, med);
    }
  }
  void hold(Name const& name, std::uint32_t med) {
    RC_ASSERT(add_path_ == (name.second != 0));
    held_[name] = med;
    stale_.erase(name);
  }
  void withdraw_others(Bytes nlri, Family family) {
    for (wire::OtherNlriReader reader(nlri, family, add_path_); !reader.at_end();) {
      wire::cut_other_nlri(reader.next(), family, true, other_);
      held_.erase({*wire::prefix_of(family, other_.key), reader.path_id().value});
    }
  }
  void announce_others(Bytes nlri, Family family, std::uint32_t med) {
    for (wire::OtherNlriReader reader(nlri, family, add_path_); !reader.at_end();) {
      wire::cut_other_nlri(reader.next(), family, false, other_);
      RC_ASSERT(other_.fault.empty());
      hold({*wire::prefix_of(family, other_.key), reader.path_id().value}, med + label_of(other_.value));
    }
  }

  bool add_path_;
  Held held_;
  std::set<Name> stale_;
  bool refreshing_ = false;
  unsigned ends_of_rib_ = 0;
  Buffer scratch_;
  wire::OtherNlri other_;
};

// Refuses prefixes of every third number, so that "not exported" happens beside "withdrawn".
class RefuseSome : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const& route) const override {
    return {number(route.prefix) % 3 != 0, "every third"};
  }
  std::string name() const override { return "refuse some"; }
  static unsigned number(Prefix const& prefix) {
    return prefix.address().data()[prefix.family() == ipv4_unicast ? 2 : 5];
  }
};

// Changes what some prefixes say, so that different sets become equal and equal ones different, and refuses others.
class ChangeSome : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const& route) const override {
    auto const number = RefuseSome::number(route.prefix);
    if (number % 5 == 0) return {false, "every fifth"};
    if (number % 2 == 0) return {true};
    return {true, {}, changed(route.attributes, 100 + *route.attributes.med / 3)};
  }
  std::string name() const override { return "change some"; }
  static std::shared_ptr<Attributes const> changed(Attributes attributes, std::uint32_t med) {
    attributes.med = med;
    return std::make_shared<Attributes const>(std::move(attributes));
  }
};

// Does not ask for the prefix.
class ChangeAll : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const& route) const override {
    if (route.attributes.med == 5U) return {false, "the fifth"};
    if (route.source.address == IpAddress::v4(2)) return {false, "the second"};
    return {true, {}, ChangeSome::changed(route.attributes, *route.attributes.med + 50)};
  }
  bool asks_for_prefix() const override { return false; }
  std::string name() const override { return "change all"; }
};

struct World {
  // The last two are non-clients, the one before is in the filtered group; the first and the last take several paths.
  static constexpr unsigned neighbours = 7;
  static constexpr unsigned hops = 3;

  explicit World(Family the_family) : family(the_family), rib({42}, {}), egress(rib, {600, 300, 200}) {
    filters.fill(accept_all);
    client_to_client.fill(true);
    shuts_down.fill(false);
    reachable.fill(true);
    add_path[1] = add_path[2] = add_path[neighbours] = {AddPathSend::Mode::best};
    rib.next_hops.set_resolver([this](IpAddress const& hop) {
      return NextHopState{reachable[hop.data()[hop.size() - 1] % hops], 0};
    });
    filters[neighbours - 2] = std::make_shared<RefuseSome const>();
    for (unsigned n = 1; n <= neighbours; ++n) {
      rib::PeerInfo info;
      info.kind = rib::PeerInfo::Kind::ibgp;
      info.client = n <= neighbours - 2;
      info.cluster_id = RouterId{0x01010101};
      info.router_id = RouterId{n};
      info.address = IpAddress::v4(n);
      EXPECT_EQ(rib.add_peer(info).id.value, n);
    }
  }
  ~World() {
    for (auto& member : members)
      if (member) egress.leave(std::move(member));
  }

  static PeerId peer_id(unsigned n) { return PeerId{static_cast<std::uint16_t>(n)}; }
  GroupKey key(unsigned n) const {
    GroupKey k;
    k.family = family;
    k.client = rib.peer(peer_id(n)).client;
    k.cluster_id = RouterId{0x01010101};
    k.local_as = Asn{65000};
    k.own_next_hop = family.afi == ipv4_unicast.afi ? "192.0.2.1"_ip : "2001:db8::1"_ip;
    k.client_to_client = client_to_client[n];
    k.graceful_shutdown = shuts_down[n];
    k.add_path = add_path[n];
    k.interest = interests[n];
    k.filter = filters[n];
    return k;
  }

  [[nodiscard]] IpAddress nth_hop(unsigned n) const {
    auto const last = static_cast<std::uint8_t>(hops + n);
    auto const v4 = family.afi == ipv4_unicast.afi;
    return v4 ? IpAddress::v4(0xc0000200U + last)
              : IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
  }
  // The slots are decided again piece by piece, and a neighbour does something in between.
  template <class Do>
  void flip_hop(unsigned n, Do&& in_between) {
    reachable[n] = !reachable[n];
    if (!rib.next_hops.refresh(nth_hop(n))) return;
    for (std::uint32_t cursor = 0; !rib.decide_again(family, cursor, 7);) in_between();
  }

  void announce(unsigned n, unsigned prefix, std::uint32_t path, std::uint32_t med) {
    Attributes attributes;
    attributes.med = med;
    attributes.local_pref = 100 + med % 3;
    attributes.extended_communities = {target_of(med)};
    if (med == too_long) attributes.communities.resize(1020);
    attributes.as_path.segments = {{AsPathSegment::Kind::sequence, {Asn{100 + med % 2}}}};
    Buffer canonical;
    wire::encode_canonical(attributes, canonical);
    auto const hop = rib.next_hops.acquire(nth_hop(med % hops), {});
    Buffer label;
    if (!has_plain_prefixes(family)) label = {0, 0, static_cast<std::uint8_t>(med << 4 | 1)};
    auto const id = rib.attributes.intern(canonical, hop, wire::summarize(canonical), label);
    rib.next_hops.release(hop);
    with_key(prefix,
             [&](rib::RouteKey const& key) { rib.announce(family, peer_id(n), key, PathId{path}, id, rib::accepted); });
    rib.attributes.release(id);
  }
  void withdraw(unsigned n, unsigned prefix, std::uint32_t path) {
    with_key(prefix, [&](rib::RouteKey const& key) { rib.withdraw(family, peer_id(n), key, PathId{path}); });
  }
  template <class Do>
  void with_key(unsigned prefix, Do&& with) const {
    auto const vpn = nth_vpn_key(prefix);
    if (has_plain_prefixes(family)) {
      with(rib::RouteKey(nth_prefix(family, prefix)));
    } else {
      with(rib::RouteKey(Bytes(vpn)));
    }
  }
  void join(unsigned n) {
    if (members[n]) return;
    receivers[n] = Receiver(key(n).add_path.several());
    members[n] = egress.join(key(n), peer_id(n), [] {});
  }
  void change_key(unsigned n, FilterPtr filter, bool reflects_between_clients, bool is_shutting_down,
                  AddPathSend const& paths, unsigned wanted) {
    if (family == ipv4_vpn) interests[n] = interest_in(wanted);
    if (key(n).add_path.several()) add_path[n] = paths;
    filters[n] = std::move(filter);
    client_to_client[n] = reflects_between_clients;
    shuts_down[n] = is_shutting_down;
    if (members[n]) members[n] = egress.move(std::move(members[n]), key(n), [] {});
  }
  void leave(unsigned n) {
    if (members[n]) egress.leave(std::move(members[n]));
  }
  void read(unsigned n, std::size_t budget) {
    egress.flush();
    if (members[n]) receivers[n].read(*members[n], budget);
  }
  void read_everything(unsigned n) {
    egress.flush();
    for (int round = 0; members[n] && members[n]->has_more(); ++round) {
      RC_ASSERT(round < 10000);
      receivers[n].read(*members[n], 100000);
    }
  }

  // The MED that it has as neighbour `n` is told it, be it the source or not; nothing: it may not hear of it.
  std::optional<std::uint32_t> told(unsigned n, Prefix const& prefix, rib::Path const& path) const {
    auto const& source = rib.peer(path.peer);
    if (source.kind == rib::PeerInfo::Kind::ibgp && !source.client && !rib.peer(peer_id(n)).client) return std::nullopt;
    if (source.client && rib.peer(peer_id(n)).client && !client_to_client[n]) return std::nullopt;
    auto const med = rib.attributes[path.effective].summary.med;
    if (med == too_long || !filters[n]) return std::nullopt;
    if (interests[n].targets && !(interests[n] == interest_in(1U << med % 2) || interests[n] == interest_in(3))) {
      return std::nullopt;
    }
    auto const values = rib.attributes_of(path.effective);
    auto const verdict = filters[n]->judge({prefix, values, {RouteSource::Kind::ibgp, source.address, source.as}, {}});
    if (!verdict.accept) return std::nullopt;
    auto const label = label_of(rib.attributes[path.effective].nlri_value());
    return (verdict.changed ? *verdict.changed->med : med) + (shuts_down[n] ? shutting_down : 0) + label;
  }
  // With ADD-PATH: what it would be told one after the other, were each the best path that is left.
  std::vector<std::uint32_t> chosen(unsigned n, rib::SlotId slot) const {
    auto const& table = rib.table(family);
    std::vector<std::uint32_t> left, out;
    for (auto index = table.first(slot); index != rib::no_path; index = table.path(index).next) {
      auto const& path = table.path(index);
      if (rib.usable(path) && told(n, table.prefix(slot), path)) left.push_back(index);
    }
    while (!left.empty() && out.size() < add_path[n].most) {
      std::vector<rib::Candidate> candidates;
      for (auto const index : left) candidates.push_back(rib.candidate(table, index));
      auto const best = rib::choose_best(candidates, rib.decision(family));
      out.push_back(left[best]);
      auto const as = candidates[best].attributes->first_as;
      auto const is_done_with = [&](std::uint32_t index) {
        if (add_path[n].mode == AddPathSend::Mode::best_of_each_as)
          return rib.candidate(table, index).attributes->first_as == as;
        return index == out.back();
      };
      std::erase_if(left, is_done_with);
    }
    return out;
  }
  // What a table per neighbour would have told it.
  Routes expected(unsigned n) const {
    Routes routes;
    auto const& table = rib.table(family);
    for (std::uint32_t slot = 0; slot < table.extent(); ++slot) {
      rib::SlotId const id{slot};
      if (table.best(id) == rib::no_path) continue;
      std::vector<std::uint32_t> paths{table.best(id)};
      if (add_path[n].several()) paths = chosen(n, id);
      for (auto const index : paths) {
        auto const& path = table.path(index);
        auto const med = told(n, table.prefix(id), path);
        if (med && path.peer != peer_id(n)) routes.emplace(table.prefix(id), *med);
      }
    }
    return routes;
  }

  Family family;
  rib::Rib rib;
  Egress egress;
  std::array<bool, hops> reachable;
  std::array<AddPathSend, neighbours + 1> add_path;
  std::array<FilterPtr, neighbours + 1> filters;
  std::array<bool, neighbours + 1> client_to_client, shuts_down;
  std::array<Interest, neighbours + 1> interests;
  std::array<std::unique_ptr<Member>, neighbours + 1> members;
  std::array<Receiver, neighbours + 1> receivers;
};

void everybody_holds_what_they_should(World& world) {
  for (unsigned n = 1; n <= World::neighbours; ++n) {
    if (!world.members[n]) continue;
    world.read_everything(n);
    auto const expected = world.expected(n);
    RC_ASSERT(routes_of(world.receivers[n].held()) == expected);
    RC_ASSERT(world.members[n]->sent() == expected.size());
    RC_ASSERT(world.receivers[n].ends_of_rib() == 1U);
    RC_ASSERT(!world.receivers[n].refreshing());
  }
  world.egress.flush();
  world.egress.reclaim(100000);
  RC_ASSERT(world.rib.vacant_slots(world.family) == 0U);
  for (auto const& group : world.egress.groups()) RC_ASSERT(group->queue_memory() == 0U);
}

void run_script(Family family) {
  World world(family);
  std::array<AddPathSend, 4> const selections{AddPathSend{AddPathSend::Mode::best},
                                              {AddPathSend::Mode::best, 2},
                                              {AddPathSend::Mode::best, 3},
                                              {AddPathSend::Mode::best_of_each_as}};
  std::array<FilterPtr, 6> const all{accept_all,
                                     reject_all,
                                     nullptr,
                                     std::make_shared<RefuseSome const>(),
                                     std::make_shared<ChangeSome const>(),
                                     std::make_shared<ChangeAll const>()};
  auto const steps = *rc::gen::inRange(1, 400);
  auto const prefixes = *rc::gen::inRange(1U, 60U);
  for (int step = 0; step < steps; ++step) {
    auto const n = *rc::gen::inRange(1U, World::neighbours + 1);
    auto const prefix = *rc::gen::inRange(0U, prefixes);
    auto const path = n % 2 == 0 ? 0 : *rc::gen::inRange(0U, 3U);
    switch (*rc::gen::inRange(0, 14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        world.announce(n, prefix, path, *rc::gen::inRange(0U, 9U));
        break;
      case 4:
      case 5:
        world.withdraw(n, prefix, path);
        break;
      case 6:
        world.join(n);
        break;
      case 7:
        if (*rc::gen::inRange(0, 4) == 0) world.leave(n);
        break;
      case 8: {  // a neighbour goes down with all its routes
        if (*rc::gen::inRange(0, 4) != 0) break;
        world.leave(n);
        std::uint32_t cursor = 0;
        world.rib.remove_paths(family, cursor, 1U << 30,
                               [n](rib::SlotId, PeerId peer, PathId) { return peer.value == n; });
        break;
      }
      case 9:
        world.read(n, *rc::gen::inRange<std::size_t>(1, 500));
        break;
      case 10:
        if (world.members[n] && *rc::gen::inRange(0, 3) == 0) {
          world.egress.flush();
          world.members[n]->refresh(*rc::gen::inRange(0, 4) != 0);
        }
        break;
      case 11:
        world.egress.flush();
        world.egress.reclaim(*rc::gen::inRange<std::size_t>(1, 20));
        break;
      case 12:
        world.change_key(n, all[*rc::gen::inRange<std::size_t>(0, all.size())], *rc::gen::inRange(0, 4) != 0,
                         *rc::gen::inRange(0, 3) == 0, selections[*rc::gen::inRange<std::size_t>(0, selections.size())],
                         *rc::gen::inRange(0U, 5U));
        break;
      case 13:
        if (*rc::gen::inRange(0, 3) != 0) break;
        world.flip_hop(*rc::gen::inRange(0U, World::hops), [&] {
          auto const who = *rc::gen::inRange(1U, World::neighbours + 1);
          world.join(who);
          world.egress.flush();
          if (*rc::gen::inRange(0, 3) == 0) world.members[who]->refresh(false);
          world.read(who, *rc::gen::inRange<std::size_t>(1, 1000));
        });
        break;
      default:
        break;
    }
    for (auto const& group : world.egress.groups()) RC_ASSERT(group->queue_memory() >= group->queued_octets());
    if (step % 100 == 99) everybody_holds_what_they_should(world);
  }
  everybody_holds_what_they_should(world);
}

RC_GTEST_PROP(UpdateGroups, EqualANaivePerPeerModelIpv4, ()) { run_script(ipv4_unicast); }
RC_GTEST_PROP(UpdateGroups, EqualANaivePerPeerModelIpv6, ()) { run_script(ipv6_unicast); }
RC_GTEST_PROP(UpdateGroups, EqualANaivePerPeerModelVpn, ()) { run_script(ipv4_vpn); }

}  // namespace
}  // namespace bgp::egress
