#include "fib/hop_book.h"

#include <algorithm>
#include <cerrno>

namespace tern::fib {

using rtnl::NextHopObject;
using Kind = ObjectOperation::Kind;

// ---- What is wanted

TargetId HopBook::acquire(Target const& target) {
  auto const [known, is_new] = ids_.try_emplace(target);
  if (is_new) {
    dirty_ = true;
    if (free_targets_.empty()) {
      known->second = TargetId{static_cast<std::uint32_t>(targets_.size())};
      targets_.emplace_back();
    } else {
      known->second = TargetId{free_targets_.back()};
      free_targets_.pop_back();
    }
    targets_[known->second.value] = {target, 0, {}, no_object, {}};
    for (auto const& hop : target.hops) ++hops_[hop.hop].uses;
  }
  ++targets_[known->second.value].references;
  return known->second;
}

void HopBook::release(TargetId id) {
  auto& entry = targets_[id.value];
  if (--entry.references != 0) return;
  dirty_ = true;
  forget(entry.group);
  for (auto const& hop : entry.target.hops) --hops_[hop.hop].uses;
  ids_.erase(entry.target);
  entry = {};
  free_targets_.push_back(id.value);
}

// What remains in the kernel of an object that nobody wants any more is removed when no route names it.
void HopBook::forget(Object& object) {
  if (object.present) leftovers_[object.id].content = *object.present;
  object = {};
}

void HopBook::set_path(HopName const& name, std::optional<HopPath> path) {
  auto& hop = hops_[name];
  if (hop.path == path) return;
  dirty_ = true;
  hop.path = std::move(path);
  hop.object.failure.reset();
}

bool HopBook::used(HopName const& name) const {
  auto const known = hops_.find(name);
  return known != hops_.end() && known->second.uses > 0;
}

std::optional<HopPath> HopBook::path(HopName const& name) const {
  auto const known = hops_.find(name);
  return known == hops_.end() ? std::nullopt : known->second.path;
}

std::optional<NextHopObject> HopBook::wanted_hop(HopName const& name, Hop const& hop) const {
  if (hop.uses == 0 || !hop.path) return std::nullopt;
  auto const link = links_.find(hop.path->interface);
  if (link == links_.end() || !link->second.running) return std::nullopt;
  NextHopObject object;
  object.protocol = options_.protocol;
  auto const& address = hop.path->gateway.is_unset() ? name.address : hop.path->gateway;
  object.v6 = address.is_v6();
  object.via = {link->second.index, hop.path->gateway, hop.path->onlink, 1};
  return object;
}

std::optional<NextHopObject> HopBook::wanted_group(TargetEntry const& entry) const {
  NextHopObject object;
  object.protocol = options_.protocol;
  for (auto const& weighted : entry.target.hops) {
    auto const& hop = hops_.at(weighted.hop).object;
    if (hop.works()) object.group.push_back({hop.id, weighted.weight});
  }
  if (object.group.empty()) return std::nullopt;
  std::ranges::sort(object.group, {}, &rtnl::GroupMember::id);
  return object;
}

void HopBook::want(Object& object, std::optional<NextHopObject> content) {
  object.wanted = std::move(content);
  if (!object.wanted) return;
  if (object.id == no_object) give_id(object);
  object.wanted->id = object.id;
}

// An object that an earlier process left serves on.
void HopBook::give_id(Object& object) {
  for (auto const& [id, left] : leftovers_) {
    object.wanted->id = id;
    if (left.content != *object.wanted) continue;
    object.id = id;
    object.present = left.content;
    leftovers_.erase(id);
    return;
  }
  while (in_use(next_id_)) ++next_id_;
  object.id = next_id_++;
}

bool HopBook::in_use(ObjectId id) const {
  return foreign_.contains(id) || leftovers_.contains(id) || const_cast<HopBook*>(this)->find(id) != nullptr;
}

template <class Visit>
void HopBook::each_object(Visit&& visit) {
  for (auto& [name, hop] : hops_) {
    if (hop.object.id != no_object) visit(hop.object);
  }
  for (auto& entry : targets_) {
    if (entry.group.id != no_object) visit(entry.group);
  }
}

HopBook::Object* HopBook::find(ObjectId id) {
  Object* found = nullptr;
  each_object([&](Object& object) {
    if (object.id == id) found = &object;
  });
  return found;
}

// ---- What routes may name

void HopBook::refresh_hops() {
  for (auto it = hops_.begin(); it != hops_.end();) {
    auto& [name, hop] = *it;
    want(hop.object, wanted_hop(name, hop));
    if (hop.uses == 0) forget(hop.object);
    it = hop.uses == 0 && !hop.path ? hops_.erase(it) : std::next(it);
  }
}

void HopBook::refresh_targets() {
  for (auto& entry : targets_) {
    if (entry.references == 0) continue;
    if (entry.target.hops.size() > 1 && !options_.inline_hops) want(entry.group, wanted_group(entry));
    auto const now = ready(entry);
    if (now == entry.ready) continue;
    changed_ |= entry.told;
    entry.ready = now;
  }
}

ObjectId HopBook::ready(TargetEntry& entry) {
  auto const& hops = entry.target.hops;
  if (hops.empty()) return blackhole_object;
  if (!options_.inline_hops) {
    auto const& object = hops.size() > 1 ? entry.group : hops_.at(hops.front().hop).object;
    return object.works() ? object.id : no_object;
  }
  // An id of ours for each content, so that a route shows what it was made of.
  std::vector<rtnl::Via> ways;
  for (auto const& weighted : hops) {
    auto const& wanted = hops_.at(weighted.hop).object.wanted;
    if (!wanted) continue;
    ways.push_back(wanted->via);
    ways.back().weight = weighted.weight;
  }
  if (ways == entry.inlined) return entry.ready;
  entry.inlined = std::move(ways);
  return entry.inlined.empty() ? no_object : made_of(entry.inlined);
}

// There are few of them: one for each set of next hops.
ObjectId HopBook::made_of(std::vector<rtnl::Via> const& ways) {
  auto const known = std::ranges::find_if(contents_, [&](auto const& one) { return one.second == ways; });
  if (known != contents_.end()) return known->first;
  if (contents_.size() > 2 * targets_.size() + 100) drop_contents();
  contents_[next_id_] = ways;
  return next_id_++;
}

void HopBook::drop_contents() {
  std::set<ObjectId> wanted;
  for (auto const& entry : targets_) wanted.insert(entry.ready);
  std::erase_if(contents_,
                [&](auto const& one) { return !wanted.contains(one.first) && !routes_.contains(one.first); });
}

std::vector<rtnl::Via> HopBook::content(ObjectId id) const {
  auto const known = contents_.find(id);
  return known == contents_.end() ? std::vector<rtnl::Via>{} : known->second;
}

std::vector<ObjectId> HopBook::take_gone() {
  std::erase_if(gone_, [this](ObjectId id) { return !routes_.contains(id); });
  return std::exchange(gone_, {});
}

std::vector<rtnl::Via> HopBook::ways(TargetId id) const { return targets_[id.value].inlined; }

std::string HopBook::why_not(TargetId id) const {
  std::string reasons;
  for (auto const& weighted : targets_[id.value].target.hops) {
    auto const& hop = hops_.at(weighted.hop);
    if (!reasons.empty()) reasons += "; ";
    reasons += "next hop " + weighted.hop.address.text() + ": ";
    auto const link = hop.path ? links_.find(hop.path->interface) : links_.end();
    reasons += !hop.path                 ? "unreachable"
               : link == links_.end()    ? "there is no interface " + hop.path->interface
               : !link->second.running   ? "interface " + hop.path->interface + " is down"
               : hop.object.failure      ? hop.object.failure->text
                                         : "about to be installed";
  }
  return reasons;
}

void HopBook::count_route(ObjectId id, int change) {
  all_routes_ += change;
  if ((routes_[id] += change) != 0) return;
  routes_.erase(id);
  dirty_ = true;
}

// ---- What the kernel has

void HopBook::links_are(std::vector<rtnl::Link> const& links) {
  links_.clear();
  for (auto const& link : links) links_[link.name] = link;
  retry_now();
}

void HopBook::link_is(rtnl::Link const& link) {
  std::erase_if(links_, [&](auto const& known) { return known.second.index == link.index; });  // it may be renamed
  links_[link.name] = link;
  retry_now();
}

void HopBook::link_gone(unsigned index) {
  dirty_ = true;
  std::erase_if(links_, [&](auto const& known) { return known.second.index == index; });
}

void HopBook::vanished(Object& object) {
  dirty_ = true;
  gone_.push_back(object.id);
  object.present.reset();
  leave_groups(object.id);
}

// The kernel takes it out of its groups too, and an empty group goes with its last member: also one that nobody wants,
// or its content would later be taken for there.
void HopBook::leave_groups(ObjectId id) {
  auto const leaves_empty = [id](NextHopObject& group) {
    return std::erase_if(group.group, [id](auto const& member) { return member.id == id; }) != 0 && group.group.empty();
  };
  for (auto& entry : targets_) {
    auto& present = entry.group.present;
    if (present && leaves_empty(*present)) vanished(entry.group);
  }
  for (auto it = leftovers_.begin(); it != leftovers_.end();) {
    auto const goes = leaves_empty(it->second.content);
    if (goes) gone_.push_back(it->first);
    it = goes ? leftovers_.erase(it) : std::next(it);
  }
}

void HopBook::leftover_gone(ObjectId id) {
  leftovers_.erase(id);
  gone_.push_back(id);
  leave_groups(id);
}

void HopBook::learned(std::vector<NextHopObject> const& objects) {
  dirty_ = true;
  std::map<ObjectId, NextHopObject> ours;
  auto const were_foreign = std::exchange(foreign_, {});
  for (auto const& object : objects) {
    if (object.protocol == options_.protocol) {
      ours[object.id] = object;
    } else {
      foreign_.insert(object.id);
    }
  }
  each_object([&](Object& object) {
    auto const found = ours.find(object.id);
    if (found != ours.end()) {
      object.present = found->second;
      ours.erase(found);
    } else if (object.present) {
      vanished(object);
    }
  });
  for (auto const& [id, left] : leftovers_) {
    if (!ours.contains(id)) gone_.push_back(id);
  }
  std::erase_if(ours, [&](auto const& one) {
    auto const id = one.first;
    auto const others = !leftovers_.contains(id) && (were_foreign.contains(id) || named_by_others_.contains(id));
    if (others) foreign_.insert(id);
    return others;
  });
  auto const before = std::exchange(leftovers_, {});
  for (auto& [id, content] : ours) {
    auto const known = before.find(id);
    leftovers_[id] = {std::move(content), known == before.end() || known->second.stale, {}};
  }
}

// With a group its members are named.
void HopBook::named_by_others(std::set<ObjectId> const& ids) {
  dirty_ = true;
  named_by_others_ = ids;
  for (auto const& [id, left] : leftovers_) {
    if (!ids.contains(id)) continue;
    for (auto const& member : left.content.group) named_by_others_.insert(member.id);
  }
  std::erase_if(leftovers_, [this](auto const& one) {
    auto const others = one.second.stale && named_by_others_.contains(one.first);
    if (others) foreign_.insert(one.first);
    return others;
  });
}

bool HopBook::has_found() const {
  return std::ranges::any_of(leftovers_, [](auto const& one) { return one.second.stale; });
}

void HopBook::heard(NextHopObject const& object, bool removed) {
  dirty_ = true;
  if (auto* own = find(object.id); own != nullptr && own->present) {
    if (removed) {
      vanished(*own);
    } else {
      own->present = object;
    }
  } else if (leftovers_.contains(object.id)) {
    if (removed) leftover_gone(object.id);
  } else if (removed) {
    foreign_.erase(object.id);
  } else {
    foreign_.insert(object.id);
  }
}

// ---- The operations between

void HopBook::plan_changes(Object& object, Time now, std::vector<ObjectOperation>& out) const {
  if (!object.wanted || object.present == object.wanted) return;
  if (object.failure && object.failure->next > now) return;
  out.push_back({object.present ? Kind::replace : Kind::create, *object.wanted});
}

// With an object its routes go at once, but the kernel looks through its whole table for them: a few of many routes are
// removed one by one before it, as nobody finds it ready any more.
bool HopBook::worth_removing(ObjectId id) const {
  auto const routes = routes_.find(id);
  return routes == routes_.end() || routes->second * 32 >= all_routes_;
}

void HopBook::plan_removal(Object const& object, Time now, std::vector<ObjectOperation>& out) const {
  if (object.failure && object.failure->next > now) return;
  if (object.present && !object.wanted && worth_removing(object.id)) {
    out.push_back({Kind::remove, *object.present});
  }
}

// Groups before their members: a member that goes would change them.
void HopBook::plan_leftovers(Time now, bool routes_wait, std::vector<ObjectOperation>& out) {
  for (auto const groups : {true, false}) {
    for (auto const& [id, left] : leftovers_) {
      if (left.content.group.empty() == groups || (left.stale && !sweeping_)) continue;
      if (left.failure.next > now) continue;
      if (routes_.contains(id) && (routes_wait || left.stale || !worth_removing(id))) continue;
      out.push_back({Kind::remove, left.content});
    }
  }
}

// Looks only where something may be found: it is asked before each batch of routes.
std::vector<ObjectOperation> HopBook::plan(Time now, bool routes_wait) {
  if (!dirty_ && retry_at_ > now) return {};
  auto out = plan_anew(now, routes_wait);
  if (!out.empty()) return out;
  dirty_ = false;
  retry_at_ = next_retry();
  return out;
}

std::vector<ObjectOperation> HopBook::plan_anew(Time now, bool routes_wait) {
  std::vector<ObjectOperation> out;
  refresh_hops();
  refresh_targets();
  if (options_.inline_hops) return out;
  for (auto& [name, hop] : hops_) plan_changes(hop.object, now, out);
  if (!out.empty()) return out;
  for (auto& entry : targets_) {
    plan_changes(entry.group, now, out);
    plan_removal(entry.group, now, out);
  }
  if (!out.empty()) return out;
  for (auto& [name, hop] : hops_) plan_removal(hop.object, now, out);
  plan_leftovers(now, routes_wait, out);
  return out;
}

void HopBook::performed(ObjectOperation const& operation, std::optional<Refused> const& refused, Time now) {
  dirty_ = true;
  auto const id = operation.object.id;
  auto const gone = operation.kind == Kind::remove && (!refused || refused->error == ENOENT);
  auto* own = find(id);
  if (own == nullptr) {
    if (gone) {
      leftover_gone(id);
    } else if (auto const left = leftovers_.find(id); left != leftovers_.end() && refused) {
      left->second.failure.again(refused->text, now);
    }
    return;
  }
  if (gone) return vanished(*own);
  if (!refused) {
    own->present = operation.object;
    own->failure.reset();
    return;
  }
  if (refused->error == EEXIST && operation.kind == Kind::create) {
    foreign_.insert(id);  // somebody else took this number meanwhile
    own->id = no_object;
    return;
  }
  if (!own->failure) own->failure.emplace();
  own->failure->again(refused->text, now);
}

void HopBook::retry_now() {
  dirty_ = true;
  each_object([](Object& object) { object.failure.reset(); });
}

Time HopBook::next_retry() const {
  auto next = never;
  const_cast<HopBook*>(this)->each_object([&](Object const& object) {
    if (object.failure && object.present != object.wanted) next = std::min(next, object.failure->next);
  });
  for (auto const& [id, left] : leftovers_) {
    if (left.failure.attempts > 0) next = std::min(next, left.failure.next);
  }
  return next;
}

}  // namespace tern::fib
