// FRR as a test starts and asks it: bgpd, with a zebra of its own that puts its routes into the kernel. Otherwise as
// the daemons of daemons.h.
#pragma once

#include "daemons.h"

namespace interop {

struct FrrOptions {
  std::string name;
  std::string configuration;  ///< bgpd's
  support::Namespace const* network = nullptr;
};

class Frr {
 public:
  Frr(support::TemporaryDirectory const& directory, FrrOptions const& options);

  /// What vtysh prints.
  [[nodiscard]] std::string command(std::string const& line) const { return commands({line}); }
  /// The same for lines of which the first ones lead to where the next are understood.
  std::string commands(std::vector<std::string> const& lines) const;  // NOLINT(modernize-use-nodiscard)
  /// The answer to a line that ends with "json"; null when there is none.
  [[nodiscard]] boost::json::value json(std::string const& line) const;
  [[nodiscard]] bool established(std::string const& neighbour) const;
  /// The AS path of its best route, "none" without one.
  [[nodiscard]] std::string as_path(std::string const& prefix) const;
  /// bgpd.
  support::Process& process() { return bgpd_.process(); }
  /// As a crash looks from outside: zebra too, so that nobody tidies the kernel.
  void kill();

 private:
  std::string directory_;
  Daemon zebra_;
  Daemon bgpd_;
};

}  // namespace interop
