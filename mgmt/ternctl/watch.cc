#include "mgmt/ternctl/watch.h"

#include "mgmt/ternctl/fields.h"
#include "mgmt/ternctl/target.h"

namespace tern::ctl {

namespace {

std::string announcement_text(json::object const& event) {
  auto const hops = list(event, "nextHops");
  auto out = "announce " + text(event, "prefix") + (hops.size() > 1 ? " next hops " : " next hop ") +
             (hops.empty() ? "self" : joined(hops, ", "));
  if (auto const path = text(event, "asPath"); !path.empty()) out += " AS path " + path;
  if (auto const med = text(event, "med"); !med.empty()) out += " MED " + med;
  if (auto const peer = text(event, "peer"); !peer.empty()) out += " from " + peer;
  return out;
}

std::string what_happened(json::object const& event) {
  auto const kind = text(event, "event"), neighbour = "neighbour " + text(event, "peer");
  if (kind == "up") return neighbour + " up";
  if (kind == "down") return neighbour + " down: " + text(event, "reason");
  if (kind == "inSync") return neighbour + " in sync";
  if (kind == "announce") return announcement_text(event);
  if (kind == "withdraw") return "withdraw " + text(event, "prefix");
  if (kind == "lost") {
    return "lost " + text(event, "count") + " events of neighbours: they came faster than they were read";
  }
  return kind;
}

bool says_alive_only(json::object const& event) { return text(event, "event") == "alive"; }

json::object parsed(std::string_view line) {
  return json::parse(json::string_view(line.data(), line.size())).as_object();
}

std::string target_of(Watch const& options) {
  std::string target = "/v1/events?peers=";
  target += options.peers || !options.routes ? "true" : "false";
  target += options.routes ? "&routes=true" : "&routes=false";
  if (!options.prefix.empty()) target += "&prefix=" + encoded(options.prefix);
  if (options.longer) target += "&longer=true";
  if (options.snapshot) target += "&snapshot=true";
  return target;
}

/// Takes the whole lines off `text`, and puts together what is to be shown of them.
std::string shown(std::string& text, bool as_json) {
  std::string out;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    auto const line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    if (!as_json) {
      out += event_text(line);
    } else if (!says_alive_only(parsed(line))) {
      out.append(line).append("\n");
    }
  }
  text.erase(0, start);
  return out;
}

}  // namespace

void describe_watch(CLI::App& app, Watch& options) {
  CLI::Validator const given([](std::string& text) { return text.empty() ? std::string("is empty") : ""; }, "");
  auto* watch = app.add_subcommand("watch", "What happens, a line each, until interrupted: neighbours, and routes");
  watch->add_flag("--peers", options.peers, "Neighbours: up, down and why, in sync (also where nothing is said)");
  auto* routes = watch->add_flag("--routes", options.routes,
                                 "Changes of unicast routes in the Loc-RIB; without --peers only these");
  auto* prefix =
      watch->add_option("PREFIX", options.prefix, "Only of this prefix; of an address, all routes that cover it");
  prefix->check(given)->needs(routes);
  watch->add_flag("--longer", options.longer, "Also the prefixes within PREFIX")->needs(prefix);
  watch->add_flag("--snapshot", options.snapshot, "First the routes that stand there already")->needs(routes);
}

std::string event_text(std::string_view line) {
  auto const event = parsed(line);
  return says_alive_only(event) ? "" : text(event, "time") + " " + what_happened(event) + "\n";
}

Answer watch(Watch const& options, std::string const& socket, bool as_json,
             std::function<void(std::string_view)> const& print) {
  std::string rest;
  bool began = false;
  auto answer = ask(socket, target_of(options), [&](std::string_view piece) {
    rest += piece;
    auto const lines = shown(rest, as_json);
    if (lines.empty()) return;
    began = true;
    print(lines);
  });
  if (began && answer.outcome == Outcome::broken) {
    answer.error = "the watch has ended: the daemon stopped, or gave up a watcher that did not read; start it again";
  }
  return answer;
}

}  // namespace tern::ctl
