#include "config/reflector.h"

#include "config/document.h"
#include "config/neighbors.h"

namespace tern::config {

namespace {

std::vector<Key<DaemonDraft>> const& root_keys() {
  static std::vector<Key<DaemonDraft>> const keys = [] {
    std::vector<Key<DaemonDraft>> all = {
        {"router", [](Value const& v, DaemonDraft& d) { read_map(v, router_keys(true), d.config.speaker); }, true}};
    return with_shared(std::move(all), daemon_keys());
  }();
  return keys;
}

}  // namespace

ReflectorResult parse_reflector(std::string_view yaml) {
  ReflectorConfig config;
  DaemonDraft draft(config);
  auto problems = read_document(yaml, "router: {as: ..., id: ...}", [&](Value const& root) {
    set_defaults(draft, read_map(root, root_keys(), draft));
    read_neighbors(draft, {});
  });
  if (!problems.empty()) return problems;
  return config;
}

ReflectorResult load_reflector(std::string const& path) {
  auto const text = text_of_file(path);
  if (!text.ok()) return text.error();
  return parse_reflector(*text);
}

}  // namespace tern::config
