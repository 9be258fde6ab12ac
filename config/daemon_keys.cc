#include "config/daemon_keys.h"

#include <sys/un.h>

#include <algorithm>

#include "config/suggest.h"

namespace tern::config {

namespace {

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

void read_socket(Value const& value, DaemonConfig& config) {
  constexpr std::size_t longest = sizeof(sockaddr_un{}.sun_path) - 1;
  auto const path = value.text();
  if (!path) return;
  if (path->empty() || path->size() > longest) {
    value.problem("a socket's path has 1 to " + std::to_string(longest) + " characters",
                  "write for instance " + config.api_socket);
    return;
  }
  config.api_socket = *path;
}

void read_level(Value const& value, DaemonConfig& config) {
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

std::span<Key<DaemonConfig> const> api_keys() {
  static std::vector<Key<DaemonConfig>> const keys = {{"socket", read_socket}};
  return keys;
}

std::span<Key<DaemonConfig> const> log_keys() {
  static std::vector<Key<DaemonConfig>> const keys = {{"level", read_level}};
  return keys;
}

void read_listen(Value const& value, DaemonDraft& draft) {
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

}  // namespace

std::span<Key<DaemonDraft> const> daemon_keys() {
  static std::vector<Key<DaemonDraft>> const keys = {
      {"listen", read_listen},
      {"api", [](Value const& v, DaemonDraft& d) { read_map(v, api_keys(), d.config); }},
      {"log", [](Value const& v, DaemonDraft& d) { read_map(v, log_keys(), d.config); }},
      {"prefixLists", [](Value const& v, DaemonDraft& d) { d.prefix_lists.push_back(v); }},
      {"filters", [](Value const& v, DaemonDraft& d) { d.filters.push_back(v); }},
      {"groups", [](Value const& v, DaemonDraft& d) { d.groups.push_back(v); }},
      {"ranges", [](Value const& v, DaemonDraft& d) { d.ranges.push_back(v); }},
      {"neighbors", [](Value const& v, DaemonDraft& d) { d.neighbors.push_back(v); }},
  };
  return keys;
}

std::vector<Key<bgp::SpeakerConfig>> router_keys(bool id_required) {
  using C = bgp::SpeakerConfig;
  return {
      {"as", [](Value const& v, C& c) { c.local_as = v.asn().value_or(bgp::Asn{}); }, true},
      {"id",
       [](Value const& v, C& c) {
         if (auto const id = v.router_id()) c.router_id = bgp::IpAddress::v4(id->value);
       },
       id_required},
      {"clusterId", [](Value const& v, C& c) { c.cluster_id = v.router_id(); }},
      {"clientToClient", [](Value const& v, C& c) { v.read(c.client_to_client); }},
      {"alwaysCompareMed", [](Value const& v, C& c) { v.read(c.always_compare_med); }},
  };
}

void set_defaults(DaemonDraft& draft, Places const& places) {
  if (!places.contains("listen")) draft.config.speaker.listen.push_back({});
}

}  // namespace tern::config
