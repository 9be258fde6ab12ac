// Where the daemon's socket is when nobody says it. Looks at the file system; any thread.
#pragma once

#include <string>

namespace tern::ctl {

struct DefaultSocket {
  std::string path;   ///< "" when there is none, or more than one
  bool many = false;  ///< more than one
  std::string error;  ///< for people, with the remedy; "" with a path
};

/// speaker.sock or reflector.sock in `folder`, whichever is there.
[[nodiscard]] DefaultSocket default_socket(std::string const& folder = "/run/tern");

}  // namespace tern::ctl
