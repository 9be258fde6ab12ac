// An array of fixed size. From a page on its memory comes straight from the kernel and goes back there: hundreds of
// arrays that are replaced by larger ones side by side would leave the heap in holes several times their size. It comes
// with its pages, which are about to be used: to ask for each when it is first touched costs several times as much.
// Elements begin as zeros, on a cache line.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "rib/heap_size.h"

namespace bgp::rib {

template <class T>
class PageArray {
 public:
  static constexpr std::size_t page = 4096;
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 64 && sizeof(T) <= page);

  PageArray() = default;
  /// At least so many: whole pages are used. Throws std::bad_alloc.
  explicit PageArray(std::size_t size) : size_(size) {
    if (in_pages()) size_ = whole_pages(octets()) / sizeof(T);
    data_ = static_cast<T*>(in_pages() ? map(octets()) : ::operator new(octets(), alignment));
    if (!in_pages()) std::memset(static_cast<void*>(data_), 0, octets());
  }
  PageArray(PageArray&& other) noexcept
      : size_(std::exchange(other.size_, 0)), data_(std::exchange(other.data_, nullptr)) {}
  PageArray& operator=(PageArray&& other) noexcept {
    std::swap(size_, other.size_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~PageArray() {
    if (data_ == nullptr) return;
    if (in_pages()) {
      ::munmap(data_, octets());
    } else {
      ::operator delete(data_, alignment);
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  T& operator[](std::size_t at) const { return data_[at]; }
  /// Octets that are allocated.
  [[nodiscard]] std::size_t memory() const { return in_pages() ? whole_pages(octets()) : heap_size(octets()); }

 private:
  static constexpr std::align_val_t alignment{64};

  [[nodiscard]] std::size_t octets() const { return size_ * sizeof(T); }
  [[nodiscard]] bool in_pages() const { return octets() > page - sizeof(T); }  // less than one element short of it
  static std::size_t whole_pages(std::size_t octets) { return (octets + page - 1) / page * page; }
  static void* map(std::size_t octets) {
    constexpr auto flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    auto* const got = ::mmap(nullptr, octets, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (got == MAP_FAILED) throw std::bad_alloc();
    return got;
  }

  std::size_t size_ = 0;
  T* data_ = nullptr;
};

}  // namespace bgp::rib
