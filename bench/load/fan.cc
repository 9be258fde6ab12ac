#include <algorithm>
#include <optional>

#include "kit/standstill.h"
#include "load/field.h"
#include "load/keepalives.h"
#include "load/works.h"

namespace bench {
namespace {

// What keeps a keepalive, and what makes everything late.
class Watch {
 public:
  // Before the field comes up.
  explicit Watch(Field& field) : keepalives_(field) {}
  void begin() {
    machine_.emplace();
    keepalives_.begin();
  }
  void end() {
    keepalives_.end();
    late_ = machine_->end();
  }
  void add(Report& report) const {
    keepalives_.add(report);
    if (late_) report.add("machine_late_us", static_cast<std::uint64_t>(*late_ / 1000));
  }

 private:
  Keepalives keepalives_;
  std::optional<Standstill> machine_;
  std::optional<Nanos> late_;
};

struct Fan {
  LoadOptions const& options;
  // More than one sender: each ends with a route of its own, which tells that the daemon has taken all of its table.
  Table table{{.routes = options.routes, .spare = options.senders > 1 ? options.senders : 0, .seed = options.seed}};
  Field field{options, &table};
  std::optional<Watch> watch;
  std::vector<Bytes> streams;

  explicit Fan(LoadOptions const& o) : options(o) {
    if (options.watch) watch.emplace(field);
    std::size_t const common = table.first_spare_group();
    Announcer const announcer = announcer_of(options);
    for (std::uint32_t i = 0; i < options.senders; ++i) {
      streams.push_back(table.updates(announcer, 0, common));
      if (options.senders > 1) {
        Bytes const own = table.updates(announcer, common + i, common + i + 1);
        streams.back().insert(streams.back().end(), own.begin(), own.end());
      }
      append_update(streams.back(), {}, {}, {});  // End-of-RIB
    }
  }

  // At each receiver, in the end.
  [[nodiscard]] std::uint32_t routes() const {
    auto const own = options.senders > 1 ? options.senders : 0;
    return options.add_path ? (table.size() - own) * options.senders + own : table.size();
  }

  // Announces everything and waits for it; false when it did not all arrive.
  bool announce(Report& report) {
    if (!field.bring_up()) {
      report.check("all_up", false);
      report.add("first_trouble", field.first_trouble());
      return false;
    }
    field.settle();
    field.loop().set_pace(kMillisecond / 10);
    DaemonFigures const before = figures_of(options.pid);
    Nanos const own_before = own_cpu();
    if (watch) watch->begin();
    Nanos const start = now();
    for (std::uint32_t i = 0; i < options.senders; ++i) field.sender(i).send(streams[i]);
    bool const complete = field.run_until([this] { return field.all_hold(routes()); });
    Nanos const elapsed = now() - start;
    if (watch) watch->end();
    DaemonFigures const after = figures_of(options.pid);
    report.add("seconds", seconds(elapsed), 3);
    report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
    report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
    if (watch) watch->add(report);
    report.add("generator_cpu_s", seconds(own_cpu() - own_before), 3);
    report.check("complete", complete);
    if (!complete) {
      std::uint32_t least = routes();
      for (std::size_t i = 0; i < field.receivers(); ++i) least = std::min(least, field.received(i).present());
      report.add("least_present", least);
    }
    return complete;
  }
};

}  // namespace

void run_fan(LoadOptions const& options, Report& report) {
  Fan fan(options);
  if (fan.announce(report)) {
    fan.field.settle();
    report.check("still_complete", fan.field.all_hold(fan.routes()));
  }
  fan.field.finish(report);
}

void run_down(LoadOptions const& options, Report& report) {
  Fan fan(options);
  Report loading;
  if (!fan.announce(loading)) {
    report.check("loaded", false);
    return;
  }
  fan.field.settle();
  DaemonFigures const before = figures_of(options.pid);
  Nanos const start = now();
  fan.field.sender(0).close();
  bool const gone = fan.field.run_until([&] { return fan.field.all_hold(0); });
  report.add("seconds", seconds(now() - start), 3);
  DaemonFigures const after = figures_of(options.pid);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  report.check("complete", gone);
  fan.field.settle();
  report.check("still_complete", fan.field.all_hold(0));
  fan.field.finish(report);
}

}  // namespace bench
