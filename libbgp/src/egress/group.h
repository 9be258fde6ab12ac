// An update group: the members that get the same octets for one family (GroupKey). A batch of changes is encoded once
// into segments, the group's log; every member has a cursor into it. Three ways to be served. In the log: the member
// holds exactly what the group announced, but its own routes, and reads segment after segment. On the walk (a newcomer,
// a refresh): one circular walk over the table serves all aboard, each leaves after a full round; it reads the log as
// well. Out of the log (a laggard): its unread segments become dirty slots, as does every later change; each sends the
// present state or a withdrawal later (a superfluous one is legal), and with the last it is in the log again.
// One that moves here (its filter was changed, or another part of its key) holds what another group told it: for such
// ones the walk also says what is not for them, and the slots of what they may hold stay until they have been around.
// The last word about a slot is its present state: a change made after a piece was encoded stands in the log, or in the
// dirty set, after it. For that, what waits on the walk is read before what waits in the log.
// Pure; one thread. fill() and join() want the RIB's changes taken first (Egress does that).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/slice.h"
#include "egress/export_filter.h"
#include "egress/packer.h"
#include "egress/seats.h"
#include "rib/slot_set.h"

namespace bgp::egress {

/// How much may wait in a group before those furthest behind leave the log (the walk). Octets of encoded messages.
struct GroupLimits {
  std::size_t log_octets = 16U << 20;
  std::size_t walk_octets = 4U << 20;
  std::size_t segment_octets = 48U << 10;  ///< about: a segment ends with the message that passes this
};

/// Encoded messages with the slots they are about. Octets up to `common` are for everybody, but for the ranges that
/// `pieces` keep from a source; what follows is for single members.
struct Segment {
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    PeerId peer;
    bool only = false;  ///< for `peer` alone; otherwise for everybody but `peer`
  };
  std::shared_ptr<Buffer const> octets;
  std::uint32_t common = 0;
  std::uint32_t common_messages = 0;
  std::vector<Piece> pieces;  ///< ascending; octets in no piece are for everybody
  std::vector<rib::SlotId> slots;
  std::uint64_t batch = 0;
  std::uint32_t readers = 0;  ///< members whose next segment this is
};

class Group;

/// What a member may hold that leaves its group for another one.
struct Holdings {
  GroupKey key;                   ///< of the group that told it
  rib::SlotSet held;              ///< every slot of which it may hold a route
  rib::SlotSet unknown;           ///< those among them where that may be another than the present one
  std::uint8_t highest_path = 0;  ///< of the path identifiers that it may hold
  bool end_of_rib_sent = false;
  bool refreshing = false;  ///< it was told that everything comes again, and waits for the end
};

/// One neighbour's place in a group.
class Member {
 public:
  /// Appends whole messages to `out`, until they are `budget` octets or there are no more; or it took many looks to
  /// find some: then `wake` is called. Returns how many octets were appended.
  std::size_t fill(std::vector<Slice>& out, std::size_t budget);
  [[nodiscard]] bool has_more() const;
  /// Sends everything again (RFC 2918); `demarcated`: says where that begins and ends (RFC 7313), so that the member
  /// drops what it was not told again.
  void refresh(bool demarcated);

  [[nodiscard]] PeerId peer() const { return peer_; }
  [[nodiscard]] Group const& group() const { return group_; }
  [[nodiscard]] bool out_of_log() const { return out_of_log_; }
  [[nodiscard]] bool end_of_rib_sent() const { return !end_of_rib_due_; }
  /// Routes it holds from us, or will once it has caught up.
  [[nodiscard]] std::uint64_t sent() const;

 private:
  friend class Group;
  Member(Group& group, PeerId peer, std::function<void()> wake) : group_(group), peer_(peer), wake_(std::move(wake)) {}

  Group& group_;
  PeerId const peer_;
  std::function<void()> const wake_;
  bool out_of_log_ = false;
  bool end_of_rib_due_ = true;
  bool begin_of_refresh_due_ = false;
  bool end_of_refresh_due_ = false;
  std::uint64_t next_segment_ = 0;
  bool moved_ = false;  // it holds what another group told it, until it has been around on the walk
  // The walk: aboard while slots are to go, counted within the table as it was when boarding.
  std::uint32_t walk_to_go_ = 0;
  std::uint32_t walk_extent_ = 0;
  std::uint64_t next_walk_segment_ = 0;
  // Out of the log: shared with those who left together, until it reads again.
  std::shared_ptr<rib::SlotSet> dirty_;
  std::uint32_t dirty_cursor_ = 0;
};

class Group {
 public:
  Group(rib::Rib& rib, GroupKey key, GroupLimits limits);

  /// `wake` is called when something new waits for a member that had nothing.
  std::unique_ptr<Member> join(PeerId peer, std::function<void()> wake);
  void leave(Member& member);
  /// The same for one that comes from another group; `holdings` is what it may hold from there.
  std::unique_ptr<Member> move_in(PeerId peer, std::function<void()> wake, Holdings const& holdings);
  [[nodiscard]] Holdings holdings(Member const& member) const;

  /// Encodes a batch of changes, with those of single paths (ascending), and wakes the members.
  void process(std::span<rib::Change const> changes, std::span<rib::PathChange const> paths, std::uint64_t batch);

  [[nodiscard]] GroupKey const& key() const { return key_; }
  [[nodiscard]] std::vector<Member*> const& members() const { return members_; }
  /// The first batch that some member in the log has not read yet; `now` when there is none.
  [[nodiscard]] std::uint64_t oldest_unread(std::uint64_t now) const { return log_.empty() ? now : log_.front().batch; }
  /// True when a laggard has yet to hear of this slot, or one that moved here.
  [[nodiscard]] bool needs(rib::SlotId slot) const;
  /// Whether that may be true of any slot.
  [[nodiscard]] bool needs_any() const { return !dirty_sets_.empty() || !from_elsewhere_.held.empty(); }
  [[nodiscard]] std::size_t queued_octets() const { return log_octets_ + walk_octets_; }
  [[nodiscard]] std::size_t log_segments() const { return log_.size(); }
  [[nodiscard]] std::size_t members_out_of_log() const { return out_of_log_; }
  /// Octets for the segments of log and walk.
  [[nodiscard]] std::size_t queue_memory() const { return queue_memory_; }
  /// Octets for the rest: members, the sets of slots that they hold or have yet to hear of, and scratch.
  [[nodiscard]] std::size_t state_memory() const;
  /// Whether anything of the slot is told with identifiers.
  [[nodiscard]] bool tells_paths(rib::SlotId slot) const { return seats_.any(slot); }
  /// By which identifier the members but its source are told of a path; none: they are not, or the group tells one path
  /// of a prefix.
  [[nodiscard]] PathId path_told(rib::SlotId slot, std::uint32_t path) const;

 private:
  friend class Member;
  struct Item {
    rib::SlotId slot;
    std::uint32_t path = rib::no_path;  // none: a withdrawal
    PeerId source;                      // of that path, or of what is withdrawn
    rib::AttrId attributes;
    bool source_held = false;  // the source held another's route before: it needs a withdrawal
    std::uint8_t path_id = 0;  // with ADD-PATH
    std::uint32_t edited = 0;  // the filter changed the attributes: a number in edited_, and no `attributes`
  };
  struct Answer {
    bool exported = false;
    std::uint32_t edited = 0;
  };
  struct Run {  // a stretch of items_ that can be told in the same messages
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  struct WalkSegment {
    Segment segment;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  // Choosing.
  void begin_choosing();
  [[nodiscard]] Answer ask(rib::SlotId slot, std::uint32_t path);
  [[nodiscard]] bool is_member(PeerId peer) const { return peer.value < is_member_.size() && is_member_[peer.value]; }
  [[nodiscard]] std::uint64_t& held_from(PeerId source);
  /// Who is not told of a route of `peer`, being its source; us, who are nobody's member, where all are told.
  [[nodiscard]] PeerId source_of(PeerId peer) const { return is_told_to_its_source(key_) ? local_peer : peer; }
  [[nodiscard]] Item announcement(rib::SlotId slot, std::uint32_t path, Answer const& answer) const;
  void choose(rib::Change const& change);
  void choose_for_walk(rib::SlotId slot);
  void choose_dirty(Member& laggard);
  void choose_for_laggard(rib::SlotId slot, PeerId laggard);
  // The same with ADD-PATH.
  void choose_occupants(rib::SlotId slot);
  void settle(rib::SlotId slot, std::span<rib::PathChange const> touched);
  [[nodiscard]] bool loses_to_all_told(rib::PathChange const& change) const;
  void choose_paths(std::span<rib::PathChange const> changes);
  template <class OfPath>
  void choose_all_paths(rib::SlotId slot, bool may_hold, OfPath&& of_path);
  void choose_paths_for_walk(rib::SlotId slot);
  void choose_paths_for_laggard(rib::SlotId slot, PeerId laggard);
  void withdraw_path(rib::SlotId slot, std::uint8_t number, PeerId source);
  // Encoding items_ into segments.
  void sort_into_runs();
  void encode(std::vector<Segment>& out);
  void encode_run(std::span<Item const> run, Segment& segment);
  void pack(Item const& head);
  void encode_for_sources(std::span<Item const> items, Segment& segment);
  // The log.
  void append_to_log(std::uint64_t batch);
  void trim_log();
  void drop_front_of_log();
  void leave_log(std::vector<Member*> const& leaving);
  void mark_log(std::uint64_t first, rib::SlotSet& dirty) const;
  rib::SlotSet& own_dirty(Member& laggard);
  void drop_dirty(Member& laggard);
  [[nodiscard]] std::uint64_t log_end() const { return log_first_ + log_.size(); }
  void board_log(Member& member);
  void unboard_log(Member& member);
  // The walk.
  void note_move(Holdings const& holdings);
  void end_move(Member& member);
  void forget_highest_of_movers();
  [[nodiscard]] bool all_know_from_elsewhere(rib::SlotId slot, std::uint32_t path, Answer const& answer);
  void board_walk(Member& member);
  void unboard_walk(Member& member);
  void step_walk();
  void trim_walk();
  void drop_front_of_walk();
  void mark_rest_of_walk(Member const& member, rib::SlotSet& dirty) const;
  [[nodiscard]] std::uint64_t walk_end() const { return walk_first_ + walk_.size(); }
  // Serving.
  static std::size_t emit(Segment const& segment, PeerId member, std::vector<Slice>& out);
  std::size_t read_log_segment(Member& member, std::vector<Slice>& out);
  std::size_t read_walk_segment(Member& member, std::vector<Slice>& out);
  std::size_t fill_from_dirty(Member& member, std::vector<Slice>& out, std::size_t budget);
  std::size_t fill_end_of_rib(Member& member, std::vector<Slice>& out);
  std::size_t fill_demarcation(std::uint8_t subtype, std::vector<Slice>& out) const;

  rib::Rib& rib_;
  rib::Table const& table_;
  GroupKey const key_;
  NlriForm const form_{nlri_form(key_, rib_)};
  GroupLimits const limits_;
  std::vector<Member*> members_;
  std::vector<bool> is_member_;  // by PeerId
  std::size_t out_of_log_ = 0;
  std::vector<std::shared_ptr<rib::SlotSet>> dirty_sets_;  // each that some laggard has, once

  // What members in the log hold, or will: the slots announced, and how many routes by source.
  rib::SlotSet held_;
  std::vector<std::uint64_t> held_by_source_;
  // With ADD-PATH the paths, and the highest identifier that somebody may hold from another group.
  Seats seats_;
  std::uint8_t highest_of_movers_ = 0;

  std::deque<Segment> log_;
  std::uint64_t log_first_ = 0;
  std::size_t log_octets_ = 0;
  std::uint32_t readers_at_end_ = 0;

  std::deque<WalkSegment> walk_;
  std::uint64_t walk_first_ = 0;
  std::size_t walk_octets_ = 0;
  std::size_t queue_memory_ = 0;  // of log_ and walk_; kept up to date, for they may be many
  std::uint32_t walkers_at_end_ = 0;
  std::uint32_t walk_position_ = 0;

  // Those who moved here and have not been around yet, and what they may hold from elsewhere.
  std::uint32_t movers_ = 0;
  Holdings from_elsewhere_;
  std::unique_ptr<ExportFilter> their_filter_;  // of from_elsewhere_.key, where it differs in the filter only; else
                                                // null, as when they do not all come from there
  bool only_movers_aboard_ = false;             // in the present step of the walk

  // Scratch.
  std::vector<Item> items_;
  std::vector<Item> sorted_;
  std::vector<Run> runs_;
  std::vector<Nlri> run_;
  std::vector<Segment> encoded_;
  Buffer octets_;
  Buffer attributes_;
  ExportFilter filter_{key_, rib_};
  EditedSets edited_;
  // The last question to ask(), while neither attributes nor source change.
  rib::AttrId asked_attributes_;
  PeerId asked_source_;
  std::optional<Answer> answer_;  // unless it depends on the prefix
  // Of choose_occupants() and settle().
  std::vector<Seats::Occupant> chosen_;
  std::vector<Answer> answers_;  // of each
  std::vector<Seats::Move> moves_;
  std::vector<rib::Candidate> candidates_;
  std::vector<std::size_t> order_;
};

}  // namespace bgp::egress
