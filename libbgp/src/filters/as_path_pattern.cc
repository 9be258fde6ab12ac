// A pattern is a row of elements; which of them may come next is a set of bits. Each AS of a path moves all of them on
// at once, so that a path of n ASes takes n steps, whatever the pattern.
#include <algorithm>

#include "bgp/patterns.h"

namespace bgp {

bool AsPathPattern::Element::accepts(std::span<Asn const> one_of) const {
  if (ases.empty()) return true;
  return std::ranges::any_of(one_of, [this](Asn as) {
    return std::ranges::any_of(ases, [as](NumberRange const& range) { return range.contains(as.value); });
  });
}

Result<AsPathPattern::Element> AsPathPattern::parse_element(std::string_view text) {
  Element element;
  if (text == "*") {
    element.any_number = true;
    return element;
  }
  auto rest = text;
  if (rest.ends_with('+')) {
    element.repeats = true;
    rest.remove_suffix(1);
  }
  if (rest == "?") return element;
  for (auto more = true; more;) {
    auto const bar = rest.find('|');
    auto const range = NumberRange::parse(rest.substr(0, bar));
    if (!range) {
      return Error{"'" + std::string(text) +
                   "' is no part of an AS path: write for instance 65001, 64512-65534, "
                   "65001|65002, 65001+ (once or more), ? (one AS) or * (any number)"};
    }
    element.ases.push_back(*range);
    more = bar != std::string_view::npos;
    if (more) rest.remove_prefix(bar + 1);
  }
  return element;
}

Result<AsPathPattern> AsPathPattern::parse(std::string_view text) {
  AsPathPattern pattern;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos;) {
    auto const end = std::min(text.find(' ', at), text.size());
    auto element = parse_element(text.substr(at, end - at));
    if (!element) return element.error();
    if (pattern.elements_.size() == most_elements) {
      return Error{"an AS path of more than " + std::to_string(most_elements) + " parts: write several"};
    }
    pattern.elements_.push_back(std::move(*element));
    at = end;
  }
  return pattern;
}

// `*` may also stand for nothing.
std::uint64_t AsPathPattern::closure(std::uint64_t states) const {
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (elements_[i].any_number && (states >> i & 1) != 0) states |= std::uint64_t{1} << (i + 1);
  }
  return states;
}

std::uint64_t AsPathPattern::step(std::uint64_t states, std::span<Asn const> one_of) const {
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    auto const here = (states >> i & 1) != 0;
    auto const again = elements_[i].repeats && (states >> (i + 1) & 1) != 0;
    if (here && elements_[i].any_number) next |= std::uint64_t{1} << i;
    if ((here || again) && !elements_[i].any_number && elements_[i].accepts(one_of))
      next |= std::uint64_t{1} << (i + 1);
  }
  return closure(next);
}

bool AsPathPattern::matches(AsPath const& path) const {
  auto states = closure(1);
  for (auto const& segment : path.segments) {
    if (segment.kind == AsPathSegment::Kind::set) states = step(states, segment.asns);
    if (segment.kind != AsPathSegment::Kind::sequence) continue;
    for (auto const& as : segment.asns) {
      states = step(states, {&as, 1});
      if (states == 0) return false;
    }
  }
  return (states >> elements_.size() & 1) != 0;
}

}  // namespace bgp
