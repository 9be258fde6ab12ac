// NLRI that are plain prefixes (unicast, multicast): a length octet and as few address octets as it needs (RFC 4271
// §4.3, RFC 4760 §5), behind a path identifier where the session has ADD-PATH (RFC 7911 §3).
#pragma once

#include "base/bytes.h"
#include "bgp/types.h"

namespace bgp::wire {

/// Of a path identifier, in octets.
inline constexpr std::size_t path_id_size = 4;

/// The index of the first octet at which `nlri` is no list of prefixes of up to `max_length` bits; size() when sound.
[[nodiscard]] std::size_t check_nlri(Bytes nlri, unsigned max_length, bool add_path);

/// Iterates a list that check_nlri() found sound with the same `add_path`; bits past the length are cleared (RFC 4271
/// §4.3: their value is irrelevant).
class NlriReader {
 public:
  NlriReader(Bytes checked, Family family, bool add_path)
      : rest_(checked), v6_(family.afi == ipv6_unicast.afi), add_path_(add_path) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  Prefix next();
  /// The same as it stands: its length, and the octets of the address that it needs, with bits past the length.
  Bytes next_octets() {
    if (add_path_) {
      path_id_.value = Reader(rest_).u32();
      rest_ = rest_.subspan(path_id_size);
    }
    auto const octets = rest_.first(1 + (std::size_t{rest_[0]} + 7) / 8);
    rest_ = rest_.subspan(octets.size());
    return octets;
  }
  /// Of what was returned last; 0 without ADD-PATH.
  [[nodiscard]] PathId path_id() const { return path_id_; }

 private:
  Bytes rest_;
  bool v6_;
  bool add_path_;
  PathId path_id_;
};

/// 1 + ceil(length / 8)
[[nodiscard]] inline std::size_t nlri_size(Prefix const& prefix) { return 1 + (prefix.length() + 7) / 8; }
void encode_nlri(Prefix const& prefix, Buffer& out);

}  // namespace bgp::wire
