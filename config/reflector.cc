#include "config/reflector.h"

#include <sys/un.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "config/peer_keys.h"
#include "config/suggest.h"
#include "config/value.h"

namespace tern::config {

namespace {

/// The whole file while it is read: neighbours can only be made once router and groups are known, in whatever order
/// the file has them.
struct Draft {
  ReflectorConfig config;
  bool listens = true;
  std::vector<Value> groups, ranges, neighbors;  // none or one of each
  std::map<std::string, PeerDraft> group;
  std::map<std::string, int> lines;  // where each neighbour and range stands
};

struct RangeDraft {
  bgp::Prefix prefix;
  bool prefix_ok = false;
  std::string group;
  std::size_t limit = bgp::RangeConfig{}.limit;
};

std::span<Key<bgp::SpeakerConfig> const> router_keys() {
  using C = bgp::SpeakerConfig;
  static std::vector<Key<C>> const keys = {
      {"as", [](Value const& v, C& c) { c.local_as = v.asn().value_or(bgp::Asn{}); }, true},
      {"id",
       [](Value const& v, C& c) {
         if (auto const id = v.router_id()) c.router_id = bgp::IpAddress::v4(id->value);
       },
       true},
      {"clusterId", [](Value const& v, C& c) { c.cluster_id = v.router_id(); }},
      {"clientToClient", [](Value const& v, C& c) { c.client_to_client = v.boolean().value_or(true); }},
      {"alwaysCompareMed", [](Value const& v, C& c) { c.always_compare_med = v.boolean().value_or(false); }},
  };
  return keys;
}

void read_listen_address(Value const& value, bgp::ListenAddress& listen) {
  auto const text = value.text();
  if (!text) return;
  auto const parsed = bgp::IpAddress::parse(std::string_view(*text).substr(0, text->find('%')));
  if (parsed && parsed->is_link_local()) {
    value.problem("a listener cannot be bound to a link-local address",
                  "write '::', which also takes neighbours that dial " + *text);
    return;
  }
  listen.address = value.address().value_or(bgp::IpAddress{});
}

std::span<Key<bgp::ListenAddress> const> listen_keys() {
  using L = bgp::ListenAddress;
  static std::vector<Key<L>> const keys = {
      {"address", read_listen_address},
      {"port", [](Value const& v, L& l) { l.port = static_cast<std::uint16_t>(v.number(1, 65535).value_or(l.port)); }},
  };
  return keys;
}

void read_socket(Value const& value, ReflectorConfig& config) {
  constexpr std::size_t longest = sizeof(sockaddr_un{}.sun_path) - 1;
  auto const path = value.text();
  if (!path) return;
  if (path->empty() || path->size() > longest) {
    value.problem("a socket's path has 1 to " + std::to_string(longest) + " characters",
                  "write for instance /run/tern/reflector.sock");
    return;
  }
  config.api_socket = *path;
}

void read_level(Value const& value, ReflectorConfig& config) {
  static std::vector<std::string> const names = {"debug", "info", "warning", "error"};  // in the order of LogLevel
  auto const name = value.text();
  if (!name) return;
  auto const found = std::find(names.begin(), names.end(), *name);
  if (found == names.end()) {
    value.problem("'" + *name + "' is no level", "write " + one_of(names));
    return;
  }
  config.log_level = static_cast<LogLevel>(found - names.begin());
}

std::span<Key<ReflectorConfig> const> api_keys() {
  static std::vector<Key<ReflectorConfig>> const keys = {{"socket", read_socket}};
  return keys;
}

std::span<Key<ReflectorConfig> const> log_keys() {
  static std::vector<Key<ReflectorConfig>> const keys = {{"level", read_level}};
  return keys;
}

void read_listen(Value const& value, Draft& draft) {
  auto& listeners = draft.config.speaker.listen;
  for (auto const& element : value.list()) {
    bgp::ListenAddress one;
    read_map(element, listen_keys(), one);
    auto const same = [&](auto const& other) { return other.address == one.address && other.port == one.port; };
    if (std::any_of(listeners.begin(), listeners.end(), same)) {
      element.problem("the same address and port as a listener above", "remove one of the two");
      continue;
    }
    listeners.push_back(one);
  }
  draft.listens = !listeners.empty();
}

std::span<Key<Draft> const> root_keys() {
  static std::vector<Key<Draft>> const keys = {
      {"router", [](Value const& v, Draft& d) { read_map(v, router_keys(), d.config.speaker); }, true},
      {"listen", read_listen},
      {"api", [](Value const& v, Draft& d) { read_map(v, api_keys(), d.config); }},
      {"log", [](Value const& v, Draft& d) { read_map(v, log_keys(), d.config); }},
      {"groups", [](Value const& v, Draft& d) { d.groups.push_back(v); }},
      {"ranges", [](Value const& v, Draft& d) { d.ranges.push_back(v); }},
      {"neighbors", [](Value const& v, Draft& d) { d.neighbors.push_back(v); }},
  };
  return keys;
}

void read_groups(Value const& groups, Draft& draft) {
  for (auto const& [name, value] : groups.map()) {
    PeerDraft group;
    group.peer.group = name;
    read_peer(value, peer_keys(), group);
    check_peer(group, draft.config.speaker.local_as, value.problems());
    draft.group.emplace(name, std::move(group));
  }
}

PeerDraft const* find_group(Value const& value, std::string const& name, Draft const& draft) {
  if (auto const found = draft.group.find(name); found != draft.group.end()) return &found->second;
  std::vector<std::string> names;
  for (auto const& [known, group] : draft.group) names.push_back(known);
  auto const meant = closest(name, names);
  value.problem("there is no group '" + name + "'", meant           ? "did you mean " + *meant + "?"
                                                    : names.empty() ? "add it under groups"
                                                                    : "the groups are " + one_of(names));
  return nullptr;
}

/// RFC 8212: legal, but a surprise to whoever forgot the filters.
void warn_without_policy(bgp::PeerConfig const& peer, std::string const& who, Place const& at, Draft& draft) {
  if (peer.remote_as == draft.config.speaker.local_as || (peer.import && peer.export_filter)) return;
  std::string what, remedy;
  if (peer.import) {
    what = "nothing is sent to " + who + ", an eBGP neighbour without 'export'";
    remedy = "write export: accept-all";
  } else if (peer.export_filter) {
    what = "nothing is accepted from " + who + ", an eBGP neighbour without 'import'";
    remedy = "write import: accept-all";
  } else {
    what = "no route passes to or from " + who + ", an eBGP neighbour without 'import' and 'export'";
    remedy = "write import: accept-all and export: accept-all";
  }
  draft.config.warnings.push_back({at, what + " (RFC 8212)", remedy + ", or reject-all where nothing is meant"});
}

void check_listener(Value const& value, Draft const& draft) {
  if (!draft.listens) value.problem("waits to be dialled, but nothing listens", "add an address under listen");
}

std::span<Key<RangeDraft> const> range_keys() {
  static std::vector<Key<RangeDraft>> const keys = {
      {"prefix",
       [](Value const& v, RangeDraft& r) {
         auto const prefix = v.prefix();
         if (prefix) r.prefix = *prefix;
         r.prefix_ok = prefix.has_value();
       },
       true},
      {"group", [](Value const& v, RangeDraft& r) { r.group = v.text().value_or(""); }, true},
      {"limit", [](Value const& v, RangeDraft& r) { r.limit = v.number(1, 1000000).value_or(r.limit); }},
  };
  return keys;
}

std::string given_twice(std::string const& what, std::map<std::string, int> const& lines) {
  auto const first = lines.find(what);
  return what + " is given twice" + (first == lines.end() ? "" : ", first in line " + std::to_string(first->second));
}

void read_range(Value const& value, Draft& draft) {
  RangeDraft range;
  auto const places = read_map(value, range_keys(), range);
  check_listener(value, draft);
  if (range.group.empty() || !range.prefix_ok) return;
  Value const named(YAML::Node{}, places.at("group"), value.problems());
  auto const* group = find_group(named, range.group, draft);
  if (!group) return;
  if (!group->places.contains("remoteAs")) {
    named.problem("group '" + range.group + "' has no remoteAs, which a range needs", "add it to the group");
  }
  check_addresses(*group, range.prefix.address(), value.problems());
  for (auto const& other : draft.config.ranges) {
    if (other.prefix == range.prefix) {
      value.problems().add(places.at("prefix"), given_twice(range.prefix.text(), draft.lines), "remove one of the two");
      return;
    }
  }
  draft.lines.emplace(range.prefix.text(), places.at("prefix").line);
  PeerDraft peer = *group;
  default_family(peer, range.prefix.address());
  peer.peer.passive = true;
  warn_without_policy(peer.peer, range.prefix.text(), value.at(), draft);
  draft.config.ranges.push_back({range.prefix, std::move(peer.peer), range.limit});
}

/// The neighbour's group, to start from; problems there are its own.
PeerDraft group_of(Value const& neighbor, Draft const& draft) {
  for (auto const& [name, value] : neighbor.map()) {
    if (name != "group") continue;
    auto const group = value.text();
    auto const* found = group ? find_group(value, *group, draft) : nullptr;
    if (found) return *found;
    PeerDraft broken;
    broken.places.emplace("remoteAs", value.at());  // may well be in the group that was meant
    return broken;
  }
  return {};
}

void read_neighbor(Value const& value, Draft& draft) {
  PeerDraft peer = group_of(value, draft);
  read_peer(value, neighbor_keys(), peer);
  if (!peer.places.contains("remoteAs")) report_missing(value, "remoteAs");
  check_peer(peer, draft.config.speaker.local_as, value.problems());
  check_addresses(peer, peer.peer.remote, value.problems());
  if (peer.peer.passive) check_listener(value, draft);
  if (peer.peer.remote.is_unset()) return;
  for (auto const& other : draft.config.neighbors) {
    if (other.remote == peer.peer.remote && other.scope_id == peer.peer.scope_id) {
      value.problems().add(peer.places.at("address"), given_twice(peer.peer.remote.text(), draft.lines),
                           "remove one of the two");
      return;
    }
  }
  draft.lines.emplace(peer.peer.remote.text(), peer.places.at("address").line);
  for (auto const& listen : draft.config.speaker.listen) {
    // Somebody else on this machine may still dial in, or listen on another port.
    if (listen.address != peer.peer.remote || listen.port != peer.peer.remote_port || peer.peer.passive) continue;
    value.problems().add(peer.places.at("address"), peer.peer.remote.text() + " is our own address under listen",
                         "write the neighbour's address");
    return;
  }
  default_family(peer, peer.peer.remote);
  warn_without_policy(peer.peer, peer.peer.remote.text(), value.at(), draft);
  draft.config.neighbors.push_back(std::move(peer.peer));
}

void read_root(Value const& root, Draft& draft) {
  auto const places = read_map(root, root_keys(), draft);
  if (!places.contains("listen")) draft.config.speaker.listen.push_back({});
  for (auto const& groups : draft.groups) read_groups(groups, draft);
  for (auto const& ranges : draft.ranges) {
    for (auto const& range : ranges.list()) read_range(range, draft);
  }
  for (auto const& neighbors : draft.neighbors) {
    for (auto const& neighbor : neighbors.list()) read_neighbor(neighbor, draft);
  }
}

/// Sees where documents start and nothing else. YAML::LoadAll would tell as much, but never returns for text such as a
/// stray ']' after the first document.
struct DocumentStarts : YAML::EventHandler {
  int line = 0;
  void OnDocumentStart(YAML::Mark const& mark) override { line = mark.line + 1; }
  void OnDocumentEnd() override {}
  void OnNull(YAML::Mark const&, YAML::anchor_t) override {}
  void OnAlias(YAML::Mark const&, YAML::anchor_t) override {}
  void OnScalar(YAML::Mark const&, std::string const&, YAML::anchor_t, std::string const&) override {}
  void OnSequenceStart(YAML::Mark const&, std::string const&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(YAML::Mark const&, std::string const&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

std::vector<Problem> alone(int line, std::string what, std::string remedy) {
  return {{{line, ""}, std::move(what), std::move(remedy)}};
}

/// The first line that starts with a tab, after spaces or none; 0: there is none. YAML forbids it and says it badly.
int tab_line(std::string_view yaml) {
  int line = 1;
  bool indentation = true;
  for (char const c : yaml) {
    if (c == '\t' && indentation) return line;
    if (c == '\n') ++line;
    indentation = c == '\n' || (indentation && c == ' ');
  }
  return 0;
}

}  // namespace

ReflectorResult parse_reflector(std::string_view yaml) {
  YAML::Node root;
  try {
    DocumentStarts starts;
    std::istringstream in{std::string(yaml)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(starts)) {
      return alone(0, "the file is empty", "start with router: {as: ..., id: ...}");
    }
    if (parser.HandleNextDocument(starts)) {
      return alone(starts.line, "a second document starts here", "remove what ends the first one, for instance '---'");
    }
    root = YAML::Load(std::string(yaml));
  } catch (YAML::Exception const& e) {
    if (auto const line = tab_line(yaml)) return alone(line, "a tab as indentation", "use spaces");
    return alone(e.mark.is_null() ? 0 : e.mark.line + 1, "this is not YAML: " + e.msg,
                 "look for a missing bracket, quote, colon or space here or just above");
  }
  if (!root.IsMap()) {
    return alone(root.Mark().is_null() ? 1 : root.Mark().line + 1, "the file is no map of keys",
                 "start with router: {as: ..., id: ...}");
  }
  Problems problems;
  Draft draft;
  read_root(Value(root, {}, problems), draft);
  if (!problems.empty()) return problems.sorted();
  return std::move(draft.config);
}

ReflectorResult load_reflector(std::string const& path) {
  std::error_code ignored;
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path, ignored)) {
    return alone(0, "cannot read the file: " + std::string(std::strerror(in ? EISDIR : errno)),
                 "check its path and permissions");
  }
  return parse_reflector(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace tern::config
