// ternctl: shows what a daemon is doing, and tells it what to do. One question to its Unix socket, one answer;
// ternctl(1).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "mgmt/ternctl/administration.h"
#include "mgmt/ternctl/client.h"
#include "mgmt/ternctl/default_socket.h"
#include "mgmt/ternctl/fib_print.h"
#include "mgmt/ternctl/memory_print.h"
#include "mgmt/ternctl/offline.h"
#include "mgmt/ternctl/print.h"
#include "mgmt/ternctl/saved_file.h"
#include "mgmt/ternctl/status_print.h"
#include "mgmt/ternctl/target.h"
#include "mgmt/ternctl/watch.h"
#include "mgmt/utf8.h"

namespace {

using tern::ctl::Answer;
using tern::ctl::encoded;
using tern::ctl::Outcome;

struct Options {
  std::string socket;  // "": the one that is there
  bool json = false;
  std::string peer, prefix, family;
  std::vector<std::string> states;
  bool longer = false, received = false, sent = false, summary = false;
  tern::ctl::Administration administration;
  tern::ctl::Offline offline;
  tern::ctl::Watch watch;
  std::string file;  // of a dump; "": standard output
};

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
  if (answer.outcome == Outcome::ok) return 0;
  return answer.error.empty() ? static_cast<int>(answer.outcome) : complain(answer.outcome, answer.error);
}

void copy_out(std::string_view piece) {
  if (std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) throw OutputLost();
}

/// For whoever looks on, or reads from a pipe.
void print_now(std::string_view lines) {
  copy_out(lines);
  flush_output();
}

/// All of an answer of moderate size.
Answer ask_whole(Options const& options, std::string const& target, std::string& body) {
  return tern::ctl::ask(options.socket, target, [&](std::string_view piece) { body += piece; });
}

/// For answers of moderate size: all of it, then printed.
int show(Options const& options, std::string const& target, void (*print)(std::string const&)) {
  if (options.json) return conclude(tern::ctl::ask(options.socket, target, copy_out));
  std::string body;
  auto const answer = ask_whole(options, target, body);
  if (answer.outcome == Outcome::ok) print(body);
  return conclude(answer);
}

int show_status(Options const& options) {
  if (options.json) return conclude(tern::ctl::ask(options.socket, "/v1/status", copy_out));
  std::string status, peers;
  auto answer = ask_whole(options, "/v1/status", status);
  if (answer.outcome != Outcome::ok) return conclude(answer);
  if (tern::ctl::peers_of(status) <= tern::ctl::most_peers_in_status) answer = ask_whole(options, "/v1/peers", peers);
  if (answer.outcome == Outcome::ok) tern::ctl::print_status(status, peers);
  return conclude(answer);
}

/// Asks for a list and prints it while it comes. `any`: it is not empty.
Answer print_list(Options const& options, std::string const& target, tern::ctl::ListPrinter& printer, bool& any) {
  auto answer = tern::ctl::ask(options.socket, target, [&](std::string_view piece) {
    any |= piece.find('{') != std::string_view::npos;
    if (options.json) return copy_out(piece);
    printer.piece(piece);
    if (std::ferror(stdout) != 0) flush_output();  // a million routes more would be lost as well
  });
  printer.finish();
  return answer;
}

/// Nothing was found for a prefix that was asked for.
int no_route(Options const& options, std::string const& verb) {
  flush_output();
  if (!options.family.empty()) {
    return complain(Outcome::refused, "there is no route of " + options.family + " by this prefix: 'ternctl " + verb +
                                          " --family " + options.family + "' shows all");
  }
  if (options.longer) {
    return complain(Outcome::refused, "there is no route within " + options.prefix + "; try a shorter prefix");
  }
  return complain(Outcome::refused, "there is no route to " + options.prefix + "; 'ternctl " + verb + " " +
                                        options.prefix + " --longer' shows those within it");
}

int show_routes(Options const& options) {
  std::string target = "/v1/routes?view=";
  target += options.received ? "received" : options.sent ? "sent" : "loc-rib";
  if (!options.prefix.empty()) target += "&prefix=" + encoded(options.prefix);
  if (options.longer) target += "&longer=true";
  if (!options.peer.empty()) target += "&peer=" + encoded(options.peer);
  if (!options.family.empty()) target += "&family=" + encoded(options.family);
  bool any = false;
  tern::ctl::RoutePrinter printer;
  auto const answer = print_list(options, target, printer, any);
  if (answer.outcome != Outcome::ok || any) return conclude(answer);
  if (!options.prefix.empty()) return no_route(options, "routes");
  if (!options.json) std::puts("no routes");
  return conclude(answer);
}

std::string fib_target(Options const& options) {
  std::string target = "/v1/fib/routes?state=";
  for (auto const& state : options.states) target += (target.ends_with('=') ? "" : ",") + state;
  if (!options.prefix.empty()) target += "&prefix=" + encoded(options.prefix);
  return target + (options.longer ? "&longer=true" : "");
}

int show_fib(Options const& options) {
  std::string summary;
  auto const has_fib = ask_whole(options, "/v1/fib", summary);
  if (has_fib.outcome == Outcome::refused && has_fib.status == 404) {
    return complain(Outcome::refused,
                    "this daemon puts no routes into the kernel; ask tern-speaker with --socket PATH or TERN_SOCKET");
  }
  if (has_fib.outcome != Outcome::ok) return conclude(has_fib);
  bool any = false;
  if (!options.summary) {
    tern::ctl::FibPrinter printer;
    auto const answer = print_list(options, fib_target(options), printer, any);
    if (answer.outcome != Outcome::ok) return conclude(answer);
    if (!any && !options.prefix.empty() && options.states.empty()) return no_route(options, "fib");
    if (!options.json) std::puts(any ? "" : "no routes\n");
    if (options.json) return conclude(answer);
  }
  if (options.json) {
    copy_out(summary);
  } else {
    tern::ctl::print_fib_summary(summary);
  }
  return conclude({});
}

int dump_tables(Options const& options) {
  std::string target = "/v1/mrt?view=";
  target += options.received ? "received" : "loc-rib";
  if (!options.peer.empty()) target += "&peer=" + encoded(options.peer);
  try {
    tern::ctl::SavedFile file(options.file == "-" ? "" : options.file);
    auto const answer = tern::ctl::ask(options.socket, target, [&](std::string_view piece) { file.write(piece); });
    if (answer.outcome == Outcome::ok) file.finish();
    return conclude(answer);
  } catch (std::runtime_error const& e) {
    return complain(Outcome::broken, e.what());
  }
}

int run(CLI::App const& app, Options const& options) {
  if (auto const done = tern::ctl::administer(app, options.administration, options.socket, options.json)) {
    return conclude(*done);
  }
  if (app.got_subcommand("watch")) {
    return conclude(tern::ctl::watch(options.watch, options.socket, options.json, print_now));
  }
  if (app.got_subcommand("mrt")) return dump_tables(options);
  if (app.got_subcommand("status")) return show_status(options);
  if (app.got_subcommand("memory")) return show(options, "/v1/memory", tern::ctl::print_memory);
  if (app.got_subcommand("fib")) return show_fib(options);
  if (app.got_subcommand("peers")) {
    if (options.peer.empty()) return show(options, "/v1/peers", tern::ctl::print_peers);
    return show(options, "/v1/peers/" + encoded(options.peer), tern::ctl::print_peer);
  }
  if (app.got_subcommand("routes")) return show_routes(options);
  auto const by_key = "/v1/explain/" + encoded(options.family) + "?key=";
  auto const target = options.family.empty() ? "/v1/explain?prefix=" : by_key;
  return show(options, target + encoded(options.prefix), tern::ctl::print_explanation);
}

void describe_fib(CLI::App& app, Options& options, CLI::Validator const& given) {
  auto* fib = app.add_subcommand("fib", "Routes in the kernel, why others are not there, and tunnel devices");
  auto* prefix =
      fib->add_option("PREFIX", options.prefix, "Only this prefix; for an address, the route that covers it");
  prefix->check(given);
  fib->add_flag("--longer", options.longer, "Also the prefixes within PREFIX")->needs(prefix);
  auto* states = fib->add_option("--state", options.states, "Only routes of this state; may be given several times");
  states->check(CLI::IsMember({"installed", "pending", "failed", "conflicting", "leftover"}))->expected(1);
  states->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  fib->add_flag("--summary", options.summary, "Only the counts and the devices")->excludes(prefix)->excludes(states);
}

void describe_mrt(CLI::App& app, Options& options, CLI::Validator const& given) {
  auto* mrt = app.add_subcommand("mrt", "The daemon's tables in the MRT format (RFC 6396)");
  auto* dump =
      mrt->add_subcommand("dump", "Save them: the unicast routes of the Loc-RIB, or what neighbours announced");
  mrt->require_subcommand(1);
  CLI::Validator const packed(
      [](std::string& name) {
        auto const other = name.ends_with(".bz2") || name.ends_with(".xz") || name.ends_with(".zst");
        return other ? std::string("only .gz is packed: give another name, or pack it afterwards") : std::string();
      },
      "");
  dump->add_option("FILE", options.file, "Packed when it ends in .gz; without it, to standard output")
      ->check(given)
      ->check(packed);
  auto* received = dump->add_flag("--received", options.received, "What neighbours announced, refused routes too");
  dump->add_option("--peer", options.peer, "With --received: only of this neighbour")->check(given)->needs(received);
}

void describe(CLI::App& app, Options& options) {
  app.set_version_flag("--version", "ternctl " TERN_VERSION);
  app.fallthrough();
  CLI::Validator const given([](std::string& text) { return text.empty() ? std::string("is empty") : ""; }, "");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 no such neighbour or route, or refused, or found malformed, 2 wrong usage, 3 daemon not "
      "reachable, 4 answer broken off or "
      "lost.");
  app.add_option("--socket", options.socket, "The daemon's Unix socket")
      ->envname("TERN_SOCKET")
      ->default_str("/run/tern/speaker.sock or /run/tern/reflector.sock, whichever is there");
  app.add_flag("--json", options.json, "The daemon's JSON as it comes");
  app.add_subcommand("status", "The daemon as a whole, its tables and its engine's counters");
  app.add_subcommand("memory", "Where the daemon's memory goes, by kind, and what is not accounted for");
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
  routes
      ->add_option("--family", options.family,
                   "Routes of this family, such as ipv4-vpn or l2vpn-evpn, instead of IPv4 and IPv6 unicast")
      ->check(given);
  auto* received = routes->add_flag("--received", options.received, "As received from it, refused ones too");
  auto* sent = routes->add_flag("--sent", options.sent, "As sent to it");
  received->needs(peer)->excludes(sent);
  sent->needs(peer);
  describe_fib(app, options, given);
  describe_mrt(app, options, given);
  auto* explain = app.add_subcommand(
      "explain", "Every path of a prefix: which won, by which rung, what was refused; what the kernel has");
  explain->add_option("PREFIX", options.prefix, "A prefix, or an address; with --family a key")
      ->required()
      ->check(given);
  explain
      ->add_option("--family", options.family,
                   "Of a family of more than prefixes: the key is the one that 'routes --family F --json' shows")
      ->check(given);
  tern::ctl::describe_watch(app, options.watch);
  tern::ctl::describe_administration(app, options.administration);
  tern::ctl::describe_offline(app, options.offline);
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
  if (options.socket.empty() && app.count("--socket") > 0) return no_socket();
  if (auto const done = tern::ctl::do_offline(app, options.offline, copy_out)) return conclude(*done);
  if (options.socket.empty()) {
    auto const found = tern::ctl::default_socket();
    if (found.path.empty()) return complain(found.many ? Outcome::usage : Outcome::unreachable, found.error);
    options.socket = found.path;
  }
  return run(app, options);
}

int say(CLI::App const& app, CLI::ParseError const& error) {
  auto const status = app.exit(error) == 0 ? 0 : static_cast<int>(Outcome::usage);
  flush_output();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Shows what a tern daemon is doing, and tells it what to do.", "ternctl");
  try {
    try {
      return parse_and_run(argc, argv, app, options);
    } catch (CLI::RequiredError const& e) {
      if (!app.get_subcommands().empty() || app.remaining().empty()) {
        return app.exit(e), static_cast<int>(Outcome::usage);
      }
      return complain(Outcome::usage, "there is no command '" + tern::mgmt::for_terminal(app.remaining().front()) +
                                          "'; 'ternctl --help' lists them");
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
