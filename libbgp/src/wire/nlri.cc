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
  if (add_path_) {
    path_id_.value = Reader(rest_).u32();
    rest_ = rest_.subspan(path_id_size);
  }
  unsigned const length = rest_[0];
  auto const octets = rest_.subspan(1, (length + 7) / 8);
  rest_ = rest_.subspan(1 + octets.size());
  if (!v6_) {  // whole tables pass here
    std::uint32_t address = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) address |= std::uint32_t{octets[i]} << (24 - 8 * i);
    return Prefix(IpAddress::v4(address), length);
  }
  std::uint8_t address[16] = {};
  std::ranges::copy(octets, address);
  return Prefix(IpAddress::from_bytes(address, 16), length);
}

void encode_nlri(Prefix const& prefix, Buffer& out) {
  out.push_back(static_cast<std::uint8_t>(prefix.length()));
  auto const* address = prefix.address().data();
  out.insert(out.end(), address, address + (prefix.length() + 7) / 8);
}

}  // namespace bgp::wire
