#include "mgmt/fib_json.h"

namespace tern::mgmt {

namespace {

constexpr FibState all_states[] = {FibState::installed, FibState::pending, FibState::failed, FibState::conflicting,
                                   FibState::leftover};

void write_hop(JsonWriter& json, FibHop const& hop) {
  json.begin_object();
  json.field("nextHop", hop.address.text());
  json.field("encapsulation", hop.encapsulation);
  if (!hop.interface.empty()) json.field("interface", hop.interface);
  if (!hop.gateway.is_unset()) json.field("gateway", hop.gateway.text());
  json.field("weight", hop.weight);
  json.end_object();
}

void write_fields(JsonWriter& json, FibRoute const& route) {
  json.field("state", text_of(route.state));
  json.field("inKernel", route.stands);
  if (route.metric != 0) json.field("metric", route.metric);
  if (route.blackhole) json.field("blackhole", true);
  if (!route.hops.empty()) {
    json.key("hops");
    json.begin_array();
    for (auto const& hop : route.hops) write_hop(json, hop);
    json.end_array();
  }
  if (!route.reason.empty()) json.field("reason", route.reason);
}

void write_device(JsonWriter& json, FibDevice const& device) {
  json.begin_object();
  json.field("name", device.name);
  json.field("kind", device.kind);
  json.field("ready", device.why_not.empty());
  if (!device.why_not.empty()) json.field("reason", device.why_not);
  json.field("remoteEnds", device.remote_ends);
  json.end_object();
}

}  // namespace

char const* text_of(FibState state) {
  switch (state) {
    case FibState::installed:
      return "installed";
    case FibState::pending:
      return "pending";
    case FibState::failed:
      return "failed";
    case FibState::conflicting:
      return "conflicting";
    case FibState::leftover:
      return "leftover";
    case FibState::refused:
      return "refused";
  }
  return "";
}

std::optional<FibState> parse_fib_state(std::string_view text) {
  for (auto const state : all_states) {
    if (text == text_of(state)) return state;
  }
  return std::nullopt;
}

void write_json(JsonWriter& json, FibSummary const& summary) {
  json.begin_object();
  json.field("installed", summary.installed);
  json.field("pending", summary.pending);
  json.field("failed", summary.failed);
  json.field("conflicting", summary.conflicting);
  json.field("leftover", summary.leftover);
  json.field("messages", summary.messages);
  json.field("refused", summary.refused);
  json.field("overruns", summary.overruns);
  json.field("nextHopObjects", summary.next_hop_objects);
  json.key("devices");
  json.begin_array();
  for (auto const& device : summary.devices) write_device(json, device);
  json.end_array();
  json.end_object();
}

void write_json(JsonWriter& json, FibRoute const& route) {
  json.begin_object();
  json.field("prefix", route.prefix.text());
  write_fields(json, route);
  json.end_object();
}

void write_kernel_json(JsonWriter& json, std::optional<FibRoute> const& route) {
  json.begin_object();
  if (route) {
    write_fields(json, *route);
  } else {
    json.field("state", "none");
  }
  json.end_object();
}

}  // namespace tern::mgmt
