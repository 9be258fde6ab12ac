// When what is done: flushes, output, passes over the table, timers that watch for stalls.
#include <algorithm>

#include "engine/instance.h"

namespace bgp::engine {

namespace {
constexpr std::size_t large_batch = 4096;  // changes, once for each group, that are flushed without waiting for others
constexpr std::size_t small_batch = 64;    // changes, likewise, that are told in no time
constexpr std::uint32_t sweep_slots = 4096;  // slots a sweep slice looks at,
constexpr std::uint32_t least_piece = 32;    // in pieces of what is left of the batch, or of this;
constexpr std::uint32_t sweep_judged = 256;  // paths that a sweep slice has judged by import filters
constexpr std::size_t reclaim_slots = 4096;  // vacant slots a slice may give back
constexpr auto output_slice_length = std::chrono::microseconds(500);
constexpr auto probe_interval = std::chrono::milliseconds(20);
}  // namespace

void Instance::post(std::function<void()> work) {
  context_->post([weak = weak_from_this(), work = std::move(work)] {
    if (auto const self = weak.lock()) work();
  });
}

// How late a timer is tells what a keepalive would suffer. Armed only while there is work: at rest nothing ticks.
void Instance::probe_timers() {
  if (probe_at_ != session::never) return;
  probe_at_ = context_->now() + probe_interval;
  probe_->arm(probe_at_, [this] {
    load_.worst_timer_delay = std::max(load_.worst_timer_delay, context_->now() - probe_at_);
    probe_at_ = session::never;
    if (flush_scheduled_ || !with_output_.empty() || sweep_scheduled_) probe_timers();
  });
}

// ---- Changes

bool Instance::batch_is_full() const { return egress_.pending_work() >= large_batch; }

void Instance::changed(unsigned messages) {
  auto const work = egress_.pending_work();
  if (work == 0) return;
  pace_.came(messages);
  if (work >= large_batch) flush();
  schedule_flush(work);
}

void Instance::schedule_flush(std::size_t work) {
  auto const brief = work <= small_batch;
  if (std::exchange(flush_scheduled_, true)) {
    if (flush_due_ && !brief) ask_for_flush(false);
    return;
  }
  probe_timers();
  if (!pace_.rests()) return ask_for_flush(brief);
  auto const now = context_->now();
  // Not within the timer: a listener may drop the last of us, which must not happen within a timer of our own.
  auto const at = pace_.earliest(now);
  at > now ? flush_timer_->arm(at, [this] { ask_for_flush(false); }) : ask_for_flush(brief);
}

void Instance::ask_for_flush(bool brief) {
  flush_due_ = true;
  context_->rounds().ask_for_end(brief);
}

// What the sockets brought is told, and written in the same turn; where telling took long, in one of its own.
void Instance::end_of_round() {
  auto const self = shared_from_this();
  transport::Stopwatch const stopwatch(*context_);
  struct GoesOn {  // also when a callback throws
    ~GoesOn() {
      instance.ending_ = false;
      if (instance.flush_due_ || !instance.with_output_.empty()) instance.context_->rounds().ask_for_end();
    }
    Instance& instance;
  } const goes_on{*this};
  ending_ = true;
  auto const flushes = !std::exchange(output_alone_, false) && std::exchange(flush_due_, false);
  if (flushes) {
    flush_scheduled_ = false;
    pace_.begin(stopwatch.begin());
    flush();
  }
  auto const now = context_->now();
  output_alone_ = flushes && now - stopwatch.begin() >= output_slice_length && !with_output_.empty();
  if (!output_alone_) output_slice(now);
  if (!flushes) return;
  egress_.reclaim(reclaim_slots);
  told();
}

// ---- Output

void Instance::output_ready(Neighbour& neighbour) {
  if (std::exchange(neighbour.queued_for_output, true)) return;
  with_output_.push_back(neighbour.id());
  if (with_output_.size() > 1) return;
  probe_timers();
  if (!ending_) context_->rounds().ask_for_end();
}

void Instance::output_slice(transport::Time now) {
  if (with_output_.empty()) return;
  auto const end = now + output_slice_length;
  // Those that become ready meanwhile wait for the next slice.
  for (auto left = with_output_.size(); left > 0 && now < end; --left) {
    auto const id = with_output_.front();
    with_output_.pop_front();
    auto const own = neighbours_.find(id);
    if (own == neighbours_.end()) continue;
    own->second->queued_for_output = false;
    auto const transport = own->second->shared_transport();
    transport->wake_output(now);
    now = context_->now();
  }
  if (with_output_.empty()) pace_.end(now);
}

// ---- Vacant slots

void Instance::told() {
  auto const any =
      std::ranges::any_of(rib_.families(), [this](Family family) { return rib_.vacant_slots(family) != 0; });
  if (!any || std::exchange(reclaim_scheduled_, true)) return;
  post([this] { reclaim_slice(); });
}

// Goes on as long as it gets somewhere; what somebody still has to hear of waits for the next told().
void Instance::reclaim_slice() {
  auto const vacant = [this] {
    std::size_t slots = 0;
    for (auto const family : rib_.families()) slots += rib_.vacant_slots(family);
    return slots;
  };
  reclaim_scheduled_ = false;
  auto const before = vacant();
  egress_.reclaim(reclaim_slots);
  if (vacant() < before) told();
}

// ---- Passes over the table

void Instance::purge(PeerId id) {
  sweeper_.purge(id);
  schedule_sweep();
}

void Instance::prune(PeerId id) {
  sweeper_.prune(id);
  schedule_sweep();
}

void Instance::import_again(Neighbour const& neighbour) {
  sweeper_.import_again(neighbour.id());
  schedule_sweep();
}

void Instance::schedule_sweep() {
  if (!std::exchange(sweep_scheduled_, true)) post([this] { sweep_slice(); });
}

void Instance::next_hop_changed(IpAddress const& next_hop) {
  if (!rib_.next_hops.refresh(next_hop)) return;
  sweeper_.decide_again();
  schedule_sweep();
}

void Instance::sweep_slice() {
  sweep_scheduled_ = false;
  std::set<Neighbour*> asked;
  std::uint32_t judged = 0;
  auto const judge = [&](Family family, rib::SlotId slot, rib::Path const& path) -> std::optional<rib::Import> {
    auto const own = neighbours_.find(path.peer);
    if (own == neighbours_.end()) return std::nullopt;
    asked.insert(own->second.get());
    ++judged;
    return own->second->import_again(family, rib_.table(family).prefix(slot), path);
  };
  auto const tell = [this](auto const done) {
    return [this, done](PeerId id) {
      if (auto const own = neighbours_.find(id); own != neighbours_.end()) (own->second.get()->*done)();
    };
  };
  auto const is_stale = [this](Family family, rib::SlotId slot, PeerId peer, PathId path) {
    auto const own = neighbours_.find(peer);
    return own != neighbours_.end() && own->second->is_stale(family, slot, path);
  };
  Sweeper::Asked const answers{judge, is_stale, [this](PeerId id) { purge_done(id); }, tell(&Neighbour::imported),
                               tell(&Neighbour::pruned)};
  for (auto left = sweep_slots; left > 0 && judged < sweep_judged && !sweeper_.idle() && !batch_is_full();) {
    auto const room = static_cast<std::uint32_t>(std::min<std::size_t>(egress_.room(large_batch), sweep_slots));
    auto const piece = std::min(left, std::max(room, least_piece));
    sweeper_.step(piece, answers);
    left -= piece;
  }
  for (auto* const neighbour : asked) neighbour->rest();
  flush();
  egress_.reclaim(reclaim_slots);
  if (!sweeper_.idle()) schedule_sweep();
}

// There may be thousands in a range, and each costs some microseconds, or more where its session ends: one a turn.
void Instance::follow_slice() {
  if (to_follow_.empty()) return;
  auto const id = to_follow_.front();
  to_follow_.pop_front();
  follow_one(id);
  if (to_follow_.empty()) return note_clusters();
  post([this] { follow_slice(); });
}

void Instance::follow_one(PeerId id) {
  auto const own = neighbours_.find(id);
  if (own == neighbours_.end() || !own->second->dynamic()) return;
  auto const* range = ranges_.range_of(id);
  if (range == nullptr) {
    auto* const other = ranges_.find(own->second->config().remote);
    if (other == nullptr || !move_to(*own->second, *other)) erase_neighbour(id);
    return;
  }
  auto next = as_in(*range, *own->second);
  if (own->second->consequence(next).new_session) {
    erase_neighbour(id, cease_configuration, "its range was changed");
  } else {
    change_beneath(*own->second, std::move(next));
  }
}

void Instance::drop_leftover(Source const& source) {
  auto const* const neighbour = find_dynamic(source);
  if (neighbour != nullptr && ranges_.range_of(neighbour->id()) == nullptr) erase_neighbour(neighbour->id());
}

void Instance::purge_done(PeerId id) {
  if (sweeper_.purging(id)) return;  // its next session was lost meanwhile too: what that left goes in another pass
  if (leaving_.erase(id) != 0) {
    flush();  // nobody may hear of the number's next owner before they heard that the routes are gone
    rib_.forget_peer(id);
    return;
  }
  if (auto const own = neighbours_.find(id); own != neighbours_.end()) own->second->purged();
}

}  // namespace bgp::engine
