#include "netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "process.h"

namespace support {
namespace {

int own_network() { return ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC); }

void add_in(Namespace const* where, std::string const& interface, std::vector<std::string> const& addresses) {
  TemporaryDirectory scratch;
  std::string batch;
  for (auto const& address : addresses) {
    // Without duplicate address detection a fresh IPv6 address can be used at once.
    auto const* nodad = address.find(':') == std::string::npos ? "" : " nodad";
    batch += "addr add " + address + " dev " + interface + nodad + "\n";
  }
  must_run({"ip", "-batch", scratch.write("addresses", batch)}, {.network = where});
}

}  // namespace

bool enter_network(int fd) { return ::setns(fd, CLONE_NEWNET) == 0; }

bool isolate(std::string& why) {
  if (::unshare(CLONE_NEWNET) != 0) {
    why = std::string("no network namespace of our own: ") + std::strerror(errno);
    return false;
  }
  auto const up = run({"ip", "link", "set", "lo", "up"});
  why = up.output;
  return up.status == 0;
}

void add_addresses(std::string const& interface, std::vector<std::string> const& addresses) {
  add_in(nullptr, interface, addresses);
}

Namespace::Namespace() {
  int const home = own_network();
  if (home < 0 || ::unshare(CLONE_NEWNET) != 0) throw std::runtime_error("no further network namespace");
  fd_ = own_network();
  bool const back = enter_network(home);
  ::close(home);
  if (fd_ < 0 || !back) throw std::runtime_error("cannot return to the network namespace");
  must_run({"ip", "link", "set", "lo", "up"}, {.network = this});
}

Namespace::~Namespace() {
  if (fd_ >= 0) ::close(fd_);
}

std::string Namespace::path() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_); }

void Namespace::join(std::string const& ours, std::vector<std::string> const& our_addresses, std::string const& theirs,
                     std::vector<std::string> const& their_addresses) const {
  must_run({"ip", "link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", path()});
  add_addresses(ours, our_addresses);
  add_in(this, theirs, their_addresses);
  must_run({"ip", "link", "set", ours, "up"});
  must_run({"ip", "link", "set", theirs, "up"}, {.network = this});
}

}  // namespace support
