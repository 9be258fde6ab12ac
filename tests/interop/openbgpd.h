// OpenBGPD as a test starts and asks it. Otherwise as the daemons of daemons.h.
#pragma once

#include "daemons.h"

namespace interop {

class OpenBgpd : public Daemon {
 public:
  /// `configuration`: all but its control socket.
  OpenBgpd(support::TemporaryDirectory const& directory, std::string const& name, std::string const& configuration,
           support::Namespace const* network = nullptr);

  [[nodiscard]] bool established(std::string const& neighbour) const;

  /// What bgpctl prints.
  [[nodiscard]] std::string command(support::Arguments const& arguments) const { return ask(arguments).output; }

 private:
  [[nodiscard]] support::Finished ask(support::Arguments arguments) const;
  std::string socket_;
};

}  // namespace interop
