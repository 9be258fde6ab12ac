#include "egress/egress.h"

#include <algorithm>

namespace bgp::egress {

namespace {
constexpr std::size_t most_that_count = 512;  // groups: batches of a few changes would be nothing but overhead
constexpr std::size_t most_looks = 65536;     // of groups at vacant slots, in one go, but for so many slots:
constexpr std::size_t least_reclaimed = 64;
}  // namespace

Group& Egress::group_of(GroupKey const& key) {
  auto const known = std::ranges::find_if(groups_, [&](auto const& group) { return group->key() == key; });
  if (known != groups_.end()) return **known;
  groups_.push_back(std::make_unique<Group>(rib_, key, limits_));
  ++group_counts_[family_index(key.family)];
  track_paths(key.family);
  return *groups_.back();
}

std::unique_ptr<Member> Egress::join(GroupKey const& key, PeerId peer, std::function<void()> wake) {
  flush();
  return group_of(key).join(peer, std::move(wake));
}

std::unique_ptr<Member> Egress::move(std::unique_ptr<Member> member, GroupKey const& key, std::function<void()> wake) {
  if (member->group().key() == key) return member;
  flush();  // so that what it holds can be told by what it has read
  auto const peer = member->peer();
  auto const holdings = member->group().holdings(*member);
  leave(std::move(member));
  return group_of(key).move_in(peer, std::move(wake), holdings);
}

void Egress::leave(std::unique_ptr<Member> member) {
  auto const* group = &member->group();
  auto const own = std::ranges::find_if(groups_, [&](auto const& g) { return g.get() == group; });
  (*own)->leave(*member);
  if (!(*own)->members().empty()) return;
  auto const family = (*own)->key().family;
  groups_.erase(own);
  --group_counts_[family_index(family)];
  track_paths(family);
}

// Only while somebody is told of more than the best ones.
void Egress::track_paths(Family family) {
  rib_.track_paths(family, std::ranges::any_of(groups_, [family](auto const& group) {
                     return group->key().family == family && group->key().add_path.several();
                   }));
}

// Groups that a change of the family is one for.
std::size_t Egress::weight(Family family) const {
  return std::clamp<std::size_t>(group_counts_[family_index(family)], 1, most_that_count);
}

std::size_t Egress::pending_work() const {
  std::size_t work = 0;
  for (auto const family : rib_.families()) work += rib_.pending_changes(family) * weight(family);
  return work;
}

std::size_t Egress::room(std::size_t work) const {
  std::size_t most = 1;
  for (auto const family : rib_.families()) most = std::max(most, weight(family));
  return (work - std::min(work, pending_work())) / most;
}

void Egress::flush() {
  for (auto const family : rib_.families()) {
    if (rib_.pending_changes(family) == 0) continue;
    if (rib_.has_changes(family)) flush_changes(family);
    flush_use(family);
  }
}

void Egress::flush_changes(Family family) {
  auto const batch = last_batch_[family_index(family)] = rib_.take_changes(family, changes_);
  rib_.take_path_changes(family, path_changes_);
  for (auto const& group : groups_) {
    if (group->key().family == family) group->process(changes_, path_changes_, batch);
  }
  if (changes_.empty()) return;
  // A listener may remove itself, or another.
  for (std::size_t i = 0; i < listeners_.size(); ++i) listeners_[i]->changed(family, changes_);
}

void Egress::flush_use(Family family) {
  rib_.take_use_changes(family, use_changes_);
  if (use_changes_.empty()) return;
  for (std::size_t i = 0; i < listeners_.size(); ++i) listeners_[i]->use_changed(family, use_changes_);
}

void Egress::reclaim(std::size_t budget) {
  for (auto const family : rib_.families()) {
    auto const now = last_batch_[family_index(family)] + 1;
    auto passed = now;
    std::vector<Group const*> concerned;  // few, as a rule none
    for (auto const& group : groups_) {
      if (group->key().family != family) continue;
      passed = std::min(passed, group->oldest_unread(now));
      if (group->needs_any()) concerned.push_back(group.get());
    }
    auto const needed = [&](rib::SlotId slot) {
      return std::ranges::any_of(concerned, [slot](auto const* group) { return group->needs(slot); }) ||
             std::ranges::any_of(listeners_, [&](auto const* l) { return l->needs(family, slot); });
    };
    auto const looks = most_looks / std::max<std::size_t>(concerned.size(), 1);
    rib_.reclaim(family, passed, needed, std::min(budget, std::max(looks, least_reclaimed)));
  }
}

}  // namespace bgp::egress
