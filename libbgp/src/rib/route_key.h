// What names a route within its family, as octets: of a plain prefix its address and its length, of any other NLRI the
// key that wire/other_nlri.h cuts out of it. A view for a call: what was made from octets refers to them.
#pragma once

#include <cstring>

#include "base/bytes.h"
#include "bgp/types.h"

namespace bgp::rib {

/// Of the key that a plain prefix is, in octets.
inline constexpr std::size_t ipv4_key_size = 5;
inline constexpr std::size_t ipv6_key_size = 17;

class RouteKey {
 public:
  RouteKey() = default;
  RouteKey(Prefix const& prefix) : size_(prefix.address().size() + 1) {  // NOLINT: a prefix is a key
    std::memcpy(own_, prefix.address().data(), size_ - 1);
    own_[size_ - 1] = static_cast<std::uint8_t>(prefix.length());
  }
  explicit RouteKey(Bytes octets) : others_(octets.data()), size_(octets.size()) {}

  [[nodiscard]] Bytes octets() const { return {others_ != nullptr ? others_ : own_, size_}; }

 private:
  std::uint8_t own_[ipv6_key_size];
  std::uint8_t const* others_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace bgp::rib
