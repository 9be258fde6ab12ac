// Makes a path ready to be bound as a Unix socket: a stale socket goes, a living daemon's stays. Start-up only; blocks
// for no longer than the file system does.
#pragma once

#include <sys/types.h>

#include <string>

#include "bgp/result.h"

namespace tern::mgmt {

/// Creates the folder when it is missing and removes a socket that nobody listens on. Error: somebody does, or
/// something else is there.
[[nodiscard]] bgp::Result<void> prepare_socket_path(std::string const& path);

/// Remembers the file behind a path, and removes it only while it is that file.
class OwnedPath {
 public:
  OwnedPath() = default;
  explicit OwnedPath(std::string path);
  void remove();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace tern::mgmt
