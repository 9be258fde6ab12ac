#include "mgmt/ternctl/print.h"

#include <algorithm>
#include <map>
#include <vector>

#include "mgmt/ternctl/fib_print.h"
#include "mgmt/ternctl/fields.h"
#include "mgmt/utf8.h"

namespace tern::ctl {

namespace {

std::uint64_t sum(json::object const& peer, std::string_view name) {
  std::uint64_t total = 0;
  for (auto const& family : list(peer, "families")) total += number(family.as_object(), name);
  return total;
}

std::string messages(json::object const& counts) {
  std::string out;
  for (std::string const name : {"open", "update", "notification", "keepalive", "routeRefresh"}) {
    out += (out.empty() ? "" : ", ") + name + " " + text(counts, name);
  }
  return out;
}

std::string attributes(json::object const& route) {
  std::string out;
  for (std::string const name :
       {"origin", "nextHop", "linkLocalNextHop", "med", "localPref", "originatorId", "atomicAggregate", "aggregator"}) {
    if (auto const value = text(route, name); !value.empty()) out += "  " + name + " " + value;
  }
  for (std::string const name : {"clusterList", "communities", "largeCommunities", "extendedCommunities",
                                 "ipv6ExtendedCommunities", "unknownAttributes"}) {
    auto const values = list(route, name);
    if (values.empty()) continue;
    out += "  " + name + " " + (values.front().is_string() ? joined(values) : json::serialize(values));
  }
  return out;
}

/// A segment with a wrong signature is dropped without a trace, so that who waits to be dialled sees nothing at all.
std::string md5_text(json::object const& peer) {
  if (!truth(peer, "md5")) return "";
  if (text(peer, "state") == "Established") return "on";
  return "on (no session comes up? is the password the same on both sides?)";
}

std::string hops_text(std::string const& hops) { return hops.empty() ? "" : hops == "1" ? "1 hop" : hops + " hops"; }

std::string shown_state(json::object const& peer) {
  if (truth(peer, "disabled")) return text(peer, "state") + " (down)";
  return text(peer, "state") + (peer.contains("heldUntil") ? " (held)" : "");
}

/// "7", "7 of 10 at most"
std::string of_limit(json::object const& family, std::string const& name) {
  auto const limit = text(family, name + "Limit");
  return text(family, name) + (limit.empty() ? "" : " of " + limit + " at most");
}

}  // namespace

void print_peers(std::string const& body) {
  Rows rows = {{"PEER", "AS", "STATE", "SINCE", "RECEIVED", "ACCEPTED", "SENT", "LAST ERROR"}};
  auto const all = json::parse(body);
  for (auto const& value : all.as_array()) {
    auto const& peer = value.as_object();
    rows.push_back({text(peer, "address"), text(peer, "as"), shown_state(peer), duration(number(peer, "sinceSeconds")),
                    std::to_string(sum(peer, "received")), std::to_string(sum(peer, "accepted")),
                    std::to_string(sum(peer, "sent")), text(peer, "lastError")});
  }
  print_table(rows);
}

void print_peer(std::string const& body) {
  auto const peer = json::parse(body).as_object();
  print_field("peer", text(peer, "address"));
  print_field("AS", text(peer, "as"));
  print_field("description", text(peer, "description"));
  print_field("group", text(peer, "group") + (truth(peer, "dynamic") ? " (from a range)" : ""));
  print_field("kind", truth(peer, "reflectorClient") ? "reflector client" : "");
  print_field("our AS", text(peer, "localAs"));
  print_field("our role", text(peer, "role"));
  print_field("graceful shutdown",
              truth(peer, "gracefulShutdown") ? "yes: it is told that our routes go away soon" : "");
  print_field("state", shown_state(peer) + " for " + duration(number(peer, "sinceSeconds")) + " (since " +
                           text(peer, "since") + ")");
  print_field("held until", text(peer, "heldUntil"));
  print_field("last error", text(peer, "lastError"));
  print_field("  at", text(peer, "lastErrorAt"));
  print_field("flaps", text(peer, "flaps"));
  print_field("router ID", text(peer, "routerId"));
  print_field("local address", text(peer, "localAddress"));
  print_field("hold time", text(peer, "holdTimeSeconds") + " s");
  print_field("MD5", md5_text(peer));
  print_field("TTL security", hops_text(text(peer, "ttlSecurity")));
  print_field("TTL", text(peer, "ttl"));
  print_field("reads slowly", truth(peer, "outOfLog") ? "yes: it is being caught up" : "");
  auto const capabilities = child(peer, "capabilities");
  print_field("we can", joined(list(capabilities, "sent"), ", "));
  print_field("it can", joined(list(capabilities, "received"), ", "));
  auto const counts = child(peer, "messages");
  print_field("received", messages(child(counts, "received")));
  print_field("sent", messages(child(counts, "sent")));
  std::puts("");
  Rows rows = {{"FAMILY", "RECEIVED", "ACCEPTED", "SENT", "END-OF-RIB RECEIVED", "END-OF-RIB SENT"}};
  for (auto const& value : list(peer, "families")) {
    auto const& family = value.as_object();
    rows.push_back({text(family, "family"), of_limit(family, "received"), of_limit(family, "accepted"),
                    text(family, "sent"), text(family, "endOfRibReceived"), text(family, "endOfRibSent")});
  }
  print_table(rows);
}

namespace {
/// "  path 7" of a neighbour that sends several of a prefix (RFC 7911).
std::string path_id(json::object const& route) {
  return route.contains("pathId") ? "  path " + text(route, "pathId") : "";
}

/// What its family says of it, where a prefix is not all.
std::string route_name(json::object const& route) { return text(route, route.contains("nlri") ? "nlri" : "prefix"); }

/// Of a neighbour that is told several paths: which of them. " as path 2 (the one from 192.0.2.5)"
std::string which_path(json::array const& paths, json::object const& to) {
  auto const& path = paths.at(number(to, "path")).as_object();
  auto const id = to.contains("pathId") ? "as path " + text(to, "pathId") + " " : std::string("");
  return " " + id + "(the one from " + text(path, "peer") + path_id(path) + ")";
}

/// Whom each path of a prefix is told, or why not.
void print_exports(json::array const& paths, json::array const& exports) {
  std::map<std::string, std::size_t> lines;  // of a neighbour: several where it takes several paths
  for (auto const& value : exports) ++lines[text(value.as_object(), "peer")];
  for (auto const& value : exports) {
    auto const& to = value.as_object();
    auto const peer = text(to, "peer");
    auto const which = to.contains("pathId") || lines[peer] > 1 ? which_path(paths, to) : "";
    auto why = text(to, "rule").empty() ? "" : ": " + text(to, "rule");
    if (to.contains("changedBy")) why += ", changed by " + text(to, "changedBy");
    std::printf("  %s %s%s%s\n", truth(to, "sent") ? "sent to" : "not sent to", peer.c_str(), which.c_str(),
                why.c_str());
  }
}
}  // namespace

void print_explanation(std::string const& body) {
  auto const explanation = json::parse(body).as_object();
  std::printf("%s: decided by %s\n", route_name(explanation).c_str(), text(explanation, "decidedBy").c_str());
  for (auto const& value : list(explanation, "paths")) {
    auto const& path = value.as_object();
    bool const best = truth(path, "best");
    bool const beside = truth(path, "multipath");
    std::string verdict = best ? "best" : beside ? "used beside the best" : "lost by " + text(path, "lostBy");
    if (!truth(path, "usable")) verdict = "refused by " + text(path, "refusedBy");
    auto const mark = best ? '*' : beside ? '=' : ' ';
    std::printf("%c from %s%s  AS path [%s]  %s\n", mark, text(path, "peer").c_str(), path_id(path).c_str(),
                text(path, "asPath").c_str(), verdict.c_str());
    std::printf("   %s  nextHopCost %s\n", attributes(path).c_str(), text(path, "nextHopCost").c_str());
    if (path.contains("changedBy")) std::printf("   changed by %s\n", text(path, "changedBy").c_str());
  }
  if (explanation.if_contains("kernel"))
    std::printf("  kernel: %s\n", kernel_text(child(explanation, "kernel")).c_str());
  print_exports(list(explanation, "paths"), list(explanation, "exports"));
}

std::string error_text(std::string const& body) {
  json::error_code error;
  auto const value = json::parse(body, error);
  if (error || !value.is_object()) return mgmt::for_terminal(body);
  return text(value.get_object(), "error") + "; " + text(value.get_object(), "remedy");
}

RoutePrinter::RoutePrinter()
    : ListPrinter({{" ", 1},
                   {"PREFIX", 18},
                   {"NEXT HOP", 15},
                   {"PEER", 15},
                   {"PREF", 4, true},
                   {"MED", 3, true},
                   {"AS PATH", 0}}) {}

Rows RoutePrinter::rows_of(json::object const& route) const {
  auto const refused = text(route, "refusedBy");
  return {{truth(route, "best")        ? "*"
           : truth(route, "multipath") ? "="
           : truth(route, "usable")    ? " "
                                       : "!",
           route_name(route), text(route, "nextHop"), text(route, "peer"), text(route, "localPref"), text(route, "med"),
           text(route, "asPath") + path_id(route) + (refused.empty() ? "" : "  refused: " + refused)}};
}

}  // namespace tern::ctl
