// The arrows of the house as data: who may include whom, and what a pure room may not know.
// Not here: how includes are found and followed (checker.h). ARCHITECTURE.md shows the same arrows as a picture.
#pragma once

#include <string_view>
#include <vector>

namespace architecture {

struct Area {
  std::string_view path;               // where the files lie, from the top of the tree; the longest match counts
  std::vector<std::string_view> sees;  // folders (as in `path`) that its files may include besides their own
  bool pure = false;                   // no I/O, threads, logger or clock, not even through another header
};

inline std::string_view const public_headers = "libbgp/include/bgp";

/// Folders that are not listed may include what they like (tests, fuzz).
inline std::vector<Area> const& areas() {
  static std::string_view const face = public_headers;
  static std::string_view const base = "libbgp/src/base";
  static std::string_view const wire = "libbgp/src/wire";
  static std::string_view const filters = "libbgp/src/filters";
  static std::string_view const session = "libbgp/src/session";
  static std::string_view const rib = "libbgp/src/rib";
  static std::string_view const egress = "libbgp/src/egress";
  static std::string_view const transport = "libbgp/src/transport";
  static std::vector<Area> const all = {
      {face, {}},
      {base, {face}, true},
      {wire, {face, base}, true},
      // Of the wire it needs the texts of communities only: whoever writes a filter of his own sees as much.
      {filters, {face, base, wire}, true},
      {session, {face, base, wire}, true},
      {rib, {face, base, wire}, true},
      {egress, {face, base, wire, rib}, true},
      {transport, {face, base, wire, session}},
      {"libbgp/src/engine", {face, base, wire, session, rib, egress, transport}},
      // Outsiders see the public headers only, and siblings never see each other.
      {"config", {face}},
      {"config/model", {face}, true},
      {"config/resolve", {face, "config/model"}, true},
      {"fib", {face, "fib/rtnl"}},
      {"fib/rtnl", {face}},
      {"policy", {face, "config/model"}},
      {"mrt", {face, base, wire}, true},
      {"mgmt", {face}},
      // What ternctl does without a daemon it does as the daemon does.
      {"mgmt/ternctl", {face, "mgmt", "config", "mrt", base, wire}},
      // Where the HTTP service and the writer of tables meet: neither knows the other.
      {"daemon", {face, "config", "mgmt", "mrt", base}},
      {"reflector", {face, "config", "config/model", "config/resolve", "mgmt", "daemon"}},
      {"speaker", {face, "config", "config/model", "config/resolve", "mgmt", "daemon", "fib", "policy"}},
      {"examples", {face, base, wire, session}},  // 5_collector is a specialist's: the second tier
      // The load generator is a specialist: it speaks the wire format without an engine.
      {"bench", {face, base, wire, session}},
      // And the kernel's without a daemon: what is compared shall be the daemon, not two encoders of one message.
      {"bench/kernel", {face, "bench", "fib/rtnl"}},
      // These measure the rooms themselves.
      {"bench/micro", {face, base, wire, rib, egress, "bench"}},
  };
  return all;
}

/// Foreign headers, by prefix, that a pure room may not reach.
inline std::vector<std::string_view> const& impure_headers() {
  static std::vector<std::string_view> const all = {
      "boost/asio", "boost/beast",        "spdlog/", "sys/socket.h", "sys/epoll.h", "sys/uio.h", "sys/time.h",
      "netinet/",   "arpa/inet.h",        "netdb.h", "net/if.h",     "linux/",      "poll.h",    "unistd.h",
      "pthread.h",  "condition_variable", "future",  "mutex",        "semaphore",   "thread",    "shared_mutex",
      "stop_token", "syslog.h",           "ctime",   "time.h",       "yaml-cpp/",
  };
  return all;
}

struct Exception {
  std::string_view file;
  std::string_view header;
};

/// inet_pton and inet_ntop are text conversion, not I/O.
inline std::vector<Exception> const& exceptions() {
  static std::vector<Exception> const all = {{"libbgp/src/base/address.cc", "arpa/inet.h"}};
  return all;
}

/// Foreign headers, by prefix, that no part of libbgp may include: it knows neither YAML nor anybody's logger.
inline std::vector<std::string_view> const& not_in_library() {
  static std::vector<std::string_view> const all = {"yaml-cpp/", "spdlog/", "boost/beast"};
  return all;
}

/// The only Boost header that the public headers may include.
inline std::string_view const public_boost = "boost/asio/any_io_executor.hpp";

}  // namespace architecture
