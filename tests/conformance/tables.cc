#include "tables.h"

namespace conformance {

std::vector<Case> const& all_rows() {
  static std::vector<Case> const rows = [] {
    std::vector<Case> all;
    for (auto* table : {header_rows, fsm_rows, collision_rows, open_rows, flag_rows, attribute_rows, structure_rows,
                        mixed_rows, refresh_rows, emission_rows})
      for (auto& row : table()) all.push_back(std::move(row));
    return all;
  }();
  return rows;
}

}  // namespace conformance
