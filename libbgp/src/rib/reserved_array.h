// An array that grows at its end and whose elements never move: an element is one step from its number. With the first
// element, address space is reserved for as many as the owner says there may ever be, which a process shows as its
// virtual size and nothing else; memory comes as it is used, a thirty-second more at a time and 2 MiB at most. It comes
// with its pages, which are about to be used: to ask for each when it is first touched costs several times as much.
// Where the process's address space is limited (RLIMIT_AS), less is reserved, and less fits. Not thread-safe.
#pragma once

#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

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
  static_assert(std::is_trivially_copyable_v<T>);

  explicit ReservedArray(std::size_t most) : most_(most * sizeof(T)) {}
  ReservedArray(ReservedArray&& other) noexcept
      : most_(other.most_),
        data_(std::exchange(other.data_, nullptr)),
        reserved_(std::exchange(other.reserved_, 0)),
        committed_(std::exchange(other.committed_, 0)) {}
  ReservedArray& operator=(ReservedArray&& other) noexcept {
    std::swap(most_, other.most_);
    std::swap(data_, other.data_);
    std::swap(reserved_, other.reserved_);
    std::swap(committed_, other.committed_);
    return *this;
  }
  ~ReservedArray() {
    if (data_ != nullptr) ::munmap(data_, reserved_);
  }

  [[nodiscard]] T& operator[](std::size_t at) const { return data_[at]; }
  /// There are elements up to `end` from now on. False, and nothing changed: there is no address space for them.
  /// Throws std::bad_alloc when there is no memory.
  [[nodiscard]] bool grow_to(std::size_t end) {
    auto const octets = end * sizeof(T);
    if (octets <= committed_) return true;
    if (data_ == nullptr && !reserve()) return false;
    if (octets > reserved_) return false;
    commit(next_size(octets));
    return true;
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return committed_; }

 private:
  static constexpr std::size_t huge_page = 2U << 20;

  static std::size_t page() { return ::getauxval(AT_PAGESZ); }
  static std::size_t round_up(std::size_t octets, std::size_t step) { return (octets + step - 1) / step * step; }

  // Of a limited address space a 64th at most: there are other arrays, and a heap. Where even that is not left, less.
  bool reserve() {
    auto octets = most_;
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
      octets = std::min<std::size_t>(octets, limit.rlim_cur / 64);
    }
    for (octets = round_up(octets, page()); octets != 0; octets = octets / 2 / page() * page()) {
      auto* const got = ::mmap(nullptr, octets, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (got == MAP_FAILED) continue;
      data_ = static_cast<T*>(got);
      reserved_ = octets;
      return true;
    }
    return false;
  }
  // From 64 MiB on, steps end where a huge page does: where the kernel gives any unasked, it can here.
  [[nodiscard]] std::size_t next_size(std::size_t needed) const {
    auto const begin = reinterpret_cast<std::uintptr_t>(data_);
    auto const wanted = committed_ < 32 * huge_page ? round_up(std::max(needed, committed_ + committed_ / 32), page())
                                                    : round_up(begin + needed, huge_page) - begin;
    return std::min(wanted, reserved_);
  }
  void commit(std::size_t size) {
    auto* const from = reinterpret_cast<std::uint8_t*>(data_) + committed_;
    auto const octets = size - committed_;
    if (::mprotect(from, octets, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    ::madvise(from, octets, MADV_POPULATE_WRITE);  // before Linux 5.14 they come when they are touched
    committed_ = size;
  }

  std::size_t most_;  // octets
  T* data_ = nullptr;
  std::size_t reserved_ = 0;   // octets
  std::size_t committed_ = 0;  // octets with memory behind them
};

}  // namespace bgp::rib
