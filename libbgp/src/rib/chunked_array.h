// An array that grows by fixed chunks: no element ever moves and no growth copies a million of them. Indices are
// 32-bit. What is no object with an end of its own lies in pages.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "rib/page_array.h"

namespace bgp::rib {

template <class T, unsigned ChunkBits = 12>
class ChunkedArray {
 public:
  static constexpr std::uint32_t chunk_size = 1U << ChunkBits;

  [[nodiscard]] std::uint32_t size() const { return size_; }
  T& operator[](std::uint32_t index) { return chunks_[index >> ChunkBits][index & (chunk_size - 1)]; }
  T const& operator[](std::uint32_t index) const { return chunks_[index >> ChunkBits][index & (chunk_size - 1)]; }
  std::uint32_t push_back(T value) {
    if ((size_ & (chunk_size - 1)) == 0 && (size_ >> ChunkBits) == chunks_.size()) {
      chunks_.push_back(make_chunk());
    }
    (*this)[size_] = std::move(value);
    return size_++;
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    auto octets = chunks_.capacity() * sizeof(chunks_[0]);
    for (auto const& chunk : chunks_) octets += memory_of(chunk);
    return octets;
  }

 private:
  static constexpr bool in_pages = std::is_trivially_copyable_v<T>;
  using Chunk = std::conditional_t<in_pages, PageArray<T>, std::unique_ptr<T[]>>;

  static Chunk make_chunk() {
    if constexpr (in_pages) {
      return Chunk(chunk_size);
    } else {
      return std::make_unique<T[]>(chunk_size);
    }
  }

  static std::size_t memory_of([[maybe_unused]] Chunk const& chunk) {
    if constexpr (in_pages) {
      return chunk.memory();
    } else {
      return heap_size(chunk_size * sizeof(T));
    }
  }

  std::vector<Chunk> chunks_;
  std::uint32_t size_ = 0;
};

/// A ChunkedArray with a list of free places: ids are reused, the last freed first.
template <class T>
class Pool {
 public:
  std::uint32_t allocate(T value) {
    ++used_;
    if (free_.empty()) return items_.push_back(std::move(value));
    auto const id = free_.back();
    free_.pop_back();
    items_[id] = std::move(value);
    return id;
  }
  void release(std::uint32_t id) {
    items_[id] = T{};
    free_.push_back(id);
    --used_;
  }
  T& operator[](std::uint32_t id) { return items_[id]; }
  T const& operator[](std::uint32_t id) const { return items_[id]; }
  /// One past the highest id ever given.
  [[nodiscard]] std::uint32_t extent() const { return items_.size(); }
  [[nodiscard]] std::uint32_t used() const { return used_; }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return items_.memory() + free_.capacity() * sizeof(free_[0]); }

 private:
  ChunkedArray<T> items_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
};

}  // namespace bgp::rib
