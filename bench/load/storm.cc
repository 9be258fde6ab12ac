#include "load/field.h"
#include "load/works.h"

namespace bench {

void run_storm(LoadOptions const& options, Report& report) {
  LoadOptions all = options;
  all.senders = 0;
  Field field(all, nullptr);
  DaemonFigures const before = figures_of(options.pid);
  Nanos const start = now();
  bool const up = field.bring_up(field.receivers());
  report.add("seconds", seconds(now() - start), 3);
  DaemonFigures const after = figures_of(options.pid);
  report.add("neighbours", all.receivers);
  report.add("up", field.up());
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  unsigned most = 0;
  for (std::size_t i = 0; i < field.receivers(); ++i) most = std::max(most, field.receiver(i).attempts());
  report.add("most_attempts", most);
  report.check("complete", up);
  if (up) field.loop().run_for(kSecond / 2);
  field.finish(report);
}

}  // namespace bench
