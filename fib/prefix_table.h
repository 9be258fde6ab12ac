// Entries by prefix, a million of them: a dense pool in the order of arrival, and an index of eight octets a place over
// it. A new prefix costs one miss of the cache, which prefetch() hides, a known one another for its entry; that stays
// where it is until it is erased. The hash is keyed, for neighbours choose the prefixes. `Entry` is a
// default-constructible value with a member `prefix`. Pure. One thread.
#pragma once

#include <xxhash.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "bgp/types.h"
#include "fib/huge_pages.h"

namespace tern::fib {

template <class Entry>
class PrefixTable {
  static_assert(std::is_trivially_destructible_v<Entry>);

 public:
  explicit PrefixTable(std::uint64_t hash_key) : key_(hash_key), places_(first_places) {}
  ~PrefixTable() {
    for (std::size_t n = 0; n < chunks_.size(); ++n) HugePages<Entry>().deallocate(chunks_[n], chunk_size(n));
  }
  PrefixTable(PrefixTable const&) = delete;
  PrefixTable& operator=(PrefixTable const&) = delete;

  /// Null when there is none.
  [[nodiscard]] Entry* find(bgp::Prefix const& prefix) {
    auto const place = locate(prefix, hash(prefix));
    return places_[place].id == none ? nullptr : &at(places_[place].id);
  }
  [[nodiscard]] Entry const* find(bgp::Prefix const& prefix) const {
    return const_cast<PrefixTable*>(this)->find(prefix);
  }
  /// Makes it where there is none; true when it did.
  std::pair<Entry&, bool> find_or_insert(bgp::Prefix const& prefix);
  /// Not while another function of this table runs, but for each().
  void erase(Entry const& entry);
  /// `prefix` is to be asked for soon.
  void prefetch(bgp::Prefix const& prefix) const { __builtin_prefetch(&places_[hash(prefix) & mask()]); }

  [[nodiscard]] std::size_t size() const { return used_; }
  /// Every entry, in the order of the pool. `visit` may erase what it is given.
  template <class Visit>
  void each(Visit&& visit) {
    for (std::uint32_t id = 1; id <= allocated_; ++id) {
      if (auto& entry = at(id); !entry.prefix.address().is_unset()) visit(entry);
    }
  }
  template <class Visit>
  void each(Visit&& visit) const {
    const_cast<PrefixTable*>(this)->each([&](Entry const& entry) { visit(entry); });
  }

 private:
  /// Where the index names an entry: by its number from 1 on, beside the half of its hash that says where it belongs.
  struct Place {
    std::uint32_t hash = 0;
    std::uint32_t id = none;
  };
  static constexpr std::uint32_t none = 0;
  static constexpr std::size_t first_places = 64;
  static constexpr unsigned first_chunk_bits = 10;

  // The first two chunks are of one size, every other is as large as all before it.
  [[nodiscard]] static std::size_t chunk_size(std::size_t chunk) {
    return std::size_t{1} << (first_chunk_bits + (chunk == 0 ? 0 : chunk - 1));
  }

  [[nodiscard]] std::size_t mask() const { return places_.size() - 1; }
  [[nodiscard]] Entry& at(std::uint32_t id) {
    auto const index = id - 1;
    auto const chunk = static_cast<std::size_t>(std::bit_width(index >> first_chunk_bits));
    return chunks_[chunk][chunk == 0 ? index : index - chunk_size(chunk)];
  }
  [[nodiscard]] std::uint32_t hash(bgp::Prefix const& prefix) const;
  /// The place of the prefix, or the empty one where it would be put.
  [[nodiscard]] std::size_t locate(bgp::Prefix const& prefix, std::uint32_t hash);
  [[nodiscard]] std::uint32_t allocate();
  void grow();
  void close_gap(std::size_t gap);

  std::uint64_t const key_;
  using Places = std::vector<Place, HugePages<Place>>;
  Places places_;               // a power of two, at most three quarters full
  std::vector<Entry*> chunks_;  // entries are constructed when they are allocated first
  std::vector<std::uint32_t> free_;
  std::uint32_t allocated_ = 0;
  std::size_t used_ = 0;
};

template <class Entry>
std::uint32_t PrefixTable<Entry>::hash(bgp::Prefix const& prefix) const {
  std::uint8_t octets[18];
  std::memcpy(octets, prefix.address().data(), 16);
  octets[16] = static_cast<std::uint8_t>(prefix.length());
  octets[17] = static_cast<std::uint8_t>(prefix.address().size());
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(octets, sizeof octets, key_));
}

template <class Entry>
std::size_t PrefixTable<Entry>::locate(bgp::Prefix const& prefix, std::uint32_t hash) {
  for (auto place = hash & mask();; place = (place + 1) & mask()) {
    auto const& here = places_[place];
    if (here.id == none || (here.hash == hash && at(here.id).prefix == prefix)) return place;
  }
}

template <class Entry>
std::pair<Entry&, bool> PrefixTable<Entry>::find_or_insert(bgp::Prefix const& prefix) {
  auto const hashed = hash(prefix);
  auto place = locate(prefix, hashed);
  if (places_[place].id != none) return {at(places_[place].id), false};
  if (4 * (used_ + 1) > 3 * places_.size()) {
    grow();
    place = locate(prefix, hashed);
  }
  auto const id = allocate();
  places_[place] = {hashed, id};
  ++used_;
  at(id).prefix = prefix;
  return {at(id), true};
}

template <class Entry>
std::uint32_t PrefixTable<Entry>::allocate() {
  if (!free_.empty()) {
    auto const id = free_.back();
    free_.pop_back();
    return id;
  }
  if (static_cast<std::size_t>(std::bit_width(allocated_ >> first_chunk_bits)) == chunks_.size()) {
    chunks_.push_back(HugePages<Entry>().allocate(chunk_size(chunks_.size())));
  }
  std::construct_at(&at(++allocated_));
  return allocated_;
}

// No entry is touched: a table of a million grows within some milliseconds.
template <class Entry>
void PrefixTable<Entry>::grow() {
  auto const before = std::exchange(places_, Places(2 * places_.size()));
  for (auto const& moved : before) {
    if (moved.id == none) continue;
    auto place = moved.hash & mask();
    while (places_[place].id != none) place = (place + 1) & mask();
    places_[place] = moved;
  }
}

template <class Entry>
void PrefixTable<Entry>::erase(Entry const& entry) {
  auto const gap = locate(entry.prefix, hash(entry.prefix));
  auto const id = places_[gap].id;
  close_gap(gap);
  at(id) = Entry{};
  free_.push_back(id);
  --used_;
}

// Whoever stands behind the gap and could stand in it moves up, so that no search ends too early.
template <class Entry>
void PrefixTable<Entry>::close_gap(std::size_t gap) {
  for (auto next = (gap + 1) & mask(); places_[next].id != none; next = (next + 1) & mask()) {
    auto const home = places_[next].hash & mask();
    if (((next - home) & mask()) < ((next - gap) & mask())) continue;
    places_[gap] = places_[next];
    gap = next;
  }
  places_[gap] = {};
}

}  // namespace tern::fib
