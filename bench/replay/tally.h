// What a sequence of UPDATEs amounts to: prefixes announced, withdrawn, and held at the end. IPv4 unicast and the
// two families of unicast in MP_REACH and MP_UNREACH (RFC 4760).
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

#include "kit/message.h"

namespace bench {

class Tally {
 public:
  // False when the message cannot be cut into its fields.
  bool update(View body);

  [[nodiscard]] std::uint64_t announced() const { return announced_; }
  [[nodiscard]] std::uint64_t withdrawn() const { return withdrawn_; }
  // Different prefixes that were announced at least once.
  [[nodiscard]] std::uint64_t different() const { return known_.size(); }
  [[nodiscard]] std::uint64_t held() const { return held_; }
  [[nodiscard]] bool ipv6() const { return ipv6_; }

 private:
  bool read_prefixes(View field, std::uint16_t afi, bool announce);
  bool read_mp(View value, bool reach);

  std::unordered_map<std::string, bool> known_;  // family, length and octets of the prefix -> held now
  std::uint64_t held_ = 0;
  std::uint64_t announced_ = 0;
  std::uint64_t withdrawn_ = 0;
  bool ipv6_ = false;
};

}  // namespace bench
