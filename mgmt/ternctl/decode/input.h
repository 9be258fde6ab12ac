// A file or standard input, unpacked (gzip, bzip2; several members in a row, too) and read piece by piece. Blocks; one
// thread.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"

namespace tern::ctl {

class Input {
 public:
  /// "-" is standard input. Throws InputError when the file cannot be opened.
  explicit Input(std::string const& path);
  ~Input();
  Input(Input const&) = delete;
  Input& operator=(Input const&) = delete;

  /// Appends some octets; false at the end. Throws InputError when it cannot be read or unpacked to its end.
  bool read(bgp::Buffer& out);

 private:
  class Unpacker;
  class Gzip;
  class Bzip2;
  std::size_t fill();
  void choose();

  std::string const path_;
  int fd_ = -1;
  bgp::Buffer raw_;
  bgp::Bytes rest_;  // of raw_: not unpacked yet
  bool at_end_ = false;
  bool chosen_ = false;
  std::unique_ptr<Unpacker> unpacker_;
};

}  // namespace tern::ctl
