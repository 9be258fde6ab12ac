// What protects a neighbour's connections below BGP: TCP MD5 signatures (RFC 2385) and GTSM (RFC 5082). Plain values;
// how the kernel is told of them stands in tcp_protection.h. Any thread.
#pragma once

#include <map>
#include <string>

#include "bgp/types.h"

namespace bgp::transport {

inline constexpr std::size_t longest_password = 80;  // of Linux (TCP_MD5SIG_MAXKEYLEN)

struct Protection {
  std::string password = {};  ///< "": unsigned
  unsigned hops = 0;          ///< GTSM: the neighbour is at most so many hops away, 1 to 254; 0: that is not checked
  unsigned ttl = 0;           ///< of what we send; 0: the system's choice. Without `hops` only

  /// RFC 5082 §3: what was sent with 255 and has passed at most `hops` - 1 routers; 0: anything.
  [[nodiscard]] unsigned least_ttl() const { return hops == 0 ? 0 : 256 - hops; }
  /// What to look for when nobody answers, "" when nothing is special. A segment that these drop leaves no other trace:
  /// a wrong password looks like a dead host.
  [[nodiscard]] std::string no_answer_hint() const;
};

/// Passwords by the sources they hold for; of several that cover a source the longest prefix counts.
using Keys = std::map<Prefix, std::string>;

}  // namespace bgp::transport
