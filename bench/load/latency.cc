#include <vector>

#include "load/churn.h"
#include "load/field.h"
#include "load/works.h"

namespace bench {
namespace {

struct Rounds {
  std::vector<double> to_first, to_last;  // µs
  std::uint32_t lost = 0;
};

Rounds measure(LoadOptions const& options, Table const& table, Field& field) {
  Rounds rounds;
  Random random(options.seed + 1);
  std::uint32_t tag = kFirstTag;
  std::uint32_t heard = 0;
  Nanos sent = 0;
  field.on_received([&](std::size_t receiver) {
    if (field.received(receiver).last_tag() != tag) return;
    if (heard++ == 0) rounds.to_first.push_back(seconds(now() - sent) * 1e6);
  });
  Nanos const deadline = now() + from_seconds(options.round_limit);
  for (std::uint32_t round = 0; round < options.rounds && now() < deadline && !Loop::stopped(); ++round) {
    // Spins, also between rounds: how long an idle machine takes to wake is not the daemon's doing.
    Nanos const begin = now() + (100 + random.below(200)) * 1000;
    while (now() < begin) field.loop().step(0);
    ++tag;
    heard = 0;
    Bytes const message = tagged_route(table, random.below(table.size()), tag);
    sent = now();
    Nanos const give_up = sent + 2 * kSecond;
    field.sender(0).send_copy(message);
    while (heard < field.receivers() && now() < give_up) field.loop().step(0);
    heard == field.receivers() ? rounds.to_last.push_back(seconds(now() - sent) * 1e6)
                               : static_cast<void>(++rounds.lost);
  }
  return rounds;
}

}  // namespace

void run_latency(LoadOptions const& options, Report& report) {
  Table const table({.routes = options.routes, .seed = options.seed});
  Field field(options, &table, true);
  Bytes const stream = table.updates({}, 0, table.sets());
  bool loaded = field.bring_up();
  if (loaded) {
    field.settle();
    field.sender(0).send(stream);
    loaded = field.run_until([&] { return field.all_hold(table.size()); });
  }
  report.check("loaded", loaded);
  if (!loaded) {
    report.add("first_trouble", field.first_trouble());
    return;
  }
  field.settle();
  DaemonFigures const before = figures_of(options.pid);
  Rounds rounds = measure(options, table, field);
  DaemonFigures const after = figures_of(options.pid);
  report.add("rounds", static_cast<std::uint64_t>(rounds.to_last.size()));
  report.add("p50_us", percentile(rounds.to_last, 50), 0);
  report.add("p99_us", percentile(rounds.to_last, 99), 0);
  report.add("first_p50_us", percentile(rounds.to_first, 50), 0);
  report.add("first_p99_us", percentile(rounds.to_first, 99), 0);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  report.check("complete", rounds.lost == 0 && !rounds.to_last.empty());
  field.finish(report);
}

}  // namespace bench
