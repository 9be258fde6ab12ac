#include "transport/protection.h"

namespace bgp::transport {

std::string Protection::no_answer_hint() const {
  std::string out;
  if (!password.empty()) out += "; is the password the same on both sides?";
  if (hops == 1) out += "; is the neighbour directly connected, and does it send with TTL 255 (ttlSecurity)?";
  if (hops > 1) {
    out += "; is the neighbour at most " + std::to_string(hops) +
           " hops away, and does it send with TTL 255 (ttlSecurity)?";
  }
  return out.empty() ? out : ": no answer" + out;
}

}  // namespace bgp::transport
