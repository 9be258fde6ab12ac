// ternctl: shows what a daemon is doing. One question to its Unix socket, one answer; ternctl(1).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "mgmt/ternctl/client.h"
#include "mgmt/ternctl/print.h"
#include "mgmt/utf8.h"

namespace {

using tern::ctl::Answer;
using tern::ctl::Outcome;

struct Options {
  std::string socket = "/run/tern/reflector.sock";
  bool json = false;
  std::string peer, prefix;
  bool longer = false, received = false, sent = false;
};

/// Everything but letters, digits and what an address needs, as %XX.
std::string encoded(std::string const& text) {
  static char const digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char const c : text) {
    bool const plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == ':';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return out;
}

int conclude(Answer const& answer) {
  if (answer.outcome == Outcome::ok) return 0;
  std::fflush(stdout);
  auto const text = answer.outcome == Outcome::refused ? tern::ctl::error_text(answer.error) : answer.error;
  std::fprintf(stderr, "ternctl: %s\n", text.c_str());
  return static_cast<int>(answer.outcome);
}

void copy_out(std::string_view piece) { std::fwrite(piece.data(), 1, piece.size(), stdout); }

/// For answers of moderate size: all of it, then printed.
int show(Options const& options, std::string const& target, void (*print)(std::string const&)) {
  if (options.json) return conclude(tern::ctl::ask(options.socket, target, copy_out));
  std::string body;
  auto const answer = tern::ctl::ask(options.socket, target, [&](std::string_view piece) { body += piece; });
  if (answer.outcome == Outcome::ok) print(body);
  return conclude(answer);
}

int show_routes(Options const& options) {
  std::string target = "/v1/routes?view=";
  target += options.received ? "received" : options.sent ? "sent" : "loc-rib";
  if (!options.prefix.empty()) target += "&prefix=" + encoded(options.prefix);
  if (options.longer) target += "&longer=true";
  if (!options.peer.empty()) target += "&peer=" + encoded(options.peer);
  if (options.json) return conclude(tern::ctl::ask(options.socket, target, copy_out));
  tern::ctl::RoutePrinter printer;
  auto const answer = tern::ctl::ask(options.socket, target, [&](std::string_view piece) { printer.piece(piece); });
  if (answer.outcome == Outcome::ok && printer.count() == 0) std::puts("no routes");
  return conclude(answer);
}

int run(CLI::App const& app, Options const& options) {
  if (app.got_subcommand("status")) return show(options, "/v1/status", tern::ctl::print_status);
  if (app.got_subcommand("peers")) {
    if (options.peer.empty()) return show(options, "/v1/peers", tern::ctl::print_peers);
    return show(options, "/v1/peers/" + encoded(options.peer), tern::ctl::print_peer);
  }
  if (app.got_subcommand("routes")) return show_routes(options);
  return show(options, "/v1/explain?prefix=" + encoded(options.prefix), tern::ctl::print_explanation);
}

void describe(CLI::App& app, Options& options) {
  app.set_version_flag("--version", "ternctl " TERN_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 the daemon says no, 2 wrong usage, 3 daemon not reachable, 4 answer broken off.");
  app.add_option("--socket", options.socket, "The daemon's Unix socket")->envname("TERN_SOCKET")->capture_default_str();
  app.add_flag("--json", options.json, "The daemon's JSON as it comes");
  app.add_subcommand("status", "The daemon as a whole, its tables and its engine's counters");
  auto* peers = app.add_subcommand("peers", "All neighbours, or everything about one");
  peers->add_option("PEER", options.peer, "Its address");
  auto* routes = app.add_subcommand("routes", "Routes: the Loc-RIB's, or those received from or sent to a neighbour");
  routes->add_option("PREFIX", options.prefix, "Only this prefix; for an address, the route that covers it");
  routes->add_flag("--longer", options.longer, "Also the prefixes within PREFIX");
  auto* peer = routes->add_option("--peer", options.peer, "Only the paths of this neighbour");
  auto* received = routes->add_flag("--received", options.received, "As received from it, refused ones too");
  auto* sent = routes->add_flag("--sent", options.sent, "As sent to it");
  received->needs(peer)->excludes(sent);
  sent->needs(peer);
  auto* explain = app.add_subcommand("explain", "Every path of a prefix: which won, by which rung, what was refused");
  explain->add_option("PREFIX", options.prefix, "A prefix, or an address")->required();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Shows what a tern daemon is doing.", "ternctl");
  try {
    describe(app, options);
    app.parse(argc, argv);
    return run(app, options);
  } catch (CLI::RequiredError const& e) {
    if (!app.get_subcommands().empty() || app.remaining().empty()) return app.exit(e), static_cast<int>(Outcome::usage);
    std::fprintf(stderr, "ternctl: there is no command '%s'; write status, peers, routes or explain\n",
                 tern::mgmt::for_terminal(app.remaining().front()).c_str());
    return static_cast<int>(Outcome::usage);
  } catch (CLI::ParseError const& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(Outcome::usage);
  } catch (std::exception const& e) {
    std::fprintf(stderr, "ternctl: cannot make sense of the daemon's answer: %s; are both of one version?\n", e.what());
    return static_cast<int>(Outcome::broken);
  }
}
