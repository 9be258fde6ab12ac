// What is wrong with a daemon's file, and where: one Problem a mistake, all of them at once.
#pragma once

#include <string>
#include <vector>

namespace tern::config {

/// A spot in a file: the line counts from 1 (0: the file as a whole), the key is a path like "groups.clients.holdTime".
struct Place {
  int line = 0;
  std::string key;
};

struct Problem {
  Place at;
  std::string what;
  std::string remedy;

  /// "line 4: groups.clients.holdtime: unknown key; did you mean holdTime?"
  [[nodiscard]] std::string text() const;
};

/// Collects problems while a file is read; the same one (by place and words) is kept once.
class Problems {
 public:
  void add(Place at, std::string what, std::string remedy);
  [[nodiscard]] bool empty() const { return found_.empty(); }
  /// In the order of lines.
  [[nodiscard]] std::vector<Problem> sorted() const;

 private:
  std::vector<Problem> found_;
};

}  // namespace tern::config
