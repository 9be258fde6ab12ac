#include <algorithm>

#include "load/changing.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr int kStalledReceiveBuffer = 64 * 1024;

double mib(std::uint64_t kib) { return static_cast<double>(kib) / 1024; }

}  // namespace

void run_stall(LoadOptions const& options, Report& report) {
  Changing stall(options, 1);
  Field& field = stall.field();
  field.set_receive_buffer(options.senders, kStalledReceiveBuffer);
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
  report.add("changes", stall.changes());
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
  field.finish(report);
}

}  // namespace bench
