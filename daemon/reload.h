// The file of a running daemon read again: parsed and checked on a thread of its own, for a large one takes long, then
// the neighbours and ranges of the speaker made those of the file, a few at a time. What did not change keeps its
// session. A file that is not good, or changes what only a restart can, changes nothing. All calls on BGP's thread,
// which runs `io`.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "bgp/speaker.h"
#include "config/daemon.h"

namespace tern::daemon {

/// What became of a reload.
struct ReloadReport {
  std::vector<config::Problem> problems;   ///< of a file that is not good
  std::vector<std::string> needs_restart;  ///< keys like "router.as" that changed
  std::vector<std::string> changed_keys;   ///< of the daemon's own, like "podCidrs", that changed and need none
  std::vector<config::Problem> warnings;
  // Neighbours and ranges:
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t changed = 0;            ///< those with a new session included
  std::size_t new_sessions = 0;       ///< the change was none that a session can stand
  std::size_t at_next_session = 0;    ///< a part of the change waits for that
  std::vector<std::string> failures;  ///< "neighbour 192.0.2.1: ..."
  [[nodiscard]] bool applied() const { return problems.empty() && needs_restart.empty(); }
};

class Reload {
 public:
  using Loaded = bgp::Result<std::shared_ptr<config::DaemonConfig const>, std::vector<config::Problem>>;
  using Done = std::function<void(ReloadReport const&)>;
  /// Of the daemon's own keys, those that changed.
  struct OwnChanges {
    std::vector<std::string> need_restart;
    std::vector<std::string> to_apply;
  };
  struct Source {
    std::string file;              ///< its name, for the log
    std::function<Loaded()> load;  ///< on any thread
    // Of the daemon's own keys; both may be null.
    std::function<OwnChanges(config::DaemonConfig const& next)> own_changes;
    std::function<void(config::DaemonConfig const& next)> apply;  ///< before neighbours change; not without `to_apply`
  };
  Reload(boost::asio::io_context& io, bgp::Speaker& speaker, std::shared_ptr<config::DaemonConfig const> present,
         Source source);
  ~Reload();
  Reload(Reload const&) = delete;
  Reload& operator=(Reload const&) = delete;

  /// Reads the file again, after the reload that is under way, if any. The log tells of it; so does `done`.
  void ask(Done done = {});

 private:
  using Kept = std::shared_ptr<config::DaemonConfig>;
  using Address = std::pair<bgp::IpAddress, std::uint32_t>;  ///< of a neighbour, with its interface

  void begin();
  /// `kept`: the same with the filters that did not change.
  void loaded(Loaded const& result, Kept const& kept);
  void plan(config::DaemonConfig const& next);
  void plan_ranges(config::DaemonConfig const& next);
  void plan_neighbors(config::DaemonConfig const& next);
  void step();
  void finish();
  void log() const;
  /// Of a step: whether it need not be tried again.
  bool done(std::size_t& count);
  bool failed(Address const& neighbor, bgp::Error const& error);
  bool failed(bgp::Prefix const& range, bgp::Error const& error);
  void settle();
  bool remove(bgp::PeerConfig const& gone);
  bool change(bgp::PeerConfig const& next);
  bool add(bgp::PeerConfig const& next);

  boost::asio::io_context& io_;
  bgp::Speaker& speaker_;
  std::shared_ptr<config::DaemonConfig const> present_;
  Source const source_;

  std::vector<Done> waiting_;  // for the next
  std::vector<Done> asked_;    // for the present one
  bool under_way_ = false;
  std::thread reader_;
  ReloadReport report_;
  Kept next_;
  std::deque<std::function<bool()>> steps_, failed_steps_;
  std::size_t steps_of_round_ = 0;
  bool last_try_ = false;
  std::set<Address> failed_neighbors_;
  std::set<bgp::Prefix> failed_ranges_;
};

}  // namespace tern::daemon
