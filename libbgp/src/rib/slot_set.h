// A set of slots as bits: an eighth of an octet a slot, so that what a laggard has yet to hear of costs a bounded
// amount.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "rib/table.h"

namespace bgp::rib {

class SlotSet {
 public:
  [[nodiscard]] bool contains(SlotId slot) const {
    auto const word = slot.value / 64;
    return word < words_.size() && (words_[word] >> (slot.value % 64) & 1) != 0;
  }
  /// True when it was not there before.
  bool insert(SlotId slot) {
    auto const word = slot.value / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    auto const bit = std::uint64_t{1} << (slot.value % 64);
    if ((words_[word] & bit) != 0) return false;
    words_[word] |= bit;
    ++size_;
    return true;
  }
  /// All of [begin, end), a word at a time: cheap also for a whole table.
  void insert_range(SlotId begin, SlotId end) {
    if (begin >= end) return;
    auto const last = (end.value - 1) / 64;
    if (last >= words_.size()) words_.resize(last + 1);
    for (auto word = begin.value / 64; word <= last; ++word) {
      auto bits = ~std::uint64_t{0};
      if (word == begin.value / 64) bits &= ~std::uint64_t{0} << (begin.value % 64);
      if (word == last) bits &= ~std::uint64_t{0} >> (63 - (end.value - 1) % 64);
      size_ += static_cast<std::size_t>(std::popcount(bits & ~words_[word]));
      words_[word] |= bits;
    }
  }
  void insert(SlotSet const& other) {
    if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
    for (std::size_t word = 0; word < other.words_.size(); ++word) {
      size_ += static_cast<std::size_t>(std::popcount(other.words_[word] & ~words_[word]));
      words_[word] |= other.words_[word];
    }
  }
  /// True when it was there before.
  bool erase(SlotId slot) {
    if (!contains(slot)) return false;
    words_[slot.value / 64] &= ~(std::uint64_t{1} << (slot.value % 64));
    --size_;
    return true;
  }
  /// The first member at or after `from`; one past the last possible id when there is none.
  [[nodiscard]] std::uint32_t next(std::uint32_t from) const {
    for (auto word = from / 64; word < words_.size(); ++word) {
      auto bits = words_[word];
      if (word == from / 64) bits &= ~std::uint64_t{0} << (from % 64);
      if (bits != 0) return word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
    }
    return end();
  }
  [[nodiscard]] std::uint32_t end() const { return static_cast<std::uint32_t>(words_.size() * 64); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Octets that are allocated.
  [[nodiscard]] std::size_t memory() const { return words_.capacity() * sizeof(words_[0]); }
  void clear() {
    words_ = {};
    size_ = 0;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

}  // namespace bgp::rib
