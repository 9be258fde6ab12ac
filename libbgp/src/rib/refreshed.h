// What a neighbour has announced again since a refresh of its own began (RFC 7313 §4). A bit for each route with path
// identifier 0, which all have without ADD-PATH.
#pragma once

#include <set>
#include <utility>

#include "rib/slot_set.h"

namespace bgp::rib {

class Refreshed {
 public:
  void insert(SlotId slot, PathId path) {
    if (path.value == 0) {
      slots_.insert(slot);
    } else {
      paths_.emplace(slot, path);
    }
  }
  void erase(SlotId slot, PathId path) {
    if (path.value == 0) {
      slots_.erase(slot);
    } else {
      paths_.erase({slot, path});
    }
  }
  [[nodiscard]] bool contains(SlotId slot, PathId path) const {
    return path.value == 0 ? slots_.contains(slot) : paths_.contains({slot, path});
  }

 private:
  SlotSet slots_;
  std::set<std::pair<SlotId, PathId>> paths_;
};

}  // namespace bgp::rib
