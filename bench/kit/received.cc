#include "kit/received.h"

#include <algorithm>
#include <array>

namespace bench {
namespace {

std::string hex(View bytes) {
  std::string text;
  for (std::uint8_t const octet : bytes) {
    text += "0123456789abcdef"[octet >> 4];
    text += "0123456789abcdef"[octet & 15];
  }
  return text.empty() ? "nothing" : text;
}

// What is absent has no address. Nobody here sends larger types; such a one stands at 0, which none has.
using ByType = std::array<View, 40>;

bool index_attributes(View block, ByType& out) {
  return for_each_attribute(block, [&](std::uint8_t type, View value) { out[type < out.size() ? type : 0] = value; });
}

std::uint32_t tag_of(View attributes) {
  std::uint32_t tag = Received::kNoMed;
  for_each_attribute(attributes, [&](std::uint8_t type, View value) {
    if (type == kMed && value.size() == 4 && read32(value.data()) != 0) tag = read32(value.data());
  });
  return tag;
}

}  // namespace

Received::Received(Table const& table, Options options, std::shared_ptr<EncodedSets> encoded)
    : table_(table),
      options_(options),
      encoded_(encoded ? std::move(encoded) : std::make_shared<EncodedSets>(table, Announcer{})),
      bits_(table.size() / 64 + 1),
      path_ids_(std::size_t{table.size()} * options_.paths),
      tags_(options_.tags ? table.size() : 0) {}

void Received::update(View body) {
  last_tag_ = kAbsent;
  auto const update = parse_update(body);
  if (!update) {
    ++faults_.malformed;
    return;
  }
  if (encoded_->ipv6()) return update6(*update);
  bool good = withdraw_all(update->withdrawn);
  if (!update->nlri.empty()) {
    if (options_.tags) last_tag_ = tag_of(update->attributes);
    good = announce_all(update->nlri) && good;
    if (!options_.tags && announcing_++ % options_.sample == 0) {
      auto const slot = first_slot(update->nlri);
      if (slot >= 0) compare_sample(update->attributes, encoded_->of(table_.set_of(slot)));
    }
  }
  if (!good) ++faults_.malformed;
}

void Received::update6(Update const& update) {
  auto const routes = parse_update6(update.attributes);
  bool good = routes && update.withdrawn.empty() && update.nlri.empty() &&
              for_each_prefix6(routes->withdrawn, [this](Prefix prefix) { withdraw(prefix); }) &&
              for_each_prefix6(routes->nlri, [this](Prefix prefix) { announce(prefix); });
  if (!good) ++faults_.malformed;
  if (good && !routes->nlri.empty() && announcing_++ % options_.sample == 0) {
    std::int32_t slot = -1;
    for_each_prefix6(routes->nlri, [&](Prefix prefix) { slot = slot < 0 ? table_.slot(prefix) : slot; });
    if (slot >= 0) compare_sample(update.attributes, encoded_->with(table_.set_of(slot), routes->nlri));
  }
}

void Received::forget() {
  std::ranges::fill(bits_, 0);
  std::ranges::fill(path_ids_, 0);
  std::ranges::fill(tags_, kAbsent);
  present_ = 0;
}

std::optional<bool> Received::mark(Prefix prefix, bool present, std::uint32_t tag) {
  std::int32_t const slot = table_.slot(prefix);
  if (slot < 0) {
    ++faults_.unknown;
    return std::nullopt;
  }
  std::uint64_t& word = bits_[slot / 64];
  std::uint64_t const bit = std::uint64_t{1} << (slot % 64);
  bool const was = (word & bit) != 0;
  word = present ? word | bit : word & ~bit;
  if (options_.tags) tags_[slot] = tag;
  return was;
}

bool Received::announce_all(View nlri) {
  return options_.paths == 0 ? for_each_prefix(nlri, [this](Prefix prefix) { announce(prefix); })
                             : for_each_path(nlri, [this](Prefix prefix, auto id) { announce_path(prefix, id); });
}

bool Received::withdraw_all(View withdrawn) {
  return options_.paths == 0 ? for_each_prefix(withdrawn, [this](Prefix prefix) { withdraw(prefix); })
                             : for_each_path(withdrawn, [this](Prefix prefix, auto id) { withdraw_path(prefix, id); });
}

void Received::announce(Prefix prefix) {
  if (auto const was = mark(prefix, true, last_tag_)) *was ? ++repeats_ : ++present_;
}

void Received::withdraw(Prefix prefix) {
  auto const was = mark(prefix, false, kAbsent);
  if (!was) return;
  ++withdrawals_;
  if (*was)
    --present_;
  else
    ++superfluous_;
}

// Where the identifier stands among those of its prefix, else a free place; null when all are taken, or the prefix is
// unknown, which is counted.
std::uint32_t* Received::find_path(Prefix prefix, std::uint32_t id) {
  std::int32_t const slot = table_.slot(prefix);
  if (slot >= 0) {
    auto const begin = path_ids_.begin() + std::ptrdiff_t{slot} * options_.paths;
    auto const end = begin + options_.paths;
    if (auto const it = std::find(begin, end, id); it != end) return &*it;
    if (auto const it = std::find(begin, end, 0U); it != end) return &*it;
  }
  ++faults_.unknown;
  return nullptr;
}

void Received::announce_path(Prefix prefix, std::uint32_t id) {
  auto* const place = find_path(prefix, id);
  if (place == nullptr) return;
  *place == id ? ++repeats_ : ++present_;
  *place = id;
}

void Received::withdraw_path(Prefix prefix, std::uint32_t id) {
  auto* const place = find_path(prefix, id);
  if (place == nullptr) return;
  ++withdrawals_;
  *place == id ? --present_ : static_cast<std::uint32_t>(++superfluous_);
  *place = 0;
}

std::int32_t Received::first_slot(View nlri) const {
  std::int32_t slot = -1;
  auto const first = [&](Prefix p) { slot = slot < 0 ? table_.slot(p) : slot; };
  if (options_.paths == 0) {
    for_each_prefix(nlri, first);
  } else {
    for_each_path(nlri, [&](Prefix p, std::uint32_t) { first(p); });
  }
  return slot;
}

void Received::compare_sample(View attributes, View wanted) {
  ++samples_;
  ByType expected{}, found{};
  bool const good = index_attributes(wanted, expected) && index_attributes(attributes, found);
  // No MED is a MED of zero (RFC 4271 §9.1.2.2), and FRR says so.
  if (!expected[kMed].data() && found[kMed].size() == 4 && read32(found[kMed].data()) == 0) found[kMed] = {};
  std::optional<std::size_t> wrong;
  for (std::size_t type = 0; type < found.size(); ++type) {
    if (type == kOriginatorId || type == kClusterList) {
      if (options_.reflected && found[type].size() != 4) wrong = type;
    } else if (!expected[type].data() != !found[type].data() || !std::ranges::equal(expected[type], found[type])) {
      wrong = type;
    }
  }
  if (good && !wrong) return;
  if (++faults_.wrong_attributes == 1) {
    faults_.first_wrong = good ? (*wrong == 0 ? "an unknown attribute" : "attribute " + std::to_string(*wrong)) +
                                     " differs: " + hex(expected[*wrong]) + " became " + hex(found[*wrong])
                               : "the block is malformed";
  }
}

}  // namespace bench
