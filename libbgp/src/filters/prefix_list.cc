#include <algorithm>
#include <charconv>

#include "bgp/patterns.h"

namespace bgp {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t out = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos;) {
    auto const end = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

Error bad_range(std::string_view text, unsigned length, unsigned width) {
  return {"'" + std::string(text) + "' asks for no length: write ge and le with numbers from " +
          std::to_string(length) + " to " + std::to_string(width) + ", ge first and not above le"};
}

}  // namespace

Result<NumberRange> NumberRange::parse(std::string_view text) {
  auto const dash = text.find('-');
  auto const first = number(text.substr(0, dash));
  auto const last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *last < *first) {
    return Error{"'" + std::string(text) + "' is no number or range: write for instance 200, or 100-300"};
  }
  return NumberRange{*first, *last};
}

Result<PrefixList::Entry> PrefixList::Entry::parse(std::string_view text) {
  auto const parts = words(text);
  auto const prefix = parts.empty() ? std::nullopt : Prefix::parse(parts[0]);
  auto const slash = parts.empty() ? std::string_view::npos : parts[0].find('/');
  if (!prefix || slash == std::string_view::npos || parts.size() % 2 == 0) {
    return Error{"'" + std::string(text) + "' is no prefix: write for instance 10.0.0.0/8, or 10.0.0.0/8 ge 16 le 24"};
  }
  if (IpAddress::parse(parts[0].substr(0, slash)) != prefix->address()) {
    return Error{"'" + std::string(parts[0]) + "' has bits set past its length: write " + prefix->text()};
  }
  auto const width = static_cast<unsigned>(prefix->address().size() * 8);
  Entry entry{*prefix, prefix->length(), prefix->length()};
  std::string_view last;
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    auto const length = number(parts[i + 1]);
    auto const in_order = parts[i] == "le" ? last != "le" : parts[i] == "ge" && last.empty();
    if (!in_order || !length || *length > width) return bad_range(text, prefix->length(), width);
    (parts[i] == "ge" ? entry.min_length : entry.max_length) = *length;
    if (parts[i] == "ge") entry.max_length = width;
    last = parts[i];
  }
  if (entry.min_length < prefix->length() || entry.max_length < entry.min_length) {
    return bad_range(text, prefix->length(), width);
  }
  return entry;
}

PrefixList::PrefixList(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::ranges::stable_sort(entries_, {}, &Entry::prefix);
  for (auto const& entry : entries_) {
    auto& lengths = lengths_[entry.prefix.address().is_v4() ? 0 : 1];
    if (std::ranges::find(lengths, entry.prefix.length()) == lengths.end()) lengths.push_back(entry.prefix.length());
  }
}

// Once for every length that a list has, of which there are few.
bool PrefixList::contains(Prefix const& prefix) const {
  for (auto const length : lengths_[prefix.address().is_v4() ? 0 : 1]) {
    if (length > prefix.length()) continue;
    Prefix const around(prefix.address(), length);
    auto entry = std::ranges::lower_bound(entries_, around, {}, &Entry::prefix);
    auto const fits = [&](Entry const& e) {
      return e.min_length <= prefix.length() && prefix.length() <= e.max_length;
    };
    for (; entry != entries_.end() && entry->prefix == around; ++entry) {
      if (fits(*entry)) return true;
    }
  }
  return false;
}

}  // namespace bgp
