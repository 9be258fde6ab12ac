// Reading and writing octets in network order. A Reader fails sticky: check once at the end.
// No ownership: a Reader views, a Writer appends to a vector that its user holds.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace bgp {

using Bytes = std::span<std::uint8_t const>;
using Buffer = std::vector<std::uint8_t>;

class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Everything was read and nothing was missing.
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  [[nodiscard]] Bytes rest() const { return rest_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }
  /// `count` octets; empty and failed when fewer are left.
  Bytes take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    auto const taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  std::uint32_t number(std::size_t octets) {
    std::uint32_t value = 0;
    for (auto const octet : take(octets)) value = value << 8 | octet;
    return value;
  }

  Bytes rest_;
  bool failed_ = false;
};

class Writer {
 public:
  explicit Writer(Buffer& out) : out_(out) {}

  void u8(unsigned value) { out_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value & 0xff);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
  void bytes(Bytes octets) { out_.insert(out_.end(), octets.begin(), octets.end()); }
  [[nodiscard]] std::size_t position() const { return out_.size(); }
  void patch_u8(std::size_t at, unsigned value) { out_[at] = static_cast<std::uint8_t>(value); }
  void patch_u16(std::size_t at, unsigned value) {
    patch_u8(at, value >> 8);
    patch_u8(at + 1, value & 0xff);
  }

 private:
  Buffer& out_;
};

}  // namespace bgp
