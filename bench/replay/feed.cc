#include "replay/feed.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "replay/mrt.h"

namespace bench {
namespace {

// RFC 4271 §4.3: segments of a type, a count and so many AS numbers. A path with an AS_SET (RFC 9774) or with AS 0 (RFC
// 7607) is refused by who knows of it.
bool is_doubtful(View path, std::size_t width) {
  while (path.size() >= 2) {
    if (path[0] == 1) return true;
    std::size_t const size = std::min(path.size(), 2 + path[1] * width);
    for (std::size_t at = 2; at + width <= size; at += width) {
      if (std::all_of(&path[at], &path[at] + width, [](auto octet) { return octet == 0; })) return true;
    }
    path = path.subspan(size);
  }
  return false;
}

// Goes through the UPDATEs, and writes them anew as they are to be sent.
class Reader {
 public:
  Reader(std::optional<std::uint32_t> next_hop, bool four_octet) : next_hop_(next_hop), width_(four_octet ? 4 : 2) {}

  // What some daemons take and others refuse would not be the same table: such routes go as withdrawals.
  [[nodiscard]] Bytes rewrite(View messages) {
    Bytes out;
    while (messages.size() >= kHeaderSize) {
      std::size_t const length = read16(&messages[16]);
      if (auto const update = parse_update(messages.subspan(kHeaderSize, length - kHeaderSize))) take(*update, out);
      messages = messages.subspan(length);
    }
    return out;
  }

  [[nodiscard]] std::vector<Prefix> held() const {
    std::vector<Prefix> out;
    for (auto const& prefix : order_) {
      if (known_.at(prefix.number())) out.push_back(prefix);
    }
    return out;
  }
  [[nodiscard]] std::uint64_t next_hops() const { return next_hops_.size(); }

 private:
  void take(Update const& update, Bytes& out) {
    Bytes attributes(update.attributes.begin(), update.attributes.end());
    bool refused = false;
    for_each_attribute(attributes, [&](std::uint8_t type, View value) {
      if (type == kAsPath) refused = is_doubtful(value, width_);
      if (type == kNextHop && value.size() == 4)
        change_next_hop(attributes.data() + (value.data() - attributes.data()));
    });
    if (!refused) {
      note(update);
      append_update(out, update.withdrawn, attributes, update.nlri);
      return;
    }
    Bytes withdrawn(update.withdrawn.begin(), update.withdrawn.end());
    withdrawn.insert(withdrawn.end(), update.nlri.begin(), update.nlri.end());
    note({withdrawn, {}, {}});
    append_update(out, withdrawn, {}, {});
  }

  void change_next_hop(std::uint8_t* there) {
    for (unsigned i = 0; next_hop_ && i < 4; ++i) there[i] = static_cast<std::uint8_t>(*next_hop_ >> (24 - 8 * i));
    next_hops_.insert(read32(there));
  }

  void note(Update const& update) {
    for_each_prefix(update.withdrawn, [&](Prefix const& prefix) {
      if (auto const known = known_.find(prefix.number()); known != known_.end()) known->second = false;
    });
    for_each_prefix(update.nlri, [&](Prefix const& prefix) {
      auto const [known, is_new] = known_.try_emplace(prefix.number(), true);
      known->second = true;
      if (is_new) order_.push_back(prefix);
    });
  }

  std::optional<std::uint32_t> const next_hop_;
  std::size_t const width_;                        // of an AS number
  std::unordered_map<std::uint64_t, bool> known_;  // held now
  std::vector<Prefix> order_;
  std::unordered_set<std::uint32_t> next_hops_;
};

}  // namespace

Feed load_feed(std::string const& mrt, Generated const& table, std::optional<std::uint32_t> next_hop) {
  Recording const recording = mrt.empty() ? generate(table, {}) : read_recording(mrt);
  Reader reader(next_hop, recording.four_octet);
  Bytes updates = reader.rewrite(recording.updates);
  append_update(updates, {}, {}, {});
  return {std::move(updates), reader.held(), reader.next_hops(), recording.four_octet};
}

}  // namespace bench
