#include "daemons.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <stdexcept>

#include "support/eventually.h"

namespace interop {

using namespace std::chrono_literals;
using support::Arguments;
using support::Finished;
using support::TemporaryDirectory;

std::string const usual_in_bird =
    "bgp_origin = ORIGIN_EGP; bgp_path.prepend(64513); bgp_path.prepend(64512); bgp_med = 42; bgp_local_pref = 150; "
    "bgp_community.add((65000,7)); bgp_community.add((65000,8)); bgp_ext_community.add((rt,65000,100)); "
    "bgp_large_community.add((65000,1,2));";

Arguments const usual_in_gobgp = {"origin",          "egp",      "aspath",    "64512 64513",     "med", "42",
                                  "local-pref",      "150",      "community", "65000:7,65000:8", "rt",  "65000:100",
                                  "large-community", "65000:1:2"};

Shown usual(std::string const& next_hop) {
  return {{"origin", "EGP"},
          {"as_path", "64512 64513"},
          {"next_hop", next_hop},
          {"med", "42"},
          {"local_pref", "150"},
          {"community", "(65000,7) (65000,8)"},
          {"ext_community", "(rt, 65000, 100)"},
          {"large_community", "(65000, 1, 2)"}};
}

Shown reflected(Shown route, std::string const& originator, std::string const& clusters) {
  route["originator_id"] = originator;
  route["cluster_list"] = clusters;
  return route;
}

Daemon::~Daemon() {
  if (!testing::Test::HasFailure()) return;
  auto const log = process_.output();
  std::fprintf(stderr, "---- the end of what %s logged\n%s\n", name_.c_str(),
               log.substr(log.size() - std::min<std::size_t>(log.size(), 4000)).c_str());
}

void Daemon::kill() {
  process_.signal(SIGKILL);
  (void)process_.wait(5s);
}

// ---- Ours

namespace {

std::string configuration(TernOptions const& options) {
  std::string out = "router: {as: " + std::to_string(options.as) + ", id: " + options.id +
                    ", clusterId: " + options.cluster +
                    "}\napi: {socket: {socket}}\ngroups: {all: {connectRetry: 1}}\nlisten:\n";
  for (auto const& address : options.addresses) out += "  - {address: \"" + address + "\", port: 179}\n";
  out += "neighbors:\n";
  for (auto const& neighbour : options.neighbours) out += "  - {group: all, " + neighbour + "}\n";
  return out;
}

std::string socket_of(TemporaryDirectory const& directory, std::string const& name) {
  return directory.path() + "/" + name + ".sock";
}

/// The path of the file.
std::string write_file(TemporaryDirectory const& directory, std::string const& name, std::string configuration) {
  std::string const place = "{socket}";
  if (auto const at = configuration.find(place); at != std::string::npos) {
    configuration.replace(at, place.size(), socket_of(directory, name));
  }
  return directory.write(name + ".yaml", configuration);
}

Arguments with_file(Arguments argv, TemporaryDirectory const& directory, std::string const& name,
                    std::string configuration) {
  argv.insert(argv.end(), {"--config", write_file(directory, name, std::move(configuration))});
  return argv;
}

void ready_or_throw(Daemon& daemon, std::function<bool()> const& ready) {
  if (support::eventually(20s, [&] { return ready() || !daemon.process().running(); }) && ready()) return;
  throw std::runtime_error(daemon.name() + " does not start: " + daemon.process().output());
}

}  // namespace

std::string TernDaemon::program(std::string const& name) { return std::string(TERN_BIN) + "/" + name; }

TernDaemon::TernDaemon(TemporaryDirectory const& directory, std::string const& name, Arguments argv,
                       std::string configuration, support::Namespace const* network)
    : Daemon(name, with_file(std::move(argv), directory, name, std::move(configuration)), network),
      directory_(directory),
      socket_(socket_of(directory, name)) {
  ready_or_throw(*this, [this] { return ctl({"status"}).status == 0; });
}

Tern::Tern(TemporaryDirectory const& directory, TernOptions const& options)
    : TernDaemon(directory, options.name, {program("tern-reflector")}, configuration(options)) {}

Finished TernDaemon::ctl(Arguments arguments) const {
  arguments.insert(arguments.begin(), {program("ternctl"), "--socket", socket_});
  return support::run(arguments);
}

boost::json::value TernDaemon::ask(Arguments const& arguments) const {
  auto all = arguments;
  all.emplace_back("--json");
  auto const answer = ctl(all);
  return answer.status == 0 ? boost::json::parse(answer.output) : boost::json::value();
}

std::string TernDaemon::tell(Arguments const& arguments) const { return ctl(arguments).output; }

std::string TernDaemon::reload(std::string configuration) const {
  write_file(directory_, name(), std::move(configuration));
  return tell({"reload"});
}

std::string TernDaemon::peer(std::string const& address, std::vector<std::string> const& path) const {
  auto const answer = ask({"peers", address});
  auto const* at = &answer;
  for (auto const& name : path) {
    at = at->is_object() ? at->get_object().if_contains(name) : nullptr;
    if (at == nullptr) return "";
  }
  return at->is_string() ? std::string(at->get_string()) : boost::json::serialize(*at);
}

bool TernDaemon::established(std::string const& address) const { return peer(address, {"state"}) == "Established"; }

std::string TernDaemon::refusal(std::string const& prefix, std::string const& peer) const {
  auto const answer = ask({"routes", prefix, "--peer", peer, "--received"});
  if (!answer.is_array() || answer.get_array().empty()) return "absent";
  auto const* rule = answer.get_array()[0].get_object().if_contains("refusedBy");
  return rule == nullptr ? "" : std::string(rule->get_string());
}

// ---- BIRD

namespace {

std::string channel(std::string const& family, std::string const& content) {
  return content.empty() ? "" : "  " + family + " { " + content + " };\n";
}

std::string configuration(BirdOptions const& options) {
  std::string out = "router id " + options.id + ";\nlog stderr all;\nprotocol device {}\n" + options.extra +
                    "protocol static routes4 { ipv4; " + options.routes + " }\nprotocol static routes6 { ipv6; " +
                    options.routes6 + " }\n";
  for (auto const& one : options.sessions) {
    out += "protocol bgp " + one.name + " {\n  local " + one.local + " as " + std::to_string(one.as) + "; neighbor " +
           one.neighbour + " as " + std::to_string(one.neighbour_as) +
           ";\n  strict bind yes; multihop; hold time 240; connect delay time 1; connect retry time 1; "
           "error wait time 1, 1;\n" +
           channel("ipv4", one.ipv4) + channel("ipv6", one.ipv6) + "  " + one.options + "\n}\n";
  }
  return out;
}

std::string trimmed(std::string const& text) {
  auto const first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    auto const end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

}  // namespace

Bird::Bird(TemporaryDirectory const& directory, BirdOptions const& options)
    : Daemon(options.name,
             {"bird", "-f", "-c", directory.write(options.name + ".conf", configuration(options)), "-s",
              directory.path() + "/" + options.name + ".ctl", "-P", directory.path() + "/" + options.name + ".pid"},
             options.network),
      socket_(directory.path() + "/" + options.name + ".ctl") {
  ready_or_throw(*this, [this] { return command("show status").find("Daemon is up") != std::string::npos; });
}

std::string Bird::command(std::string const& line) const { return support::run({"birdc", "-s", socket_, line}).output; }

std::optional<Shown> Bird::route(std::string const& prefix, std::string const& session) const {
  Shown shown;
  for (auto const& line : lines_of(command("show route all " + prefix + " protocol " + session))) {
    auto const key = line.find("BGP.");
    auto const colon = line.find(':', key);
    if (key == std::string::npos || colon == std::string::npos) continue;
    shown[line.substr(key + 4, colon - key - 4)] = trimmed(line.substr(colon + 1));
  }
  return shown.empty() ? std::nullopt : std::optional(shown);
}

std::size_t Bird::paths(std::string const& prefix, std::string const& session) const {
  auto const shown = command("show route " + prefix + " protocol " + session);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = shown.find("[" + session + " ", at)) != std::string::npos; ++at) ++count;
  return count;
}

std::string Bird::state(std::string const& session) const {
  auto const line = command("show protocols " + session);
  for (std::string const state : {"Established", "OpenConfirm", "OpenSent", "Connect", "Active", "Idle"})
    if (line.find(" " + state) != std::string::npos) return state;
  return "";
}

std::uint64_t Bird::count(std::string const& session) const {
  std::uint64_t total = 0;
  unsigned long long count = 0;
  for (auto const& line : lines_of(command("show route count protocol " + session)))
    if (std::sscanf(line.c_str(), "%llu of", &count) == 1 && line.find("Total:") == std::string::npos) total += count;
  return total;
}

// ---- GoBGP

namespace {

std::string configuration(GobgpOptions const& options) {
  std::string out =
      "[global.config]\nas = " + std::to_string(options.as) + "\nrouter-id = \"" +
      (options.id.empty() ? options.address : options.id) + "\"\nlocal-address-list = [\"" + options.address +
      "\"]\n[[neighbors]]\n[neighbors.config]\nneighbor-address = \"" + options.neighbour +
      "\"\npeer-as = 65000\n[neighbors.transport.config]\npassive-mode = " + (options.passive ? "true" : "false") +
      "\nlocal-address = \"" + options.address +
      "\"\n[neighbors.timers.config]\nconnect-retry = 1\nidle-hold-time-after-reset = 1\n";
  for (auto const& family : options.families)
    out += "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"" + family + "\"\n";
  return out;
}

std::string family_of(std::string const& prefix) { return prefix.find(':') == std::string::npos ? "ipv4" : "ipv6"; }

using Json = boost::json::value;

std::string scalar(Json const& value) {
  return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
}

/// Each element as text, with a space between them.
template <typename Text>
std::string joined(Json const& list, Text text) {
  std::string out;
  for (auto const& element : list.as_array()) out += (out.empty() ? "" : " ") + text(element);
  return out;
}

std::string community(Json const& value) {
  auto const number = value.to_number<std::uint32_t>();
  return "(" + std::to_string(number >> 16) + "," + std::to_string(number & 0xffff) + ")";
}

std::string large_community(Json const& value) {
  return "(" + scalar(value.at("ASN")) + ", " + scalar(value.at("LocalData1")) + ", " + scalar(value.at("LocalData2")) +
         ")";
}

/// Route targets of two-octet ASes; whatever else stays JSON.
std::string extended_community(Json const& value) {
  if (value.at("type") != 0 || value.at("subtype") != 2) return scalar(value);
  auto text = scalar(value.at("value"));
  return "(rt, " + text.replace(text.find(':'), 1, ", ") + ")";
}

std::string as_path(Json const& value) {
  return joined(value, [](Json const& segment) {
    auto const ases = joined(segment.at("asns"), scalar);
    return segment.at("segment_type") == 1 ? "{" + ases + "}" : ases;
  });
}

void translate(Shown& shown, Json const& attribute) {
  static char const* const origins[] = {"IGP", "EGP", "Incomplete"};
  auto const type = attribute.at("type").to_number<unsigned>();
  switch (type) {
    case 1:
      shown["origin"] = origins[attribute.at("value").to_number<unsigned>() % 3];
      break;
    case 2:
      shown["as_path"] = as_path(attribute.at("as_paths"));
      break;
    case 3:
    case 14:
      shown["next_hop"] = scalar(attribute.at("nexthop"));
      break;
    case 4:
      shown["med"] = scalar(attribute.at("metric"));
      break;
    case 5:
      shown["local_pref"] = scalar(attribute.at("value"));
      break;
    case 8:
      shown["community"] = joined(attribute.at("communities"), community);
      break;
    case 9:
      shown["originator_id"] = scalar(attribute.at("value"));
      break;
    case 10:
      shown["cluster_list"] = joined(attribute.at("value"), scalar);
      break;
    case 16:
      shown["ext_community"] = joined(attribute.at("value"), extended_community);
      break;
    case 32:
      shown["large_community"] = joined(attribute.at("value"), large_community);
      break;
    default:
      shown["attribute " + std::to_string(type)] = scalar(attribute);
  }
}

}  // namespace

Gobgp::Gobgp(TemporaryDirectory const& directory, GobgpOptions const& options)
    : Daemon(options.name, {"gobgpd", "-f", directory.write(options.name + ".toml", configuration(options)),
                            "--api-hosts", "unix://" + directory.path() + "/" + options.name + ".api"}),
      target_("unix://" + directory.path() + "/" + options.name + ".api") {
  ready_or_throw(*this, [this] { return ask({"neighbor"}).output.find("10.77.") != std::string::npos; });
}

Finished Gobgp::ask(Arguments arguments) const {
  arguments.insert(arguments.begin(), {"gobgp", "--target", target_});
  return support::run(arguments);
}

std::optional<Shown> Gobgp::route(std::string const& prefix) const {
  auto const answer = ask({"global", "rib", prefix, "-a", family_of(prefix), "-j"});
  if (answer.status != 0) return std::nullopt;
  auto const table = boost::json::parse(answer.output);
  auto const* paths = table.as_object().if_contains(prefix);
  if (paths == nullptr || paths->as_array().empty()) return std::nullopt;
  Shown shown;
  for (auto const& attribute : paths->as_array()[0].at("attrs").as_array()) translate(shown, attribute);
  return shown;
}

void Gobgp::rib(std::string const& verb, std::string const& prefix, Arguments const& attributes) const {
  Arguments arguments = {"global", "rib", verb, prefix, "-a", family_of(prefix)};
  arguments.insert(arguments.end(), attributes.begin(), attributes.end());
  auto const done = ask(arguments);
  if (done.status != 0) throw std::runtime_error("gobgp refuses: " + done.output);
}

std::string Gobgp::state() const {
  static char const* const names[] = {"", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"};
  auto const answer = ask({"neighbor", "-j"});
  if (answer.status != 0) return "";
  auto const neighbours = boost::json::parse(answer.output);
  return names[neighbours.as_array().at(0).at("state").at("session_state").to_number<unsigned>() % 7];
}

}  // namespace interop
