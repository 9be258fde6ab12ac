// A client of the HTTP service that blocks, beside a service that runs on the test's own thread.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tern::mgmt {

inline std::string temporary_path(std::string const& name) {
  return testing::TempDir() + "tern-" + name + "-" + std::to_string(getpid()) + ".sock";
}

/// A client that blocks, for a thread of its own: sends, then reads until the end or `most` octets.
class Client {
 public:
  explicit Client(std::string const& path) : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    timeval const patience{60, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = connect(fd_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
  }
  ~Client() { close(fd_); }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  std::string ask(std::string const& request, std::size_t most = SIZE_MAX) {
    send(request);
    return read([most](std::string const& out) { return out.size() >= most; });
  }
  bool send(std::string const& request) {
    return connected_ && ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) >= 0;
  }
  /// What comes until that is enough, or until the end.
  template <class Enough>
  std::string read(Enough&& enough) {
    std::string out;
    std::vector<char> space(1 << 16);
    while (connected_ && !enough(out)) {
      auto const n = recv(fd_, space.data(), space.size(), 0);
      if (n <= 0) break;
      out.append(space.data(), static_cast<std::size_t>(n));
    }
    return out;
  }
  /// The same until it has `text` in it.
  std::string read_until(std::string const& text) {
    return read([&](std::string const& out) { return out.find(text) != std::string::npos; });
  }

 private:
  int fd_;
  bool connected_ = false;
};

inline std::string get(std::string const& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

/// Runs `client` on a thread of its own and `io` on this one until it is through.
inline std::string beside(boost::asio::io_context& io, std::function<std::string()> const& client) {
  std::string out;
  std::atomic<bool> done = false;
  std::thread thread([&] {
    out = client();
    done = true;
    boost::asio::post(io, [] {});
  });
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!done && std::chrono::steady_clock::now() < deadline) io.run_one_for(std::chrono::milliseconds(100));
  thread.join();
  return out;
}

}  // namespace tern::mgmt
