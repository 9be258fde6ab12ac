#include "load/field.h"
#include "load/works.h"

namespace bench {

void run_refresh(LoadOptions const& options, Report& report) {
  Table const table({.routes = options.routes, .seed = options.seed});
  Field field(options, &table);
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
  field.loop().set_pace(kMillisecond / 10);
  for (std::size_t i = 0; i < field.receivers(); ++i) field.received(i).forget();
  DaemonFigures const before = figures_of(options.pid);
  Nanos const start = now();
  for (std::size_t i = 0; i < field.receivers(); ++i) field.receiver(i).send_copy(refresh_message());
  bool const complete = field.run_until([&] { return field.all_hold(table.size()); });
  report.add("seconds", seconds(now() - start), 3);
  DaemonFigures const after = figures_of(options.pid);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  report.check("complete", complete);
  field.settle();
  report.check("still_complete", field.all_hold(table.size()));
  field.finish(report);
}

}  // namespace bench
