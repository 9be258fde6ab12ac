// Address families as a file names them.
#pragma once

#include <string>
#include <vector>

#include "bgp/types.h"
#include "config/value.h"

namespace tern::config {

/// All that there are.
[[nodiscard]] std::vector<std::string> family_names();
/// One more of `out`.
void read_family(Value const& value, std::vector<bgp::Family>& out);

}  // namespace tern::config
