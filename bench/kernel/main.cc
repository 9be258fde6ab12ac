// tern-kernel: how long a table takes into the kernel, out of it and from one next hop to another, alone or through a
// daemon that has it by BGP. Exact by the kernel's own tables, or it fails.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "kernel/works.h"
#include "kit/loop.h"

namespace {

using Work = void (*)(bench::KernelOptions const&, bench::Report&);
std::map<std::string, Work> const kWorks = {
    {"alone", bench::run_alone}, {"feed", bench::run_feed}, {"nodes", bench::run_nodes}};

void add_table_options(CLI::App& app, bench::KernelOptions& options) {
  auto* const mrt = app.add_option("--mrt", options.mrt, "the table of this file's first peer (BGP4MP, may be gzip)");
  auto* const routes = app.add_option("--routes", options.routes, "a generated table of this size");
  routes->check(CLI::Range(1u, 1'500'000u))->excludes(mrt);
  app.add_option("--seed", options.seed, "of the generated table, and of the shuffled order");
  app.add_option("--next-hop", options.next_hop, "feed: in the place of every NEXT_HOP");
  app.add_option("--nodes", options.nodes, "nodes: so many");
  app.add_option("--blocks", options.blocks, "nodes: their blocks, all together");
}

void add_kernel_options(CLI::App& app, bench::KernelOptions& options) {
  app.add_option("--netns", options.netns, "the network namespace whose tables are filled (ours)");
  app.add_option("--interface", options.way.interface, "where all routes lead");
  app.add_option("--gateway", options.way.gateway, "and by which neighbour");
  app.add_option("--other-interface", options.other.interface, "where they are moved to");
  app.add_option("--other-gateway", options.other.gateway, "and by which neighbour");
  app.add_option("--protocol", options.protocol, "the routes' (tern 179, BIRD 12)");
  app.add_option("--batch", options.batch, "alone: requests a send");
  app.add_option("--objects", options.objects,
                 "alone: next-hop objects that share the routes (0: as many as the feed has next hops)");
}

void add_session_options(CLI::App& app, bench::KernelOptions& options) {
  app.add_option("--local", options.local, "our address");
  app.add_option("--remote", options.remote, "the daemon, ADDRESS[:PORT]");
  app.add_option("--as", options.as, "AS of both");
  app.add_option("--pid", options.pid, "the daemon's process, for CPU time and memory");
  app.add_option("--rest", options.rest, "feed: leave the full daemon alone for so many seconds");
  app.add_option("--timeout", options.timeout, "seconds for a phase");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures a table's way into the kernel.");
  bench::KernelOptions options;
  std::vector<std::string> names;
  for (auto const& [name, work] : kWorks) names.push_back(name);
  app.add_option("--work", options.work, "what to do")->check(CLI::IsMember(names));
  add_table_options(app, options);
  add_kernel_options(app, options);
  add_session_options(app, options);
  CLI11_PARSE(app, argc, argv);
  bench::Loop::catch_signals();
  bench::Report report;
  int result = 0;
  try {
    kWorks.at(options.work)(options, report);
  } catch (std::exception const& error) {
    std::cerr << "tern-kernel: " << error.what() << '\n';
    report.check("ran", false);
    result = 2;
  }
  report.check("passed", report.passed());
  std::cout << report.text();
  return result != 0 ? result : report.passed() ? 0 : 1;
}
