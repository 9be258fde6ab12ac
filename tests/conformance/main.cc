// tern-conformance: the rows against one daemon, as a table for people. Exit status 1 when a row failed.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "runner.h"
#include "tables.h"

namespace {

using namespace conformance;

struct Choice {
  std::string daemon = "tern";
  std::string program;
  std::string table;
  std::string kind;
  std::string name;
  bool quiet = false;
};

std::vector<Selected> select(Choice const& choice, Driver const& driver) {
  auto chosen = everything();
  std::erase_if(chosen, [&](Selected const& one) {
    return (!choice.table.empty() && one.row->table != choice.table) ||
           (!choice.kind.empty() && one.suite() != choice.kind) ||
           one.row->name.find(choice.name) == std::string::npos || (one.row->ours_only && !driver.ours);
  });
  return chosen;
}

int go(Choice const& choice) {
  auto const* driver = find_driver(choice.daemon);
  std::string why;
  if (driver == nullptr || !support::isolate(why)) {
    std::fprintf(stderr, "tern-conformance: %s\n", driver == nullptr ? "unknown daemon" : why.c_str());
    return 2;
  }
  auto const rows = select(choice, *driver);
  Lab lab(*driver, choice.program, rows);
  lab.ensure();  // a daemon that does not start is no failed row
  std::size_t bad = 0;
  for (auto const& one : rows) {
    auto const result = run(lab, one);
    bad += result.passed ? 0 : 1;
    if (result.passed && choice.quiet) continue;
    std::printf("%s  %-10s  %-7s  %s (%s)%s%s\n", result.passed ? "pass" : "FAIL", one.row->table.c_str(),
                one.suite().c_str(), one.row->name.c_str(), one.row->spec.c_str(), result.passed ? "" : "\n      ",
                result.why.c_str());
    std::fflush(stdout);
  }
  std::printf("%s: %zu rows passed, %zu failed\n", choice.daemon.c_str(), rows.size() - bad, bad);
  return bad == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Choice choice;
  CLI::App app("BGP conformance, row by row, over TCP. Needs root: the daemon runs in a network namespace.");
  std::vector<std::string> names;
  for (auto const& one : drivers()) names.emplace_back(one.name);
  app.add_option("--daemon", choice.daemon, "the daemon under test")->check(CLI::IsMember(names));
  app.add_option("--program", choice.program, "its executable, when not in PATH");
  app.add_option("--table", choice.table, "only the rows of this table");
  app.add_option("--kind", choice.kind, "only this kind of session: ebgp, ibgp, client; ebgp6, ... over IPv6");
  app.add_option("--row", choice.name, "only rows whose name contains this");
  app.add_flag("--quiet", choice.quiet, "print only what failed");
  CLI11_PARSE(app, argc, argv);
  try {
    return go(choice);
  } catch (std::exception const& error) {
    std::fprintf(stderr, "tern-conformance: %s\n", error.what());
    return 2;
  }
}
