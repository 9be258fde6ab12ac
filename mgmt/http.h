// What a handler of the HTTP service sees and answers, at once or later. No sockets here; everything happens on the
// service's executor.
#pragma once

#include <exception>
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

  // For streams whose contents come from elsewhere; the others need not care.
  /// Whether next() appends nothing before somebody else has answered.
  [[nodiscard]] virtual bool waiting() const { return false; }
  /// Called while waiting(): `go_on` is to be called once when that is over. It may be called at any time on the
  /// executor, also after the stream has ended.
  virtual void when_ready(std::function<void()> go_on) { go_on(); }
  /// Called when nothing has come for Limits::answer while waiting(). True where that is nothing unusual: what it has
  /// appended is sent, so that a client that is gone is noticed. False: the body breaks off.
  [[nodiscard]] virtual bool quiet(std::string& /*out*/) { return false; }
};

struct Response;
/// Hands in an answer, once. May be called at any time on the executor, from within the call that handed it out, and
/// when the client has gone or the service has closed.
using Reply = std::function<void(Response)>;

/// JSON, or what `content_type` says, either whole or as a stream.
struct Response {
  unsigned status = 200;
  std::string body = {};
  char const* content_type = "application/json";
  std::unique_ptr<Stream> stream = nullptr;  ///< in place of `body` when set
  /// In place of all that when set: called once, and what it replies is the answer. Who never replies is answered for:
  /// 504 (Limits::answer).
  std::function<void(Reply)> later = nullptr;
};

/// {"error": what, "remedy": remedy}
[[nodiscard]] Response error_response(unsigned status, std::string const& what, std::string const& remedy);

/// 500 for an exception.
[[nodiscard]] Response failed_inside(std::exception const& e);

using Handler = std::function<Response(Request const&)>;

}  // namespace tern::mgmt
