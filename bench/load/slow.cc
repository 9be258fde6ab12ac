#include <stdexcept>

#include "load/field.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr int kSlowReceiveBuffer = 64 * 1024;
constexpr std::size_t kSlowRate = 100'000;  // octets a second
constexpr Nanos kSip = kSecond / 20;

struct Slow {
  LoadOptions const& options;
  Table table{{.routes = options.routes, .seed = options.seed}};
  Field field{options, &table};
  Bytes const stream = table.updates({}, 0, table.sets());
  Bytes withdrawals;

  explicit Slow(LoadOptions const& o) : options(o) {
    field.set_receive_buffer(options.senders, kSlowReceiveBuffer);
    for (std::size_t group = 0; group < table.sets(); ++group) {
      Bytes prefixes;
      for (std::uint32_t const slot : table.group(group)) put_prefix(prefixes, table.prefix(slot));
      append_update(withdrawals, prefixes, {}, {});
    }
  }

  bool all_but_the_slow(std::uint32_t count) {
    for (std::size_t i = 1; i < field.receivers(); ++i) {
      if (field.received(i).present() != count) return false;
    }
    return true;
  }
  bool withdraw() {
    field.sender(0).send(withdrawals);
    bool const gone = field.run_until([&] { return field.all_hold(0); });
    field.settle();
    return gone;
  }
  // Until everybody but the slow one holds the table; it may take a sip every twentieth of a second.
  bool announce(Report& report, std::string const& key, bool slowly) {
    Nanos const start = now();
    Nanos next_sip = start;
    field.receiver(0).pause_reading(slowly);
    field.sender(0).send(stream);
    bool const complete = field.run_until([&] {
      if (slowly && now() >= next_sip) {
        field.receiver(0).read_only(kSlowRate * kSip / kSecond);
        next_sip += kSip;
      }
      return all_but_the_slow(table.size());
    });
    report.add(key, seconds(now() - start), 3);
    return complete;
  }
};

}  // namespace

void run_slow(LoadOptions const& options, Report& report) {
  if (options.receivers < 2) throw std::runtime_error("slow: it takes two receivers at least");
  Slow slow(options);
  Field& field = slow.field;
  bool const up = field.bring_up();
  report.check("all_up", up);
  if (!up) {
    report.add("first_trouble", field.first_trouble());
    return;
  }
  field.settle();
  field.loop().set_pace(kMillisecond / 10);
  // The first time costs more than any other: it is not what is compared.
  for (auto const* const key : {"first_seconds", "without_seconds"}) {
    auto const everybody = [&] { return field.all_hold(slow.table.size()); };
    report.check("loaded", slow.announce(report, key, false) && field.run_until(everybody));
    field.settle();
    report.check("withdrawn", slow.withdraw());
  }
  DaemonFigures const before = figures_of(options.pid);
  report.check("complete", slow.announce(report, "seconds", true));
  DaemonFigures const after = figures_of(options.pid);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  field.receiver(0).pause_reading(false);
  report.check("slow_one_too", field.run_until([&] { return field.all_hold(slow.table.size()); }));
  field.finish(report);
}

}  // namespace bench
