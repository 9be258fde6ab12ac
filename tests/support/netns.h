// Network namespaces of a test's own, without names: nothing is left behind when the program ends, however it ends.
// isolate() moves the calling process into a fresh one (call it first, before any thread exists); a Namespace is a
// further one, joined to it by a veth pair, in which a Process can run. Needs root (CAP_SYS_ADMIN, CAP_NET_ADMIN).
#pragma once

#include <string>
#include <vector>

namespace support {

/// Moves this process, and so its later children, into a fresh network namespace with lo up.
/// False, with the reason, where that is not allowed: the caller skips, or fails in CI.
[[nodiscard]] bool isolate(std::string& why);

/// Addresses ("10.77.1.2/32", "2001:db8::1/128") on an interface of this process's namespace.
void add_addresses(std::string const& interface, std::vector<std::string> const& addresses);

class Namespace {
 public:
  /// A fresh namespace with lo up. Throws std::runtime_error if the kernel refuses.
  Namespace();
  ~Namespace();
  Namespace(Namespace const&) = delete;
  Namespace& operator=(Namespace const&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  /// By this path `ip` finds it: "ip link set eth0 netns PATH".
  [[nodiscard]] std::string path() const;
  /// A veth pair: `ours` stays in the caller's namespace, `theirs` goes into this one; both up, with their addresses.
  void join(std::string const& ours, std::vector<std::string> const& our_addresses, std::string const& theirs,
            std::vector<std::string> const& their_addresses) const;

 private:
  int fd_ = -1;
};

/// setns(2) by descriptor; safe between fork and exec.
[[nodiscard]] bool enter_network(int fd);

}  // namespace support
