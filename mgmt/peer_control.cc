#include "mgmt/peer_control.h"

#include "mgmt/address_text.h"
#include "mgmt/json_writer.h"
#include "mgmt/peer_name.h"

namespace tern::mgmt {

namespace {

constexpr std::size_t longest_text = 255;  // RFC 9003 §2

Response done() {
  Response response;
  JsonWriter json(response.body);
  json.begin_object();
  json.field("done", true);
  json.end_object();
  response.body += '\n';
  return response;
}

bgp::Result<void> act(PeerControl& control, bgp::PeerId id, std::string const& verb, std::string const& text) {
  if (verb == "down") return control.disable(id, text);
  if (verb == "up") return control.enable(id);
  if (verb == "reset") return control.reset(id, text);
  return control.refresh(id);
}

/// To look at any of them is harmless, to end its session is not.
bool is_one_of_several(SpeakerView const& speaker, std::string const& text) {
  auto const address = parse_address(text);
  if (!address || address->scope_id != 0 || !address->address.is_link_local()) return false;
  unsigned count = 0;
  for (auto const id : speaker.peer_ids()) {
    auto const peer = speaker.peer(id);
    if (peer && peer->address == address->address) ++count;
  }
  return count > 1;
}

Response answer(SpeakerView const& speaker, PeerControl& control, Request const& request) {
  auto const verb = request.get("do"), text = request.get("text");
  if (verb != "up" && verb != "down" && verb != "reset" && verb != "refresh") {
    return error_response(400, "what is to be done to the neighbour?", "add do=up, down, reset or refresh");
  }
  if (text.size() > longest_text) {
    return error_response(400, "the text has more than 255 octets (RFC 9003)", "say it in fewer words");
  }
  if (!text.empty() && verb != "down" && verb != "reset") {
    return error_response(400, "only down and reset tell the neighbour a text", "leave it out");
  }
  auto const id = find_peer(speaker, request.parameter);
  if (!id) return no_such_peer(request.parameter);
  if (is_one_of_several(speaker, request.parameter)) {
    return error_response(400, "neighbours on several interfaces have the address " + request.parameter,
                          "write which is meant, like fe80::1%eth0");
  }
  auto const result = act(control, *id, verb, text);
  if (result.ok()) return done();
  return error_response(409, result.error().message, "'ternctl peers " + request.parameter + "' shows how it stands");
}

}  // namespace

void serve_peer_control(Service& service, SpeakerView const& speaker, PeerControl& control) {
  service.handle("POST", "/v1/peers/{address}", {"do", "text"},
                 [&](Request const& request) { return answer(speaker, control, request); });
}

}  // namespace tern::mgmt
