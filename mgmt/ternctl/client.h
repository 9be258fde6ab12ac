// Asks a daemon over its Unix socket and hands the answer on piece by piece, as it comes. Blocks; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tern::ctl {

/// How a question ended: `refused` when there is no such thing, `usage` when the daemon finds the question wrong; the
/// numbers are ternctl's exit codes (ternctl(1)).
enum class Outcome { ok = 0, refused = 1, usage = 2, unreachable = 3, broken = 4 };

struct Answer {
  Outcome outcome = Outcome::ok;
  std::string error;    ///< for people, with the remedy; "" when ok
  unsigned status = 0;  ///< of HTTP; 0 when it did not come to that
};

/// GET `target`. `piece` gets the body of a good answer in pieces of any size.
[[nodiscard]] Answer ask(std::string const& socket, std::string const& target,
                         std::function<void(std::string_view)> const& piece);
/// POST `target`: something is to be done. `body` is the answer's.
[[nodiscard]] Answer tell(std::string const& socket, std::string const& target, std::string& body);

}  // namespace tern::ctl
