// Which sources have which password (TCP MD5, RFC 2385), neighbours and ranges alike, and the rules that the kernel's
// table of keys imposes on them: a key belongs to a prefix and to no port or interface, the longest prefix counts, and
// there is no key that says "unsigned". Not here: the sockets. The engine's executor only.
#pragma once

#include <map>

#include "bgp/result.h"
#include "transport/protection.h"

namespace bgp::engine {

class Passwords {
 public:
  /// For neighbours at `from` with `password`; "": they have none. Error: it cannot stand beside the others; nothing
  /// has changed then.
  [[nodiscard]] Result<void> add(Prefix const& from, std::string const& password);
  /// Another one for those that add() has named; the one they had. Error as of add(), or when there are two users.
  [[nodiscard]] Result<std::string> change(Prefix const& from, std::string const& password);
  /// Takes back one add(). True when a password is in use no more.
  bool remove(Prefix const& from);
  [[nodiscard]] transport::Keys keys(bool v6) const;

 private:
  struct Entry {
    std::string password;
    unsigned users = 0;  ///< of a link-local address there may be one on each interface
  };
  [[nodiscard]] Result<void> check(Prefix const& from, std::string const& password) const;

  std::map<Prefix, Entry> entries_;
};

}  // namespace bgp::engine
