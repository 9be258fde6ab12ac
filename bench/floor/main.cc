// tern-floor: what the machine allows. Finishes each neighbour's handshake, then copies the bytes of the one that sends
// UPDATEs to all the others, unread. Not a BGP speaker: no keepalives, no checks, one source at a time, and a receiver
// that does not read stops everything.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <iostream>
#include <map>

#include "kit/endpoint.h"
#include "kit/loop.h"
#include "kit/message.h"

namespace {

constexpr std::size_t kReadAtOnce = 256 * 1024;

class Floor {
 public:
  Floor(bench::Endpoint const& at, bench::Open const& open) : open_(bench::open_message(open)), buffer_(kReadAtOnce) {
    int const one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(listener_, at.raw(), at.size) != 0 || listen(listener_, 4096) != 0) {
      throw std::runtime_error("cannot listen on " + at.text());
    }
    watch(listener_);
  }

  void run() {
    std::array<epoll_event, 64> events;
    while (!bench::Loop::stopped()) {
      int const count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
      for (int i = 0; i < count; ++i) events[i].data.fd == listener_ ? accept_one() : read_one(events[i].data.fd);
    }
  }

 private:
  struct Peer {
    bench::Bytes head;  // what came before the handshake was over
    bool up = false;
  };

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_one() {
    int const fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    int const one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    peers_[fd];
    watch(fd);
  }

  void read_one(int fd) {
    ssize_t const got = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) {
      close(fd);
      peers_.erase(fd);
      if (source_ == fd) source_ = -1;
      return;
    }
    bench::View const bytes(buffer_.data(), static_cast<std::size_t>(got));
    Peer& peer = peers_[fd];
    peer.up ? copy(fd, bytes) : shake_hands(fd, peer, bytes);
  }

  // OPEN is answered with OPEN and KEEPALIVE; the KEEPALIVE that answers ours ends it.
  void shake_hands(int fd, Peer& peer, bench::View bytes) {
    peer.head.insert(peer.head.end(), bytes.begin(), bytes.end());
    while (!peer.up && peer.head.size() >= bench::kHeaderSize && peer.head.size() >= bench::read16(&peer.head[16])) {
      if (peer.head[18] == bench::kOpen) {
        send_all(fd, open_);
        send_all(fd, keepalive_);
      }
      peer.up = peer.head[18] == bench::kKeepalive;
      peer.head.erase(peer.head.begin(), peer.head.begin() + bench::read16(&peer.head[16]));
    }
    if (peer.up && !peer.head.empty()) copy(fd, std::exchange(peer.head, {}));
  }

  void copy(int from, bench::View bytes) {
    if (source_ != from) {
      // Copying starts with an UPDATE, so that two neighbours' bytes never mix within a message.
      if (bytes.size() < bench::kHeaderSize || bytes[18] != bench::kUpdate) return;
      source_ = from;
    }
    for (auto const& [fd, peer] : peers_) {
      if (fd != from && peer.up) send_all(fd, bytes);
    }
  }

  static void send_all(int fd, bench::View bytes) {
    while (!bytes.empty()) {
      ssize_t const sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

  int const listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int const epoll_ = epoll_create1(EPOLL_CLOEXEC);
  bench::Bytes const open_;
  bench::Bytes const keepalive_ = bench::keepalive_message();
  bench::Bytes buffer_;
  std::map<int, Peer> peers_;
  int source_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Copies one BGP neighbour's bytes to all the others, unread.");
  std::string listen, id;
  std::uint32_t as = 65000;
  app.add_option("--listen", listen, "ADDRESS[:PORT]")->required();
  app.add_option("--id", id, "router identifier")->required();
  app.add_option("--as", as, "AS");
  CLI11_PARSE(app, argc, argv);
  bench::Loop::catch_signals();
  try {
    Floor(bench::parse_endpoint(listen, 179), {.as = as, .id = bench::parse_ipv4(id)}).run();
  } catch (std::exception const& error) {
    std::cerr << "tern-floor: " << error.what() << '\n';
    return 1;
  }
}
