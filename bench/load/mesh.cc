#include <algorithm>

#include "load/field.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr std::uint32_t kBlocks = 4;  // of each node

// Some daemons tell a node of its own routes as well. It would drop them by their ORIGINATOR_ID (RFC 4456 §8).
bool all_hold_those_of_others(Field& field, Table const& table) {
  for (std::size_t node = 0; node < field.receivers(); ++node) {
    Received const& received = field.received(node);
    auto const own = std::ranges::count_if(table.group(node), [&](std::uint32_t slot) { return received.has(slot); });
    if (received.present() - static_cast<std::uint32_t>(own) != table.size() - kBlocks) return false;
  }
  return true;
}

}  // namespace

void run_mesh(LoadOptions const& options, Report& report) {
  LoadOptions nodes = options;
  nodes.senders = 0;
  Table const table({.routes = nodes.receivers * kBlocks, .seed = nodes.seed, .blocks = kBlocks});
  Field field(nodes, &table);
  std::vector<Bytes> streams;
  for (std::uint32_t i = 0; i < nodes.receivers; ++i) streams.push_back(table.updates({}, i, i + 1));
  if (!field.bring_up()) {
    report.check("all_up", false);
    report.add("first_trouble", field.first_trouble());
    return;
  }
  field.settle();
  field.loop().set_pace(kMillisecond / 10);
  DaemonFigures const before = figures_of(options.pid);
  Nanos const start = now();
  for (std::uint32_t i = 0; i < nodes.receivers; ++i) field.receiver(i).send(streams[i]);
  auto const complete = [&] { return all_hold_those_of_others(field, table); };
  report.check("complete", field.run_until(complete));
  report.add("seconds", seconds(now() - start), 3);
  DaemonFigures const after = figures_of(options.pid);
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  field.settle();
  report.check("still_complete", complete());
  field.finish(report);
}

}  // namespace bench
