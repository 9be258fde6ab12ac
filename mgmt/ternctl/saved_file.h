// What a daemon sends, saved: into a file, packed when its name ends in .gz, or to standard output. A file that was not
// finished goes again. One thread.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace tern::ctl {

class SavedFile {
 public:
  /// "" is standard output. Throws std::runtime_error, here and below.
  explicit SavedFile(std::string path);
  ~SavedFile();
  SavedFile(SavedFile const&) = delete;
  SavedFile& operator=(SavedFile const&) = delete;

  void write(std::string_view piece);
  void finish();

 private:
  [[noreturn]] void lost(char const* what) const;

  std::string const path_;
  void* packed_ = nullptr;  // gzFile
  std::FILE* plain_ = nullptr;
  bool finished_ = false;
};

}  // namespace tern::ctl
