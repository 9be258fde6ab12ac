#include "load/changing.h"

namespace bench {

Changing::Changing(LoadOptions const& options, std::size_t first_timed)
    : options_(options),
      table_({.routes = options.routes, .spare = options.routes / 4, .seed = options.seed}),
      field_(options, &table_, true),
      churn_(table_, options.seed + 1) {
  field_.on_received([this, first_timed](std::size_t receiver) {
    Nanos const sent = churn_.sent_at(field_.received(receiver).last_tag());
    if (receiver >= first_timed && sent != 0) lags_.push_back(seconds(field_.loop().time() - sent) * 1e3);
  });
}

bool Changing::load() {
  Bytes const stream = table_.updates({}, 0, table_.first_spare_group());
  if (!field_.bring_up()) return false;
  field_.settle();
  field_.sender(0).send(stream);
  bool const loaded = field_.run_until([&] { return field_.all_hold(options_.routes); });
  field_.settle();
  return loaded;
}

void Changing::change_for(Nanos duration) {
  Nanos const begin = now();
  std::uint64_t const before = churn_.changes();
  while (now() - begin < duration && !Loop::stopped()) {
    auto const due = before + static_cast<std::uint64_t>(seconds(now() - begin) * options_.rate);
    if (due > churn_.changes()) {
      field_.sender(0).send_copy(churn_.next(static_cast<std::uint32_t>(due - churn_.changes()), now()));
    }
    field_.loop().step(1);
  }
}

bool Changing::exact(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (!churn_.matches(field_.received(i))) return false;
  }
  return true;
}

bool Changing::wait_exact(std::size_t from, std::size_t to) {
  Nanos next_look = 0;
  return field_.run_until([&] {
    if (now() < next_look) return false;
    next_look = now() + 10 * kMillisecond;
    return exact(from, to);
  });
}

void Changing::add_lags(Report& report, std::string const& when) {
  report.add("lag_" + when + "_p50_ms", percentile(lags_, 50), 2);
  report.add("lag_" + when + "_p99_ms", percentile(lags_, 99), 2);
  report.add("lag_" + when + "_p99_9_ms", percentile(lags_, 99.9), 2);
  report.add("lag_" + when + "_max_ms", percentile(lags_, 100), 2);
  lags_.clear();
}

}  // namespace bench
