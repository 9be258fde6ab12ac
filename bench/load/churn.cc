#include "load/churn.h"

#include <algorithm>

namespace bench {

Bytes tagged_route(Table const& table, std::uint32_t slot, std::uint32_t tag) {
  AttributeSet set = table.set(table.set_of(slot));
  set.med = tag;
  Bytes nlri, out;
  put_prefix(nlri, table.prefix(slot));
  append_update(out, {}, encode_attributes(set, {}), nlri);
  return out;
}

Churn::Churn(Table const& table, std::uint64_t seed) : table_(table), random_(seed), tags_(table.size()) {
  for (std::size_t group = 0; group < table.sets(); ++group) {
    bool const spare = group >= table.first_spare_group();
    std::uint32_t const med = table.set(group).med;
    for (std::uint32_t const slot : table.group(group)) {
      (spare ? absent_ : present_).push_back(slot);
      tags_[slot] = spare ? Received::kAbsent : (med == 0 ? Received::kNoMed : med);
    }
  }
}

Bytes Churn::next(std::uint32_t changes, Nanos time) {
  Bytes out;
  for (std::uint32_t i = 0; i < changes; ++i) {
    std::uint32_t const kind = random_.below(10);
    if (kind < 2 && present_.size() > 1) {
      withdraw(out);
    } else if (kind < 4 && !absent_.empty()) {
      bring_back(out, time);
    } else {
      announce(out, present_[random_.below(present())], time);
    }
  }
  changes_ += changes;
  return out;
}

void Churn::announce(Bytes& out, std::uint32_t slot, Nanos time) {
  std::uint32_t const tag = kFirstTag + static_cast<std::uint32_t>(sent_at_.size());
  sent_at_.push_back(time);
  tags_[slot] = tag;
  Bytes const message = tagged_route(table_, slot, tag);
  out.insert(out.end(), message.begin(), message.end());
}

void Churn::withdraw(Bytes& out) {
  std::uint32_t& slot = present_[random_.below(present())];
  Bytes withdrawn;
  put_prefix(withdrawn, table_.prefix(slot));
  append_update(out, withdrawn, {}, {});
  tags_[slot] = Received::kAbsent;
  absent_.push_back(slot);
  slot = present_.back();
  present_.pop_back();
}

void Churn::bring_back(Bytes& out, Nanos time) {
  std::uint32_t& place = absent_[random_.below(static_cast<std::uint32_t>(absent_.size()))];
  std::uint32_t const slot = place;
  place = absent_.back();
  absent_.pop_back();
  present_.push_back(slot);
  announce(out, slot, time);
}

Nanos Churn::sent_at(std::uint32_t tag) const { return tag < kFirstTag ? 0 : sent_at_[tag - kFirstTag]; }

bool Churn::matches(Received const& received) const {
  if (received.present() != present()) return false;
  for (std::uint32_t slot = 0; slot < tags_.size(); ++slot) {
    if (received.tag(slot) != tags_[slot]) return false;
  }
  return true;
}

}  // namespace bench
