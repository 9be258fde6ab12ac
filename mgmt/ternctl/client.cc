#include "mgmt/ternctl/client.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "mgmt/ternctl/print.h"

namespace tern::ctl {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Error = beast::error_code;

/// The daemon answers in milliseconds; one that says nothing for this long is stuck.
constexpr std::chrono::seconds patience{30};
constexpr std::size_t longest_error = 64 * 1024;

class Conversation {
 public:
  Error connect(std::string const& path) {
    if (path.size() >= 108) return asio::error::invalid_argument;
    return wait([&](auto done) { stream_.async_connect(asio::local::stream_protocol::endpoint(path), done); });
  }

  Error send(http::verb verb, std::string const& target) {
    http::request<http::empty_body> request(verb, target, 11);
    if (verb == http::verb::post) request.prepare_payload();
    request.set(http::field::host, "tern");
    request.set(http::field::connection, "close");
    return wait([&](auto done) { http::async_write(stream_, request, sized(done)); });
  }

  Error read_header() {
    parser_.body_limit(boost::none);
    return wait([&](auto done) { http::async_read_header(stream_, buffer_, parser_, sized(done)); });
  }

  Error read_body(std::function<void(std::string_view)> const& piece) {
    while (!parser_.is_done()) {
      auto& body = parser_.get().body();
      body.data = space_.data();
      body.size = space_.size();
      // What there is: the rest may be hours away.
      Error error = wait([&](auto done) { http::async_read_some(stream_, buffer_, parser_, sized(done)); });
      if (error == http::error::need_buffer) error = {};
      if (error) return error;
      piece({space_.data(), space_.size() - body.size});
    }
    return {};
  }

  [[nodiscard]] unsigned status() const { return parser_.get().result_int(); }

 private:
  template <class Done>
  static auto sized(Done done) {
    return [done](Error error, std::size_t) { done(error); };
  }

  template <class Start>
  Error wait(Start start) {
    Error result;
    stream_.expires_after(patience);
    start([&result](Error error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  asio::io_context io_{1};
  beast::basic_stream<asio::local::stream_protocol> stream_{io_};
  beast::flat_buffer buffer_;
  http::response_parser<http::buffer_body> parser_;
  std::array<char, 64 * 1024> space_{};
};

std::string why_unreachable(std::string const& socket, Error error) {
  std::string const what = "cannot reach the daemon at " + socket + ": " + error.message() + "; ";
  if (error == boost::system::errc::permission_denied) return what + "run as root or as a member of the socket's group";
  if (error == boost::system::errc::connection_refused) return what + "it has ended: start it again";
  return what + "start it, or say where its socket is with --socket PATH or TERN_SOCKET";
}

Answer broken(Error error) {
  if (error == beast::error::timeout) return {Outcome::broken, "the daemon does not answer; see its log", 0};
  return {Outcome::broken, "the answer broke off (" + error.message() + "): what was shown is not all; try again", 0};
}

Answer converse(std::string const& socket, http::verb verb, std::string const& target,
                std::function<void(std::string_view)> const& piece) {
  auto const talk = std::make_unique<Conversation>();
  if (auto const error = talk->connect(socket)) return {Outcome::unreachable, why_unreachable(socket, error), 0};
  if (auto const error = talk->send(verb, target)) return broken(error);
  if (auto const error = talk->read_header()) return broken(error);
  bool const good = talk->status() == 200;
  std::string refusal;
  auto const keep = [&](std::string_view text) {
    if (refusal.size() < longest_error) refusal += text;
  };
  if (auto const error = talk->read_body(good ? piece : keep)) return broken(error);
  if (good) return {};
  auto const outcome = talk->status() == 400   ? Outcome::usage
                       : talk->status() == 504 ? Outcome::broken
                                               : Outcome::refused;
  return {outcome, error_text(refusal), talk->status()};
}

}  // namespace

Answer ask(std::string const& socket, std::string const& target, std::function<void(std::string_view)> const& piece) {
  return converse(socket, http::verb::get, target, piece);
}

Answer tell(std::string const& socket, std::string const& target, std::string& body) {
  return converse(socket, http::verb::post, target, [&](std::string_view piece) { body += piece; });
}

}  // namespace tern::ctl
