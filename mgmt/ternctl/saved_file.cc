#include "mgmt/ternctl/saved_file.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace tern::ctl {

SavedFile::SavedFile(std::string path) : path_(std::move(path)) {
  errno = 0;
  if (path_.ends_with(".gz")) {
    packed_ = gzopen(path_.c_str(), "wbe");
  } else {
    plain_ = path_.empty() ? stdout : std::fopen(path_.c_str(), "wbe");
  }
  if (packed_ == nullptr && plain_ == nullptr) lost("cannot open ");
}

SavedFile::~SavedFile() {
  if (packed_ != nullptr) gzclose(static_cast<gzFile>(packed_));
  if (plain_ != nullptr && plain_ != stdout) std::fclose(plain_);
  if (!finished_ && !path_.empty() && (packed_ != nullptr || plain_ != nullptr)) std::remove(path_.c_str());
}

void SavedFile::lost(char const* what) const {
  throw std::runtime_error(what + (path_.empty() ? std::string("standard output") : path_) + ": " +
                           std::strerror(errno));
}

void SavedFile::write(std::string_view piece) {
  errno = EIO;
  auto const size = static_cast<unsigned>(piece.size());
  bool const good = packed_ != nullptr
                        ? gzwrite(static_cast<gzFile>(packed_), piece.data(), size) == static_cast<int>(size)
                        : std::fwrite(piece.data(), 1, piece.size(), plain_) == piece.size();
  if (!good) lost("cannot write ");
}

void SavedFile::finish() {
  errno = EIO;
  bool good = true;
  if (packed_ != nullptr) good = gzclose(static_cast<gzFile>(std::exchange(packed_, nullptr))) == Z_OK;
  if (plain_ != nullptr) good = std::fflush(plain_) == 0;
  if (!good) {
    if (!path_.empty()) std::remove(path_.c_str());
    lost("cannot write ");
  }
  finished_ = true;
}

}  // namespace tern::ctl
