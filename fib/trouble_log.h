// What does not get into the kernel, told in few lines: the first route that fails or conflicts, again whenever their
// number has doubled, and when it is over; each tunnel device when what is wrong with it changes. One thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "fib/route_book.h"
#include "fib/tunnel_book.h"

namespace tern::fib {

class TroubleLog {
 public:
  using Log = std::function<void(char severity, std::string const& line)>;
  explicit TroubleLog(Log log) : log_(std::move(log)) {}

  /// To be called when there is nothing to be done at the moment.
  void look(RouteBook const& routes, TunnelBook const& tunnels);

 private:
  void look(RouteBook const& routes, RouteBook::State state, std::size_t& told);

  Log log_;
  std::size_t conflicting_told_ = 0;
  std::size_t failed_told_ = 0;
  std::map<std::string, std::string> devices_;  // what was told of each
};

}  // namespace tern::fib
