// A BGP neighbour played over TCP, step by step, as a test's script says: blocking sockets, every wait with a deadline.
// A Connection moves messages and judges nothing; a Peer adds the handshake, KEEPALIVEs that are due while it waits,
// and its Adj-RIB-In. Not a BGP speaker: it says exactly what the script says, also nonsense. Belongs to one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adj_rib.h"
#include "bgp_bytes.h"
#include "eventually.h"

namespace support {

struct Message {
  std::uint8_t type = 0;
  Bytes body;  // after the 19 octets of the header

  [[nodiscard]] std::string text() const;
};

/// A NOTIFICATION as code, subcode and data.
struct Notification {
  unsigned code = 0;
  unsigned subcode = 0;
  Bytes data;

  [[nodiscard]] std::string text() const;
};
std::optional<Notification> as_notification(Message const& message);

class Connection {
 public:
  Connection() = default;
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { close(); }
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  /// One attempt from `local` to `remote`; not connected() when refused or too late.
  static Connection dial(std::string const& local, std::string const& remote, std::uint16_t port, Deadline deadline);

  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  /// The other side has closed or reset.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] int fd() const { return fd_; }
  /// False when the other side has gone. Waits as long as the other side does not read, up to 10 s.
  bool send(Bytes const& bytes);
  /// The next message, or nothing at the deadline or the end of the connection.
  std::optional<Message> receive(Deadline deadline);
  void close();

 private:
  bool fill(Deadline deadline);

  int fd_ = -1;
  bool ended_ = false;
  Bytes buffer_;
};

class Listener {
 public:
  Listener(std::string const& address, std::uint16_t port);
  ~Listener();
  Listener(Listener const&) = delete;
  Listener& operator=(Listener const&) = delete;
  /// The next connection, not connected() at the deadline.
  [[nodiscard]] Connection accept(Deadline deadline) const;

 private:
  int fd_ = -1;
};

struct PeerOptions {
  std::string local = {};
  std::string remote = {};
  std::uint16_t port = 179;
  std::uint32_t as = 65000;
  std::string id = "192.0.2.1";
  unsigned hold_time = 240;
  /// Complete capabilities; nothing: IPv4 and IPv6 unicast, route refresh, four-octet AS.
  std::optional<std::vector<Bytes>> capabilities = {};
};

/// The OPEN that these options describe.
Open open_of(PeerOptions const& options);

class Peer {
 public:
  explicit Peer(PeerOptions options) : options_(std::move(options)) {}

  /// Connects, again and again until it is taken or the deadline is reached.
  bool connect(Deadline deadline);
  void adopt(Connection connection);
  /// Sends OPEN, reads theirs, and exchanges the first KEEPALIVEs. False (see last_notification) if it does not work.
  bool handshake(Deadline deadline);
  /// connect() and handshake(), with new attempts until both work: a daemon may be recovering from an earlier error.
  bool establish(Deadline deadline);

  bool send(Bytes const& bytes) { return connection_.send(bytes); }
  /// The next message that is no KEEPALIVE; UPDATEs have been taken into rib() and NOTIFICATIONs noted.
  std::optional<Message> receive(Deadline deadline);
  /// Reads until `condition` holds; false at the deadline or when the session ends before.
  bool wait(Deadline deadline, std::function<bool()> const& condition);
  /// Reads to the NOTIFICATION or the end of the connection.
  std::optional<Notification> await_notification(Deadline deadline);
  /// Reads what is there now, without waiting.
  void drain();
  void close() { connection_.close(); }

  [[nodiscard]] bool up() const { return connection_.connected() && !connection_.ended() && !notification_; }
  [[nodiscard]] AdjRib& rib() { return rib_; }
  [[nodiscard]] PeerOptions const& options() const { return options_; }
  [[nodiscard]] std::optional<Notification> const& last_notification() const { return notification_; }
  /// The body of the OPEN that the other side sent.
  [[nodiscard]] Bytes const& their_open() const { return their_open_; }
  /// The capabilities in it, by code; RFC 9072 form included.
  [[nodiscard]] std::vector<std::pair<unsigned, Bytes>> their_capabilities() const;
  [[nodiscard]] bool they_have(unsigned capability) const;
  [[nodiscard]] Connection& connection() { return connection_; }

 private:
  void take_in(Message const& message);
  void keep_alive();

  PeerOptions options_;
  Connection connection_;
  AdjRib rib_;
  std::optional<Notification> notification_;
  Bytes their_open_;
  bool established_ = false;
  Deadline next_keepalive_{};
};

}  // namespace support
