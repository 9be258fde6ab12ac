// What RouteBook makes of the kernel's routes, ours and those of others that stand beside them.
#include <linux/rtnetlink.h>

#include <algorithm>

#include "fib/route_book.h"

namespace tern::fib {

// ---- What the kernel has

bool RouteBook::cares_for(rtnl::Route const& route) const {
  return route.table == options_.table && ours(route.protocol) && route.tos == 0;
}

void RouteBook::begin_learning() {
  entries_.each([](Entry& entry) { entry.seen = false; });
  strays_.clear();
  postponed_strays_.clear();
  conflicts_.clear();  // the next attempt tells
  strangers_.clear();
}

// Of several routes of ours for one prefix (their metrics differ) one can be what is wanted.
void RouteBook::stands(Entry& entry, rtnl::Route const& route, bool replaced) {
  auto const& prefix = entry.prefix;
  InstalledRoute const found{object_of(route), route.metric, route.protocol};
  auto const other = entry.installed.object != no_object && entry.installed.metric != found.metric;
  auto const twice = entry.installed.object != no_object && !other && !replaced;
  if (twice && !merges(prefix)) return lose_track(entry);
  auto const wanted_here = entry.desired != no_target && wanted(entry).metric == found.metric;
  if (other && !wanted_here) {
    add_stray(prefix, found);
    return;
  }
  if (other) add_stray(prefix, entry.installed);
  installed_is(entry, found);
}

void RouteBook::learned(rtnl::Route const& route) {
  if (!cares_for(route)) return;
  auto const [entry, is_new] = entries_.find_or_insert(route.destination);
  entry.stale |= is_new;
  // What was believed to stand is forgotten with the first route that was seen.
  if (!std::exchange(entry.seen, true)) installed_is(entry, {});
  stands(entry, route, false);
}

void RouteBook::end_learning() {
  entries_.each([this](Entry& entry) {
    if (!std::exchange(entry.seen, false)) installed_is(entry, {});
    if (step(entry)) enqueue(entry);
    close(entry);
  });
}

void RouteBook::heard(rtnl::Route const& route, bool removed, bool replaced) {
  if (route.table != options_.table || route.tos != 0 || (route.flags & RTM_F_CLONED) != 0) return;
  auto const mine = ours(route.protocol);
  auto* known = entries_.find(route.destination);
  if (known == nullptr) {
    if (!mine || removed) return;
    known = &entries_.find_or_insert(route.destination).first;
  }
  auto const matters =
      mine ? heard_of_ours(*known, route, removed, replaced) : heard_of_stranger(*known, route, removed, replaced);
  if (!matters) return;
  enqueue(*known);
  close(*known);
}

bool RouteBook::heard_of_ours(Entry& entry, rtnl::Route const& route, bool removed, bool replaced) {
  auto const& prefix = entry.prefix;
  auto const at_ours = entry.installed.object != no_object && entry.installed.metric == route.metric;
  conflicts_.erase(prefix);
  if (at_ours && replaced && strangers_.contains(prefix) && !merges(prefix)) {
    lose_track(entry);
  } else if (!removed) {
    stands(entry, route, replaced);
  } else if (at_ours) {
    installed_is(entry, {});
  }
  return true;
}

bool RouteBook::heard_of_stranger(Entry& entry, rtnl::Route const& route, bool removed, bool replaced) {
  auto const& prefix = entry.prefix;
  if (removed) {
    auto const beside = stranger_went(prefix, route);
    return conflicts_.erase(prefix) > 0 || beside;
  }
  if (entry.installed.object == no_object || entry.installed.metric != route.metric) return false;
  if (!replaced) {
    stands_beside(prefix, route);
  } else if (strangers_.contains(prefix)) {
    stands_beside(prefix, route);
    lose_track(entry);
  } else {
    installed_is(entry, {});
  }
  return true;
}

bool RouteBook::stranger_went(bgp::Prefix const& prefix, rtnl::Route const& route) {
  auto const known = strangers_.find(prefix);
  if (known == strangers_.end()) return false;
  auto& all = known->second;
  auto const alike = [&](rtnl::Route const& other) {
    return other.metric == route.metric && other.protocol == route.protocol;
  };
  auto gone = std::ranges::find_if(all, [&](auto const& other) { return alike(other) && other.via == route.via; });
  if (gone == all.end()) gone = std::ranges::find_if(all, alike);
  if (gone == all.end()) return false;
  all.erase(gone);
  if (all.empty()) strangers_.erase(known);
  return true;
}

void RouteBook::stands_beside(bgp::Prefix const& prefix, rtnl::Route const& route) {
  auto& all = strangers_[prefix];
  if (std::ranges::find(all, route) == all.end()) all.push_back(route);
}

// Nobody knows any more which of several stands, or how often ours does: all of ours go, and what is wanted goes in
// anew.
void RouteBook::lose_track(Entry& entry) {
  auto const& prefix = entry.prefix;
  auto unknown = entry.installed;
  if (!merges(prefix)) unknown.object = unknown_object;
  add_stray(prefix, unknown);
  installed_is(entry, merges(prefix) ? InstalledRoute{} : unknown);
}

void RouteBook::learned_beside(rtnl::Route const& route) {
  auto const* const known = entries_.find(route.destination);
  if (known == nullptr || !known->seen || known->installed.metric != route.metric) return;
  stands_beside(route.destination, route);
}

void RouteBook::retry_now() {
  for (auto& [prefix, conflict] : conflicts_) {
    conflict = {};
    conflict.trying = true;
    enqueue(*entries_.find(prefix));
  }
  for (auto& [prefix, failure] : failures_) {
    failure.attempts = 0;
    enqueue(*entries_.find(prefix));
  }
}

void RouteBook::objects_gone(std::vector<ObjectId> const& objects) {
  if (objects.empty()) return;
  entries_.each([&](Entry& entry) {
    if (std::ranges::find(objects, entry.installed.object) == objects.end()) return;
    installed_is(entry, {});
    enqueue(entry);
    settle(entry);
  });
}

}  // namespace tern::fib
