#include "mgmt/ternctl/default_socket.h"

#include <sys/stat.h>

#include <cerrno>

namespace tern::ctl {

DefaultSocket default_socket(std::string const& folder) {
  static char const say_which[] = "say which one with --socket PATH or TERN_SOCKET";
  std::string const speaker = folder + "/speaker.sock", reflector = folder + "/reflector.sock";
  std::string found;
  bool denied = false;
  for (auto const& path : {speaker, reflector}) {
    struct stat there {};
    if (::stat(path.c_str(), &there) != 0) {
      denied |= errno == EACCES;
    } else if (!found.empty()) {
      return {"", true, "two daemons may be meant, " + speaker + " and " + reflector + "; " + say_which};
    } else {
      found = path;
    }
  }
  if (!found.empty()) return {found, false, ""};
  if (denied) return {"", false, "cannot look into " + folder + "; run as root or as a member of the socket's group"};
  return {"", false,
          "cannot reach a daemon: there is neither " + speaker + " nor " + reflector +
              "; start tern-speaker or tern-reflector, or say where its socket is with --socket PATH or TERN_SOCKET"};
}

}  // namespace tern::ctl
