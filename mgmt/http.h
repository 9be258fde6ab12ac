// What a handler of the HTTP service sees and answers. No sockets here; everything happens on the service's executor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace tern::mgmt {

struct Request {
  std::string parameter;                     ///< what stood in the place of the pattern's "{}", decoded
  std::map<std::string, std::string> query;  ///< decoded; only names that the handler was registered with

  /// The query's value of `name`, "" when absent.
  [[nodiscard]] std::string get(std::string const& name) const;
};

/// A body too long to be made in one go. Called again and again, between other work of the same executor.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Appends a little (some tens of microseconds' worth, at most a few kilobytes, possibly nothing yet); false when
  /// that was the end.
  [[nodiscard]] virtual bool next(std::string& out) = 0;
};

/// JSON, either whole or as a stream.
struct Response {
  unsigned status = 200;
  std::string body;
  std::unique_ptr<Stream> stream;  ///< in place of `body` when set
};

/// {"error": what, "remedy": remedy}
[[nodiscard]] Response error_response(unsigned status, std::string const& what, std::string const& remedy);

using Handler = std::function<Response(Request const&)>;

}  // namespace tern::mgmt
