#include "engine/passwords.h"

namespace bgp::engine {

namespace {

std::string name(Prefix const& from) {
  auto const host = from.length() == from.address().size() * 8;
  return host ? "neighbour " + from.address().text() : "range " + from.text();
}

Error unsigned_within(Prefix const& inner, Prefix const& outer) {
  return Error{name(inner) + " has no password, but lies within " + name(outer) +
               ", whose password the kernel asks of everybody there: give it one too, or take it out of the range"};
}

}  // namespace

Result<void> Passwords::check(Prefix const& from, std::string const& password) const {
  if (password.size() > transport::longest_password) {
    return Error{"the password has " + std::to_string(password.size()) + " octets: at most 80 are possible"};
  }
  if (auto const same = entries_.find(from); same != entries_.end() && same->second.password != password) {
    return Error{name(from) +
                 " is there already with another password, or without one: the kernel keeps one an address"};
  }
  if (password.empty()) {
    for (unsigned length = 0; length < from.length(); ++length) {
      auto const outer = entries_.find(Prefix(from.address(), length));
      if (outer != entries_.end() && !outer->second.password.empty()) return unsigned_within(from, outer->first);
    }
    return {};
  }
  // What lies within stands in line, for addresses come first in the order of prefixes.
  for (auto inner = entries_.lower_bound(from); inner != entries_.end() && from.covers(inner->first); ++inner) {
    if (inner->second.password.empty()) return unsigned_within(inner->first, from);
  }
  return {};
}

Result<void> Passwords::add(Prefix const& from, std::string const& password) {
  if (auto checked = check(from, password); !checked) return checked;
  auto& entry = entries_[from];
  entry.password = password;
  ++entry.users;
  return {};
}

Result<std::string> Passwords::change(Prefix const& from, std::string const& password) {
  auto const entry = entries_.find(from);
  if (entry == entries_.end()) return Error{name(from) + " is not there"};
  if (entry->second.users > 1) {
    return Error{name(from) +
                 " is there on several interfaces, and the kernel keeps one password an address: remove "
                 "them all before you add them again with another one"};
  }
  auto present = std::move(entry->second);
  entries_.erase(entry);
  if (auto added = add(from, password); !added) {
    entries_[from] = std::move(present);
    return added.error();
  }
  return std::move(present.password);
}

bool Passwords::remove(Prefix const& from) {
  auto const entry = entries_.find(from);
  if (entry == entries_.end() || --entry->second.users > 0) return false;
  auto const had_one = !entry->second.password.empty();
  entries_.erase(entry);
  return had_one;
}

transport::Keys Passwords::keys(bool v6) const {
  transport::Keys keys;
  for (auto const& [from, entry] : entries_) {
    if (from.address().is_v6() == v6 && !entry.password.empty()) keys.emplace(from, entry.password);
  }
  return keys;
}

}  // namespace bgp::engine
