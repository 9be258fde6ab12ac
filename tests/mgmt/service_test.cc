// The HTTP service on a real Unix socket: long listings leave room for other work, and sockets of others stay.
#include "mgmt/service.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "client.h"
#include "fake_speaker.h"
#include "mgmt/speaker_api.h"

namespace tern::mgmt {
namespace {

using namespace bgp::literals;
constexpr std::size_t million = 1'000'000;

struct Fixture : testing::Test {
  boost::asio::io_context io{1};
  FakeSpeaker speaker;
  Service service{io.get_executor()};
  std::string path = temporary_path("service");

  void SetUp() override {
    serve_speaker(service, speaker, "tern-reflector");
    ASSERT_TRUE(service.listen(path).ok());
  }

  std::string beside(std::function<std::string()> const& client) { return mgmt::beside(io, client); }
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
