#include "config/document.h"

#include <yaml-cpp/eventhandler.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tern::config {

namespace {

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

std::vector<Problem> read_document(std::string_view yaml, std::string const& start_with,
                                   std::function<void(Value const& root)> const& read) {
  YAML::Node root;
  try {
    DocumentStarts starts;
    std::istringstream in{std::string(yaml)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(starts)) return alone(0, "the file is empty", "start with " + start_with);
    if (parser.HandleNextDocument(starts)) {
      return alone(starts.line, "a second document starts here", "remove what ends the first one, for instance '---'");
    }
    root = YAML::Load(std::string(yaml));
  } catch (YAML::Exception const& e) {
    if (auto const line = tab_line(yaml)) return alone(line, "a tab as indentation", "use spaces");
    auto const line = e.mark.is_null() ? 0 : e.mark.line + 1;
    // Its message quotes what follows the '*', which may be a password.
    if (e.msg.find("anchor") != std::string::npos) {
      return alone(line, "an alias (a word that begins with '*') without its anchor",
                   "put a text that begins with '*' or '&' in quotes");
    }
    return alone(line, "this is not YAML: " + e.msg,
                 "look for a missing bracket, quote, colon or space here or just above");
  }
  if (!root.IsMap()) {
    return alone(root.Mark().is_null() ? 1 : root.Mark().line + 1, "the file is no map of keys",
                 "start with " + start_with);
  }
  Problems problems;
  read(Value(root, {}, problems));
  return problems.sorted();
}

bgp::Result<std::string, std::vector<Problem>> text_of_file(std::string const& path) {
  std::error_code ignored;
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path, ignored)) {
    return alone(0, "cannot read the file: " + std::string(std::strerror(in ? EISDIR : errno)),
                 "check its path and permissions");
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace tern::config
