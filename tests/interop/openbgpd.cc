#include "openbgpd.h"

#include <stdexcept>

#include "support/eventually.h"

namespace interop {

using namespace std::chrono_literals;

namespace {

std::string socket_of(support::TemporaryDirectory const& directory, std::string const& name) {
  return directory.path() + "/" + name + ".control";
}

support::Arguments arguments(std::string const& file) {
  // Its children live in that folder; on Debian the service makes it.
  return {"sh", "-c", "mkdir -p /run/openbgpd && exec bgpd -d -f \"$0\"", file};
}

}  // namespace

OpenBgpd::OpenBgpd(support::TemporaryDirectory const& directory, std::string const& name,
                   std::string const& configuration, support::Namespace const* network)
    : Daemon(
          name,
          arguments(directory.write(name + ".conf", configuration + "socket \"" + socket_of(directory, name) + "\"\n")),
          network),
      socket_(socket_of(directory, name)) {
  // Its session engine is there first. What a neighbour sends before the decision engine has its configuration, too, is
  // reflected without ORIGINATOR_ID and CLUSTER_LIST (7.7).
  auto const ready = [this] {
    return ask({"show", "summary"}).status == 0 && process().output().find("RDE reconfigured") != std::string::npos;
  };
  if (support::eventually(20s, [&] { return ready() || !process().running(); }) && ready()) return;
  throw std::runtime_error(name + " does not start: " + process().output());
}

support::Finished OpenBgpd::ask(support::Arguments arguments) const {
  arguments.insert(arguments.begin(), {"bgpctl", "-s", socket_});
  return support::run(arguments);
}

bool OpenBgpd::established(std::string const& neighbour) const {
  return ask({"show", "neighbor", neighbour}).output.find("BGP state = Established") != std::string::npos;
}

}  // namespace interop
