// HTTP/1.1 over a Unix socket, by which a daemon shows itself (ternctl, curl --unix-socket). Handlers come from main.
// Not here: what the answers say (speaker_api.h). It shares its executor with BGP and therefore works in slices: a long
// listing is made a little at a time and as fast as the client reads. All calls on that executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bgp/result.h"
#include "mgmt/http.h"

namespace tern::mgmt {

struct Limits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 64 * 1024;
  std::size_t connections = 32;               ///< one more is answered 503 and closed
  std::chrono::seconds idle{30};              ///< for a request to come in whole
  std::chrono::milliseconds answer{20'000};   ///< for an answer that comes later, or the next piece of one
  std::chrono::seconds stalled{300};          ///< for a client that does not read (a pager may hold it)
  std::size_t slice_bytes = 16 * 1024;        ///< a slice of a stream ends at this size
  std::chrono::microseconds slice_time{150};  ///< or when this time has passed
};

class Service {
 public:
  explicit Service(boost::asio::any_io_executor executor, Limits limits = {});
  /// Closes.
  ~Service();
  Service(Service const&) = delete;
  Service& operator=(Service const&) = delete;

  /// See Router::add.
  void handle(std::string method, std::string pattern, std::vector<std::string> query, Handler handler);

  /// Binds `path` with mode 0660. Error: the path cannot be used, another daemon listens there.
  bgp::Result<void> listen(std::string const& path);

  /// Ends all connections, forgets the handlers, removes the socket. No handler or stream is called any more; an answer
  /// that is still to come goes nowhere.
  void close();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tern::mgmt
