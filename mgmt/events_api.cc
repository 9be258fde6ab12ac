#include "mgmt/events_api.h"

#include <utility>

namespace tern::mgmt {

namespace {

/// `fallback` where nothing is said. Nothing, and `problem`, when it is neither true nor false.
std::optional<bool> truth_of(Request const& request, std::string const& name, bool fallback, Response& problem) {
  auto const text = request.get(name);
  if (text.empty()) return fallback;
  if (text == "true" || text == "false") return text == "true";
  problem = error_response(400, name + " is neither true nor false", "write " + name + "=true");
  return std::nullopt;
}

/// The routes that are asked for; false, and `problem`, when that makes no sense.
bool read_destination(Request const& request, EventQuery& query, Response& problem) {
  auto const longer = longer_of(request, problem);
  if (!longer) return false;
  query.longer = *longer;
  auto const text = request.get("prefix");
  if (text.empty()) return true;
  query.destination = parse_destination(text, problem);
  if (!query.destination) return false;
  if (!query.destination->is_address || !query.longer) return true;
  problem = error_response(400, "longer needs a prefix, and " + text + " is an address", "write a prefix");
  return false;
}

std::optional<EventQuery> query_of(Request const& request, Response& problem) {
  EventQuery query;
  auto const routes = truth_of(request, "routes", false, problem);
  if (!routes) return std::nullopt;
  auto const peers = truth_of(request, "peers", !*routes, problem);
  auto const snapshot = peers ? truth_of(request, "snapshot", false, problem) : std::nullopt;
  if (!snapshot || !read_destination(request, query, problem)) return std::nullopt;
  query.peers = *peers;
  query.routes = *routes;
  query.snapshot = *snapshot;
  if (!query.peers && !query.routes) {
    problem = error_response(400, "neither neighbours nor routes are asked for", "add peers=true or routes=true");
    return std::nullopt;
  }
  if (!query.routes && (query.destination || query.snapshot)) {
    problem = error_response(400, "prefix and snapshot are about routes", "add routes=true");
    return std::nullopt;
  }
  return query;
}

Response too_many(std::size_t watchers) {
  return error_response(503, std::to_string(watchers) + " watch already, and no more may at a time",
                        "end one of them ('ternctl watch', GET /v1/events), then try again");
}

}  // namespace

void serve_events(Service& service, SpeakerView const& speaker, EventSource& source, EventLimits limits) {
  auto const watchers = std::make_shared<std::size_t>(0);
  service.handle("GET", "/v1/events", {"peers", "routes", "prefix", "longer", "snapshot"},
                 [&speaker, &source, limits, watchers](Request const& request) {
                   Response response;
                   auto query = query_of(request, response);
                   if (!query) return response;
                   if (*watchers >= limits.watchers) return too_many(*watchers);
                   ++*watchers;
                   std::shared_ptr<void> place(nullptr, [watchers](void*) { --*watchers; });
                   response.content_type = "application/jsonl";
                   response.stream = std::make_unique<EventStream>(source, speaker, std::move(*query), limits, place);
                   return response;
                 });
}

}  // namespace tern::mgmt
