#include "mgmt/fib_api.h"

#include <algorithm>
#include <utility>

#include "mgmt/array_stream.h"
#include "mgmt/destination.h"
#include "mgmt/fib_json.h"
#include "mgmt/speaker_json.h"

namespace tern::mgmt {

namespace {

/// What one question to the other thread brings, and how much of it is written at a time.
constexpr std::size_t routes_a_question = 512;
constexpr std::size_t routes_a_piece = 16;

constexpr char see_routes[] = "'ternctl fib' (GET /v1/fib/routes) lists what there is";

using States = std::vector<FibState>;

bool wanted(FibRoute const& route, States const& states) {
  return states.empty() || std::find(states.begin(), states.end(), route.state) != states.end();
}

Response later(std::function<void(Reply)> start) {
  Response response;
  response.later = std::move(start);
  return response;
}

/// Writes what one question brought while nothing is asked, then asks for more.
class FibStream : public ArrayStream {
 public:
  explicit FibStream(std::unique_ptr<FibListing> listing) : listing_(std::move(listing)) {}

  bool waiting() const override { return asked_->under_way; }
  void when_ready(std::function<void()> go_on) override { asked_->go_on = std::move(go_on); }

 protected:
  bool elements(std::string& out) override {
    if (asked_->under_way) return true;
    auto const& routes = asked_->routes;
    for (auto const end = std::min(at_ + routes_a_piece, routes.size()); at_ < end; ++at_) {
      begin_element(out);
      JsonWriter json(out);
      write_json(json, routes[at_]);
    }
    if (at_ < routes.size()) return true;
    if (!asked_->more) return false;
    ask();
    return true;
  }

 private:
  /// Shared with the answer, which may come when the stream is gone.
  struct Asked {
    std::vector<FibRoute> routes;
    bool more = true;
    bool under_way = false;
    std::function<void()> go_on;
  };

  void ask() {
    at_ = 0;
    asked_->routes.clear();
    asked_->under_way = true;
    listing_->next(routes_a_question, [weak = std::weak_ptr(asked_)](std::vector<FibRoute> routes, bool more) {
      auto const asked = weak.lock();
      if (!asked) return;
      asked->routes = std::move(routes);
      asked->more = more;
      asked->under_way = false;
      if (auto const go_on = std::exchange(asked->go_on, nullptr)) go_on();
    });
  }

  std::unique_ptr<FibListing> listing_;
  std::shared_ptr<Asked> asked_ = std::make_shared<Asked>();
  std::size_t at_ = 0;
};

Response listing_of(FibView const& fib, FibQuery query) {
  Response response;
  response.stream = std::make_unique<FibStream>(fib.routes(std::move(query)));
  return response;
}

/// An array of one route, or of none.
Response array_of(std::optional<FibRoute> const& route, States const& states) {
  Response response;
  response.body = "[";
  if (route && wanted(*route, states)) {
    response.body += '\n';
    JsonWriter json(response.body);
    write_json(json, *route);
  }
  response.body += "\n]\n";
  return response;
}

Response no_route_covers(bgp::IpAddress const& address) {
  return error_response(404, "no route covers " + address.text(), see_routes);
}

/// "pending,failed". Nothing, and `problem`, when one of them is no state.
std::optional<States> states_of(std::string const& text, Response& problem) {
  States states;
  for (std::size_t start = 0; start < text.size();) {
    auto const end = std::min(text.find(',', start), text.size());
    auto const name = text.substr(start, end - start);
    auto const state = parse_fib_state(name);
    if (!state) {
      problem = error_response(400, "there is no state '" + name + "'",
                               "write installed, pending, failed, conflicting or leftover");
      return std::nullopt;
    }
    states.push_back(*state);
    start = end + 1;
  }
  return states;
}

Response list_routes(FibView const& fib, Request const& request) {
  Response problem;
  auto const longer = longer_of(request, problem);
  auto const states = longer ? states_of(request.get("state"), problem) : std::nullopt;
  if (!states) return problem;
  auto const text = request.get("prefix");
  if (text.empty()) return listing_of(fib, {std::nullopt, *states});
  auto const destination = parse_destination(text, problem);
  if (!destination) return problem;
  auto const prefix = destination->prefix;
  if (destination->is_address && *longer) {
    return error_response(400, "longer needs a prefix, and " + text + " is an address", "write the prefix");
  }
  if (destination->is_address) {
    // The service may have closed when the answer comes, and then the view is gone: nothing of it is used there.
    return later([&fib, address = prefix.address(), states = *states](Reply reply) {
      fib.match(address, [reply = std::move(reply), address, states](std::optional<FibRoute> route) {
        reply(route ? array_of(route, states) : no_route_covers(address));
      });
    });
  }
  if (*longer) return listing_of(fib, {prefix, *states});
  return later([&fib, prefix, states = *states](Reply reply) {
    fib.find(prefix,
             [reply = std::move(reply), states](std::optional<FibRoute> route) { reply(array_of(route, states)); });
  });
}

// ---- explain

Response explanation_of(bgp::Explanation const& explanation, std::optional<FibRoute> const& route) {
  if (explanation.paths.empty() && !route) {
    return error_response(404, "there is no path to " + explanation.prefix.text(),
                          "'ternctl routes' (GET /v1/routes) lists what there is");
  }
  Response response;
  JsonWriter json(response.body);
  json.begin_object();
  write_fields(json, explanation);
  json.key("kernel");
  write_kernel_json(json, route);
  json.end_object();
  response.body += '\n';
  return response;
}

/// What BGP says of a prefix of which it has nothing.
bgp::Explanation no_path(bgp::Prefix const& prefix) {
  bgp::Explanation explanation;
  explanation.prefix = prefix;
  explanation.decided_by = "no path";
  return explanation;
}

Response explain(FibView const& fib, SpeakerView const& speaker, Request const& request) {
  auto const text = request.get("prefix");
  if (text.empty()) return error_response(400, "which prefix?", "add prefix=192.0.2.0/24");
  Response problem;
  auto const destination = parse_destination(text, problem);
  if (!destination) return problem;
  auto const address = destination->prefix.address();
  auto const prefix = destination->is_address ? speaker.match(address, true) : destination->prefix;
  if (!prefix) {
    return later([&fib, address](Reply reply) {
      fib.match(address, [reply = std::move(reply), address](std::optional<FibRoute> route) {
        reply(route ? explanation_of(no_path(route->prefix), route) : no_route_covers(address));
      });
    });
  }
  auto explanation = speaker.explain(*prefix);
  if (explanation.paths.empty()) explanation = no_path(*prefix);
  return later([&fib, explanation = std::move(explanation)](Reply reply) {
    fib.find(explanation.prefix, [reply = std::move(reply), explanation](std::optional<FibRoute> route) {
      reply(explanation_of(explanation, route));
    });
  });
}

Response summary(FibView const& fib) {
  return later([&fib](Reply reply) {
    fib.summary([reply = std::move(reply)](FibSummary const& summary) {
      Response response;
      JsonWriter json(response.body);
      write_json(json, summary);
      response.body += '\n';
      reply(std::move(response));
    });
  });
}

}  // namespace

void serve_fib(Service& service, FibView const& fib, SpeakerView const& speaker) {
  service.handle("GET", "/v1/fib", {}, [&](Request const&) { return summary(fib); });
  service.handle("GET", "/v1/fib/routes", {"prefix", "longer", "state"},
                 [&](Request const& r) { return list_routes(fib, r); });
  service.handle("GET", "/v1/explain", {"prefix"}, [&](Request const& r) { return explain(fib, speaker, r); });
}

}  // namespace tern::mgmt
