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

using ByType = std::array<View, 256>;

bool index_attributes(View block, ByType& out) {
  return for_each_attribute(block, [&](std::uint8_t type, View value) { out[type] = value; });
}

std::uint32_t tag_of(View attributes) {
  std::uint32_t tag = Received::kNoMed;
  for_each_attribute(attributes, [&](std::uint8_t type, View value) {
    if (type == kMed && value.size() == 4 && read32(value.data()) != 0) tag = read32(value.data());
  });
  return tag;
}

}  // namespace

Received::Received(Table const& table, Options options)
    : table_(table), options_(options), bits_(table.size() / 64 + 1), tags_(options.tags ? table.size() : 0) {}

void Received::update(View body) {
  last_tag_ = kAbsent;
  auto const update = parse_update(body);
  if (!update) {
    ++faults_.malformed;
    return;
  }
  bool good = for_each_prefix(update->withdrawn, [this](Prefix p) { withdraw(p); });
  if (!update->nlri.empty()) {
    if (options_.tags) last_tag_ = tag_of(update->attributes);
    good = for_each_prefix(update->nlri, [this](Prefix p) { announce(p); }) && good;
    if (!options_.tags && announcing_++ % options_.sample == 0) compare_sample(*update);
  }
  if (!good) ++faults_.malformed;
}

void Received::forget() {
  std::ranges::fill(bits_, 0);
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

void Received::compare_sample(Update const& update) {
  std::int32_t slot = -1;
  for_each_prefix(update.nlri, [&](Prefix p) { slot = slot < 0 ? table_.slot(p) : slot; });
  if (slot < 0) return;
  ++samples_;
  Bytes const sent = encode_attributes(table_.set(table_.set_of(slot)), options_.announcer);
  ByType expected{}, found{};
  bool good = index_attributes(sent, expected) && index_attributes(update.attributes, found);
  // No MED is a MED of zero (RFC 4271 §9.1.2.2), and FRR says so.
  if (expected[kMed].empty() && found[kMed].size() == 4 && read32(found[kMed].data()) == 0) found[kMed] = {};
  int wrong = 0;
  for (int type = 0; type < 256; ++type) {
    if (type == kOriginatorId || type == kClusterList) {
      if (options_.reflected && found[type].size() != 4) wrong = type;
    } else if (!std::ranges::equal(expected[type], found[type])) {
      wrong = type;
    }
  }
  if (good && wrong == 0) return;
  if (++faults_.wrong_attributes == 1) {
    faults_.first_wrong = good ? "attribute " + std::to_string(wrong) + " differs: " + hex(expected[wrong]) +
                                     " became " + hex(found[wrong])
                               : "the block is malformed";
  }
}

}  // namespace bench
