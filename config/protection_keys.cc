#include "config/protection_keys.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

namespace tern::config {

namespace {

constexpr std::size_t longest = 80;  // of Linux (TCP_MD5SIG_MAXKEYLEN)

void take_password(Value const& value, std::string password, PeerDraft& draft) {
  if (password.empty()) {
    value.problem("the password is empty", "a neighbour without one has none of these keys, nor has its group");
  } else if (password.size() > longest) {
    value.problem("the password is too long", "at most " + std::to_string(longest) + " octets are possible (RFC 2385)");
  } else {
    draft.peer.password = std::move(password);
  }
}

void read_password(Value const& value, PeerDraft& draft) {
  if (auto const text = value.text()) take_password(value, *text, draft);
}

/// The first octets of a file, as many as show that it is too long, with errno on failure.
std::optional<std::string> beginning_of(std::string const& path) {
  int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::string out(longest + 2, '\0');
  std::size_t size = 0;
  ssize_t got = 1;
  while (got > 0 && size < out.size()) {
    got = ::read(file, out.data() + size, out.size() - size);
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  auto const error = errno;
  ::close(file);
  errno = error;
  if (got < 0) return std::nullopt;
  out.resize(size);
  return out;
}

void read_password_file(Value const& value, PeerDraft& draft) {
  auto const path = value.text();
  if (!path) return;
  auto content = beginning_of(*path);
  if (!content) {
    value.problem("cannot read the file: " + std::string(std::strerror(errno)),
                  "check its path (a relative one begins where the daemon was started) and that the daemon's user may "
                  "read it");
    return;
  }
  if (content->ends_with('\n')) content->pop_back();
  take_password(value, std::move(*content), draft);
}

void read_password_env(Value const& value, PeerDraft& draft) {
  auto const name = value.text();
  if (!name) return;
  auto const word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  // Not quoted: it may be the password itself, by mistake.
  if (name->empty() || !std::all_of(name->begin(), name->end(), word)) {
    value.problem("this is no name of an environment variable", "write its name, for instance BGP_PASSWORD");
    return;
  }
  auto const* const content = std::getenv(name->c_str());
  if (content == nullptr) {
    value.problem("there is no such environment variable", "set it for the daemon, or correct its name");
    return;
  }
  take_password(value, content, draft);
}

void read_ttl_security(Value const& value, PeerDraft& draft) {
  draft.peer.ttl = 0;
  if (value.says("true") || value.says("false")) {
    draft.peer.ttl_security = value.says("true") ? 1 : 0;
  } else if (auto const hops = value.number(1, 254, "true (for 1), false, or ")) {
    draft.peer.ttl_security = static_cast<unsigned>(*hops);
  }
}

void read_ttl(Value const& value, PeerDraft& draft) {
  draft.peer.ttl_security = 0;
  if (auto const ttl = value.number(1, 255)) draft.peer.ttl = static_cast<unsigned>(*ttl);
}

void refuse_second(Places const& own, std::span<char const* const> names, char const* why, Problems& problems) {
  std::vector<Place> given;
  for (auto const* name : names) {
    if (auto const place = own.find(name); place != own.end()) given.push_back(place->second);
  }
  std::stable_sort(given.begin(), given.end(), [](Place const& a, Place const& b) { return a.line < b.line; });
  for (std::size_t i = 1; i < given.size(); ++i) {
    problems.add(given[i],
                 std::string(why) + ": there is also " + given[0].key + " in line " + std::to_string(given[0].line),
                 "remove one of the two");
  }
}

bool is_host(bgp::Prefix const& from) { return from.length() == from.address().size() * 8; }

std::string name(Guarded const& one) { return is_host(one.from) ? one.from.address().text() : one.from.text(); }

}  // namespace

std::span<Key<PeerDraft> const> protection_keys() {
  static std::vector<Key<PeerDraft>> const keys = {
      {"password", read_password},
      {"passwordFile", read_password_file},
      {"passwordEnv", read_password_env},
      {"ttlSecurity", read_ttl_security},
      {"ttl", read_ttl},
  };
  return keys;
}

void check_protection(Places const& own, Problems& problems) {
  static constexpr std::array passwords = {"password", "passwordFile", "passwordEnv"};
  static constexpr std::array ttls = {"ttlSecurity", "ttl"};
  refuse_second(own, passwords, "a neighbour has one password", problems);
  refuse_second(own, ttls, "ttlSecurity sends with TTL 255", problems);
}

void check_passwords(std::vector<Guarded> const& all, Problems& problems) {
  std::vector<Guarded const*> ranges;  // with a password; neighbours may be many
  std::map<bgp::Prefix, Guarded const*> first;
  for (auto const& one : all) {
    auto const [other, fresh] = first.emplace(one.from, &one);
    if (!fresh && other->second->password != one.password) {
      problems.add(one.at, name(one) + " has not the password of line " + std::to_string(other->second->at.line),
                   "give both the same: the kernel keeps one an address, whatever the interface");
    }
    if (!one.password.empty() && !is_host(one.from)) ranges.push_back(&one);
  }
  for (auto const& one : all) {
    if (!one.password.empty()) continue;
    auto const outer = std::find_if(ranges.begin(), ranges.end(), [&](Guarded const* range) {
      return range->from.length() < one.from.length() && range->from.covers(one.from);
    });
    if (outer == ranges.end()) continue;
    problems.add(one.at,
                 name(one) + " has no password, but lies within " + name(**outer) + " (line " +
                     std::to_string((*outer)->at.line) + "), whose password the kernel asks of everybody there",
                 "give it one too, or take it out of the range");
  }
}

}  // namespace tern::config
