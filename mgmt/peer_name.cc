#include "mgmt/peer_name.h"

#include "mgmt/address_text.h"

namespace tern::mgmt {

std::optional<bgp::PeerId> find_peer(SpeakerView const& speaker, std::string const& text) {
  auto const address = parse_address(text);
  return address ? speaker.find_peer(address->address, address->scope_id) : std::nullopt;
}

Response no_such_peer(std::string const& text) {
  if (!parse_address(text)) {
    return error_response(400, "'" + text + "' is no IP address",
                          "write the neighbour's address, like 192.0.2.1 or fe80::1%eth0");
  }
  return error_response(404, "there is no neighbour " + text, "'ternctl peers' (GET /v1/peers) lists them");
}

}  // namespace tern::mgmt
