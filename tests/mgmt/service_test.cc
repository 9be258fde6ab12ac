// The HTTP service on a real Unix socket: long listings leave room for other work, and sockets of others stay.
#include "mgmt/service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include "mgmt/speaker_api.h"

namespace tern::mgmt {
namespace {

using namespace bgp::literals;
constexpr std::size_t million = 1'000'000;

class FakeListing : public bgp::RouteListing {
 public:
  FakeListing(std::size_t size, std::size_t& made) : size_(size), made_(made) {}
  bool next(std::size_t budget, std::vector<bgp::RouteEntry>& out) override {
    for (std::size_t i = 0; i < budget && made_ < size_; ++i, ++made_) {
      out.emplace_back();
      out.back().prefix = bgp::Prefix(bgp::IpAddress::v4(static_cast<std::uint32_t>(made_ << 8)), 24);
    }
    return made_ < size_;
  }

 private:
  std::size_t size_;
  std::size_t& made_;
};

class FakeSpeaker : public SpeakerView {
 public:
  bgp::SpeakerStatus status() const override { return {}; }
  std::vector<bgp::PeerId> peer_ids() const override {
    std::vector<bgp::PeerId> ids;
    for (std::uint32_t i = 1; i <= peers; ++i) ids.push_back({i});
    return ids;
  }
  std::optional<bgp::PeerStatus> peer(bgp::PeerId id) const override {
    ++peers_made;
    if (id.value > peers || id == gone) return std::nullopt;
    bgp::PeerStatus status;
    status.id = id;
    status.address = bgp::IpAddress::v4(0x0a000000 + id.value);
    return status;
  }
  std::optional<bgp::PeerId> find_peer(bgp::IpAddress const& address, std::uint32_t scope_id) const override {
    if (address == "fe80::1"_ip && scope_id == 1) return bgp::PeerId{1};
    return std::nullopt;
  }
  std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery) const override {
    return std::make_unique<FakeListing>(size, made);
  }
  bgp::Explanation explain(bgp::Prefix const&) const override { return {}; }
  std::optional<bgp::Prefix> match(bgp::IpAddress const&, bool) const override { return std::nullopt; }
  std::size_t size = 1;
  std::uint32_t peers = 0;
  bgp::PeerId gone;
  mutable std::size_t peers_made = 0;
  mutable std::size_t made = 0;
};

std::string temporary_path(std::string const& name) {
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
    if (!connected_ || send(fd_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
    std::string out;
    std::vector<char> space(1 << 16);
    while (out.size() < most) {
      auto const n = recv(fd_, space.data(), space.size(), 0);
      if (n <= 0) break;
      out.append(space.data(), static_cast<std::size_t>(n));
    }
    return out;
  }

 private:
  int fd_;
  bool connected_ = false;
};

std::string get(std::string const& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

struct Fixture : testing::Test {
  boost::asio::io_context io{1};
  FakeSpeaker speaker;
  Service service{io.get_executor()};
  std::string path = temporary_path("service");

  void SetUp() override {
    serve_speaker(service, speaker);
    ASSERT_TRUE(service.listen(path).ok());
  }

  /// Runs `client` beside the service until it is through.
  std::string beside(std::function<std::string()> const& client) {
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
};

using HttpService = Fixture;

TEST_F(HttpService, AMillionRoutesLeaveRoomForOtherWork) {
  speaker.size = million;
  std::size_t last = 0, most = 0;
  bool running = true;
  std::function<void()> other = [&] {  // what a keepalive would be: posted, and due next
    most = std::max(most, speaker.made - last);
    last = speaker.made;
    if (running && speaker.made < million) boost::asio::post(io, other);
  };
  boost::asio::post(io, other);
  auto const answer = beside([&] { return Client(path).ask(get("/v1/routes")); });
  running = false;
  EXPECT_EQ(speaker.made, million);
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
  EXPECT_NE(answer.find("\"prefix\":\"15.66.63.0/24\""), std::string::npos);  // the last one: 999,999 << 8
  EXPECT_GT(most, 0u);
  EXPECT_LE(most, 512u);  // routes made between two runs of the other work
}

TEST_F(HttpService, ThousandsOfPeersLeaveRoomForOtherWork) {
  speaker.peers = 5000;
  speaker.gone = {77};  // between the list of numbers and its turn
  std::size_t last = 0, most = 0;
  bool running = true;
  std::function<void()> other = [&] {
    most = std::max(most, speaker.peers_made - last);
    last = speaker.peers_made;
    if (running && speaker.peers_made < speaker.peers) boost::asio::post(io, other);
  };
  boost::asio::post(io, other);
  auto const answer = beside([&] { return Client(path).ask(get("/v1/peers")); });
  running = false;
  EXPECT_EQ(speaker.peers_made, 5000u);
  EXPECT_NE(answer.find("\"address\":\"10.0.19.136\""), std::string::npos);  // the last one
  EXPECT_EQ(answer.find("\"address\":\"10.0.0.77\""), std::string::npos);
  EXPECT_NE(answer.find("\"address\":\"10.0.0.78\""), std::string::npos);
  EXPECT_GT(most, 0u);
  EXPECT_LE(most, 100u);  // neighbours shown between two runs of the other work
}

TEST_F(HttpService, ALinkLocalNeighbourIsAskedForWithItsInterface) {
  speaker.peers = 1;
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/peers/fe80::1%25lo")); }).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/peers/fe80::1%251")); }).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/peers/fe80::1%252")); }).starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/peers/fe80::1%25none")); }).starts_with("HTTP/1.1 400"));
}

TEST_F(HttpService, AClientThatDoesNotReadIsNotWrittenFor) {
  speaker.size = million;
  std::string const head = beside([&] {
    Client client(path);
    auto const out = client.ask(get("/v1/routes"), 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // time in which too much could be made
    return out;
  });
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK"));
  EXPECT_LT(speaker.made, million / 10);
}

TEST_F(HttpService, OldClientsGetABodyWithoutChunks) {
  auto const answer = beside([&] { return Client(path).ask("GET /v1/routes HTTP/1.0\r\n\r\n"); });
  EXPECT_TRUE(answer.ends_with("\"origin\":\"igp\",\"asPath\":\"\"}\n]\n")) << answer;
}

TEST_F(HttpService, NonsenseAndTooMuchAreRefused) {
  EXPECT_TRUE(beside([&] { return Client(path).ask("nonsense\r\n\r\n"); }).starts_with("HTTP/1.1 400"));
  std::string const huge = "GET / HTTP/1.1\r\nX: " + std::string(10000, 'x') + "\r\n\r\n";
  EXPECT_TRUE(beside([&] { return Client(path).ask(huge); }).starts_with("HTTP/1.1 431"));
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/routes?view=odd")); }).starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/peers/10.0.0.1")); }).starts_with("HTTP/1.1 404"));
}

TEST_F(HttpService, SocketHasMode0660AndGoesWithTheService) {
  struct stat there {};
  ASSERT_EQ(lstat(path.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 07777, 0660u);
  service.close();
  EXPECT_NE(lstat(path.c_str(), &there), 0);
}

TEST_F(HttpService, ALivingDaemonsSocketStays) {
  Service second(io.get_executor());
  auto const result = second.listen(path);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("another daemon is listening"), std::string::npos);
  second.close();
  EXPECT_TRUE(beside([&] { return Client(path).ask(get("/v1/status")); }).starts_with("HTTP/1.1 200"));
}

TEST(HttpServiceStart, AFolderThatCannotBeMadeIsNamed) {
  boost::asio::io_context io;
  Service service(io.get_executor());
  auto const result = service.listen("/proc/tern-none/y.sock");
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("its folder /proc/tern-none is not there and cannot be made: "),
            std::string::npos)
      << result.error().message;
}

TEST(HttpServiceStart, ADeadDaemonsSocketIsReplaced) {
  auto const path = temporary_path("stale");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  int const fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
  close(fd);
  boost::asio::io_context io;
  Service service(io.get_executor());
  EXPECT_TRUE(service.listen(path).ok());
}

}  // namespace
}  // namespace tern::mgmt
