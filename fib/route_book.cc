#include "fib/route_book.h"

#include <linux/rtnetlink.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace tern::fib {

using Kind = RouteOperation::Kind;

namespace {

/// What stands there is what is wanted, and something is.
bool agree(WantedRoute const& wanted, InstalledRoute const& installed, std::uint8_t protocol) {
  return installed.object != no_object && installed.object == wanted.object && installed.metric == wanted.metric &&
         installed.protocol == protocol;
}

// Nearly always nothing is refused by anybody, and then there is nothing to be searched for at every route.
template <class Map>
bool has(Map const& map, bgp::Prefix const& prefix) {
  return !map.empty() && map.contains(prefix);
}
template <class Map>
bool forget(Map& map, bgp::Prefix const& prefix) {
  return !map.empty() && map.erase(prefix) != 0;
}

}  // namespace

std::optional<RouteOperation> next_step(bgp::Prefix const& prefix, WantedRoute const& wanted,
                                        InstalledRoute const& installed, std::uint8_t protocol) {
  auto const stands = installed.object != no_object;
  if (wanted.object == no_object) {
    if (!stands) return std::nullopt;
    return RouteOperation{Kind::remove, prefix, installed.metric, installed.protocol, installed.object, {}, false};
  }
  if (!stands || installed.metric != wanted.metric) {
    return RouteOperation{Kind::add, prefix, wanted.metric, protocol, wanted.object, {}, false};
  }
  if (agree(wanted, installed, protocol)) return std::nullopt;
  return RouteOperation{Kind::replace, prefix, wanted.metric, protocol, wanted.object, {}, false};
}

bool RouteBook::ours(std::uint8_t protocol) const {
  return protocol == options_.protocol || std::ranges::find(options_.adopt, protocol) != options_.adopt.end();
}

ObjectId RouteBook::object_of(rtnl::Route const& route) const {
  if (route.type == RTN_BLACKHOLE && route.next_hop_id == 0) return blackhole_object;
  if (!hops_.is_inline()) return route.next_hop_id != 0 ? route.next_hop_id : unknown_object;
  if (route.next_hop_id != 0 || route.type != RTN_UNICAST || route.via.empty()) return unknown_object;
  return hops_.made_of(route.via);
}

bool RouteBook::merges(bgp::Prefix const& prefix) const { return hops_.is_inline() && prefix.address().is_v6(); }

WantedRoute RouteBook::wanted(Entry const& entry) const {
  if (entry.desired == no_target) return {};
  return {hops_.leads_to(entry.desired), hops_.target(entry.desired).metric};
}

std::optional<RouteOperation> RouteBook::step(Entry const& entry) const {
  auto const& prefix = entry.prefix;
  if (entry.desired == no_target && entry.stale && !sweeping_) return std::nullopt;
  // What cannot go in leaves nothing of what stood there before.
  auto const wish = blocked(prefix) ? WantedRoute{} : wanted(entry);
  auto operation = next_step(prefix, wish, entry.installed, options_.protocol);
  // A replacement takes the place of the first of those that stand there, and that may not be ours.
  if (operation && operation->kind == Kind::replace && (has(strangers_, prefix) || merges(prefix))) {
    operation = next_step(prefix, {}, entry.installed, options_.protocol);
  }
  if (operation) operation->target = entry.desired;
  return operation;
}

bool RouteBook::blocked(bgp::Prefix const& prefix) const {
  if (conflicts_.empty()) return false;
  auto const conflict = conflicts_.find(prefix);
  return conflict != conflicts_.end() && !conflict->second.trying;
}

void RouteBook::forget_troubles(bgp::Prefix const& prefix) {
  forget(failures_, prefix);
  forget(conflicts_, prefix);
}

// ---- Bookkeeping

void RouteBook::installed_is(Entry& entry, InstalledRoute const& installed) {
  // Beside nothing of ours, a stranger is what makes the next attempt a conflict.
  if (installed.object == no_object || installed.metric != entry.installed.metric) forget(strangers_, entry.prefix);
  if (entry.installed.object != no_object) hops_.count_route(entry.installed.object, -1);
  entry.installed = installed;
  if (entry.installed.object != no_object) hops_.count_route(entry.installed.object, +1);
}

// Counts the entry anew after a change.
void RouteBook::settle(Entry& entry) {
  auto const before = entry.state;
  entry.state = state_of(entry);
  if (before == entry.state) return;
  if (before != State::nothing) --counts_[static_cast<std::size_t>(before)];
  if (entry.state != State::nothing) ++counts_[static_cast<std::size_t>(entry.state)];
}

RouteBook::State RouteBook::state_of(Entry const& entry) const {
  auto const& prefix = entry.prefix;
  auto const stands = entry.installed.object != no_object;
  if (entry.desired == no_target) return stands ? State::leftover : State::nothing;
  if (has(conflicts_, prefix) || has(strangers_, prefix)) return State::conflicting;
  if (has(failures_, prefix)) return State::failed;
  return agree(wanted(entry), entry.installed, options_.protocol) ? State::installed : State::pending;
}

// Forgets an entry of which nothing is left.
void RouteBook::close(Entry& entry) {
  settle(entry);
  if (entry.state != State::nothing || entry.queued != Queued::no) return;
  forget_troubles(entry.prefix);
  entries_.erase(entry);
}

void RouteBook::enqueue(Entry& entry) {
  if (entry.queued == Queued::change) return;
  auto const removal = entry.desired == no_target;
  if (removal && entry.queued == Queued::removal) return;
  if (removal) ++removals_wanted_;
  if (entry.queued == Queued::removal) --removals_wanted_;
  (removal ? removals_ : changes_).push_back(&entry);
  entry.queued = removal ? Queued::removal : Queued::change;
}

// The next that has to be looked at, or null. One that was to be removed and is wanted again stands in both queues,
// and counts where it was put last.
RouteBook::Entry* RouteBook::dequeue() {
  for (auto const kind : {Queued::change, Queued::removal}) {
    if (kind == Queued::removal && hold_removals_) break;
    auto& queue = kind == Queued::change ? changes_ : removals_;
    while (!queue.empty()) {
      auto* const entry = queue.back();
      queue.pop_back();
      if (entry->queued != kind) continue;
      if (kind == Queued::removal) --removals_wanted_;
      entry->queued = Queued::no;
      return entry;
    }
  }
  return nullptr;
}

// ---- What is wanted

void RouteBook::want(bgp::Prefix const& prefix, TargetId target) {
  auto& entry = entries_.find_or_insert(prefix).first;
  hops_.retain(target);
  if (entry.desired != no_target) hops_.release(entry.desired);
  entry.desired = target;
  entry.stale = false;
  forget_troubles(prefix);
  enqueue(entry);
  settle(entry);
}

void RouteBook::unwant(bgp::Prefix const& prefix) {
  auto* const entry = entries_.find(prefix);
  if (entry == nullptr || entry->desired == no_target) return;
  hops_.release(std::exchange(entry->desired, no_target));
  forget_troubles(prefix);
  enqueue(*entry);
  settle(*entry);
}

void RouteBook::sweep() {
  sweeping_ = true;
  hops_.sweep();
  look_again();
}

void RouteBook::look_again() {
  entries_.each([this](Entry& entry) {
    if (entry.queued == Queued::no && step(entry)) enqueue(entry);
    settle(entry);
  });
}

// ---- The operations between

std::vector<RouteOperation> RouteBook::plan(std::size_t limit, Time now) {
  std::vector<RouteOperation> out;
  enqueue_retries(now);
  for (; out.size() < limit && !strays_.empty(); strays_.pop_back()) out.push_back(strays_.back());
  auto const changed = !changes_.empty();
  while (out.size() < limit) {
    auto* const entry = dequeue();
    if (entry == nullptr) break;
    if (auto operation = step(*entry)) {
      operation->entry = entry;
      out.push_back(*operation);
    } else {
      forget(failures_, entry->prefix);
      if (!blocked(entry->prefix)) forget(conflicts_, entry->prefix);
      close(*entry);
    }
  }
  if (changed && changes_.empty()) hops_.routes_moved();
  return out;
}

void RouteBook::performed(RouteOperation const& operation, std::optional<Refused> const& refused, Time now) {
  auto const& prefix = operation.prefix;
  if (operation.stray) {
    if (refused && refused->error != ESRCH) return postpone_stray(operation, now);
    auto* const known = entries_.find(prefix);
    if (known == nullptr || !forget(conflicts_, prefix)) return;  // it may itself have stood in the way
    enqueue(*known);
    return settle(*known);
  }
  auto& entry = *operation.entry;
  assert(entry.prefix == prefix);
  auto const removal = operation.kind == Kind::remove;
  if (!refused || (removal && refused->error == ESRCH)) {
    forget(failures_, prefix);
    if (!removal) forget(conflicts_, prefix);
    done(entry, operation);
  } else if (operation.kind == Kind::add && refused->error == EEXIST) {
    conflicts(prefix, now);
  } else if (operation.kind == Kind::replace && (refused->error == ENOENT || refused->error == ESRCH)) {
    installed_is(entry, {});
  } else {
    forget(conflicts_, prefix);
    auto& failure = failures_[prefix];
    failure.again(refused->text, now);
    next_retry_ = std::min(next_retry_, failure.next);
    close(entry);
    return;
  }
  if (step(entry)) enqueue(entry);
  close(entry);
}

// Nobody tells of all that goes: it is tried again, with the others that have stood as long.
void RouteBook::conflicts(bgp::Prefix const& prefix, Time now) {
  auto& conflict = conflicts_[prefix];
  conflict.trying = false;
  conflict.failure.again({}, now);
  auto const pace = conflict.failure.next - now;
  conflict.failure.next -= conflict.failure.next.time_since_epoch() % pace;
  next_retry_ = std::min(next_retry_, conflict.failure.next);
}

void RouteBook::done(Entry& entry, RouteOperation const& operation) {
  auto const was = entry.installed;
  if (operation.kind == Kind::remove) {
    if (was.metric == operation.metric) installed_is(entry, {});
    return;
  }
  // The old metric's route still stands beside the new one.
  if (was.object != no_object && was.metric != operation.metric) add_stray(operation.prefix, was);
  drop_stray(operation.prefix, operation.metric);
  installed_is(entry, {operation.object, operation.metric, operation.protocol});
}

// ---- Strays: routes of ours beside the one that is their prefix's

void RouteBook::add_stray(bgp::Prefix const& prefix, InstalledRoute const& route) {
  strays_.push_back({Kind::remove, prefix, route.metric, route.protocol, route.object, {}, true});
}

// One that was put there again, by somebody else's doing, is no stray any more.
void RouteBook::drop_stray(bgp::Prefix const& prefix, std::uint32_t metric) {
  auto const same = [&](RouteOperation const& stray) { return stray.prefix == prefix && stray.metric == metric; };
  std::erase_if(strays_, same);
  std::erase_if(postponed_strays_, same);
}

void RouteBook::postpone_stray(RouteOperation const& operation, Time now) {
  postponed_strays_.push_back(operation);
  next_retry_ = std::min(next_retry_, now + std::chrono::seconds(1));
}

void RouteBook::enqueue_retries(Time now) {
  if (next_retry_ > now) return;
  next_retry_ = never;
  strays_.insert(strays_.end(), postponed_strays_.begin(), postponed_strays_.end());
  postponed_strays_.clear();
  for (auto& [prefix, failure] : failures_) {
    if (failure.next <= now) {
      enqueue(*entries_.find(prefix));
    } else {
      next_retry_ = std::min(next_retry_, failure.next);
    }
  }
  for (auto& [prefix, conflict] : conflicts_) {
    if (conflict.trying) continue;
    if (conflict.failure.next > now) {
      next_retry_ = std::min(next_retry_, conflict.failure.next);
      continue;
    }
    conflict.trying = true;
    enqueue(*entries_.find(prefix));
  }
}

rtnl::Route RouteBook::route_of(RouteOperation const& operation) const {
  rtnl::Route route;
  route.destination = operation.prefix;
  route.table = options_.table;
  route.protocol = operation.protocol;
  route.metric = operation.metric;
  route.type = operation.object == blackhole_object ? RTN_BLACKHOLE : RTN_UNICAST;
  if (operation.object == blackhole_object) return route;
  if (operation.kind == Kind::remove) {
    if (merges(operation.prefix)) route.via = hops_.content(operation.object);
    return route;
  }
  route.via = hops_.ways(operation.target);
  if (route.via.empty()) route.next_hop_id = operation.object;
  return route;
}

// ---- To be shown

RouteBook::Description RouteBook::describe(Entry const& entry) const {
  auto const& prefix = entry.prefix;
  Description description;
  description.state = entry.state;
  description.stands = entry.installed.object != no_object;
  if (entry.desired != no_target) description.target = hops_.target(entry.desired);
  if (entry.state == State::conflicting) {
    description.reason = strangers_.contains(prefix) ? "another route stands beside ours at this prefix and metric"
                                                     : "another route stands at this prefix and metric";
  } else if (auto const failure = failures_.find(prefix); failure != failures_.end()) {
    description.reason = failure->second.text;
  } else if (entry.state == State::pending) {
    description.reason = hops_.leads_to(entry.desired) == no_object ? hops_.why_not(entry.desired) : "under way";
  }
  return description;
}

std::vector<bgp::Prefix> RouteBook::prefixes() const {
  std::vector<bgp::Prefix> all;
  all.reserve(entries_.size());
  entries_.each([&](Entry const& entry) {
    if (entry.state != State::nothing) all.push_back(entry.prefix);
  });
  std::ranges::sort(all);
  return all;
}

// What failed before may conflict now.
bgp::Prefix RouteBook::first(State state) const {
  auto const in_state = [&](auto const& one) { return entries_.find(one.first)->state == state; };
  auto const look = [&](auto const& all) {
    auto const found = std::ranges::find_if(all, in_state);
    return found == all.end() ? bgp::Prefix{} : found->first;
  };
  if (state == State::failed) return look(failures_);
  return conflicts_.empty() ? look(strangers_) : look(conflicts_);
}

RouteBook::Description RouteBook::describe(bgp::Prefix const& prefix) const {
  auto const* const known = entries_.find(prefix);
  return known == nullptr ? Description{} : describe(*known);
}

}  // namespace tern::fib
