// What a file says under `prefixLists` and `filters` (docs/configuration.md), compiled, and the look-up by which groups
// and neighbours name their filters.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bgp/route_map.h"
#include "config/value.h"

namespace tern::config {

using PrefixLists = std::map<std::string, std::shared_ptr<bgp::PrefixList const>>;

struct NamedFilter {
  bgp::FilterPtr filter;
  bool for_export_only = false;  ///< it sets `nextHop: self`
};
using Filters = std::map<std::string, NamedFilter>;

/// What the keys of these names hold: none or one of each.
[[nodiscard]] Filters read_filters(std::vector<Value> const& prefix_lists, std::vector<Value> const& filters);

/// The filter that `value` names, among them accept-all and reject-all; a problem and nothing when there is none.
[[nodiscard]] bgp::FilterPtr find_filter(Value const& value, Filters const& filters, bool import);

}  // namespace tern::config
