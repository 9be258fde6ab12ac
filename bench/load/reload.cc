#include <atomic>
#include <cstdlib>
#include <thread>

#include "kit/endpoint.h"
#include "load/field.h"
#include "load/works.h"

namespace bench {
namespace {

// In a thread of its own: the neighbours go on living meanwhile.
class Command {
 public:
  explicit Command(std::string const& line)
      : thread_([this, line] {
          status_ = std::system(line.c_str());
          ended_ = now();
        }) {}
  ~Command() { thread_.join(); }
  [[nodiscard]] bool ended() const { return ended_ != 0; }
  [[nodiscard]] Nanos at() const { return ended_; }
  [[nodiscard]] bool good() const { return status_ == 0; }

 private:
  std::atomic<int> status_ = -1;
  std::atomic<Nanos> ended_ = 0;
  std::thread thread_;
};

std::string prefix_text(Prefix const& prefix) {
  return ipv4_text(prefix.address) + "/" + std::to_string(prefix.length);
}

}  // namespace

void run_reload(LoadOptions const& options, Report& report) {
  Table const table({.routes = options.routes, .spare = 0, .seed = options.seed});
  Field field(options, &table);
  if (!field.bring_up()) {
    report.check("all_up", false);
    report.add("first_trouble", field.first_trouble());
    return;
  }
  field.settle();
  auto stream = table.updates({}, 0, table.sets());
  append_update(stream, {}, {}, {});
  for (std::uint32_t i = 0; i < options.senders; ++i) field.sender(i).send(stream);
  report.check("loaded", field.run_until([&] { return field.all_hold(table.size()); }));
  field.settle(kSecond);
  auto const before = figures_of(options.pid);
  setenv("PREFIX", prefix_text(table.prefix(0)).c_str(), 1);
  auto const start = now();
  Command const command(options.command);
  auto const heard = field.run_until([&] { return field.all_hold(table.size() - 1); });
  auto const heard_at = now();
  field.run_until([&] { return command.ended(); });
  field.settle(kSecond);
  report.check("command", command.good());
  report.check("heard", heard);
  report.add("reload_seconds", seconds(command.at() - start), 3);
  report.add("heard_seconds", seconds(heard_at - start), 3);
  report.add("daemon_cpu_s", seconds(figures_of(options.pid).cpu - before.cpu), 3);
  report.check("still_heard", field.all_hold(table.size() - 1));
  field.finish(report);
}

}  // namespace bench
