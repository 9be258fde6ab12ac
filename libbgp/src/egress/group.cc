// Membership and the three ways to be served: log, walk, dirty slots.
#include "egress/group.h"

#include <algorithm>
#include <cassert>

#include "rib/heap_size.h"
#include "wire/message.h"

namespace bgp::egress {

using rib::SlotId;

namespace {
constexpr std::uint32_t walk_chunk = 512;  // slots encoded at a time for those on the walk
constexpr unsigned walk_steps = 16;        // chunks a member may ask for at a time: they may all be empty
constexpr std::size_t dirty_chunk = 512;   // slots encoded at a time for one laggard
constexpr unsigned dirty_steps = 64;       // chunks it may ask for at a time: they may all be empty
constexpr std::size_t chunk_items = 2048;  // routes after which a chunk ends early: a slot may have many (ADD-PATH)

std::size_t memory_of(Segment const& segment) {
  auto const heap = [](auto const& vector) { return rib::heap_size(vector.capacity() * sizeof(vector[0])); };
  return sizeof segment + heap(*segment.octets) + heap(segment.slots) + heap(segment.pieces);
}
}  // namespace

Group::Group(rib::Rib& rib, GroupKey key, GroupLimits limits)
    : rib_(rib), table_(rib.table(key.family)), key_(std::move(key)), limits_(limits) {}

// ---- Membership

std::unique_ptr<Member> Group::join(PeerId peer, std::function<void()> wake) {
  std::unique_ptr<Member> member(new Member(*this, peer, std::move(wake)));
  members_.push_back(member.get());
  if (peer.value >= is_member_.size()) is_member_.resize(peer.value + 1);
  is_member_[peer.value] = true;
  board_log(*member);
  board_walk(*member);
  return member;
}

// What it holds is told anew on the walk, or taken back there.
std::unique_ptr<Member> Group::move_in(PeerId peer, std::function<void()> wake, Holdings const& holdings) {
  auto member = join(peer, std::move(wake));
  member->end_of_rib_due_ = !holdings.end_of_rib_sent;
  if (member->walk_to_go_ > 0) {
    member->moved_ = true;
    note_move(holdings);
  }
  if (holdings.refreshing) member->refresh(true);
  return member;
}

// What another filter leaves as it was need not be said again; of other differences nobody can tell without encoding.
void Group::note_move(Holdings const& holdings) {
  highest_of_movers_ = std::max(highest_of_movers_, holdings.highest_path);
  if (movers_++ == 0) {
    from_elsewhere_ = holdings;
    auto same = holdings.key;
    same.filter = key_.filter;
    same.interest = key_.interest;  // decides what is told, not how
    if (holdings.key.filter && same == key_ && !key_.add_path.several())
      their_filter_ = std::make_unique<ExportFilter>(from_elsewhere_.key, rib_);
    return;
  }
  if (!(holdings.key == from_elsewhere_.key)) their_filter_.reset();
  from_elsewhere_.held.insert(holdings.held);
  from_elsewhere_.unknown.insert(holdings.unknown);
}

Holdings Group::holdings(Member const& member) const {
  Holdings out{key_,
               held_,
               {},
               std::max(seats_.highest(), highest_of_movers_),
               member.end_of_rib_sent(),
               member.end_of_refresh_due_};
  if (member.moved_) {
    out.held.insert(from_elsewhere_.held);
    out.unknown.insert(from_elsewhere_.unknown);
  }
  if (member.out_of_log_) {
    out.unknown.insert(*member.dirty_);
  } else {
    mark_log(member.next_segment_, out.unknown);
    mark_rest_of_walk(member, out.unknown);
  }
  out.held.insert(out.unknown);
  return out;
}

// From here on the member is served like the others: by the log, or by its dirty slots.
void Group::end_move(Member& member) {
  if (!std::exchange(member.moved_, false) || --movers_ > 0) return;
  their_filter_.reset();
  from_elsewhere_ = {};
  forget_highest_of_movers();
}

// A laggard may have come from another group.
void Group::forget_highest_of_movers() {
  if (movers_ == 0 && out_of_log_ == 0) highest_of_movers_ = 0;
}

void Group::leave(Member& member) {
  end_move(member);
  if (member.out_of_log_) {
    drop_dirty(member);
  } else {
    unboard_walk(member);
    unboard_log(member);
  }
  is_member_[member.peer_.value] = false;
  std::erase(members_, &member);
}

void Member::refresh(bool demarcated) {
  if (moved_) group_.their_filter_.reset();  // it wants all of it
  if (demarcated) begin_of_refresh_due_ = end_of_refresh_due_ = true;
  if (!out_of_log_) {
    group_.unboard_walk(*this);
    group_.board_walk(*this);
  } else {
    auto const extent = group_.table_.extent();
    if (dirty_->size() < extent) group_.own_dirty(*this).insert_range(SlotId{0}, SlotId{extent});
  }
  wake_();
}

bool Member::has_more() const {
  if (out_of_log_) return true;  // at least the way back into the log
  return next_segment_ != group_.log_end() || walk_to_go_ > 0 || end_of_rib_due_ || end_of_refresh_due_;
}

std::uint64_t Member::sent() const {
  auto const& by_source = group_.held_by_source_;
  auto const own = peer_.value < by_source.size() ? by_source[peer_.value] : 0;
  return (group_.key_.add_path.several() ? group_.seats_.taken() : group_.held_.size()) - own;
}

bool Group::needs(SlotId slot) const {
  return std::ranges::any_of(dirty_sets_, [slot](auto const& dirty) { return dirty->contains(slot); }) ||
         from_elsewhere_.held.contains(slot);
}

std::size_t Group::state_memory() const {
  auto const octets = [](auto const& vector) { return vector.capacity() * sizeof(vector[0]); };
  auto sum = held_.memory() + seats_.memory() + from_elsewhere_.held.memory() + from_elsewhere_.unknown.memory();
  for (auto const& dirty : dirty_sets_) sum += dirty->memory();
  sum += octets(held_by_source_) + is_member_.capacity() / 8 + members_.size() * rib::heap_size(sizeof(Member));
  sum += octets(chosen_) + octets(answers_) + octets(moves_) + octets(candidates_) + octets(order_);
  return sum + octets(items_) + octets(sorted_) + octets(runs_) + octets(run_) + octets(encoded_) + octets(octets_) +
         octets(attributes_);
}

// ---- The log

void Group::process(std::span<rib::Change const> changes, std::span<rib::PathChange const> paths, std::uint64_t batch) {
  if (key_.add_path.several() ? paths.empty() : changes.empty()) return;
  begin_choosing();
  if (key_.add_path.several()) {
    while (!paths.empty()) {
      auto const end = std::ranges::find_if(paths, [&](auto const& p) { return p.slot != paths.front().slot; });
      auto const of_slot = static_cast<std::size_t>(end - paths.begin());
      choose_paths(paths.first(of_slot));
      paths = paths.subspan(of_slot);
    }
  } else {
    for (auto const& change : changes) choose(change);
  }
  if (items_.empty()) return;
  for (auto const& dirty : dirty_sets_) {
    for (auto const& item : items_) dirty->insert(item.slot);
  }
  if (out_of_log_ < members_.size()) append_to_log(batch);
  for (auto* member : members_) member->wake_();
}

void Group::append_to_log(std::uint64_t batch) {
  encoded_.clear();
  encode(encoded_);
  for (auto& segment : encoded_) {
    segment.batch = batch;
    segment.readers = std::exchange(readers_at_end_, 0);
    log_octets_ += segment.octets->size();
    queue_memory_ += memory_of(segment);
    log_.push_back(std::move(segment));
  }
  while (log_octets_ > limits_.log_octets && !log_.empty()) drop_front_of_log();
}

void Group::drop_front_of_log() {
  std::vector<Member*> furthest_behind;
  std::ranges::copy_if(members_, std::back_inserter(furthest_behind),
                       [this](Member const* m) { return !m->out_of_log_ && m->next_segment_ == log_first_; });
  leave_log(furthest_behind);
}

void Group::board_log(Member& member) {
  member.next_segment_ = log_end();
  ++readers_at_end_;
}

void Group::unboard_log(Member& member) {
  if (member.next_segment_ == log_end()) {
    --readers_at_end_;
  } else {
    --log_[member.next_segment_ - log_first_].readers;
    trim_log();
  }
}

void Group::trim_log() {
  while (!log_.empty() && log_.front().readers == 0) {
    log_octets_ -= log_.front().octets->size();
    queue_memory_ -= memory_of(log_.front());
    log_.pop_front();
    ++log_first_;
  }
}

// Those who leave together share one set of what any of them has yet to hear of, so that a thousand cost little more
// than one.
void Group::leave_log(std::vector<Member*> const& leaving) {
  auto const dirty = std::make_shared<rib::SlotSet>();
  auto first_unread = log_end();
  for (auto const* member : leaving) {
    first_unread = std::min(first_unread, member->next_segment_);
    mark_rest_of_walk(*member, *dirty);
  }
  mark_log(first_unread, *dirty);
  for (auto* member : leaving) {
    unboard_walk(*member);
    unboard_log(*member);
    member->out_of_log_ = true;
    member->dirty_ = dirty;
    ++out_of_log_;
    end_move(*member);
  }
  dirty_sets_.push_back(dirty);
}

void Group::mark_log(std::uint64_t first, rib::SlotSet& dirty) const {
  for (auto at = first; at != log_end(); ++at) {
    for (auto const slot : log_[at - log_first_].slots) dirty.insert(slot);
  }
}

// The laggard's set, for it alone from now on.
rib::SlotSet& Group::own_dirty(Member& laggard) {
  constexpr long itself_and_the_list = 2;
  if (laggard.dirty_.use_count() > itself_and_the_list) {
    laggard.dirty_ = std::make_shared<rib::SlotSet>(*laggard.dirty_);
    dirty_sets_.push_back(laggard.dirty_);
  }
  return *laggard.dirty_;
}

void Group::drop_dirty(Member& laggard) {
  laggard.dirty_.reset();
  std::erase_if(dirty_sets_, [](auto const& dirty) { return dirty.use_count() == 1; });
  --out_of_log_;
  forget_highest_of_movers();
}

// ---- The walk

void Group::board_walk(Member& member) {
  member.walk_extent_ = member.walk_to_go_ = table_.extent();
  if (member.walk_to_go_ == 0) return;
  member.next_walk_segment_ = walk_end();
  ++walkers_at_end_;
}

void Group::unboard_walk(Member& member) {
  if (member.walk_to_go_ == 0) return;
  member.walk_to_go_ = 0;
  if (member.next_walk_segment_ == walk_end()) {
    --walkers_at_end_;
  } else {
    --walk_[member.next_walk_segment_ - walk_first_].segment.readers;
    trim_walk();
  }
}

void Group::trim_walk() {
  while (!walk_.empty() && walk_.front().segment.readers == 0) {
    walk_octets_ -= walk_.front().segment.octets->size();
    queue_memory_ -= memory_of(walk_.front().segment);
    walk_.pop_front();
    ++walk_first_;
  }
}

void Group::mark_rest_of_walk(Member const& member, rib::SlotSet& dirty) const {
  auto const at_end = member.next_walk_segment_ == walk_end();
  if (member.walk_to_go_ == 0) return;
  auto const position = at_end ? walk_position_ : walk_[member.next_walk_segment_ - walk_first_].begin;
  auto const begin = position < member.walk_extent_ ? position : 0;
  auto const to_end = std::min(member.walk_to_go_, member.walk_extent_ - begin);
  dirty.insert_range(SlotId{begin}, SlotId{begin + to_end});
  dirty.insert_range(SlotId{0}, SlotId{member.walk_to_go_ - to_end});
}

// Encodes the next chunk of slots for all who are aboard.
void Group::step_walk() {
  begin_choosing();
  if (walk_position_ >= table_.extent()) walk_position_ = 0;
  WalkSegment chunk;
  chunk.begin = walk_position_;
  auto const end = std::min(walk_position_ + walk_chunk, table_.extent());
  only_movers_aboard_ = std::ranges::all_of(members_, [](Member const* m) { return m->walk_to_go_ == 0 || m->moved_; });
  while (walk_position_ < end && items_.size() < chunk_items) choose_for_walk(SlotId{walk_position_++});
  chunk.end = walk_position_;
  encoded_.clear();
  encode(encoded_);
  // A chunk is one segment: what encode() cut into several is joined by giving each the chunk's beginning, and only the
  // last its end, so that the slots count once.
  if (encoded_.empty()) {
    static auto const nothing = std::make_shared<Buffer const>();
    encoded_.push_back({nothing, 0, 0, {}, {}, 0, 0});
  }
  for (std::size_t i = 0; i < encoded_.size(); ++i) {
    auto const last = i + 1 == encoded_.size();
    WalkSegment piece{std::move(encoded_[i]), chunk.begin, last ? chunk.end : chunk.begin};
    piece.segment.readers = std::exchange(walkers_at_end_, 0);
    walk_octets_ += piece.segment.octets->size();
    queue_memory_ += memory_of(piece.segment);
    walk_.push_back(std::move(piece));
  }
  while (walk_octets_ > limits_.walk_octets && walk_.size() > encoded_.size()) drop_front_of_walk();
}

void Group::drop_front_of_walk() {
  std::vector<Member*> furthest_behind;
  std::ranges::copy_if(members_, std::back_inserter(furthest_behind),
                       [this](Member const* m) { return m->walk_to_go_ > 0 && m->next_walk_segment_ == walk_first_; });
  leave_log(furthest_behind);
}

// ---- Serving

std::size_t Member::fill(std::vector<Slice>& out, std::size_t budget) {
  assert(!group_.rib_.has_changes(group_.key_.family));  // what the walk says must not be older than the log's end
  std::size_t filled = 0;
  // In front of all that comes again, and of every later change.
  if (std::exchange(begin_of_refresh_due_, false)) {
    filled += group_.fill_demarcation(wire::RouteRefresh::begin, out);
  }
  if (out_of_log_) filled += group_.fill_from_dirty(*this, out, budget);
  for (unsigned steps = 0; !out_of_log_ && filled < budget;) {
    // What stands on the walk is older than what the log says after it: it must be read first.
    if (walk_to_go_ > 0 && next_walk_segment_ != group_.walk_end()) {
      filled += group_.read_walk_segment(*this, out);
    } else if (next_segment_ != group_.log_end()) {
      filled += group_.read_log_segment(*this, out);
    } else if (walk_to_go_ > 0) {
      if (steps++ == walk_steps) {
        wake_();
        break;
      }
      group_.step_walk();
    } else {
      if (end_of_rib_due_) filled += group_.fill_end_of_rib(*this, out);
      if (std::exchange(end_of_refresh_due_, false)) {
        filled += group_.fill_demarcation(wire::RouteRefresh::end, out);
      }
      break;
    }
  }
  return filled;
}

std::size_t Group::emit(Segment const& segment, PeerId member, std::vector<Slice>& out) {
  std::size_t emitted = 0;
  auto const add = [&](std::uint32_t begin, std::uint32_t end) {
    if (begin == end) return;
    auto const whole = begin == 0 && end == segment.common;
    auto const part = Bytes(*segment.octets).subspan(begin, end - begin);
    out.push_back({segment.octets, begin, end - begin, whole ? segment.common_messages : count_messages(part)});
    emitted += end - begin;
  };
  // What the member is the source of is cut out of the common part; what is for it alone follows.
  std::uint32_t from = 0;
  for (auto const& piece : segment.pieces) {
    if (piece.peer != member || piece.only) continue;
    add(from, piece.begin);
    from = piece.end;
  }
  add(from, segment.common);
  for (auto const& piece : segment.pieces) {
    if (piece.peer == member && piece.only) add(piece.begin, piece.end);
  }
  return emitted;
}

std::size_t Group::read_log_segment(Member& member, std::vector<Slice>& out) {
  auto& segment = log_[member.next_segment_ - log_first_];
  auto const filled = emit(segment, member.peer_, out);
  --segment.readers;
  ++member.next_segment_;
  ++(member.next_segment_ == log_end() ? readers_at_end_ : log_[member.next_segment_ - log_first_].readers);
  trim_log();
  return filled;
}

std::size_t Group::read_walk_segment(Member& member, std::vector<Slice>& out) {
  auto& chunk = walk_[member.next_walk_segment_ - walk_first_];
  auto const filled = emit(chunk.segment, member.peer_, out);
  auto const covered = std::min(chunk.end, member.walk_extent_) - std::min(chunk.begin, member.walk_extent_);
  if (covered >= member.walk_to_go_) {
    unboard_walk(member);
    end_move(member);
    return filled;
  }
  member.walk_to_go_ -= covered;
  --chunk.segment.readers;
  ++member.next_walk_segment_;
  ++(member.next_walk_segment_ == walk_end() ? walkers_at_end_
                                             : walk_[member.next_walk_segment_ - walk_first_].segment.readers);
  trim_walk();
  return filled;
}

// The next dirty slots, up to a chunk.
void Group::choose_dirty(Member& member) {
  auto& dirty = own_dirty(member);
  begin_choosing();
  for (std::size_t left = dirty_chunk; left > 0 && !dirty.empty() && items_.size() < chunk_items; --left) {
    auto slot = dirty.next(member.dirty_cursor_);
    if (slot == dirty.end()) slot = dirty.next(0);
    dirty.erase(SlotId{slot});
    member.dirty_cursor_ = slot + 1;
    choose_for_laggard(SlotId{slot}, member.peer_);
  }
}

std::size_t Group::fill_from_dirty(Member& member, std::vector<Slice>& out, std::size_t budget) {
  std::size_t filled = 0;
  for (unsigned steps = 0; filled < budget && !member.dirty_->empty(); ++steps) {
    if (steps == dirty_steps) {
      member.wake_();
      return filled;
    }
    choose_dirty(member);
    encoded_.clear();
    encode(encoded_);
    for (auto const& segment : encoded_) filled += emit(segment, member.peer_, out);
  }
  if (member.dirty_->empty()) {
    member.out_of_log_ = false;
    drop_dirty(member);
    board_log(member);
  }
  return filled;
}

std::size_t Group::fill_end_of_rib(Member& member, std::vector<Slice>& out) {
  auto octets = std::make_shared<Buffer>();
  pack_end_of_rib(key_.family, *octets);
  auto const size = octets->size();
  out.push_back({std::move(octets), 0, static_cast<std::uint32_t>(size), 1});
  member.end_of_rib_due_ = false;
  return size;
}

std::size_t Group::fill_demarcation(std::uint8_t subtype, std::vector<Slice>& out) const {
  auto octets = std::make_shared<Buffer>();
  wire::encode(wire::RouteRefresh{key_.family, subtype}, *octets);
  auto const size = octets->size();
  out.push_back({std::move(octets), 0, static_cast<std::uint32_t>(size), 1, true});
  return size;
}

}  // namespace bgp::egress
