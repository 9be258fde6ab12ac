// ternctl: shows what a daemon is doing. One question to its Unix socket, one answer; ternctl(1).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
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

/// What was printed went nowhere, on a full disk for instance.
struct OutputLost : std::runtime_error {
  OutputLost()
      : std::runtime_error(std::string("cannot write the output: ") + std::strerror(errno) +
                           "; what was shown is not all: make room, or send it elsewhere") {}
};

/// Everything printed so far has left, or OutputLost.
void flush_output() {
  errno = EIO;  // of a write that failed before, nobody knows why any more
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw OutputLost();
}

int complain(Outcome outcome, std::string const& text) {
  std::fprintf(stderr, "ternctl: %s\n", text.c_str());
  return static_cast<int>(outcome);
}

int conclude(Answer const& answer) {
  flush_output();
  return answer.outcome == Outcome::ok ? 0 : complain(answer.outcome, answer.error);
}

void copy_out(std::string_view piece) {
  if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) throw OutputLost();
}

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
  bool any = false;
  tern::ctl::RoutePrinter printer;
  auto const answer = tern::ctl::ask(options.socket, target, [&](std::string_view piece) {
    any |= piece.find('{') != std::string_view::npos;
    if (options.json) return copy_out(piece);
    printer.piece(piece);
    if (std::ferror(stdout) != 0) flush_output();  // a million routes more would be lost as well
  });
  printer.finish();
  if (answer.outcome != Outcome::ok || any) return conclude(answer);
  if (options.prefix.empty()) {
    if (!options.json) std::puts("no routes");
    return conclude(answer);
  }
  flush_output();
  return complain(Outcome::refused, options.longer
                                        ? "there is no route within " + options.prefix + "; try a shorter prefix"
                                        : "there is no route to " + options.prefix + "; 'ternctl routes " +
                                              options.prefix + " --longer' shows those within it");
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
  CLI::Validator const given([](std::string& text) { return text.empty() ? std::string("is empty") : ""; }, "");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 no such neighbour or route, 2 wrong usage, 3 daemon not reachable, 4 answer broken off or "
      "lost.");
  app.add_option("--socket", options.socket, "The daemon's Unix socket")->envname("TERN_SOCKET")->capture_default_str();
  app.add_flag("--json", options.json, "The daemon's JSON as it comes");
  app.add_subcommand("status", "The daemon as a whole, its tables and its engine's counters");
  auto* peers = app.add_subcommand("peers", "All neighbours, or everything about one");
  peers->add_option("PEER", options.peer, "Its address")->check(given);
  auto* routes =
      app.add_subcommand("routes", "Routes: the best ones of all, or those received from or sent to a neighbour");
  auto* prefix =
      routes->add_option("PREFIX", options.prefix, "Only this prefix; for an address, the route that covers it");
  prefix->check(given);
  routes->add_flag("--longer", options.longer, "Also the prefixes within PREFIX")->needs(prefix);
  auto* peer = routes->add_option("--peer", options.peer,
                                  "Only those best paths that came from this neighbour; with --received or --sent all "
                                  "that it announced or is sent");
  peer->check(given);
  auto* received = routes->add_flag("--received", options.received, "As received from it, refused ones too");
  auto* sent = routes->add_flag("--sent", options.sent, "As sent to it");
  received->needs(peer)->excludes(sent);
  sent->needs(peer);
  auto* explain = app.add_subcommand("explain", "Every path of a prefix: which won, by which rung, what was refused");
  explain->add_option("PREFIX", options.prefix, "A prefix, or an address")->required()->check(given);
}

/// CLI11 takes the word after "--socket=" for its value.
bool names_no_socket(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](char const* word) { return std::strcmp(word, "--socket=") == 0; });
}

int parse_and_run(int argc, char** argv, CLI::App& app, Options& options) {
  describe(app, options);
  auto const no_socket = [] {
    return complain(Outcome::usage, "the path after --socket is empty; write --socket PATH, or leave it out");
  };
  if (names_no_socket(argc, argv)) return no_socket();
  app.parse(argc, argv);
  return options.socket.empty() ? no_socket() : run(app, options);
}

int say(CLI::App const& app, CLI::ParseError const& error) {
  auto const status = app.exit(error) == 0 ? 0 : static_cast<int>(Outcome::usage);
  flush_output();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Shows what a tern daemon is doing.", "ternctl");
  try {
    try {
      return parse_and_run(argc, argv, app, options);
    } catch (CLI::RequiredError const& e) {
      if (!app.get_subcommands().empty() || app.remaining().empty()) {
        return app.exit(e), static_cast<int>(Outcome::usage);
      }
      return complain(Outcome::usage, "there is no command '" + tern::mgmt::for_terminal(app.remaining().front()) +
                                          "'; write status, peers, routes or explain");
    } catch (CLI::ParseError const& e) {
      return say(app, e);
    }
  } catch (OutputLost const& e) {
    return complain(Outcome::broken, e.what());
  } catch (std::exception const& e) {
    return complain(Outcome::broken, std::string("cannot make sense of the daemon's answer: ") + e.what() +
                                         "; are both of one version?");
  }
}
