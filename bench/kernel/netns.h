// Another network namespace for a moment: sockets keep the one that they were opened in. One thread.
#pragma once
#include <string>

namespace bench {

class InNamespace {
 public:
  // Stays where it is when `name` is empty. Throws std::system_error.
  explicit InNamespace(std::string const& name);
  ~InNamespace();
  InNamespace(InNamespace const&) = delete;
  InNamespace& operator=(InNamespace const&) = delete;

 private:
  int before_ = -1;
};

}  // namespace bench
