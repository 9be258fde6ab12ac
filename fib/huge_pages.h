// An allocator for tables that are large and looked into at random: from two megabytes on they stand in huge pages
// where the system has them, so that neither their first use nor a look into them costs a walk through page tables. Any
// thread.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace tern::fib {

template <class Value>
struct HugePages {
  using value_type = Value;

  HugePages() = default;
  template <class Other>
  explicit HugePages(HugePages<Other> const&) {}

  [[nodiscard]] Value* allocate(std::size_t count) {
    auto const octets = count * sizeof(Value);
    if (octets < page) return static_cast<Value*>(::operator new(octets));
    auto const rounded = (octets + page - 1) / page * page;
    auto* const memory = std::aligned_alloc(page, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, rounded, MADV_HUGEPAGE);  // without them it is ordinary memory
    return static_cast<Value*>(memory);
  }
  void deallocate(Value* memory, std::size_t count) {
    if (count * sizeof(Value) < page) {
      ::operator delete(memory);
    } else {
      std::free(memory);
    }
  }
  friend bool operator==(HugePages, HugePages) { return true; }

 private:
  static constexpr std::size_t page = 2U << 20;
};

}  // namespace tern::fib
