// A part of a buffer that many senders may share: what egress gives to transport. Nothing is copied until the kernel
// does.
#pragma once

#include <memory>

#include "base/bytes.h"

namespace bgp {

struct Slice {
  std::shared_ptr<Buffer const> buffer;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  /// How many messages end in it. Its own end must be the end of a message, unless `messages` is 0: then the message
  /// goes on in the next slice (a hole filled per member, such as a next hop).
  std::uint32_t messages = 1;
  bool is_refresh = false;  ///< ROUTE-REFRESHes, which keep their place among the UPDATEs that all other slices hold
  [[nodiscard]] Bytes bytes() const { return Bytes(*buffer).subspan(offset, length); }
};

/// Whole messages of slices that went out.
struct SentMessages {
  std::size_t updates = 0, refreshes = 0;
  [[nodiscard]] bool any() const { return updates + refreshes > 0; }
};

}  // namespace bgp
