// A stream of a JSON array with one element a line, so that it can be read both whole and line by line.
#pragma once

#include <string>

#include "mgmt/http.h"

namespace tern::mgmt {

class ArrayStream : public Stream {
 public:
  bool next(std::string& out) final {
    if (!started_) out += '[';
    started_ = true;
    bool const more = elements(out);
    if (!more) out += "\n]\n";
    return more;
  }

 protected:
  /// Appends some elements, each after begin_element; false at the end.
  virtual bool elements(std::string& out) = 0;
  void begin_element(std::string& out) {
    out += first_ ? "\n" : ",\n";
    first_ = false;
  }

 private:
  bool started_ = false;
  bool first_ = true;
};

}  // namespace tern::mgmt
