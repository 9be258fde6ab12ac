#include <linux/rtnetlink.h>

#include <algorithm>
#include <stdexcept>

#include "kernel/counter.h"
#include "kernel/netns.h"
#include "kernel/view.h"
#include "kernel/works.h"
#include "kit/clock.h"
#include "kit/daemon_figures.h"
#include "kit/random.h"
#include "replay/feed.h"

namespace bench {
namespace {

constexpr std::uint32_t first_object = 1000;

class Alone {
 public:
  Alone(KernelOptions const& options, std::uint32_t objects, std::vector<Prefix> prefixes)
      : options_(options),
        objects_(objects),
        prefixes_(std::move(prefixes)),
        way_(view_.via(options.way)),
        other_(view_.via(options.other)) {
    if (objects_ == 0 || options.batch == 0) throw std::runtime_error("no objects, or no batch");
  }

  void run(Report& report) {
    each_object(report, "objects", way_, NLM_F_CREATE | NLM_F_EXCL);
    add(report, "into");
    each_object(report, "moved", other_, NLM_F_REPLACE);
    report.check("moved.exact", view_.wrong(options_.protocol, prefixes_, other_) == 0);
    each_object(report, "back", way_, NLM_F_REPLACE);
    remove(report, "withdrawn");
    Random(options_.seed).shuffle(prefixes_);
    add(report, "shuffled");
    remove(report, "shuffled_withdrawn");
    add(report, "again");
    remove_objects(report);
  }

 private:
  // `put(buffer, sequence, i)` for each of `count` requests; in batches.
  template <class Put>
  void perform(std::size_t count, Put&& put) {
    rtnl::Buffer batch;
    for (std::size_t at = 0; at < count; at += options_.batch) {
      batch.clear();
      auto const first = sequence_;
      auto const size = std::min<std::size_t>(options_.batch, count - at);
      for (std::size_t i = at; i < at + size; ++i) put(batch, sequence_++, i);
      view_.perform(batch, size, first);
    }
  }

  template <class Work>
  void timed(Report& report, std::string const& phase, Work&& work) {
    Nanos const cpu = own_cpu(), start = now();
    work();
    report.add(phase + ".seconds", seconds(now() - start), 4);
    report.add(phase + ".daemon_cpu_s", seconds(own_cpu() - cpu), 3);
  }

  [[nodiscard]] rtnl::Route route(std::size_t i) const {
    rtnl::Route route;
    route.destination = prefix_of(prefixes_[i]);
    route.table = RT_TABLE_MAIN;
    route.protocol = options_.protocol;
    route.type = RTN_UNICAST;
    route.metric = 1024;
    route.next_hop_id = first_object + static_cast<std::uint32_t>(i % objects_);
    return route;
  }

  void each_object(Report& report, std::string const& phase, rtnl::Via const& via, unsigned flags) {
    timed(report, phase, [&] {
      perform(objects_, [&](rtnl::Buffer& out, std::uint32_t sequence, std::size_t i) {
        rtnl::NextHopObject object;
        object.id = first_object + static_cast<std::uint32_t>(i);
        object.protocol = options_.protocol;
        object.via = via;
        rtnl::put_new_next_hop(out, flags, sequence, object);
      });
    });
  }

  void add(Report& report, std::string const& phase) {
    added_.restart();
    timed(report, phase, [&] {
      perform(prefixes_.size(), [&](rtnl::Buffer& out, std::uint32_t sequence, std::size_t i) {
        rtnl::put_new_route(out, NLM_F_CREATE | NLM_F_EXCL, sequence, route(i));
      });
    });
    report.check(phase + ".complete", added_.count() == prefixes_.size());
    report.check(phase + ".exact", view_.wrong(options_.protocol, prefixes_, way_) == 0);
  }

  void remove(Report& report, std::string const& phase) {
    removed_.restart();
    timed(report, phase, [&] {
      perform(prefixes_.size(), [&](rtnl::Buffer& out, std::uint32_t sequence, std::size_t i) {
        rtnl::put_delete_route(out, sequence, route(i));
      });
    });
    report.check(phase + ".complete", removed_.count() == prefixes_.size());
    report.check(phase + ".exact", view_.wrong(options_.protocol, {}, way_) == 0);
  }

  // The kernel takes the routes away with what they lead to.
  void remove_objects(Report& report) {
    timed(report, "objects_withdrawn", [&] {
      perform(objects_, [](rtnl::Buffer& out, std::uint32_t sequence, std::size_t i) {
        rtnl::put_delete_next_hop(out, sequence, first_object + static_cast<std::uint32_t>(i));
      });
    });
    report.check("objects_withdrawn.exact", view_.wrong(options_.protocol, {}, way_) == 0);
  }

  KernelOptions const& options_;
  std::uint32_t const objects_;
  std::vector<Prefix> prefixes_;
  KernelView view_;
  rtnl::Via const way_, other_;
  Counter added_{Counter::What::added, options_.protocol}, removed_{Counter::What::removed, options_.protocol};
  std::uint32_t sequence_ = 1;
};

}  // namespace

void run_alone(KernelOptions const& options, Report& report) {
  Feed feed = load_feed(options.mrt, {.routes = options.routes, .seed = options.seed}, std::nullopt);
  InNamespace const there(options.netns);
  report.add("feed.routes", std::uint64_t{feed.prefixes.size()});
  report.add("feed.next_hops", feed.next_hops);
  auto const objects = options.objects != 0 ? options.objects : static_cast<std::uint32_t>(feed.next_hops);
  Alone(options, objects, std::move(feed.prefixes)).run(report);
}

}  // namespace bench
