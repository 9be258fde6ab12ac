// A piece of an immutable buffer that several senders may hold at once: what egress gives to transport.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace bgp {

struct Slice {
  std::shared_ptr<Buffer const> buffer;
  std::size_t offset = 0;
  std::size_t length = 0;
  [[nodiscard]] Bytes bytes() const { return Bytes(*buffer).subspan(offset, length); }
};

}  // namespace bgp
