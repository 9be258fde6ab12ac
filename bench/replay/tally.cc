#include "replay/tally.h"

namespace bench {

bool Tally::update(View body) {
  auto const update = parse_update(body);
  if (!update) return false;
  bool good = read_prefixes(update->withdrawn, 1, false) && read_prefixes(update->nlri, 1, true);
  good = for_each_attribute(update->attributes,
                            [&](std::uint8_t type, View value) {
                              if (type == kMpReach || type == kMpUnreach)
                                good = read_mp(value, type == kMpReach) && good;
                            }) &&
         good;
  return good;
}

bool Tally::read_mp(View value, bool reach) {
  if (value.size() < 3) return false;
  std::uint16_t const afi = read16(value.data());
  if ((afi != 1 && afi != 2) || value[2] != 1) return true;
  ipv6_ = ipv6_ || afi == 2;
  if (!reach) return read_prefixes(value.subspan(3), afi, false);
  if (value.size() < 5 || value.size() < 5u + value[3]) return false;
  return read_prefixes(value.subspan(5u + value[3]), afi, true);
}

bool Tally::read_prefixes(View field, std::uint16_t afi, bool announce) {
  while (!field.empty()) {
    std::size_t const size = 1u + (field[0] + 7u) / 8;
    if (size > field.size()) return false;
    std::string key(1, static_cast<char>(afi));
    key.append(field.begin(), field.begin() + static_cast<std::ptrdiff_t>(size));
    field = field.subspan(size);
    auto const found = announce ? known_.try_emplace(std::move(key), false).first : known_.find(key);
    announce ? ++announced_ : ++withdrawn_;
    if (found == known_.end() || found->second == announce) continue;
    found->second = announce;
    announce ? ++held_ : --held_;
  }
  return true;
}

}  // namespace bench
