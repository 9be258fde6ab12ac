#include "mgmt/ternctl/administration.h"

#include <cstdio>

#include "mgmt/ternctl/fields.h"
#include "mgmt/ternctl/target.h"
#include "mgmt/utf8.h"

namespace tern::ctl {

namespace {

Answer nothing_changed(std::string const& why) { return {Outcome::refused, why, 0}; }

Answer neighbor(Administration const& options, std::string const& socket, bool as_json) {
  auto target = "/v1/peers/" + encoded(options.peer) + "?do=" + options.verb;
  if (!options.text.empty()) target += "&text=" + encoded(options.text);
  std::string body;
  auto answer = tell(socket, target, body);
  if (answer.outcome == Outcome::ok && as_json) std::fputs(body.c_str(), stdout);
  return answer;
}

void print_lines(json::object const& report, char const* name, char const* before, char const* after) {
  for (auto const& line : list(report, name)) {
    std::printf("%s%s%s\n", before, mgmt::for_terminal(line.as_string()).c_str(), after);
  }
}

Answer print_report(std::string const& body) {
  auto const report = json::parse(body).as_object();
  print_lines(report, "problems", "", "");
  print_lines(report, "needsRestart", "", " changed, which needs a restart");
  if (!truth(report, "applied")) return nothing_changed("nothing was changed");
  print_lines(report, "warnings", "warning: ", "");
  print_lines(report, "changedKeys", "", " changed");
  std::printf("%s added, %s removed, %s changed", text(report, "added").c_str(), text(report, "removed").c_str(),
              text(report, "changed").c_str());
  if (auto const anew = number(report, "newSessions"); anew != 0) {
    std::printf(", %llu with a new session", static_cast<unsigned long long>(anew));
  }
  if (auto const later = number(report, "atNextSession"); later != 0) {
    std::printf(", %llu in part at the next session", static_cast<unsigned long long>(later));
  }
  std::puts("");
  print_lines(report, "failures", "failed: ", "");
  if (!list(report, "failures").empty()) return nothing_changed("not all of the file could be done; see above");
  return {};
}

Answer reload(std::string const& socket, bool as_json) {
  std::string body;
  auto answer = tell(socket, "/v1/reload", body);
  if (answer.outcome != Outcome::ok) return answer;
  if (!as_json) return print_report(body);
  std::fputs(body.c_str(), stdout);
  auto const report = json::parse(body).as_object();
  if (!truth(report, "applied")) return nothing_changed("nothing was changed");
  return list(report, "failures").empty() ? answer : nothing_changed("not all of the file could be done");
}

}  // namespace

void describe_administration(CLI::App& app, Administration& options) {
  CLI::Validator const given([](std::string& text) { return text.empty() ? std::string("is empty") : ""; }, "");
  auto* neighbor =
      app.add_subcommand("neighbor", "Takes a neighbour down or up, resets its session, asks for all again");
  neighbor
      ->add_option("ACTION", options.verb,
                   "down: ends the session and keeps it down; up: no more; reset: ends it once; refresh: asks for its "
                   "routes and sends ours again, the session stays")
      ->required()
      ->check(CLI::IsMember({"up", "down", "reset", "refresh"}));
  neighbor->add_option("PEER", options.peer, "Its address")->required()->check(given);
  neighbor->add_option("--text", options.text, "What the neighbour is told (RFC 9003); with down and reset");
  app.add_subcommand("reload", "The daemon reads its file again; what did not change keeps its session");
}

std::optional<Answer> administer(CLI::App const& app, Administration const& options, std::string const& socket,
                                 bool json) {
  if (app.got_subcommand("neighbor")) return neighbor(options, socket, json);
  if (app.got_subcommand("reload")) return reload(socket, json);
  return std::nullopt;
}

}  // namespace tern::ctl
