#include "mgmt/peer_control.h"

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
