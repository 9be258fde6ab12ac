// What one receiver holds of a Table: presence by slot, on request the tag (MED) it last heard, and everything that
// should not have happened. Cheap enough to run while the daemon is measured. Not a RIB: no paths, no sessions.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kit/table.h"

namespace bench {

// The attributes of a Table's sets as every receiver must hear them, encoded when first asked for. One thread.
class EncodedSets {
 public:
  EncodedSets(Table const& table, Announcer const& announcer)
      : table_(table), announcer_(announcer), blocks_(table.sets()) {}
  [[nodiscard]] View of(std::size_t set) {
    if (blocks_[set].empty()) blocks_[set] = with(set, {});
    return blocks_[set];
  }
  // With IPv6 prefixes, which stand among the attributes.
  [[nodiscard]] Bytes with(std::size_t set, View nlri6) const {
    return encode_attributes(table_.set(set), announcer_, nlri6);
  }
  [[nodiscard]] bool ipv6() const { return announcer_.ipv6; }

 private:
  Table const& table_;
  Announcer const announcer_;
  std::vector<Bytes> blocks_;
};

class Received {
 public:
  struct Options {
    bool tags = false;          // remember each route's tag (and do not sample attributes: they change)
    bool reflected = true;      // samples must carry ORIGINATOR_ID and CLUSTER_LIST
    std::uint32_t sample = 32;  // attributes of every so many UPDATEs are compared
    std::uint32_t paths = 0;    // ADD-PATH: so many of a prefix at most; 0: without
  };
  struct Faults {
    std::uint64_t malformed = 0;
    std::uint64_t unknown = 0;           // prefixes that nobody announced
    std::uint64_t wrong_attributes = 0;  // samples that differ
    std::string first_wrong;
  };
  static constexpr std::uint32_t kAbsent = 0;
  static constexpr std::uint32_t kNoMed = 1;

  // `encoded`, shared by all receivers; null: own ones, of iBGP and IPv4.
  Received(Table const& table, Options options, std::shared_ptr<EncodedSets> encoded = nullptr);

  void update(View body);
  // The session fell, and with it every route.
  void forget();

  // Routes; with ADD-PATH every path is one.
  [[nodiscard]] std::uint32_t present() const { return present_; }
  [[nodiscard]] bool has(std::uint32_t slot) const { return bits_[slot / 64] >> (slot % 64) & 1; }
  [[nodiscard]] std::uint32_t tag(std::uint32_t slot) const { return tags_[slot]; }
  // Of the latest UPDATE; kAbsent when it announced nothing.
  [[nodiscard]] std::uint32_t last_tag() const { return last_tag_; }
  [[nodiscard]] std::uint64_t repeats() const { return repeats_; }  // announced again while present
  [[nodiscard]] std::uint64_t withdrawals() const { return withdrawals_; }
  [[nodiscard]] std::uint64_t superfluous() const { return superfluous_; }  // withdrawn while absent
  [[nodiscard]] std::uint64_t samples() const { return samples_; }
  [[nodiscard]] Faults const& faults() const { return faults_; }
  [[nodiscard]] bool clean() const {
    return faults_.malformed == 0 && faults_.unknown == 0 && faults_.wrong_attributes == 0;
  }

 private:
  // Whether the route was present before; nothing when nobody announced such a prefix, which is counted.
  std::optional<bool> mark(Prefix prefix, bool present, std::uint32_t tag);
  [[nodiscard]] bool announce_all(View nlri);
  [[nodiscard]] bool withdraw_all(View withdrawn);
  void announce(Prefix prefix);
  void withdraw(Prefix prefix);
  // The same with ADD-PATH.
  std::uint32_t* find_path(Prefix prefix, std::uint32_t id);
  void announce_path(Prefix prefix, std::uint32_t id);
  void withdraw_path(Prefix prefix, std::uint32_t id);
  void update6(Update const& update);
  // Of the first prefix; -1: nobody announced it.
  [[nodiscard]] std::int32_t first_slot(View nlri) const;
  void compare_sample(View attributes, View wanted);

  // Constant after construction
  Table const& table_;
  Options const options_;
  std::shared_ptr<EncodedSets> const encoded_;

  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> path_ids_;  // ADD-PATH: `paths` places a slot, 0: free
  std::vector<std::uint32_t> tags_;
  std::uint32_t present_ = 0;
  std::uint32_t last_tag_ = kAbsent;
  std::uint64_t announcing_ = 0;
  std::uint64_t repeats_ = 0;
  std::uint64_t withdrawals_ = 0;
  std::uint64_t superfluous_ = 0;
  std::uint64_t samples_ = 0;
  Faults faults_;
};

}  // namespace bench
