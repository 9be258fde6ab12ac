// A daemon as a process: its limits and signals, and the neighbours of its file. All on BGP's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "bgp/speaker.h"
#include "config/daemon.h"

namespace tern::daemon {

/// Raises the limit of open files, and makes SIGPIPE and SIGHUP end nothing.
void prepare_process();

/// Waits for SIGTERM or SIGINT: calls `stop` once, which stops `io` when all is done; a second signal does not wait
/// for that.
class StopSignals {
 public:
  StopSignals(boost::asio::io_context& io, std::function<void()> stop);

 private:
  boost::asio::signal_set signals_;
  std::function<void()> stop_;
};

/// Calls `reload` for every SIGHUP.
class ReloadSignal {
 public:
  ReloadSignal(boost::asio::io_context& io, std::function<void()> reload);

 private:
  void wait();

  boost::asio::signal_set signals_;
  std::function<void()> reload_;
};

/// The ranges and neighbours of the file. False when one was refused; the reason is in the log.
[[nodiscard]] bool add_neighbors(bgp::Speaker& speaker, config::DaemonConfig const& config);

}  // namespace tern::daemon
