// One subscription to the Loc-RIB: at first every slot is dirty (the snapshot), later those that changed. Dirty slots
// are told in batches, from slices of their own; a slot that changes often is told once, as it stands.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>

#include "bgp/speaker.h"
#include "egress/egress.h"

namespace bgp::engine {

class Instance;

/// The others are reflected, and mean nothing to a program that has no use for their attributes.
inline constexpr std::array told_families{ipv4_unicast, ipv6_unicast};

class RouteFeed final : public egress::ChangeListener, public std::enable_shared_from_this<RouteFeed> {
 public:
  using Callback = std::function<void(std::span<RouteEvent const>)>;

  RouteFeed(Instance& instance, Callback callback);
  ~RouteFeed() override;
  void begin();
  void pause() { paused_ = true; }
  void resume();

  void changed(Family family, std::vector<rib::Change> const& changes) override;
  void use_changed(Family family, std::vector<rib::SlotId> const& slots) override;
  [[nodiscard]] bool needs(Family family, rib::SlotId slot) const override {
    return is_unicast(family) && dirty_[family_index(family)].contains(slot);
  }
  /// Octets, about.
  [[nodiscard]] std::size_t memory() const;

 private:
  void schedule();
  void tell();
  void collect(Family family, std::size_t budget);
  void add_event(Family family, rib::SlotId slot);
  void add_next_hops(rib::Rib const& rib, rib::Table const& table, std::span<std::uint32_t const> paths);
  void point_to_next_hops();

  std::weak_ptr<Instance> instance_;
  Callback callback_;
  std::array<rib::SlotSet, told_families.size()> dirty_;
  std::array<rib::SlotSet, told_families.size()> told_;
  std::array<std::uint32_t, told_families.size()> cursor_{};  // goes round, so that churn in low slots holds up none
  bool scheduled_ = false;
  bool in_sync_ = false;
  bool paused_ = false;
  // Scratch of tell(): events point into attributes_ and, those with several next hops, into next_hops_.
  struct Several {
    std::size_t event;
    std::size_t first;
    std::size_t count;
  };
  std::vector<RouteEvent> events_;
  std::deque<Attributes> attributes_;
  rib::AttrId decoded_;  // what the last of them was made of
  std::vector<IpAddress> next_hops_;
  std::vector<Several> several_;
  rib::PathsInUse in_use_;
};

}  // namespace bgp::engine
