#include "checker.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "rules.h"

namespace fs = std::filesystem;

namespace architecture {
namespace {

struct Include {
  std::size_t line = 0;
  std::string text;                 // as written between the quotes or brackets
  std::optional<std::string> file;  // the file of this tree that it names, from the top
};

struct Source {
  std::vector<Include> includes;
  std::vector<std::size_t> clock_reads;  // lines
};

using Tree = std::map<std::string, Source>;

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool is_source(fs::path const& path) {
  auto const extension = path.extension();
  return extension == ".h" || extension == ".cc" || extension == ".hpp" || extension == ".cpp" || extension == ".c";
}

bool is_skipped(fs::path const& folder) {
  auto const name = folder.filename().string();
  // The sample tree under tests/architecture breaks the rules on purpose.
  return name.starts_with(".") || name.starts_with("build") || name == "sample";
}

Area const* area_of(std::string_view path) {
  Area const* found = nullptr;
  for (auto const& area : areas()) {
    if (is_below(path, area.path) && (found == nullptr || area.path.size() > found->path.size())) found = &area;
  }
  return found;
}

/// The ways in which the build finds a header of this tree.
std::optional<std::string> resolve(fs::path const& root, fs::path const& from, std::string const& text) {
  fs::path const candidates[] = {from.parent_path() / text, fs::path("libbgp/include") / text,
                                 fs::path("libbgp/src") / text, fs::path(text)};
  for (auto const& candidate : candidates) {
    auto const clean = candidate.lexically_normal();
    if (fs::is_regular_file(root / clean)) return clean.generic_string();
  }
  return std::nullopt;
}

Source parse(fs::path const& root, fs::path const& file) {
  static std::regex const include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  static std::regex const clock(R"(_clock::now\b|\bgettimeofday\b|\bclock_gettime\b)");
  Source source;
  std::ifstream in(root / file);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, include)) {
      source.includes.push_back({number, match[1], resolve(root, file, match[1])});
    } else if (std::regex_search(line, clock)) {
      source.clock_reads.push_back(number);
    }
  }
  return source;
}

bool has_prefix(std::vector<std::string_view> const& prefixes, std::string_view text) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) {
    // A name without a slash or dot is a whole header: <thread>, not <threadpool.h>.
    bool const whole = prefix.find_first_of("./") == std::string_view::npos;
    return whole ? text == prefix : text.starts_with(prefix);
  });
}

bool is_excepted(std::string_view file, std::string_view header) {
  auto const& all = exceptions();
  return std::any_of(all.begin(), all.end(), [&](auto const& e) { return e.file == file && e.header == header; });
}

std::string finding(std::string const& file, std::size_t line, std::string const& what) {
  return file + ":" + std::to_string(line) + ": " + what;
}

void check_arrow(std::string const& file, Area const& own, Include const& include, std::vector<std::string>& out) {
  auto const* other = area_of(*include.file);
  if (other == &own) return;
  if (other != nullptr && std::count(own.sees.begin(), own.sees.end(), other->path) > 0) return;
  std::string const there =
      other != nullptr ? std::string(other->path) : fs::path(*include.file).parent_path().string();
  out.push_back(
      finding(file, include.line, std::string(own.path) + " may not include " + there + " (" + include.text + ")"));
}

void check_foreign(std::string const& file, Area const& own, Include const& include, std::vector<std::string>& out) {
  auto const& text = include.text;
  if (text.find("../") != std::string::npos)
    out.push_back(finding(file, include.line, "includes climb no folders: " + text));
  if (file.starts_with("libbgp/") && has_prefix(not_in_library(), text)) {
    out.push_back(finding(file, include.line, "libbgp may not include <" + text + ">"));
  }
  if (own.path == public_headers && text.starts_with("boost/") && text != public_boost) {
    out.push_back(finding(file, include.line, "public headers may not include <" + text + ">"));
  }
}

/// Follows the includes of a pure file through the tree; an impure header anywhere on the way is a finding.
void check_purity(Tree const& tree, std::string const& file, std::vector<std::string>& out) {
  for (auto line : tree.at(file).clock_reads) out.push_back(finding(file, line, "a pure room reads no clock"));
  std::set<std::string> seen = {file};
  for (auto const& first : tree.at(file).includes) {
    std::vector<Include> open = {first};
    while (!open.empty()) {
      Include const next = open.back();
      open.pop_back();
      if (has_prefix(impure_headers(), next.text) && !is_excepted(file, next.text)) {
        std::string const way = next.text == first.text ? "" : " through " + first.text;
        out.push_back(finding(file, first.line, "a pure room may not include <" + next.text + ">" + way));
      }
      if (!next.file || !seen.insert(*next.file).second) continue;
      if (auto const found = tree.find(*next.file); found != tree.end()) {
        open.insert(open.end(), found->second.includes.begin(), found->second.includes.end());
      }
    }
  }
}

}  // namespace

std::vector<fs::path> sources(fs::path const& root) {
  std::vector<fs::path> found;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory() && is_skipped(it->path())) it.disable_recursion_pending();
    if (it->is_regular_file() && is_source(it->path())) found.push_back(it->path().lexically_relative(root));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> check_includes(fs::path const& root) {
  Tree tree;
  for (auto const& file : sources(root)) tree[file.generic_string()] = parse(root, file);
  std::vector<std::string> out;
  for (auto const& [file, source] : tree) {
    auto const* own = area_of(file);
    if (own == nullptr) continue;
    for (auto const& include : source.includes) {
      check_foreign(file, *own, include, out);
      if (include.file) check_arrow(file, *own, include, out);
    }
    if (own->pure) check_purity(tree, file, out);
  }
  return out;
}

std::vector<std::string> check_links(std::vector<std::string> const& links) {
  std::vector<std::string> out;
  for (auto const& line : links) {
    std::istringstream words(line);
    std::string room;
    words >> room;
    if (!room.ends_with(":")) continue;
    room.pop_back();
    auto const* own = area_of("libbgp/src/" + room + "/");
    if (own == nullptr) {
      out.push_back("room " + room + " is not in tests/architecture/rules.h");
      continue;
    }
    for (std::string other; words >> other;) {
      bool const allowed = std::count(own->sees.begin(), own->sees.end(), "libbgp/src/" + other) > 0;
      if (!allowed) out.push_back("room " + room + " may not be linked against " + other);
    }
  }
  return out;
}

std::vector<std::string> check_sizes(fs::path const& root, std::size_t max_lines) {
  std::vector<std::string> out;
  for (auto const& file : sources(root)) {
    std::ifstream in(root / file);
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line);) ++lines;
    if (lines > max_lines) {
      out.push_back(file.generic_string() + ": " + std::to_string(lines) + " lines, at most " +
                    std::to_string(max_lines));
    }
  }
  return out;
}

}  // namespace architecture
