#include "mgmt/ternctl/memory_print.h"

#include <algorithm>
#include <cstdio>

#include "mgmt/ternctl/fields.h"

namespace tern::ctl {

namespace {

struct Kind {
  char const* field;
  char const* name;
};
constexpr Kind kinds_of_a_family[] = {{"paths", "paths"},
                                      {"slots", "prefixes"},
                                      {"index", "index"},
                                      {"changes", "changes"},
                                      {"groupLogs", "update groups' logs"},
                                      {"groupSets", "update groups' sets"},
                                      {"total", "all of the family"}};
constexpr Kind kinds_of_all[] = {{"attributeSets", "attribute sets"},
                                 {"nextHops", "next hops"},
                                 {"ownRoutes", "own routes"},
                                 {"subscriptions", "subscriptions"},
                                 {"accounted", "accounted for"}};

/// "12,345,678"
std::string grouped(std::uint64_t octets) {
  auto digits = std::to_string(octets);
  for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// The name on the left, figures on the right of their columns.
void print_row(std::string const& name, std::vector<std::string> const& cells) {
  std::printf("%-24s", name.c_str());
  for (auto const& cell : cells) std::printf("  %15s", cell.c_str());
  std::puts("");
}

}  // namespace

void print_memory(std::string const& body) {
  auto const memory = json::parse(body).as_object();
  auto const tables = list(memory, "tables");
  std::vector<std::string> heading;
  for (auto const& table : tables) heading.push_back(text(table.as_object(), "family"));
  heading.emplace_back("OCTETS");
  print_row("KIND", heading);
  for (auto const& kind : kinds_of_a_family) {
    std::vector<std::string> cells;
    std::uint64_t sum = 0;
    for (auto const& table : tables) {
      sum += number(table.as_object(), kind.field);
      cells.push_back(grouped(number(table.as_object(), kind.field)));
    }
    cells.push_back(grouped(sum));
    print_row(kind.name, cells);
  }
  std::vector<std::string> cells(tables.size() + 1);
  auto const print_total = [&](char const* name, std::string const& value) {
    cells.back() = value;
    print_row(name, cells);
  };
  for (auto const& kind : kinds_of_all) print_total(kind.name, grouped(number(memory, kind.field)));
  auto const resident = number(memory, "resident"), accounted = number(memory, "accounted");
  if (resident == 0) return;
  std::puts("");
  print_total("resident", grouped(resident));
  print_total("most since the start", grouped(number(memory, "peakResident")));
  print_total("not accounted for", (resident < accounted ? "-" : "") +
                                       grouped(std::max(resident, accounted) - std::min(resident, accounted)));
}

}  // namespace tern::ctl
