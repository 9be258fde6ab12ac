#include "engine/sources.h"

#include <algorithm>

namespace bgp::engine {

void Sources::forget(Source const& source) {
  auto const known = records_.find(source);
  if (known == records_.end()) return;
  by_end_.erase({known->second.forget_at, source});
  records_.erase(known);
}

void Sources::note(Source const& source, unsigned faults, session::Time held_until, session::Time now) {
  forget(source);
  while (!by_end_.empty() && (by_end_.begin()->first <= now || records_.size() >= most)) {
    forget(Source(by_end_.begin()->second));
  }
  if (faults == 0 && held_until <= now) return;
  auto const forget_at = std::max(held_until, now) + memory;
  records_[source] = {faults, held_until, forget_at};
  by_end_.insert({forget_at, source});
}

void Sources::release(Prefix const& range) {
  for (auto& [source, record] : records_) {
    if (range.covers(Prefix(source.first, 128))) record.held_until = {};
  }
}

unsigned Sources::faults(Source const& source) const {
  auto const known = records_.find(source);
  return known == records_.end() ? 0 : known->second.faults;
}

bool Sources::held(Source const& source, session::Time now) const {
  auto const known = records_.find(source);
  return known != records_.end() && now < known->second.held_until;
}

Sources::Word Sources::ask(Source const& source, session::Time now) {
  if (now >= window_ends_) {
    lines_.clear();
    other_lines_ = 0;
    window_ends_ = now + window;
  }
  auto const known = lines_.find(source);
  if (known == lines_.end() && lines_.size() >= most) {
    return ++other_lines_ <= lines_of_others ? Word::say : Word::keep;
  }
  auto const count = ++lines_[source];
  return count < lines_each ? Word::say : count == lines_each ? Word::say_last : Word::keep;
}

}  // namespace bgp::engine
