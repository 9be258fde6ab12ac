// An array that grows at its end and whose elements never move. With the first, address space is reserved for all that
// there may ever be; memory comes as it is used, a thirty-second more at a time, so that no growth copies or halts
// anything. An element is one step away, where an array in chunks makes it two, with the second waiting for the first:
// a fifteenth of all instructions on the way of a route. The memory comes with its pages, which are about to be used: to
// ask for each when it is first touched costs several times as much.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace bgp::rib {

/// Elements begin as zeros.
template <class T>
class ReservedArray {
 public:
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 64);

  ReservedArray() = default;
  ReservedArray(ReservedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        reserved_(std::exchange(other.reserved_, 0)),
        committed_(std::exchange(other.committed_, 0)) {}
  ReservedArray& operator=(ReservedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(reserved_, other.reserved_);
    std::swap(committed_, other.committed_);
    return *this;
  }
  ~ReservedArray() {
    if (data_ != nullptr) ::munmap(data_, reserved_);
  }

  [[nodiscard]] T& operator[](std::size_t at) const { return data_[at]; }
  /// There are elements up to `end` from now on. Throws std::bad_alloc.
  void grow_to(std::size_t end) {
    if (end * sizeof(T) > committed_) commit(end * sizeof(T));
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return committed_; }

 private:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t huge_page = 2U << 20;
  static constexpr std::size_t most_reserved = std::size_t{16} << 30;  // octets: a thousand million paths
  static constexpr std::size_t least_reserved = std::size_t{16} << 20;

  static std::size_t round_up(std::size_t octets, std::size_t step) { return (octets + step - 1) / step * step; }

  // As much as there is room for: 16 GiB, unless the address space of the process is limited.
  void reserve() {
    constexpr auto flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    for (reserved_ = most_reserved; reserved_ >= least_reserved; reserved_ /= 2) {
      auto* const got = ::mmap(nullptr, reserved_, PROT_NONE, flags, -1, 0);
      if (got == MAP_FAILED) continue;
      data_ = static_cast<T*>(got);
      return;
    }
    throw std::bad_alloc();
  }
  // In steps that end where a huge page does, once they are as large as one: where the kernel gives any unasked, it
  // can.
  void commit(std::size_t needed) {
    if (data_ == nullptr) reserve();
    auto const begin = reinterpret_cast<std::uintptr_t>(data_);
    auto const end =
        (committed_ < 32 * huge_page ? round_up(begin + std::max(needed, committed_ + committed_ / 32), page)
                                     : round_up(begin + needed, huge_page)) -
        begin;
    if (needed > reserved_) throw std::bad_alloc();
    auto const octets = std::min(end, reserved_) - committed_;
    constexpr auto flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE;
    auto* const at = reinterpret_cast<void*>(begin + committed_);
    if (::mmap(at, octets, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) throw std::bad_alloc();
    committed_ += octets;
  }

  T* data_ = nullptr;
  std::size_t reserved_ = 0;   // octets
  std::size_t committed_ = 0;  // octets with memory behind them
};

}  // namespace bgp::rib
