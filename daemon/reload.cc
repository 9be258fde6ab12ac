#include "daemon/reload.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "daemon/log.h"
#include "daemon/program.h"

namespace tern::daemon {

namespace {

constexpr std::size_t steps_a_slice = 16;  // neighbours: some tenths of a millisecond

using Address = std::pair<bgp::IpAddress, std::uint32_t>;

std::map<Address, bgp::PeerConfig const*> by_address(std::vector<bgp::PeerConfig> const& neighbors) {
  std::map<Address, bgp::PeerConfig const*> all;
  for (auto const& one : neighbors) all.emplace(Address{one.remote, one.scope_id}, &one);
  return all;
}

std::map<bgp::Prefix, bgp::RangeConfig const*> by_prefix(std::vector<bgp::RangeConfig> const& ranges) {
  std::map<bgp::Prefix, bgp::RangeConfig const*> all;
  for (auto const& one : ranges) all.emplace(one.prefix, &one);
  return all;
}

/// Filters made anew from what has not changed are those that they were, and whoever shares one goes on sharing it.
class KeptFilters {
 public:
  explicit KeptFilters(config::DaemonConfig const& present) {
    for (auto const& one : present.neighbors) note(one);
    for (auto const& one : present.ranges) note(one.peer);
  }
  void keep(bgp::PeerConfig& next) {
    for (auto* const filter : {&next.import, &next.export_filter}) {
      if (*filter) *filter = kept(*filter);
    }
  }

 private:
  void note(bgp::PeerConfig const& peer) {
    for (auto const& filter : {peer.import, peer.export_filter}) {
      if (filter) present_.insert(filter);
    }
  }
  bgp::FilterPtr const& kept(bgp::FilterPtr const& next) {
    auto const [known, is_new] = known_.try_emplace(next, next);
    if (!is_new) return known->second;
    auto const same = std::ranges::find_if(present_, [&](auto const& was) { return next->same_as(*was); });
    if (same != present_.end()) known->second = *same;
    return known->second;
  }

  std::set<bgp::FilterPtr> present_;
  std::map<bgp::FilterPtr, bgp::FilterPtr> known_;  // each is compared once
};

std::shared_ptr<config::DaemonConfig> with_filters_of(config::DaemonConfig const& present,
                                                      config::DaemonConfig const& next) {
  auto kept = std::make_shared<config::DaemonConfig>(next);
  KeptFilters filters(present);
  for (auto& one : kept->neighbors) filters.keep(one);
  for (auto& one : kept->ranges) filters.keep(one.peer);
  return kept;
}

std::vector<config::Problem> cannot_be_read(std::exception const& e) {
  std::vector<config::Problem> problems(1);
  problems[0].what = std::string("the file cannot be read: ") + e.what();
  problems[0].remedy = "what was before goes on";
  return problems;
}

config::Problem cannot_be_done(bgp::Error const& error) {
  config::Problem problem;
  problem.what = error.message;
  problem.remedy = "what was before goes on";
  return problem;
}

Reload::Loaded load_safely(std::function<Reload::Loaded()> const& load) {
  try {
    return load();
  } catch (std::exception const& e) {
    return cannot_be_read(e);
  }
}

/// Of the keys that both daemons have.
Reload::OwnChanges changes(config::DaemonConfig const& present, config::DaemonConfig const& next) {
  Reload::OwnChanges out;
  auto const& was = present.speaker;
  auto const& is = next.speaker;
  auto const compare = [](bool same, char const* key, std::vector<std::string>& changed) {
    if (!same) changed.emplace_back(key);
  };
  compare(was.local_as == is.local_as, "router.as", out.need_restart);
  compare(was.router_id == is.router_id, "router.id", out.need_restart);
  compare(was.always_compare_med == is.always_compare_med, "router.alwaysCompareMed", out.need_restart);
  compare(was.multipath == is.multipath, "router.multipath", out.need_restart);
  compare(present.api_socket == next.api_socket, "api.socket", out.need_restart);
  compare(was.cluster_id == is.cluster_id, "router.clusterId", out.to_apply);
  compare(was.client_to_client == is.client_to_client, "router.clientToClient", out.to_apply);
  compare(was.listen_port == is.listen_port && was.listen == is.listen, "listen", out.to_apply);
  return out;
}

}  // namespace

Reload::Reload(boost::asio::io_context& io, bgp::Speaker& speaker, std::shared_ptr<config::DaemonConfig const> present,
               Source source)
    : io_(io), speaker_(speaker), present_(std::move(present)), source_(std::move(source)) {}

Reload::~Reload() {
  if (reader_.joinable()) reader_.join();
}

void Reload::ask(Done done) {
  waiting_.push_back(std::move(done));
  if (!under_way_) begin();
}

void Reload::begin() {
  under_way_ = true;
  asked_ = std::exchange(waiting_, {});
  report_ = {};
  if (reader_.joinable()) reader_.join();  // it has posted its result: it is over
  auto const hand_in = [this](Loaded result, Kept kept) {
    boost::asio::post(io_, [this, result = std::move(result), kept = std::move(kept)] { loaded(result, kept); });
  };
  try {
    reader_ = std::thread([this, hand_in, present = present_] {
      auto result = load_safely(source_.load);
      auto kept = result.ok() ? with_filters_of(*present, **result) : nullptr;
      hand_in(std::move(result), std::move(kept));
    });
  } catch (std::system_error const& e) {
    hand_in(cannot_be_read(e), nullptr);
  }
}

void Reload::loaded(Loaded const& result, Kept const& kept) {
  if (!result.ok()) {
    report_.problems = result.error();
    return finish();
  }
  next_ = kept;
  report_.warnings = next_->warnings;
  auto ours = changes(*present_, *next_);
  auto own = source_.own_changes ? source_.own_changes(**result) : OwnChanges{};
  report_.needs_restart = std::move(ours.need_restart);
  std::ranges::move(own.need_restart, std::back_inserter(report_.needs_restart));
  if (!report_.needs_restart.empty()) return finish();
  if (auto const changed = speaker_.reconfigure(next_->speaker); !changed) {
    report_.problems = {cannot_be_done(changed.error())};
    return finish();
  }
  if (!own.to_apply.empty()) source_.apply(**result);
  report_.changed_keys = std::move(ours.to_apply);
  std::ranges::move(own.to_apply, std::back_inserter(report_.changed_keys));
  set_log_level(next_->log_level);
  plan(*next_);
  steps_of_round_ = steps_.size();
  step();
}

// ---- What is to be done

// Neighbours first: one that is gone from the file may come by a range from now on.
void Reload::plan(config::DaemonConfig const& next) {
  plan_neighbors(next);
  plan_ranges(next);
}

void Reload::plan_neighbors(config::DaemonConfig const& next) {
  auto const before = by_address(present_->neighbors);
  auto const after = by_address(next.neighbors);
  for (auto const& [address, config] : before) {
    if (!after.contains(address)) steps_.emplace_back([this, config = config] { return remove(*config); });
  }
  for (auto const& [address, config] : after) {
    auto const was = before.find(address);
    if (was == before.end()) {
      steps_.emplace_back([this, config = config] { return add(*config); });
    } else if (*was->second != *config) {
      steps_.emplace_back([this, config = config] { return change(*config); });
    }
  }
}

// What comes is there before anything goes, so that whoever it covers, too, has another range to be of.
void Reload::plan_ranges(config::DaemonConfig const& next) {
  auto const before = by_prefix(present_->ranges);
  auto const after = by_prefix(next.ranges);
  for (auto const& [prefix, config] : after) {
    auto const was = before.find(prefix);
    if (was == before.end()) {
      steps_.emplace_back([this, config = config] {
        auto const added = speaker_.add_range(*config);
        return added.ok() ? done(report_.added) : failed(config->prefix, added.error());
      });
    } else if (*was->second != *config) {
      steps_.emplace_back([this, config = config] {
        auto const update = speaker_.update_range(*config);
        if (!update.ok()) return failed(config->prefix, update.error());
        report_.new_sessions += update->new_sessions;
        report_.at_next_session += update->at_next_session;
        return done(report_.changed);
      });
    }
  }
  for (auto const& [prefix, config] : before) {
    if (after.contains(prefix)) continue;
    steps_.emplace_back([this, prefix = prefix] {
      auto const removed = speaker_.remove_range(prefix);
      return removed.ok() ? done(report_.removed) : failed(prefix, removed.error());
    });
  }
}

bool Reload::done(std::size_t& count) {
  ++count;
  return true;
}

bool Reload::failed(Address const& neighbor, bgp::Error const& error) {
  if (!last_try_) return false;
  report_.failures.push_back("neighbour " + neighbor.first.text() + ": " + error.message);
  failed_neighbors_.insert(neighbor);
  return false;
}

bool Reload::failed(bgp::Prefix const& range, bgp::Error const& error) {
  if (!last_try_) return false;
  report_.failures.push_back("range " + range.text() + ": " + error.message);
  failed_ranges_.insert(range);
  return false;
}

bool Reload::remove(bgp::PeerConfig const& gone) {
  auto const id = speaker_.find_peer(gone.remote, gone.scope_id);
  if (id && speaker_.remove_peer(*id).ok()) ++report_.removed;  // else it is gone already
  return true;
}

bool Reload::change(bgp::PeerConfig const& next) {
  auto const id = speaker_.find_peer(next.remote, next.scope_id);
  if (!id) return add(next);
  auto const updated = speaker_.update_peer(*id, next);
  if (!updated.ok()) return failed(Address{next.remote, next.scope_id}, updated.error());
  report_.new_sessions += updated->new_session ? 1 : 0;
  report_.at_next_session += updated->at_next_session ? 1 : 0;
  return done(report_.changed);
}

bool Reload::add(bgp::PeerConfig const& next) {
  auto const added = speaker_.add_peer(next);
  return added.ok() ? done(report_.added) : failed(Address{next.remote, next.scope_id}, added.error());
}

// ---- Doing it

// What fails is tried again when all else is done, for as long as that helps: it may have waited for something else, as
// a neighbour that has its password no more waits for the range around it.
void Reload::step() {
  for (std::size_t n = 0; n < steps_a_slice && !steps_.empty(); ++n) {
    if (!steps_.front()()) failed_steps_.push_back(std::move(steps_.front()));
    steps_.pop_front();
  }
  if (steps_.empty() && !last_try_) {
    last_try_ = failed_steps_.size() == std::exchange(steps_of_round_, failed_steps_.size());
    steps_ = std::exchange(failed_steps_, {});
  }
  if (steps_.empty()) {
    settle();
    return finish();
  }
  boost::asio::post(io_, [this] { step(); });
}

// What could not be done stands as it stood, so that the next reload finds it to be done.
void Reload::settle() {
  auto const neighbor_failed = [this](bgp::PeerConfig const& one) {
    return failed_neighbors_.contains({one.remote, one.scope_id});
  };
  auto const range_failed = [this](bgp::RangeConfig const& one) { return failed_ranges_.contains(one.prefix); };
  std::erase_if(next_->neighbors, neighbor_failed);
  std::ranges::copy_if(present_->neighbors, std::back_inserter(next_->neighbors), neighbor_failed);
  std::erase_if(next_->ranges, range_failed);
  std::ranges::copy_if(present_->ranges, std::back_inserter(next_->ranges), range_failed);
  failed_neighbors_.clear();
  failed_ranges_.clear();
  failed_steps_.clear();
  last_try_ = false;
  present_ = std::exchange(next_, nullptr);
}

void Reload::finish() {
  under_way_ = false;
  next_.reset();
  log();
  auto const report = std::exchange(report_, {});
  for (auto const& done : std::exchange(asked_, {})) {
    if (done) done(report);
  }
  if (!waiting_.empty() && !under_way_) begin();
}

void Reload::log() const {
  for (auto const& problem : report_.problems) {
    log_line('e', source_.file + ": " + problem.text());
  }
  for (auto const& key : report_.needs_restart) {
    log_line('e', source_.file + ": " + key + " changed, which needs a restart");
  }
  if (!report_.applied()) return log_line('e', "the file was read again, and nothing was changed");
  log_warnings(source_.file, report_.warnings);
  for (auto const& key : report_.changed_keys) log_line('i', source_.file + ": " + key + " changed");
  for (auto const& failure : report_.failures) log_line('e', failure);
  spdlog::info(
      "the file was read again: {} added, {} removed, {} changed, {} of them with a new session, {} in part at "
      "their next one",
      report_.added, report_.removed, report_.changed, report_.new_sessions, report_.at_next_session);
}

}  // namespace tern::daemon
