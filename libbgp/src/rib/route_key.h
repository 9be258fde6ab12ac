// What names a route within its family, as octets: of a plain prefix its address and its length, of any other NLRI the
// key that wire/other_nlri.h cuts out of it. A view: what was made from octets refers to them, and what a table
// found out ahead about it holds while no slot is given back.
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

  /// Becomes that of a sound NLRI that is a plain prefix (wire::NlriReader::next_octets()).
  void assign_nlri(Bytes nlri, bool v6) {
    ahead_ = {};
    others_ = nullptr;
    size_ = v6 ? ipv6_key_size : ipv4_key_size;
    unsigned const length = nlri[0];
    if (v6) {
      std::memset(own_, 0, ipv6_key_size);
      std::memcpy(own_, nlri.data() + 1, nlri.size() - 1);
      if (length % 8 != 0) own_[length / 8] &= static_cast<std::uint8_t>(0xff << (8 - length % 8));
    } else {  // whole tables pass here
      std::uint32_t address = 0;
      for (std::size_t i = 1; i < nlri.size(); ++i) address |= std::uint32_t{nlri[i]} << (32 - 8 * i);
      if (length < 32) address &= ~(0xffffffffU >> length);
      for (unsigned i = 0; i < 4; ++i) own_[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
    }
    own_[size_ - 1] = nlri[0];
  }

  [[nodiscard]] Bytes octets() const { return {others_ != nullptr ? others_ : own_, size_}; }

 private:
  friend class Table;
  // What Table::look_ahead() has found out.
  struct Ahead {
    static constexpr std::uint32_t no_slot = 0xffffffff;
    std::uint64_t hash = 0;
    std::uint32_t slot = no_slot;
    bool was_looked_for = false;
  };

  std::uint8_t own_[ipv6_key_size];
  std::uint8_t const* others_ = nullptr;
  std::size_t size_ = 0;
  Ahead ahead_;
};

}  // namespace bgp::rib
