#include "mgmt/ternctl/print.h"

#include <algorithm>
#include <boost/json/src.hpp>  // the one place: Boost.JSON without its library
#include <vector>

#include "mgmt/utf8.h"

namespace tern::ctl {

namespace {

namespace json = boost::json;
using mgmt::for_terminal;

/// A field as text, whatever its type; "" when absent.
std::string text(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  if (!value || value->is_null()) return "";
  if (value->is_string()) return for_terminal(std::string_view(value->get_string()));
  return json::serialize(*value);
}

bool truth(json::object const& object, std::string_view name) { return text(object, name) == "true"; }

std::uint64_t number(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  json::error_code ignored;
  return value ? value->to_number<std::uint64_t>(ignored) : 0;
}

json::array list(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array() : json::array();
}

json::object child(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : json::object();
}

std::string joined(json::array const& values, char const* separator = " ") {
  std::string out;
  for (auto const& value : values) {
    if (!out.empty()) out += separator;
    if (value.is_string()) out += for_terminal(std::string_view(value.get_string()));
  }
  return out;
}

std::string duration(std::uint64_t seconds) {
  auto const two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string const clock = two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
  return seconds < 86400 ? clock : std::to_string(seconds / 86400) + "d " + clock;
}

/// Rows of equal length, the first one the heading; columns as wide as their widest cell.
void print_table(std::vector<std::vector<std::string>> const& rows) {
  std::vector<std::size_t> widths;
  for (auto const& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (auto const& row : rows) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
    }
    std::puts(out.c_str());
  }
}

void print_field(char const* name, std::string const& value) {
  if (!value.empty()) std::printf("%-16s %s\n", name, value.c_str());
}

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

}  // namespace

void print_status(std::string const& body) {
  auto const status = json::parse(body).as_object();
  print_field("AS", text(status, "as"));
  print_field("router ID", text(status, "routerId"));
  print_field("cluster ID", text(status, "clusterId"));
  print_field("up for", duration(number(status, "uptimeSeconds")) + " (since " + text(status, "started") + ")");
  print_field("peers", text(status, "peersEstablished") + " of " + text(status, "peers") + " established");
  print_field("attribute sets", text(status, "attributeSets") + " (" + text(status, "attributeBytes") + " octets)");
  print_field("longest slice", text(status, "longestSliceMicroseconds") + " us");
  print_field("latest timer", text(status, "worstTimerDelayMicroseconds") + " us");
  std::puts("");
  std::vector<std::vector<std::string>> rows = {{"FAMILY", "PREFIXES", "PATHS", "GROUPS", "MEMBERS", "OUT OF LOG",
                                                 "LOG SEGMENTS", "VACANT SLOTS", "QUEUED OCTETS"}};
  for (auto const& value : list(status, "tables")) {
    auto const& table = value.as_object();
    rows.emplace_back();
    for (auto const* name : {"family", "prefixes", "paths", "groups", "members", "membersOutOfLog", "logSegments",
                             "vacantSlots", "queuedBytes"}) {
      rows.back().push_back(text(table, name));
    }
  }
  print_table(rows);
}

void print_peers(std::string const& body) {
  std::vector<std::vector<std::string>> rows = {
      {"PEER", "AS", "STATE", "SINCE", "RECEIVED", "ACCEPTED", "SENT", "LAST ERROR"}};
  auto const all = json::parse(body);
  for (auto const& value : all.as_array()) {
    auto const& peer = value.as_object();
    rows.push_back({text(peer, "address"), text(peer, "as"), text(peer, "state"),
                    duration(number(peer, "sinceSeconds")), std::to_string(sum(peer, "received")),
                    std::to_string(sum(peer, "accepted")), std::to_string(sum(peer, "sent")), text(peer, "lastError")});
  }
  print_table(rows);
}

void print_peer(std::string const& body) {
  auto const peer = json::parse(body).as_object();
  print_field("peer", text(peer, "address"));
  print_field("AS", text(peer, "as"));
  print_field("description", text(peer, "description"));
  print_field("group", text(peer, "group") + (truth(peer, "dynamic") ? " (from a range)" : ""));
  print_field("role", truth(peer, "reflectorClient") ? "reflector client" : "");
  print_field("state", text(peer, "state") + " for " + duration(number(peer, "sinceSeconds")) + " (since " +
                           text(peer, "since") + ")");
  print_field("last error", text(peer, "lastError"));
  print_field("  at", text(peer, "lastErrorAt"));
  print_field("flaps", text(peer, "flaps"));
  print_field("router ID", text(peer, "routerId"));
  print_field("local address", text(peer, "localAddress"));
  print_field("hold time", text(peer, "holdTimeSeconds") + " s");
  print_field("reads slowly", truth(peer, "outOfLog") ? "yes: it is being caught up" : "");
  auto const capabilities = child(peer, "capabilities");
  print_field("we can", joined(list(capabilities, "sent"), ", "));
  print_field("it can", joined(list(capabilities, "received"), ", "));
  auto const counts = child(peer, "messages");
  print_field("received", messages(child(counts, "received")));
  print_field("sent", messages(child(counts, "sent")));
  std::puts("");
  std::vector<std::vector<std::string>> rows = {
      {"FAMILY", "RECEIVED", "ACCEPTED", "SENT", "END-OF-RIB RECEIVED", "END-OF-RIB SENT"}};
  for (auto const& value : list(peer, "families")) {
    auto const& family = value.as_object();
    rows.push_back({text(family, "family"), text(family, "received"), text(family, "accepted"), text(family, "sent"),
                    text(family, "endOfRibReceived"), text(family, "endOfRibSent")});
  }
  print_table(rows);
}

void print_explanation(std::string const& body) {
  auto const explanation = json::parse(body).as_object();
  std::printf("%s: decided by %s\n", text(explanation, "prefix").c_str(), text(explanation, "decidedBy").c_str());
  for (auto const& value : list(explanation, "paths")) {
    auto const& path = value.as_object();
    bool const best = truth(path, "best");
    std::string verdict = best ? "best" : "lost by " + text(path, "lostBy");
    if (!truth(path, "usable")) verdict = "refused by " + text(path, "refusedBy");
    std::printf("%s from %s  AS path [%s]  %s\n", best ? "*" : " ", text(path, "peer").c_str(),
                text(path, "asPath").c_str(), verdict.c_str());
    std::printf("   %s  nextHopCost %s\n", attributes(path).c_str(), text(path, "nextHopCost").c_str());
  }
  for (auto const& value : list(explanation, "exports")) {
    auto const& to = value.as_object();
    std::printf("  %s %s%s\n", truth(to, "sent") ? "sent to" : "not sent to", text(to, "peer").c_str(),
                text(to, "rule").empty() ? "" : (": " + text(to, "rule")).c_str());
  }
}

std::string error_text(std::string const& body) {
  json::error_code error;
  auto const value = json::parse(body, error);
  if (error || !value.is_object()) return for_terminal(body);
  return text(value.get_object(), "error") + "; " + text(value.get_object(), "remedy");
}

void RoutePrinter::piece(std::string_view more) {
  rest_ += more;
  std::size_t start = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
    line(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
  }
  rest_.erase(0, start);
}

void RoutePrinter::line(std::string_view element) {
  constexpr std::size_t rows_at_a_time = 1000;
  if (element.empty() || element[0] != '{') return;  // the array's brackets
  if (element.ends_with(',')) element.remove_suffix(1);
  auto const value = json::parse(json::string_view(element.data(), element.size()));
  auto const& route = value.as_object();
  auto const refused = text(route, "refusedBy");
  rows_.push_back({truth(route, "best")     ? "*"
                   : truth(route, "usable") ? " "
                                            : "!",
                   text(route, "prefix"), text(route, "nextHop"), text(route, "peer"), text(route, "localPref"),
                   text(route, "med"), text(route, "asPath") + (refused.empty() ? "" : "  refused: " + refused)});
  if (rows_.size() == rows_at_a_time) finish();
}

void RoutePrinter::finish() {
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], row[i].size());
  }
  if (!headed_ && !rows_.empty()) print({" ", "PREFIX", "NEXT HOP", "PEER", "PREF", "MED", "AS PATH"});
  headed_ |= !rows_.empty();
  for (auto const& row : rows_) print(row);
  rows_.clear();
}

void RoutePrinter::print(Row const& row) {
  auto const width = [&](std::size_t i) { return static_cast<int>(widths_[i]); };
  std::printf("%s %-*s  %-*s  %-*s  %*s  %*s  %s\n", row[0].c_str(), width(1), row[1].c_str(), width(2), row[2].c_str(),
              width(3), row[3].c_str(), width(4), row[4].c_str(), width(5), row[5].c_str(), row[6].c_str());
}

}  // namespace tern::ctl
