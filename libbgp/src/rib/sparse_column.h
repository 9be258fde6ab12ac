// A value beside each element of a Pool, for what few elements have: chunks in which none ever had any are not there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "rib/heap_size.h"

namespace bgp::rib {

/// The fewer the elements are that have one, and the further apart, the smaller a chunk should be.
template <class T, unsigned ChunkBits = 12>
class SparseColumn {
 public:
  [[nodiscard]] T get(std::uint32_t index) const {
    auto const chunk = index >> ChunkBits;
    return chunk < chunks_.size() && chunks_[chunk] ? (*chunks_[chunk])[index & (chunk_size - 1)] : T{};
  }
  void set(std::uint32_t index, T const& value) {
    auto const chunk = index >> ChunkBits;
    auto const is_there = chunk < chunks_.size() && chunks_[chunk];
    if (!is_there && value == T{}) return;
    if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
    if (!is_there) chunks_[chunk] = std::make_unique<Chunk>();
    (*chunks_[chunk])[index & (chunk_size - 1)] = value;
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    auto octets = chunks_.capacity() * sizeof(chunks_[0]);
    for (auto const& chunk : chunks_) octets += chunk ? heap_size(sizeof(Chunk)) : 0;
    return octets;
  }

 private:
  static constexpr std::uint32_t chunk_size = 1U << ChunkBits;
  using Chunk = std::array<T, chunk_size>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace bgp::rib
