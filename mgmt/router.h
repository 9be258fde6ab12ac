// From a request's method and target to its handler: patterns, percent-decoding, known query names. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mgmt/http.h"

namespace tern::mgmt {

class Router {
 public:
  /// `pattern` is a path like "/v1/peers/{}" whose last part may be "{}": any text. `query` names what may follow '?'.
  /// It takes the place of an earlier one of the same method and pattern.
  void add(std::string method, std::string pattern, std::vector<std::string> query, Handler handler);

  /// The handler's answer, or 400, 404, 405 or 500 with what would have been right.
  [[nodiscard]] Response answer(std::string_view method, std::string_view target) const;

 private:
  struct Entry {
    std::string method, pattern;
    std::vector<std::string> query;
    Handler handler;
  };
  [[nodiscard]] Response call(Entry const& entry, std::string parameter, std::string_view query) const;
  [[nodiscard]] Response not_found(std::string const& path) const;

  std::vector<std::shared_ptr<Entry const>> entries_;  // shared: a handler may close the service that it runs in
};

/// "%41b" → "Ab"; nothing when a '%' is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace tern::mgmt
