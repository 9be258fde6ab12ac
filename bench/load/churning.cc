#include <algorithm>

#include "load/changing.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr std::uint16_t kHold = 3;

}  // namespace

void run_churn(LoadOptions const& options, Report& report) {
  Changing changing(options);
  Field& field = changing.field();
  // RFC 4271 §10: the daemon may send a keepalive a quarter early, never late. The sender hears nothing but keepalives.
  field.set_hold(kHold);
  Nanos last_keepalive = 0, longest = 0;
  auto const note_keepalive = [&] {
    longest = std::max(longest, now() - last_keepalive);
    last_keepalive = now();
  };
  field.on_keepalive(note_keepalive);
  bool const loaded = changing.load();
  report.check("loaded", loaded);
  if (!loaded) {
    report.add("first_trouble", field.first_trouble());
    return;
  }
  last_keepalive = now();
  longest = 0;
  DaemonFigures const before = figures_of(options.pid);
  changing.change_for(from_seconds(options.duration));
  report.check("complete", changing.wait_exact(0, field.receivers()));
  note_keepalive();  // one that has not come counts as well
  DaemonFigures const after = figures_of(options.pid);
  report.add("changes", changing.changes());
  changing.add_lags(report, "churn");
  report.add("keepalive_late_ms", std::max(0.0, seconds(longest - kHold * kSecond / 3) * 1e3), 1);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  field.settle();
  report.check("still_exact", changing.exact(0, field.receivers()));
  field.add_checks(report);
  field.close_all();
}

}  // namespace bench
