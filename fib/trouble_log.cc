#include "fib/trouble_log.h"

namespace tern::fib {

void TroubleLog::look(RouteBook const& routes, TunnelBook const& tunnels) {
  if (!log_) return;
  look(routes, RouteBook::State::conflicting, conflicting_told_);
  look(routes, RouteBook::State::failed, failed_told_);
  for (auto const& device : tunnels.describe()) {
    auto& told = devices_[device.name];
    if (told == device.why_not) continue;
    told = device.why_not;
    log_(told.empty() ? 'i' : 'w', device.name + (told.empty() ? " is as wanted" : ": " + told));
  }
}

void TroubleLog::look(RouteBook const& routes, RouteBook::State state, std::size_t& told) {
  auto const count = routes.count(state);
  auto const what = std::string(state == RouteBook::State::failed ? "failed" : "conflicting");
  if (count == 0 && told > 0) log_('i', "no route is " + what + " any more");
  if (count == 0) told = 0;
  if (count == 0 || count < 2 * told) return;
  told = count;
  auto const prefix = routes.first(state);
  log_('w', prefix.text() + " is " + what + ": " + routes.describe(prefix).reason + " (" + std::to_string(count) +
                " in all; 'ternctl fib --state " + what + "' lists them)");
}

}  // namespace tern::fib
