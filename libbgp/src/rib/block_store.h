// Blocks of octets of any size, named by a 32-bit number and never moved. Small ones are cut from chunks, and a freed
// one waits for another of its size, which costs neither a header nor a search; a large one has its chunk to itself.
// When the last block is gone, all memory is.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "rib/page_array.h"

namespace bgp::rib {

class BlockStore {
 public:
  /// Blocks begin at multiples of it.
  static constexpr std::size_t unit = 8;

  /// A block of `octets`, one at least, of no particular content. Never 0.
  std::uint32_t allocate(std::size_t octets) {
    ++blocks_;
    auto const units = units_of(octets);
    if (units > most_shared) return allocate_alone(octets);
    if (auto& head = free_[units - 1]; head != none) {
      auto const block = head;
      std::memcpy(&head, (*this)[block], sizeof head);
      return block;
    }
    if (end_ - next_ < units) begin_chunk();
    auto const block = next_;
    next_ += units;
    return block;
  }
  /// `octets` are those that it was allocated with.
  void release(std::uint32_t block, std::size_t octets) {
    if (--blocks_ == 0) {
      *this = {};
    } else if (units_of(octets) > most_shared) {
      chunks_[block >> chunk_bits] = {};
      free_chunks_.push_back(block >> chunk_bits);
    } else {
      push_free(block, units_of(octets));
    }
  }
  [[nodiscard]] std::uint8_t* operator[](std::uint32_t block) const {
    return &chunks_[block >> chunk_bits][(block & (chunk_units - 1)) * unit];
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    auto octets = chunks_.capacity() * sizeof(chunks_[0]) + free_chunks_.capacity() * sizeof(free_chunks_[0]);
    for (auto const& chunk : chunks_) octets += chunk.memory();
    return octets;
  }

 private:
  static constexpr unsigned chunk_bits = 13;
  static constexpr std::uint32_t chunk_units = 1U << chunk_bits;  // 64 KiB
  static constexpr std::uint32_t most_shared = 128;               // units of a block that shares its chunk
  static constexpr std::uint32_t none = 0;

  static std::uint32_t units_of(std::size_t octets) { return static_cast<std::uint32_t>((octets + unit - 1) / unit); }

  std::uint32_t add_chunk(std::size_t octets) {
    if (free_chunks_.empty()) {
      chunks_.emplace_back(octets);
      return static_cast<std::uint32_t>(chunks_.size() - 1);
    }
    auto const chunk = free_chunks_.back();
    free_chunks_.pop_back();
    chunks_[chunk] = PageArray<std::uint8_t>(octets);
    return chunk;
  }
  // Its block is the chunk's first; the very first chunk is a shared one, so that this is not 0.
  std::uint32_t allocate_alone(std::size_t octets) {
    if (chunks_.empty()) begin_chunk();
    return add_chunk(octets) << chunk_bits;
  }
  void begin_chunk() {
    if (end_ != next_) push_free(next_, end_ - next_);
    next_ = add_chunk(chunk_units * unit) << chunk_bits;
    end_ = next_ + chunk_units;
    if (next_ == none) ++next_;
  }
  void push_free(std::uint32_t block, std::uint32_t units) {
    std::memcpy((*this)[block], &free_[units - 1], sizeof free_[0]);
    free_[units - 1] = block;
  }

  std::vector<PageArray<std::uint8_t>> chunks_;
  std::vector<std::uint32_t> free_chunks_;
  std::array<std::uint32_t, most_shared> free_{};  // by size: the first of those that wait; each holds the next
  std::uint32_t next_ = 0;                         // what is left of the chunk at hand
  std::uint32_t end_ = 0;
  std::size_t blocks_ = 0;
};

}  // namespace bgp::rib
