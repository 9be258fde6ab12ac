#include "config/validate.h"

#include "config/document.h"
#include "config/reflector.h"
#include "config/speaker.h"

namespace tern::config {

namespace {

// One that is no YAML at all is told about by whoever reads it.
bool is_for_a_node(std::string const& text) {
  try {
    auto const root = YAML::Load(text);
    return root.IsMap() && root["node"];
  } catch (YAML::Exception const&) {
    return false;
  }
}

template <class Loaded>
Validation validation_of(std::string daemon, Loaded const& loaded) {
  if (!loaded.ok()) return {std::move(daemon), loaded.error(), {}};
  return {std::move(daemon), {}, loaded->warnings};
}

}  // namespace

Validation validate(std::string const& path) {
  auto const text = text_of_file(path);
  if (!text.ok()) return {"a daemon", text.error(), {}};
  if (is_for_a_node(*text)) return validation_of("tern-speaker", parse_speaker(*text));
  return validation_of("tern-reflector", parse_reflector(*text));
}

}  // namespace tern::config
