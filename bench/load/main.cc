// tern-load: plays any number of BGP neighbours of one daemon from one thread, announces a generated table, checks what
// every receiver gets, and prints times.
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "kit/loop.h"
#include "load/works.h"

namespace {

using Work = void (*)(bench::LoadOptions const&, bench::Report&);
std::map<std::string, Work> const kWorks = {
    {"fan", bench::run_fan},         {"down", bench::run_down},       {"storm", bench::run_storm},
    {"latency", bench::run_latency}, {"stall", bench::run_stall},     {"reload", bench::run_reload},
    {"mesh", bench::run_mesh},       {"refresh", bench::run_refresh}, {"churn", bench::run_churn},
    {"slow", bench::run_slow},       {"feed", bench::run_feed}};

void add_options(CLI::App& app, bench::LoadOptions& options, std::string& remote, std::string& source) {
  std::vector<std::string> names;
  for (auto const& [name, work] : kWorks) names.push_back(name);
  app.add_option("--work", options.work, "what to do")->check(CLI::IsMember(names));
  app.add_option("--remote", remote, "the daemon, ADDRESS[:PORT]")->required();
  app.add_option("--source", source, "first neighbour's address; the others follow")->required();
  app.add_option("--as", options.as, "AS of daemon and neighbours");
  app.add_option("--routes", options.routes, "prefixes in the table")->check(CLI::Range(1u, 1'500'000u));
  app.add_option("--senders", options.senders, "neighbours that announce it")->check(CLI::Range(1u, 1000u));
  app.add_option("--receivers", options.receivers, "neighbours that take it")->check(CLI::Range(1u, 10'000u));
  app.add_flag("--add-path", options.add_path, "receivers take several paths of a prefix, one of each sender");
  app.add_flag("--external", options.external, "fan: eBGP, senders are of AS + 1, receivers of AS + 2");
  app.add_flag("--ipv6", options.ipv6, "fan: the table's prefixes as IPv6, over the same sessions");
  app.add_flag("--watch-keepalives", options.watch,
               "fan: say how late the daemon's keepalives are meanwhile, and the machine");
  app.add_option("--seed", options.seed, "of the table");
  app.add_option("--mrt", options.mrt, "feed: a recorded one (BGP4MP, may be gzip) instead of a generated one");
  app.add_option("--timeout", options.timeout, "seconds for a phase");
  app.add_option("--pid", options.pid, "the daemon's process, for CPU time and memory");
  app.add_option("--rounds", options.rounds, "latency: changed routes");
  app.add_option("--round-limit", options.round_limit, "latency: seconds for all of them");
  app.add_option("--stall", options.stall, "stall: seconds that one receiver does not read");
  app.add_option("--rate", options.rate, "stall, churn: changed routes a second");
  app.add_option("--duration", options.duration, "churn: seconds of change");
  app.add_option("--command", options.command,
                 "reload: a shell's line that makes the daemon refuse $PREFIX; churn: what is done when all is loaded");
  app.add_option("--at-end", options.at_end, "a shell's line, run when the work is done and before neighbours leave");
  app.add_flag("!--unreflected", options.reflected, "expect no ORIGINATOR_ID and CLUSTER_LIST");
  app.add_flag("--json", options.json, "one JSON object");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Plays BGP neighbours against a daemon and measures it.");
  bench::LoadOptions options;
  std::string remote, source;
  add_options(app, options, remote, source);
  CLI11_PARSE(app, argc, argv);
  try {
    options.remote = bench::parse_endpoint(remote, 179);
    options.first_source = bench::parse_ipv4(source);
    if ((options.external || options.ipv6 || options.watch) && options.work != "fan") {
      throw std::invalid_argument("--external, --ipv6 and --watch-keepalives are for --work fan");
    }
    bench::Loop::catch_signals();
    bench::Report report;
    report.add("work", options.work);
    kWorks.at(options.work)(options, report);
    report.check("passed", report.passed());
    std::cout << (options.json ? report.json() : report.text());
    return report.passed() ? 0 : 1;
  } catch (std::exception const& error) {
    std::cerr << "tern-load: " << error.what() << '\n';
    return 2;
  }
}
