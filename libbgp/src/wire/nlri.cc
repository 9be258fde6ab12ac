#include "wire/nlri.h"

#include <algorithm>

namespace bgp::wire {

std::size_t check_nlri(Bytes nlri, unsigned max_length, bool add_path) {
  std::size_t const before = add_path ? path_id_size : 0;
  std::size_t at = 0;
  while (at < nlri.size()) {
    if (nlri.size() - at <= before) return at;
    unsigned const length = nlri[at + before];
    std::size_t const size = before + 1 + (length + 7) / 8;
    if (length > max_length || size > nlri.size() - at) return at + before;
    at += size;
  }
  return at;
}

Prefix NlriReader::next() {
  auto const octets = next_octets();
  std::uint8_t address[16] = {};
  std::ranges::copy(octets.subspan(1), address);
  return Prefix(IpAddress::from_bytes(address, v6_ ? 16 : 4), octets[0]);
}

void encode_nlri(Prefix const& prefix, Buffer& out) {
  out.push_back(static_cast<std::uint8_t>(prefix.length()));
  auto const* address = prefix.address().data();
  out.insert(out.end(), address, address + (prefix.length() + 7) / 8);
}

}  // namespace bgp::wire
