#include "engine/views.h"

#include <algorithm>

#include "wire/attributes.h"
#include "wire/other_nlri.h"

namespace bgp::engine {

namespace {

// What explain says of a path that import let through but that cannot be chosen.
constexpr char const* unreachable = "next hop is unreachable";

std::string refusal(rib::Rib const& rib, rib::Path const& path) {
  if (path.refused()) return rib.rules.text(path.rule);
  return rib.usable(path) ? "" : unreachable;
}

// What a neighbour is told of a path: `forbidden` says why nothing.
egress::ExportFilter::Verdict told(Instance const& instance, egress::Member const& member, Prefix const& prefix,
                                   rib::Path const& path) {
  if (path.peer == member.peer() && !egress::is_told_to_its_source(member.group().key()))
    return {"it is the source of the route", {}, {}};
  return egress::judge_export(member.group().key(), instance.rib(), prefix, path);
}

void name(rib::Rib const& rib, rib::Table const& table, rib::SlotId slot, rib::Path const& path, RouteEntry& entry) {
  auto const key = table.key(slot);
  auto const value = path.shown() ? rib.attributes[path.shown()].nlri_value() : Bytes{};
  auto const beside = wire::value_text(entry.family, key, value);
  entry.key.assign(key.begin(), key.end());
  entry.nlri = wire::key_text(entry.family, key) + (beside.empty() ? "" : " " + beside);
}

// Of import: nothing where it changed nothing.
std::string change(rib::Rib const& rib, rib::Path const& path) {
  return path.refused() ? "" : rib.rules.text(path.rule);
}

}  // namespace

RouteEntry entry_of(Instance const& instance, rib::Table const& table, rib::SlotId slot, std::uint32_t index,
                    std::span<std::uint32_t const> in_use) {
  auto const& rib = instance.rib();
  auto const& path = table.path(index);
  RouteEntry entry;
  entry.family = table.family();
  entry.prefix = table.prefix(slot);
  if (!has_plain_prefixes(entry.family)) name(rib, table, slot, path, entry);
  entry.peer = path.peer;
  entry.peer_address = rib.peer(path.peer).address;
  if (entry.peer_address.is_link_local()) {
    if (auto const* neighbour = instance.neighbour(path.peer)) entry.peer_scope_id = neighbour->config().scope_id;
  }
  entry.path_id = table.path_id(index);
  entry.attributes = rib.attributes_of(path.shown());
  entry.best = table.best(slot) == index;
  entry.multipath = !entry.best && std::ranges::find(in_use, index) != in_use.end();
  entry.refused_by = refusal(rib, path);
  entry.usable = entry.refused_by.empty();
  entry.changed_by = change(rib, path);
  return entry;
}

namespace {

// Where AS numbers have two octets, what is sent in their place is not shown.
Attributes shown(Bytes canonical, wire::ExportEdit edit, egress::ExportedNextHop const& hop) {
  Buffer octets;
  edit.four_octet_as = true;
  if (!wire::encode_for_export(canonical, edit, {}, octets)) return {};
  auto attributes = wire::decode_canonical(octets);
  attributes.next_hop = hop.address;
  attributes.link_local_next_hop = hop.link_local;
  return attributes;
}

}  // namespace

Attributes exported_attributes(egress::GroupKey const& key, rib::Rib const& rib, rib::Path const& path,
                               egress::ExportFilter::Verdict const& verdict) {
  if (verdict.edited) return shown(verdict.canonical, verdict.rules, verdict.edited->next_hop);
  wire::ExportEdit edit;
  Buffer octets;
  if (!egress::encode_attributes(key, rib, path, edit, octets)) return {};
  return shown(rib.attributes[path.effective].canonical(), edit, egress::exported_next_hop(key, rib, path));
}

std::optional<Prefix> longest_match(rib::Rib const& rib, IpAddress const& address, bool also_refused) {
  auto const& table = rib.table(address.is_v4() ? ipv4_unicast : ipv6_unicast);
  for (auto length = static_cast<int>(address.size() * 8); length >= 0; --length) {
    Prefix const prefix(address, static_cast<unsigned>(length));
    auto const slot = table.find(prefix);
    if (slot && (table.best(*slot) != rib::no_path || (also_refused && !table.vacant(*slot)))) return prefix;
  }
  return std::nullopt;
}

namespace {

// In the order in which they are shown; `indices` are where they stand in the table.
void explain_paths(Instance const& instance, rib::Table const& table, rib::SlotId slot, Explanation& explanation,
                   std::vector<std::uint32_t>& indices) {
  auto const& rib = instance.rib();
  std::vector<rib::Candidate> candidates;
  std::vector<std::uint32_t> usable;
  explanation.decided_by = rib::rung_text(rib.choose_among(table, slot, candidates, usable).rung);
  auto const best = table.best(slot);
  auto const best_candidate = static_cast<std::size_t>(std::ranges::find(usable, best) - usable.begin());
  rib::PathsInUse paths_in_use;
  auto const in_use = paths_in_use.of(rib, table, slot);
  auto const standing = [&](std::uint32_t index) {
    return (index == best ? 4 : 0) + (std::ranges::find(in_use, index) != in_use.end() ? 2 : 0) +
           (rib.usable(table.path(index)) ? 1 : 0);
  };
  for (auto index = table.first(slot); index != rib::no_path; index = table.path(index).next) indices.push_back(index);
  std::ranges::stable_sort(indices, std::greater{}, standing);
  for (auto const index : indices) {
    ExplainedPath explained;
    explained.route = entry_of(instance, table, slot, index, in_use);
    auto const& path = table.path(index);
    if (path.shown()) explained.next_hop_cost = rib.next_hops[rib.attributes[path.shown()].next_hop].state.cost;
    auto const candidate = static_cast<std::size_t>(std::ranges::find(usable, index) - usable.begin());
    if (candidate < usable.size() && index != best && best_candidate < usable.size()) {
      auto const options = rib.decision(table.family());
      explained.lost_by = rib::rung_text(rib::losing_rung(candidates, candidate, best_candidate, options));
    }
    explanation.paths.push_back(std::move(explained));
  }
}

// Of one path to one neighbour.
Explanation::Export explain_export(Instance const& instance, egress::Member const& member, Prefix const& prefix,
                                   rib::Path const& path) {
  auto const& config = instance.neighbour(member.peer())->config();
  auto const verdict = told(instance, member, prefix, path);
  auto const sent = verdict.forbidden.empty();
  return {config.remote, config.scope_id, sent, std::string(verdict.forbidden), sent ? verdict.changed_by : ""};
}

void explain_exports(Instance const& instance, egress::Member const& member, rib::Table const& table, rib::SlotId slot,
                     std::vector<std::uint32_t> const& indices, Explanation& explanation) {
  auto const& group = member.group();
  auto const several = group.key().add_path.several();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    auto const& path = table.path(indices[i]);
    if (several ? !instance.rib().usable(path) : indices[i] != table.best(slot)) continue;
    auto one = explain_export(instance, member, explanation.prefix, path);
    one.path = i;
    if (several && one.sent) {
      one.path_id = group.path_told(slot, indices[i]);
      one.sent = one.path_id.value != 0;
      if (!one.sent) {
        one.rule = group.tells_paths(slot) ? "addPath.send: others come first" : "not told yet";
        one.changed_by.clear();
      }
    }
    explanation.exports.push_back(std::move(one));
  }
}

}  // namespace

constexpr char const* wait_for_targets = "it has not yet said which route targets it wants (RFC 4684 §6)";

Explanation explain(Instance const& instance, Family family, rib::RouteKey const& key) {
  Explanation explanation;
  explanation.family = family;
  explanation.decided_by = rib::rung_text(rib::Rung::none);
  if (!has_table(family)) return explanation;
  auto const& table = instance.rib().table(family);
  auto const slot = table.find(key);
  if (!slot) return explanation;
  explanation.prefix = table.prefix(*slot);
  if (!has_plain_prefixes(family)) explanation.nlri = wire::key_text(family, table.key(*slot));
  std::vector<std::uint32_t> indices;
  explain_paths(instance, table, *slot, explanation, indices);
  if (table.best(*slot) == rib::no_path) return explanation;
  for (auto const& [id, neighbour] : instance.neighbours()) {
    auto const* member = neighbour->member(family);
    if (member != nullptr) {
      explain_exports(instance, *member, table, *slot, indices, explanation);
    } else if (neighbour->waits_for_targets(family)) {
      auto const& config = neighbour->config();
      explanation.exports.push_back({config.remote, config.scope_id, false, wait_for_targets, {}});
    }
  }
  return explanation;
}

// ---- Listings

namespace {

class Listing final : public RouteListing {
 public:
  Listing(std::shared_ptr<Instance const> const& instance, RouteQuery query)
      : weak_(instance), query_(std::move(query)) {
    if (!query_.family && query_.prefix) query_.family = query_.prefix->family();
    if (!query_.family) return;
    family_ = family_index(*query_.family);
    last_family_ = family_;
  }

  bool next(std::size_t budget, std::vector<RouteEntry>& out) override {
    auto const instance = weak_.lock();
    if (!instance || family_ == all_families.size()) return false;
    transport::Stopwatch const stopwatch(*instance->context());
    if (query_.prefix && !query_.longer && has_plain_prefixes(*query_.family)) {
      auto const& table = instance->rib().table(*query_.family);
      if (auto const slot = table.find(*query_.prefix)) list(*instance, table, *slot, out);
      return false;
    }
    // Slots that do not match cost little, but not nothing.
    for (auto looked_at = budget * 4; looked_at > 0 && out.size() < budget; --looked_at) {
      if (!step(*instance, out)) return false;
    }
    return true;
  }

 private:
  bool step(Instance const& instance, std::vector<RouteEntry>& out) {
    auto const* table = &instance.rib().table(all_families[family_]);
    while (cursor_ >= table->extent()) {
      if (family_ == last_family_) return false;
      ++family_;
      cursor_ = 0;
      table = &instance.rib().table(all_families[family_]);
    }
    rib::SlotId const slot{cursor_++};
    if (table->first(slot) == rib::no_path) return true;
    if (asks_for(table->prefix(slot))) list(instance, *table, slot, out);
    return true;
  }

  [[nodiscard]] bool asks_for(Prefix const& prefix) const {
    if (!query_.prefix) return true;
    return query_.longer ? query_.prefix->covers(prefix) : *query_.prefix == prefix;
  }

  void list(Instance const& instance, rib::Table const& table, rib::SlotId slot, std::vector<RouteEntry>& out) {
    auto const in_use = in_use_.of(instance.rib(), table, slot);
    auto const add = [&](std::uint32_t path) { out.push_back(entry_of(instance, table, slot, path, in_use)); };
    if (query_.view == RouteQuery::View::received) {
      for (auto index = table.first(slot); index != rib::no_path; index = table.path(index).next) {
        if (table.path(index).peer != query_.peer) continue;
        add(index);
        out.back().attributes = instance.rib().attributes_of(table.path(index).received);
      }
      return;
    }
    if (in_use.empty()) return;
    if (query_.view == RouteQuery::View::loc_rib) {
      for (auto const path : in_use) {
        if (!query_.peer || table.path(path).peer == *query_.peer) add(path);
      }
      return;
    }
    auto const* neighbour = query_.peer ? instance.neighbour(*query_.peer) : nullptr;
    auto const* member = neighbour != nullptr ? neighbour->member(table.family()) : nullptr;
    if (member == nullptr) return;
    auto const several = member->group().key().add_path.several();
    if (!several) return list_sent(instance, *member, table, slot, in_use.front(), {}, in_use, out);
    for (auto index = table.first(slot); index != rib::no_path; index = table.path(index).next) {
      if (table.path(index).refused()) continue;  // and its neighbours hear of it with the next flush
      auto const id = member->group().path_told(slot, index);
      if (id.value != 0) list_sent(instance, *member, table, slot, index, id, in_use, out);
    }
  }

  static void list_sent(Instance const& instance, egress::Member const& member, rib::Table const& table,
                        rib::SlotId slot, std::uint32_t index, PathId id, std::span<std::uint32_t const> in_use,
                        std::vector<RouteEntry>& out) {
    auto const& path = table.path(index);
    auto const verdict = told(instance, member, table.prefix(slot), path);
    if (!verdict.forbidden.empty()) return;
    out.push_back(entry_of(instance, table, slot, index, in_use));
    out.back().path_id = id;
    out.back().changed_by = verdict.changed_by;
    out.back().attributes = exported_attributes(member.group().key(), instance.rib(), path, verdict);
  }

  std::weak_ptr<Instance const> const weak_;
  RouteQuery query_;
  std::size_t family_ = 0;  // of all_families, whose first two are those of unicast
  std::size_t last_family_ = 1;
  std::uint32_t cursor_ = 0;
  rib::PathsInUse in_use_;
};

}  // namespace

std::unique_ptr<RouteListing> list_routes(std::shared_ptr<Instance const> instance, RouteQuery query) {
  return std::make_unique<Listing>(instance, std::move(query));
}

}  // namespace bgp::engine
