#include "transport/endpoint.h"

namespace bgp::transport {

std::string Endpoint::text() const {
  auto out = address.is_unset() ? std::string("any address") : address.text();
  if (scope_id != 0) out += "%" + std::to_string(scope_id);
  return out + " port " + std::to_string(port);
}

}  // namespace bgp::transport
