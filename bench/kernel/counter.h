// Counts what the kernel announces of one protocol's routes or next-hop objects, exactly and for next to nothing: a
// filter in the kernel keeps what is to be counted, and a socket with hardly any buffer drops it. The kernel counts
// what it drops. One thread.
#pragma once
#include <cstdint>

namespace bench {

class Counter {
 public:
  enum class What {
    added,            // an IPv4 route that took no other's place
    replaced,         // one that did, or that leads elsewhere now
    removed,          // one that is gone
    object_replaced,  // a next-hop object that leads elsewhere now
    object_removed
  };
  // In the present network namespace. Throws std::system_error.
  Counter(What what, std::uint8_t protocol);
  ~Counter();
  Counter(Counter const&) = delete;
  Counter& operator=(Counter const&) = delete;

  // Since it was made, or since restart().
  [[nodiscard]] std::uint64_t count();
  void restart();

 private:
  [[nodiscard]] std::uint64_t total();

  int const fd_;
  std::uint64_t taken_ = 0;  // read from the buffer
  std::uint64_t before_ = 0;
};

}  // namespace bench
