#include "mgmt/ternctl/fib_print.h"

#include <cstdio>

namespace tern::ctl {

namespace {

/// "via 10.0.0.2 dev eth0", "via 10.0.1.2 dev vxlan.calico vxlan", with the next hop where it is reached through
/// another.
std::string hop_text(json::object const& hop) {
  auto const next_hop = text(hop, "nextHop"), gateway = text(hop, "gateway"), interface = text(hop, "interface");
  std::string out = "via " + (gateway.empty() ? next_hop : gateway);
  out += interface.empty() ? " (no way there)" : " dev " + interface;
  if (auto const encapsulation = text(hop, "encapsulation"); encapsulation != "none") out += " " + encapsulation;
  if (!gateway.empty() && gateway != next_hop) out += " for " + next_hop;
  if (auto const weight = text(hop, "weight"); weight != "1") out += " weight " + weight;
  return out;
}

std::string blackhole_text(json::object const& route) { return truth(route, "blackhole") ? "blackhole" : ""; }

std::string reason_text(json::object const& route) {
  auto out = text(route, "reason");
  bool const earlier =
      truth(route, "inKernel") && text(route, "state") != "installed" && text(route, "state") != "leftover";
  if (earlier) out += std::string(out.empty() ? "" : "; ") + "an earlier one stands";
  return out;
}

}  // namespace

std::string kernel_text(json::object const& kernel) {
  auto const state = text(kernel, "state");
  if (state == "none") return "no route is wanted there";
  std::string out = state;
  if (auto const reason = reason_text(kernel); !reason.empty()) out += ": " + reason;
  if (truth(kernel, "blackhole")) out += ", blackhole";
  for (auto const& hop : list(kernel, "hops")) out += ", " + hop_text(hop.as_object());
  return out;
}

void print_fib_summary(std::string const& body) {
  auto const summary = json::parse(body).as_object();
  std::string counts;
  for (std::string const state : {"installed", "pending", "failed", "conflicting", "leftover"}) {
    counts += (counts.empty() ? "" : ", ") + text(summary, state) + " " + state;
  }
  print_field("routes", counts);
  print_field("kernel", text(summary, "messages") + " messages, " + text(summary, "refused") + " refused, " +
                            text(summary, "overruns") + " overruns");
  print_field("next hops", truth(summary, "nextHopObjects") ? "as objects that routes share" : "within each route");
  auto const devices = list(summary, "devices");
  if (devices.empty()) return;
  std::puts("");
  Rows rows = {{"DEVICE", "KIND", "REMOTE ENDS", "STATE"}};
  for (auto const& value : devices) {
    auto const& device = value.as_object();
    rows.push_back({text(device, "name"), text(device, "kind"), text(device, "remoteEnds"),
                    truth(device, "ready") ? "ready" : text(device, "reason")});
  }
  print_table(rows);
}

FibPrinter::FibPrinter()
    : ListPrinter({{"PREFIX", 18}, {"STATE", 11}, {"METRIC", 6, true}, {"VIA", 24}, {"REASON", 0}}) {}

Rows FibPrinter::rows_of(json::object const& route) const {
  Rows rows = {
      {text(route, "prefix"), text(route, "state"), text(route, "metric"), blackhole_text(route), reason_text(route)}};
  for (auto const& hop : list(route, "hops")) {
    auto const shown = hop_text(hop.as_object());
    if (rows.back()[3].empty()) {
      rows.back()[3] = shown;
    } else {
      rows.push_back({"", "", "", shown, ""});
    }
  }
  return rows;
}

}  // namespace tern::ctl
