#include "mgmt/socket_path.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tern::mgmt {

namespace {

bgp::Error failure(std::string const& path, std::string const& what, std::string const& remedy) {
  return {"socket " + path + ": " + what + "; " + remedy};
}

/// errno of a connection attempt, 0 when somebody accepted it.
int try_connect(std::string const& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  int const result = connect(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0 ? 0 : errno;
  close(fd);
  return result;
}

}  // namespace

bgp::Result<void> prepare_socket_path(std::string const& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    return failure(path, "a socket's path has 1 to 107 characters", "choose a shorter one");
  }
  auto const folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) {
    return failure(path, "its folder " + folder.string() + " is not there and cannot be made: " + error.message(),
                   "make it by hand where that is possible, or set api.socket to another path");
  }
  struct stat there {};
  if (lstat(path.c_str(), &there) != 0) return {};
  if (!S_ISSOCK(there.st_mode)) {
    return failure(path, "something that is no socket is there", "remove it, or set api.socket to another path");
  }
  int const refused = try_connect(path);
  // EAGAIN: its queue of waiting connections is full, so somebody lives, if not well.
  if (refused == 0 || refused == EAGAIN) {
    return failure(path, "another daemon is listening on it", "stop that one, or set api.socket to another path");
  }
  if (refused != ECONNREFUSED && refused != ENOENT) {
    return failure(path, std::strerror(refused), "check who owns it, or set api.socket to another path");
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return failure(path, std::string("cannot remove what a dead daemon left: ") + std::strerror(errno), "remove it");
  }
  return {};
}

OwnedPath::OwnedPath(std::string path) : path_(std::move(path)) {
  struct stat there {};
  if (lstat(path_.c_str(), &there) == 0) {
    device_ = there.st_dev;
    inode_ = there.st_ino;
  } else {
    path_.clear();
  }
}

void OwnedPath::remove() {
  struct stat there {};
  if (path_.empty() || lstat(path_.c_str(), &there) != 0) return;
  if (there.st_dev == device_ && there.st_ino == inode_) unlink(path_.c_str());
  path_.clear();
}

}  // namespace tern::mgmt
