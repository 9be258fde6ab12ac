#include "mgmt/speaker_api.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "mgmt/array_stream.h"
#include "mgmt/destination.h"
#include "mgmt/json_writer.h"
#include "mgmt/peer_name.h"
#include "mgmt/speaker_json.h"

namespace tern::mgmt {

namespace {

/// Routes asked for at a time: a few tens of microseconds' worth.
constexpr std::size_t routes_a_piece = 16;

constexpr char see_routes[] = "'ternctl routes' (GET /v1/routes) lists what there is";

template <class T>
Response json_of(T const& value) {
  Response response;
  JsonWriter json(response.body);
  if constexpr (requires { write_json(json, value, WallTime{}); }) {
    write_json(json, value, std::chrono::system_clock::now());
  } else {
    write_json(json, value);
  }
  response.body += '\n';
  return response;
}

class RouteStream : public ArrayStream {
 public:
  explicit RouteStream(std::unique_ptr<bgp::RouteListing> listing) : listing_(std::move(listing)) {}

 protected:
  bool elements(std::string& out) override {
    entries_.clear();
    bool const more = listing_->next(routes_a_piece, entries_);
    for (auto const& entry : entries_) {
      begin_element(out);
      JsonWriter json(out);
      write_json(json, entry);
    }
    return more;
  }

 private:
  std::unique_ptr<bgp::RouteListing> listing_;
  std::vector<bgp::RouteEntry> entries_;
};

/// One neighbour at a time, as it stands then. Those that go meanwhile are left out, those that come are not in it.
class PeerStream : public ArrayStream {
 public:
  explicit PeerStream(SpeakerView const& speaker) : speaker_(speaker), ids_(speaker.peer_ids()) {}

 protected:
  bool elements(std::string& out) override {
    if (at_ == ids_.size()) return false;
    if (auto const peer = speaker_.peer(ids_[at_++])) {
      begin_element(out);
      JsonWriter json(out);
      write_json(json, *peer, std::chrono::system_clock::now());
    }
    return at_ < ids_.size();
  }

 private:
  SpeakerView const& speaker_;
  std::vector<bgp::PeerId> const ids_;
  std::size_t at_ = 0;
};

Response status(SpeakerView const& speaker, std::string const& daemon) {
  Response response;
  JsonWriter json(response.body);
  write_json(json, daemon, speaker.status(), std::chrono::system_clock::now());
  response.body += '\n';
  return response;
}

Response memory(SpeakerView const& speaker) {
  Response response;
  JsonWriter json(response.body);
  write_json(json, speaker.memory(), process_memory());
  response.body += '\n';
  return response;
}

Response show_peer(SpeakerView const& speaker, std::string const& text) {
  auto const id = find_peer(speaker, text);
  auto const peer = id ? speaker.peer(*id) : std::nullopt;
  return peer ? json_of(*peer) : no_such_peer(text);
}

/// "192.0.2.0/24" is that prefix, "192.0.2.1" the most specific one that covers it.
std::optional<bgp::Prefix> prefix_of(SpeakerView const& speaker, std::string const& text, bool also_refused,
                                     Response& problem) {
  auto const destination = parse_destination(text, problem);
  if (!destination || !destination->is_address) return destination ? std::optional(destination->prefix) : std::nullopt;
  auto const matched = speaker.match(destination->prefix.address(), also_refused);
  if (!matched) problem = error_response(404, "no route covers " + text, see_routes);
  return matched;
}

Response no_such_family(std::string const& name) {
  std::string names;
  for (auto const family : bgp::Family::all()) names += (names.empty() ? "" : ", ") + family.text();
  return error_response(404, "there is no family '" + name + "'", "write one of " + names);
}

// A prefix stands for its address and its length.
std::optional<std::vector<std::uint8_t>> octets_of(std::string_view hex) {
  if (auto const prefix = bgp::Prefix::parse(hex)) {
    auto const& address = prefix->address();
    std::vector<std::uint8_t> out(address.data(), address.data() + address.size());
    out.push_back(static_cast<std::uint8_t>(prefix->length()));
    return out;
  }
  if (!hex.starts_with("0x") || hex.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint8_t> out;
  for (hex.remove_prefix(2); !hex.empty(); hex.remove_prefix(2)) {
    std::uint8_t octet = 0;
    auto const [end, error] = std::from_chars(hex.data(), hex.data() + 2, octet, 16);
    if (error != std::errc{} || end != hex.data() + 2) return std::nullopt;
    out.push_back(octet);
  }
  return out;
}

Response list_routes(SpeakerView const& speaker, Request const& request) {
  using View = bgp::RouteQuery::View;
  bgp::RouteQuery query;
  if (auto const family = request.get("family"); !family.empty()) {
    query.family = bgp::Family::parse(family);
    if (!query.family) return no_such_family(family);
  }
  auto const view = request.get("view"), peer = request.get("peer");
  if (view != "" && view != "loc-rib" && view != "received" && view != "sent") {
    return error_response(400, "there is no view '" + view + "'", "write loc-rib, received or sent");
  }
  Response response;
  auto const longer = longer_of(request, response);
  if (!longer) return response;
  query.view = view == "received" ? View::received : view == "sent" ? View::sent : View::loc_rib;
  query.longer = *longer;
  if (!peer.empty()) {
    auto const found = find_peer(speaker, peer);
    if (!found) return no_such_peer(peer);
    query.peer = found;
  } else if (query.view != View::loc_rib) {
    return error_response(400, "the routes " + view + " are those of one neighbour", "add peer=ADDRESS");
  }
  if (auto const text = request.get("prefix"); !text.empty()) {
    auto const of_unicast = !query.family || *query.family == bgp::ipv4_unicast || *query.family == bgp::ipv6_unicast;
    if (!of_unicast && text.find('/') == std::string::npos) {
      return error_response(400, "'" + text + "' has no length, and addresses are looked up in unicast only",
                            "write a prefix: " + text + "/32, say");
    }
    query.prefix = prefix_of(speaker, text, query.view == View::received, response);
    if (!query.prefix) return response;
  }
  response.stream = std::make_unique<RouteStream>(speaker.routes(std::move(query)));
  return response;
}

// Of a family of more than plain prefixes.
Response explain_key(SpeakerView const& speaker, Request const& request) {
  auto const family = bgp::Family::parse(request.parameter);
  if (!family) return no_such_family(request.parameter);
  auto const text = request.get("key");
  auto const key = octets_of(text);
  if (!key) {
    return error_response(400, "'" + text + "' is neither a key nor a prefix with its length",
                          "add key=0x..., as /v1/routes?family= shows it; of multicast key=PREFIX");
  }
  auto const explanation = speaker.explain_key(*family, *key);
  if (explanation.paths.empty()) {
    return error_response(404, "there is no path of this key",
                          "'ternctl routes --family " + request.parameter + " --json' shows each route's key");
  }
  return json_of(explanation);
}

Response explain(SpeakerView const& speaker, Request const& request) {
  auto const text = request.get("prefix");
  if (text.empty()) return error_response(400, "which prefix?", "add prefix=192.0.2.0/24");
  Response problem;
  auto const prefix = prefix_of(speaker, text, true, problem);
  if (!prefix) return problem;
  auto const explanation = speaker.explain(*prefix);
  if (explanation.paths.empty()) {
    return error_response(404, "there is no path to " + prefix->text(), see_routes);
  }
  return json_of(explanation);
}

}  // namespace

void serve_speaker(Service& service, SpeakerView const& speaker, std::string daemon) {
  service.handle("GET", "/v1/status", {},
                 [&speaker, daemon = std::move(daemon)](Request const&) { return status(speaker, daemon); });
  service.handle("GET", "/v1/memory", {}, [&](Request const&) { return memory(speaker); });
  service.handle("GET", "/v1/peers", {}, [&](Request const&) {
    Response response;
    response.stream = std::make_unique<PeerStream>(speaker);
    return response;
  });
  service.handle("GET", "/v1/peers/{address}", {}, [&](Request const& r) { return show_peer(speaker, r.parameter); });
  service.handle("GET", "/v1/routes", {"prefix", "longer", "peer", "view", "family"},
                 [&](Request const& r) { return list_routes(speaker, r); });
  service.handle("GET", "/v1/explain", {"prefix"}, [&](Request const& r) { return explain(speaker, r); });
  service.handle("GET", "/v1/explain/{family}", {"key"}, [&](Request const& r) { return explain_key(speaker, r); });
}

}  // namespace tern::mgmt
