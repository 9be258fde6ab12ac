#include <linux/rtnetlink.h>

#include <memory>

#include "kernel/counter.h"
#include "kernel/netns.h"
#include "kernel/session.h"
#include "kernel/view.h"
#include "kernel/works.h"
#include "kit/daemon_figures.h"
#include "replay/feed.h"

namespace bench {
namespace {

std::optional<std::uint32_t> next_hop_of(KernelOptions const& options) {
  return options.next_hop.empty() ? std::nullopt : std::optional(parse_ipv4(options.next_hop));
}

/// What there is to look at the kernel with; its sockets are in the kernel's namespace.
struct Sight {
  explicit Sight(std::uint8_t protocol)
      : added(Counter::What::added, protocol), removed(Counter::What::removed, protocol) {}
  KernelView view;
  Counter added, removed;
};

std::unique_ptr<Sight> look(KernelOptions const& options) {
  InNamespace const there(options.netns);
  return std::make_unique<Sight>(options.protocol);
}

std::unique_ptr<Counter> counter(KernelOptions const& options, Counter::What what) {
  InNamespace const there(options.netns);
  return std::make_unique<Counter>(what, options.protocol);
}

class Through {
 public:
  Through(KernelOptions const& options, Feed const& feed, Report& report)
      : options_(options), feed_(feed), report_(report), kernel_(look(options)), session_(options, feed.four_octet) {}

  void run() {
    session_.bring_up();
    session_.run_for(kSecond);
    if (!into()) return;
    if (options_.rest > 0) rest();
    if (!options_.next_hop.empty()) {
      move("moved", options_.other);
      move("back", options_.way);
    }
    withdraw();
  }

 private:
  // From `begin()` until `done()`; then `after()`.
  template <class Begin, class Done, class After>
  bool phase(std::string const& name, Begin&& begin, Done&& done, After&& after) {
    DaemonFigures const before = figures_of(options_.pid);
    Nanos const start = now();
    begin();
    bool const complete = session_.run_until(done);
    report_.add(name + ".seconds", seconds(now() - start), 4);
    after();
    session_.run_for(kSecond / 2);  // what remains to be done when the kernel has all costs too
    DaemonFigures const spent = figures_of(options_.pid);
    report_.add(name + ".daemon_cpu_s", seconds(spent.cpu - before.cpu), 3);
    report_.add(name + ".peak_mib", static_cast<double>(spent.peak_kib) / 1024, 1);
    report_.check(name + ".complete", complete);
    return complete;
  }
  void verify(std::string const& name, std::span<Prefix const> prefixes, Way const& way) {
    auto const wrong = kernel_->view.wrong(options_.protocol, prefixes, kernel_->view.via(way));
    report_.check(name + ".exact", wrong == 0);
    if (wrong != 0) report_.add(name + ".wrong", wrong);
  }
  [[nodiscard]] std::uint64_t standing() { return kernel_->added.count() - kernel_->removed.count(); }

  bool into() {
    Nanos start = 0, sent = 0;
    bool const complete = phase(
        "into", [&] { start = session_.send(feed_.updates); },
        [&] {
          if (sent == 0 && session_.sent()) sent = now();
          return standing() >= feed_.prefixes.size();
        },
        [] {});
    report_.add("into.sent_s", seconds(sent - start), 4);
    report_.add("into.routes", standing());
    objects_ = kernel_->view.objects(options_.protocol);
    report_.add("into.objects", objects_);
    verify("into", feed_.prefixes, options_.way);
    return complete;
  }

  void rest() {
    session_.run_for(2 * kSecond);
    DaemonFigures const before = figures_of(options_.pid);
    session_.run_for(from_seconds(options_.rest));
    DaemonFigures const after = figures_of(options_.pid);
    report_.add("rest.seconds", options_.rest, 0);
    report_.add("rest.daemon_cpu_ms", seconds(after.cpu - before.cpu) * 1e3, 3);
    report_.add("rest.memory_mib", static_cast<double>(after.current_kib) / 1024, 1);
  }

  // The way to the routes' next hop changes, as a routing protocol or an operator would change it.
  void lead(Way const& way) {
    rtnl::Route route;
    route.destination = {address(options_.next_hop), 32};
    route.table = RT_TABLE_MAIN;
    route.protocol = RTPROT_STATIC;
    route.type = RTN_UNICAST;
    route.via = {kernel_->view.via(way)};
    rtnl::Buffer request;
    rtnl::put_new_route(request, NLM_F_CREATE | NLM_F_REPLACE, ++sequence_, route);
    kernel_->view.perform(request, 1, sequence_);
  }
  // Routes lead elsewhere as soon as the object that they share does; what the kernel does after that is to tell of
  // each.
  void move(std::string const& name, Way const& way) {
    auto const routes = counter(options_, Counter::What::replaced);
    auto const objects = counter(options_, Counter::What::object_replaced);
    Nanos start = 0, over = 0;
    phase(
        name,
        [&] {
          start = now();
          lead(way);
        },
        [&] {
          bool const by_objects = objects_ > 0 && objects->count() >= objects_;
          return by_objects || routes->count() >= feed_.prefixes.size();
        },
        [&] {
          kernel_->view.await_changes();
          over = now();
        });
    report_.add(name + ".kernel_at_rest_s", seconds(over - start), 4);
    report_.add(name + ".objects_replaced", objects->count());
    report_.add(name + ".routes_replaced", routes->count());
    verify(name, feed_.prefixes, way);
  }

  void withdraw() {
    auto const objects = counter(options_, Counter::What::object_removed);
    phase(
        "withdrawn", [&] { session_.close(); },
        [&] {
          if (standing() == 0) return true;
          if (objects_ == 0 || objects->count() < objects_) return false;
          kernel_->view.await_changes();
          return true;
        },
        [] {});
    report_.add("withdrawn.removed", kernel_->removed.count());
    verify("withdrawn", {}, options_.way);
  }

  KernelOptions const& options_;
  Feed const& feed_;
  Report& report_;
  std::unique_ptr<Sight> const kernel_;
  Session session_;
  std::uint64_t objects_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace

void run_feed(KernelOptions const& options, Report& report) {
  Feed const feed = load_feed(options.mrt, {.routes = options.routes, .seed = options.seed}, next_hop_of(options));
  report.add("feed.routes", std::uint64_t{feed.prefixes.size()});
  report.add("feed.next_hops", feed.next_hops);
  Through(options, feed, report).run();
}

}  // namespace bench
