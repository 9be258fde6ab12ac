// The texts of filters: AS-path patterns, communities, prefixes with ranges. What is a pattern may be asked about a
// path made of the same octets, and finds the community that it adds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "bgp/patterns.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const pattern = bgp::AsPathPattern::parse(text); pattern.ok()) {
    bgp::AsPath path;
    path.segments.push_back({});
    for (auto const c : text) path.segments[0].asns.push_back(bgp::Asn{static_cast<std::uint8_t>(c)});
    (void)pattern->matches(path);
  }
  if (auto const pattern = bgp::CommunityPattern::parse(text); pattern.ok() && pattern->exact()) {
    bgp::Attributes attributes;
    pattern->add_to(attributes);
    if (!pattern->is_in(attributes)) std::abort();
    pattern->remove_from(attributes);
    if (attributes != bgp::Attributes{}) std::abort();
  }
  if (auto const entry = bgp::PrefixList::Entry::parse(text); entry.ok()) {
    bgp::PrefixList const list({*entry});
    if (list.contains(entry->prefix) != (entry->min_length == entry->prefix.length())) std::abort();
  }
  return 0;
}
