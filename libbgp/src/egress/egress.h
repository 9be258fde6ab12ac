// All update groups of an Instance: finds or makes the group of a new member, hands every batch of changes to the
// groups and to the listeners, and gives vacant slots back to the RIB when nobody needs them any more. Pure; one
// thread.
#pragma once

#include <memory>
#include <vector>

#include "egress/group.h"

namespace bgp::egress {

/// Hears of every batch, after the groups. What it has yet to tell somebody keeps slots from being reused.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  virtual void changed(Family family, std::vector<rib::Change> const& changes) = 0;
  /// The best path stayed, but not what is used beside it: neighbours are not told of that, only listeners are.
  virtual void use_changed(Family family, std::vector<rib::SlotId> const& slots) = 0;
  [[nodiscard]] virtual bool needs(Family family, rib::SlotId slot) const = 0;
};

class Egress {
 public:
  explicit Egress(rib::Rib& rib, GroupLimits limits = {}) : rib_(rib), limits_(limits) {}

  /// Puts a neighbour into the group of `key`. It starts on the walk.
  [[nodiscard]] std::unique_ptr<Member> join(GroupKey const& key, PeerId peer, std::function<void()> wake);
  void leave(std::unique_ptr<Member> member);
  /// A member is to be served by another key of its family. What it holds is told anew or taken back there.
  [[nodiscard]] std::unique_ptr<Member> move(std::unique_ptr<Member> member, GroupKey const& key,
                                             std::function<void()> wake);

  void add_listener(ChangeListener* listener) { listeners_.push_back(listener); }
  void remove_listener(ChangeListener* listener) { std::erase(listeners_, listener); }

  /// Takes the RIB's changes and encodes them for every group.
  void flush();
  /// What flush() will do at most: the changes, each once for every group of its family.
  [[nodiscard]] std::size_t pending_work() const;
  /// How many changes more make that `work`, whatever family they are of.
  [[nodiscard]] std::size_t room(std::size_t work) const;
  /// Gives back up to `budget` vacant slots of each family, or fewer where many groups have to be asked about each.
  void reclaim(std::size_t budget);

  [[nodiscard]] std::vector<std::unique_ptr<Group>> const& groups() const { return groups_; }

 private:
  [[nodiscard]] Group& group_of(GroupKey const& key);
  void track_paths(Family family);
  [[nodiscard]] std::size_t weight(Family family) const;
  void flush_changes(Family family);
  void flush_use(Family family);

  rib::Rib& rib_;
  GroupLimits const limits_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<ChangeListener*> listeners_;
  std::vector<rib::Change> changes_;
  std::vector<rib::PathChange> path_changes_;
  std::vector<rib::SlotId> use_changes_;
  std::array<std::uint64_t, all_families.size()> last_batch_{};
  std::array<std::uint32_t, all_families.size()> group_counts_{};
};

}  // namespace bgp::egress
