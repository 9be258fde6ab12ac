// tern-fixed-work: the same work to the last instruction, every time: a generated table comes from two neighbours,
// changes, is told again, and goes. Counted by `bench/guard` under callgrind. Prints what it held and sent.
#include <CLI/CLI.hpp>
#include <iostream>

#include "load/churn.h"
#include "micro/pipeline.h"

namespace {

constexpr std::uint32_t kChanges = 20'000;

double a_path(std::size_t octets, std::uint64_t paths) {
  return static_cast<double>(octets) / static_cast<double>(paths);
}

void work(std::uint32_t routes) {
  bench::Table const table({.routes = routes});
  bench::Bytes const all = table.updates({}, 0, table.sets());
  bench::Pipeline pipeline(8);
  auto const empty = pipeline.memory();
  pipeline.receive(0, all);
  auto const one_path = pipeline.memory();
  std::cout << "octets_a_route " << a_path(one_path - empty, routes) << '\n';
  pipeline.receive(1, all);
  std::cout << "octets_a_further_path " << a_path(pipeline.memory() - one_path, pipeline.paths() - routes) << '\n';
  bench::Churn churn(table, 1);
  pipeline.receive(0, churn.next(kChanges, 0));
  pipeline.refresh_all();
  pipeline.lose(1);
  pipeline.lose(0);
  std::cout << "paths_left " << pipeline.paths() << '\n' << "octets_sent " << pipeline.octets_sent() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A fixed piece of work, without sockets.");
  std::uint32_t routes = 100'000;
  app.add_option("--routes", routes, "prefixes in the table (100000, which is what bench/guard counts)")
      ->check(CLI::Range(kChanges, 1'500'000U));
  CLI11_PARSE(app, argc, argv);
  try {
    work(routes);
  } catch (std::exception const& error) {
    std::cerr << "tern-fixed-work: " << error.what() << '\n';
    return 1;
  }
}
