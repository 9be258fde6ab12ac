#include "config/family_names.h"

#include <algorithm>

#include "config/suggest.h"

namespace tern::config {

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (auto const family : bgp::Family::all()) names.push_back(family.text());
  return names;
}

void read_family(Value const& value, std::vector<bgp::Family>& out) {
  auto const name = value.text();
  if (!name) return;
  auto const family = bgp::Family::parse(*name);
  if (!family) {
    value.problem("family '" + *name + "' is not supported", "write " + one_of(family_names()));
  } else if (std::find(out.begin(), out.end(), *family) != out.end()) {
    value.problem("family '" + *name + "' is given twice", "remove one of the two");
  } else {
    out.push_back(*family);
  }
}

}  // namespace tern::config
