// Blocks of octets of any size, named by a 32-bit number and never moved. Small ones are cut from pages, each for one
// size, without a header; a page whose blocks are all gone serves another size. Large ones come from the heap. When the
// last block is gone, all memory is.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "rib/heap_size.h"
#include "rib/reserved_array.h"

namespace bgp::rib {

class BlockStore {
 public:
  /// Blocks begin at multiples of it.
  static constexpr std::size_t unit = 8;

  /// A block of `octets`, one at least, of no particular content. Never 0.
  std::uint32_t allocate(std::size_t octets) {
    auto const units = units_of(octets);
    auto& first = with_room_[std::min(units, largest_small + 1) - 1];
    if (units > largest_small || (first == none && !begin_page(units))) return allocate_large(octets);
    auto const number = first;
    auto& page = pages_[number];
    auto at = page.free;
    if (at != none_free) {
      std::memcpy(&page.free, address(number, at), sizeof page.free);
    } else {
      at = page.fresh;
      page.fresh = static_cast<std::uint16_t>(page.fresh + units);
    }
    ++page.live;
    ++blocks_;
    if (!has_room(page, units)) unlink(number, units);
    return number << page_bits | at;
  }
  /// `octets` are those that it was allocated with.
  void release(std::uint32_t block, std::size_t octets) {
    if (--blocks_ == 0) {
      *this = {};
    } else if ((block & large_flag) != 0) {
      large_[block & ~large_flag] = {};
      large_octets_ -= heap_size(octets);
      free_large_.push_back(block & ~large_flag);
    } else {
      release_small(block >> page_bits, static_cast<std::uint16_t>(block & (page_units - 1)), units_of(octets));
    }
  }
  [[nodiscard]] std::uint8_t* operator[](std::uint32_t block) const {
    if ((block & large_flag) != 0) return large_[block & ~large_flag].get();
    return address(block >> page_bits, block & (page_units - 1));
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    auto const lists = pages_.capacity() * sizeof(pages_[0]) + free_pages_.capacity() * sizeof(free_pages_[0]) +
                       large_.capacity() * sizeof(large_[0]) + free_large_.capacity() * sizeof(free_large_[0]);
    return octets_.memory() + large_octets_ + lists;
  }

 private:
  static constexpr unsigned page_bits = 9;
  static constexpr std::uint32_t page_units = 1U << page_bits;
  static constexpr std::size_t page_octets = page_units * unit;  // 4 KiB
  static constexpr std::uint32_t largest_small = 128;            // units
  static constexpr std::uint32_t large_flag = 0x80000000;
  static constexpr std::uint32_t most_pages = large_flag >> page_bits;
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::uint16_t none_free = 0xffff;

  struct Page {
    std::uint32_t previous = none, next = none;  // of those with room for a block of this size
    std::uint16_t live = 0;                      // blocks
    std::uint16_t free = none_free;              // the first of those that were given back; each holds the next
    std::uint16_t fresh = 0;                     // from here on none was ever given
  };

  static std::uint32_t units_of(std::size_t octets) { return static_cast<std::uint32_t>((octets + unit - 1) / unit); }
  static bool has_room(Page const& page, std::uint32_t units) {
    return page.free != none_free || page.fresh + units <= page_units;
  }
  [[nodiscard]] std::uint8_t* address(std::uint32_t page, std::uint32_t at) const {
    return &octets_[(std::size_t{page} << page_bits | at) * unit];
  }

  // False: there is no number for another page, or no address space.
  bool begin_page(std::uint32_t units) {
    auto number = static_cast<std::uint32_t>(pages_.size());
    if (!free_pages_.empty()) {
      number = free_pages_.back();
      free_pages_.pop_back();
    } else if (number == most_pages || !octets_.grow_to((std::size_t{number} + 1) * page_octets)) {
      return false;
    } else {
      pages_.emplace_back();
    }
    pages_[number] = {};
    pages_[number].fresh = number == 0 ? 1 : 0;  // no block is 0
    link(number, units);
    return true;
  }
  void link(std::uint32_t number, std::uint32_t units) {
    auto& first = with_room_[units - 1];
    pages_[number].previous = none;
    pages_[number].next = first;
    if (first != none) pages_[first].previous = number;
    first = number;
  }
  void unlink(std::uint32_t number, std::uint32_t units) {
    auto const& page = pages_[number];
    (page.previous == none ? with_room_[units - 1] : pages_[page.previous].next) = page.next;
    if (page.next != none) pages_[page.next].previous = page.previous;
  }
  void release_small(std::uint32_t number, std::uint16_t at, std::uint32_t units) {
    auto& page = pages_[number];
    if (!has_room(page, units)) link(number, units);
    std::memcpy(address(number, at), &page.free, sizeof page.free);
    page.free = at;
    if (--page.live != 0) return;
    unlink(number, units);
    free_pages_.push_back(number);
  }
  std::uint32_t allocate_large(std::size_t octets) {
    auto number = static_cast<std::uint32_t>(large_.size());
    if (free_large_.empty()) {
      large_.emplace_back();
    } else {
      number = free_large_.back();
      free_large_.pop_back();
    }
    large_[number] = std::make_unique_for_overwrite<std::uint8_t[]>(octets);
    large_octets_ += heap_size(octets);
    ++blocks_;
    return number | large_flag;
  }
  static std::array<std::uint32_t, largest_small + 1> no_pages() {
    std::array<std::uint32_t, largest_small + 1> out;
    out.fill(none);
    return out;
  }

  ReservedArray<std::uint8_t> octets_{most_pages * page_octets};  // of all pages
  std::vector<Page> pages_;
  std::vector<std::uint32_t> free_pages_;
  std::array<std::uint32_t, largest_small + 1> with_room_ = no_pages();  // by size: the first page
  std::vector<std::unique_ptr<std::uint8_t[]>> large_;
  std::vector<std::uint32_t> free_large_;
  std::size_t large_octets_ = 0;
  std::size_t blocks_ = 0;
};

}  // namespace bgp::rib
