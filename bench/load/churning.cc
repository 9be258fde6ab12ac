#include <cstdlib>

#include "load/changing.h"
#include "load/keepalives.h"
#include "load/works.h"

namespace bench {

void run_churn(LoadOptions const& options, Report& report) {
  Changing changing(options);
  Field& field = changing.field();
  Keepalives keepalives(field);
  bool const loaded = changing.load();
  report.check("loaded", loaded);
  if (!loaded) {
    report.add("first_trouble", field.first_trouble());
    return;
  }
  if (!options.command.empty() && std::system(options.command.c_str()) != 0) report.check("command", false);
  keepalives.begin();
  DaemonFigures const before = figures_of(options.pid);
  changing.change_for(from_seconds(options.duration));
  keepalives.end();
  report.check("complete", changing.wait_exact(0, field.receivers()));
  DaemonFigures const after = figures_of(options.pid);
  report.add("changes", changing.changes());
  changing.add_lags(report, "churn");
  keepalives.add(report);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  field.settle();
  report.check("still_exact", changing.exact(0, field.receivers()));
  field.finish(report);
}

}  // namespace bench
