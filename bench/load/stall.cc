#include <algorithm>

#include "load/churn.h"
#include "load/field.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr int kStalledReceiveBuffer = 64 * 1024;

struct Stall {
  LoadOptions const& options;
  Table table{{.routes = options.routes, .spare = options.routes / 4, .seed = options.seed}};
  Field field{options, &table, true};
  Churn churn{table, options.seed + 1};
  std::vector<double> lags;  // ms, of all receivers but the stalled one

  explicit Stall(LoadOptions const& o) : options(o) {
    field.set_receive_buffer(options.senders, kStalledReceiveBuffer);
    field.on_received([this](std::size_t receiver) {
      Nanos const sent = churn.sent_at(field.received(receiver).last_tag());
      if (receiver != 0 && sent != 0) lags.push_back(seconds(field.loop().time() - sent) * 1e3);
    });
  }

  bool load() {
    Bytes const stream = table.updates({}, 0, table.first_spare_group());
    if (!field.bring_up()) return false;
    field.settle();
    field.sender(0).send(stream);
    bool const loaded = field.run_until([&] { return field.all_hold(options.routes); });
    field.settle();
    return loaded;
  }

  void change_for(Nanos duration) {
    Nanos const begin = now();
    std::uint64_t const before = churn.changes();
    while (now() - begin < duration && !Loop::stopped()) {
      auto const due = before + static_cast<std::uint64_t>(seconds(now() - begin) * options.rate);
      if (due > churn.changes()) {
        field.sender(0).send_copy(churn.next(static_cast<std::uint32_t>(due - churn.changes()), now()));
      }
      field.loop().step(1);
    }
  }

  // True once receivers [from, to) hold exactly the present state.
  bool exact(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if (!churn.matches(field.received(i))) return false;
    }
    return true;
  }
  bool wait_exact(std::size_t from, std::size_t to) {
    Nanos next_look = 0;
    return field.run_until([&] {
      if (now() < next_look) return false;
      next_look = now() + 10 * kMillisecond;
      return exact(from, to);
    });
  }

  void add_lags(Report& report, std::string const& when) {
    report.add("lag_" + when + "_p50_ms", percentile(lags, 50), 2);
    report.add("lag_" + when + "_p99_ms", percentile(lags, 99), 2);
    report.add("lag_" + when + "_max_ms", percentile(lags, 100), 2);
    lags.clear();
  }
};

double mib(std::uint64_t kib) { return static_cast<double>(kib) / 1024; }

}  // namespace

void run_stall(LoadOptions const& options, Report& report) {
  Stall stall(options);
  Field& field = stall.field;
  std::size_t const all = field.receivers();
  bool const loaded = stall.load();
  report.check("loaded", loaded);
  if (!loaded) {
    report.add("first_trouble", field.first_trouble());
    return;
  }
  stall.change_for(from_seconds(std::clamp(options.stall / 6, 1.0, 5.0)));
  report.check("exact_before", stall.wait_exact(0, all));
  stall.add_lags(report, "before");

  DaemonFigures const before = figures_of(options.pid);
  field.receiver(0).pause_reading(true);
  stall.change_for(from_seconds(options.stall));
  bool const others = stall.wait_exact(1, all);
  DaemonFigures const after = figures_of(options.pid);
  report.add("changes", stall.churn.changes());
  stall.add_lags(report, "stalled");
  report.check("others_exact", others);
  report.add("memory_before_mib", mib(before.current_kib), 1);
  report.add("memory_stalled_mib", mib(after.current_kib), 1);
  report.add("peak_mib", mib(after.peak_kib), 1);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);

  Nanos const start = now();
  field.receiver(0).pause_reading(false);
  report.check("complete", stall.wait_exact(0, all));
  report.add("seconds", seconds(now() - start), 3);  // to catch up
  field.settle();
  report.check("still_exact", stall.exact(0, all));
  report.add("stalled_withdrawals", field.received(0).withdrawals());
  field.add_checks(report);
  field.close_all();
}

}  // namespace bench
