#include "kernel/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bench {

InNamespace::InNamespace(std::string const& name) {
  if (name.empty()) return;
  int const there = open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0) throw std::system_error(errno, std::system_category(), "network namespace " + name);
  before_ = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  int const result = setns(there, CLONE_NEWNET);
  int const error = errno;
  close(there);
  if (result != 0) throw std::system_error(error, std::system_category(), "network namespace " + name);
}

InNamespace::~InNamespace() {
  if (before_ < 0) return;
  if (setns(before_, CLONE_NEWNET) != 0) std::terminate();
  close(before_);
}

}  // namespace bench
