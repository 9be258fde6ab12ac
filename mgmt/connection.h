// One client's connection to the HTTP service: requests in, answers out, streams in slices. Includes Beast; only
// service.cc and connection.cc do.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mgmt/router.h"
#include "mgmt/service.h"

namespace tern::mgmt {

/// What connections share with the service; emptied when it closes.
struct Shared {
  Limits limits;
  Router router;
  bool closed = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, boost::asio::any_io_executor>;

  Connection(Socket socket, std::shared_ptr<Shared> shared);
  void start() { read(); }
  /// Drops the stream at once: it may refer to what is about to be destroyed.
  void stop();

 private:
  using TcpLike = boost::beast::basic_stream<boost::asio::local::stream_protocol, boost::asio::any_io_executor>;
  using ErrorCode = boost::beast::error_code;
  template <class Body>
  using Message = boost::beast::http::response<Body>;

  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                        boost::asio::any_io_executor>;

  void read();
  void on_read(ErrorCode error);
  void respond(Response response);
  void refuse(ErrorCode error);
  void wait_for(std::function<void(Reply)> const& later);
  void wait_for_stream();
  std::uint64_t start_waiting(void (Connection::*too_late)());
  bool end_waiting(std::uint64_t turn);
  void no_answer();
  void no_piece();
  void watch_hang_up();
  template <class Body>
  void fill_header(Message<Body>& message, Response const& response) const;
  void send_whole(Response response);
  void send_stream(Response response);
  void slice();
  void write_slice(bool more);
  void finish();

  std::shared_ptr<Shared> shared_;
  TcpLike stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;

  // Waiting for somebody's answer: nothing else holds the connection then but the timer, and only for its time.
  Timer patience_;
  std::uint64_t turn_ = 0;  // answers of an earlier turn go nowhere
  bool waiting_ = false;
  bool hang_up_watched_ = false;

  // The answer being sent.
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool head_ = false;
  Message<boost::beast::http::string_body> whole_;
  std::optional<Message<boost::beast::http::empty_body>> header_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::empty_body>> serializer_;
  std::unique_ptr<Stream> source_;
  std::string piece_;
};

}  // namespace tern::mgmt
