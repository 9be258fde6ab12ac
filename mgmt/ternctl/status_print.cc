#include "mgmt/ternctl/status_print.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "mgmt/ternctl/fields.h"

namespace tern::ctl {

namespace {

/// The words of calicoctl: up, start (it is tried again and again), down (it is not tried).
std::string state_text(json::object const& peer) {
  auto const state = text(peer, "state");
  if (state == "Established") return "up";
  return state == "Idle" && text(peer, "lastError").empty() ? "down" : "start";
}

/// The local time of day, or the date when it is longer ago than a day.
std::string since_text(json::object const& peer) {
  std::tm parts{};
  if (strptime(text(peer, "since").c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr) return "";
  std::time_t const since = timegm(&parts);
  localtime_r(&since, &parts);
  char out[16];
  return {out, std::strftime(out, sizeof out, number(peer, "sinceSeconds") < 86400 ? "%H:%M:%S" : "%Y-%m-%d", &parts)};
}

std::string info_text(json::object const& peer) {
  auto const state = text(peer, "state"), error = text(peer, "lastError");
  return state == "Established" || error.empty() ? state : state + " " + error;
}

/// "| left  |", or with the text in the middle.
void print_boxed(std::vector<std::string> const& row, std::vector<std::size_t> const& widths, bool centred) {
  std::string out = "|";
  for (std::size_t i = 0; i < row.size(); ++i) {
    auto const room = widths[i] - row[i].size();
    auto const left = centred ? room / 2 : 0;
    out += " " + std::string(left, ' ') + row[i] + std::string(room - left, ' ') + " |";
  }
  std::puts(out.c_str());
}

/// Rows of equal length in a frame, the first one the heading.
void print_framed(Rows const& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (auto const& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string frame = "+";
  for (auto const width : widths) frame += std::string(width + 2, '-') + "+";
  std::puts(frame.c_str());
  print_boxed(rows.front(), widths, true);
  std::puts(frame.c_str());
  for (std::size_t i = 1; i < rows.size(); ++i) print_boxed(rows[i], widths, false);
  std::puts(frame.c_str());
}

void print_family(json::array const& peers, bool v4) {
  std::string const family = v4 ? "IPv4" : "IPv6";
  Rows rows = {{"PEER ADDRESS", "PEER TYPE", "STATE", "SINCE", "INFO"}};
  for (auto const& value : peers) {
    auto const& peer = value.as_object();
    auto const address = text(peer, "address");
    if ((address.find(':') == std::string::npos) != v4) continue;
    rows.push_back({address, truth(peer, "dynamic") ? "range" : "node specific", state_text(peer), since_text(peer),
                    info_text(peer)});
  }
  std::printf("%s BGP status\n", family.c_str());
  if (rows.size() > 1) {
    print_framed(rows);
  } else {
    std::printf("No %s peers found.\n", family.c_str());
  }
  std::puts("");
}

void print_tables(json::object const& status) {
  Rows rows = {{"FAMILY", "PREFIXES", "PATHS", "GROUPS", "MEMBERS", "OUT OF LOG", "LOG SEGMENTS", "VACANT SLOTS",
                "QUEUED OCTETS"}};
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

}  // namespace

std::uint64_t peers_of(std::string const& status) { return number(json::parse(status).as_object(), "peers"); }

void print_status(std::string const& body, std::string const& peers) {
  auto const status = json::parse(body).as_object();
  auto const established = text(status, "peersEstablished") + " of " + text(status, "peers") + " established";
  std::printf("%s is running.\n\n", text(status, "daemon").c_str());
  if (peers.empty()) {
    std::printf("%s; 'ternctl peers' lists them\n\n", ("peers: " + established).c_str());
  } else {
    auto const all = json::parse(peers).as_array();
    print_family(all, true);
    print_family(all, false);
  }
  print_field("AS", text(status, "as"));
  print_field("router ID", text(status, "routerId"));
  print_field("cluster ID", text(status, "clusterId"));
  print_field("up for", duration(number(status, "uptimeSeconds")) + " (since " + text(status, "started") + ")");
  print_field("peers", established);
  print_field("attribute sets", text(status, "attributeSets") + " (" + text(status, "attributeBytes") + " octets)");
  print_field("longest slice", text(status, "longestSliceMicroseconds") + " us; " +
                                   text(status, "longestSliceProcessorMicroseconds") + " us on a processor");
  print_field("latest timer", text(status, "worstTimerDelayMicroseconds") + " us");
  std::puts("");
  print_tables(status);
}

}  // namespace tern::ctl
