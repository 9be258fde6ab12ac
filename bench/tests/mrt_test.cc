#include "replay/mrt.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>

#include "kit/table.h"

namespace bench {
namespace {

AttributeSet some_attributes() {
  AttributeSet set;
  set.path = {65001};
  set.next_hop = 1;
  return set;
}

// A file that goes away with the test.
class MrtFile {
 public:
  // type 17 is BGP4MP_ET; subtype 4 is MESSAGE_AS4, 1 is MESSAGE
  void add(std::uint16_t type, std::uint16_t subtype, std::uint8_t peer, View message) {
    Bytes body;
    if (type == 17) put32(body, 123456);
    for (std::uint32_t const as : {65001u, 65000u}) subtype == 4 ? put32(body, as) : put16(body, as);
    put16(body, 0);
    put16(body, 1);
    put32(body, 0xc0000200u | peer);
    put32(body, 0xc00002fe);
    body.insert(body.end(), message.begin(), message.end());
    put32(bytes_, 1445565678);
    put16(bytes_, type);
    put16(bytes_, subtype);
    put32(bytes_, static_cast<std::uint32_t>(body.size()));
    bytes_.insert(bytes_.end(), body.begin(), body.end());
  }
  Recording read(bool gzip = true) {
    std::string const path = testing::TempDir() + "/tern_mrt_" + std::to_string(getpid());
    gzFile const file = gzopen(path.c_str(), gzip ? "wb" : "wbT");
    gzwrite(file, bytes_.data(), static_cast<unsigned>(bytes_.size()));
    gzclose(file);
    try {
      Recording recording = read_recording(path);
      std::remove(path.c_str());
      return recording;
    } catch (...) {
      std::remove(path.c_str());
      throw;
    }
  }
  void cut(std::size_t octets) { bytes_.resize(bytes_.size() - octets); }

 private:
  Bytes bytes_;
};

Bytes announcement(View nlri) {
  Bytes out;
  append_update(out, {}, encode_attributes(some_attributes(), {}), nlri);
  return out;
}
Bytes withdrawal(View prefixes) {
  Bytes out;
  append_update(out, prefixes, {}, {});
  return out;
}

TEST(Mrt, CountsWhatTheUpdatesAmountTo) {
  MrtFile file;
  file.add(17, 1, 1, open_message({.as = 65001, .id = 1}));
  file.add(17, 4, 1, announcement(Bytes{8, 20, 8, 21}));
  file.add(17, 4, 1, announcement(Bytes{8, 20}));
  file.add(16, 4, 1, withdrawal(Bytes{8, 21, 8, 22}));
  Recording const recording = file.read();
  EXPECT_EQ(recording.peer, "192.0.2.1");
  EXPECT_EQ(recording.peer_as, 65001u);
  EXPECT_TRUE(recording.four_octet);
  EXPECT_EQ(recording.messages, 3u);
  EXPECT_EQ(recording.passed_over, 1u);
  EXPECT_EQ(recording.announced, 3u);
  EXPECT_EQ(recording.different, 2u);
  EXPECT_EQ(recording.withdrawn, 2u);
  EXPECT_EQ(recording.unique_at_end, 1u);
}

TEST(Mrt, KeepsTheMessagesAsTheyWere) {
  MrtFile file;
  Bytes const first = announcement(Bytes{8, 20}), second = withdrawal(Bytes{8, 20});
  file.add(16, 4, 1, first);
  file.add(16, 4, 1, second);
  Bytes both = first;
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_EQ(file.read(false).updates, both);
}

TEST(Mrt, TwoOctetRecordsMakeATwoOctetSession) {
  MrtFile file;
  file.add(16, 1, 1, announcement(Bytes{8, 20}));
  EXPECT_FALSE(file.read().four_octet);
}

TEST(Mrt, BothWidthsInOneSessionAreRefused) {
  MrtFile file;
  file.add(16, 1, 1, announcement(Bytes{8, 20}));
  file.add(16, 4, 1, announcement(Bytes{8, 20}));
  EXPECT_THROW(file.read(), std::runtime_error);
}

TEST(Mrt, OtherPeersArePassedOver) {
  MrtFile file;
  file.add(16, 4, 1, announcement(Bytes{8, 20}));
  file.add(16, 4, 2, announcement(Bytes{8, 21}));
  EXPECT_EQ(file.read().unique_at_end, 1u);
}

TEST(Mrt, AFileCutShortIsAnError) {
  MrtFile file;
  file.add(16, 4, 1, announcement(Bytes{8, 20}));
  file.cut(3);
  EXPECT_THROW(file.read(), std::runtime_error);
}

TEST(Mrt, Ipv6ComesFromMpReach) {
  Bytes attributes = encode_attributes(some_attributes(), {});
  Bytes const reach{0x80, 14, 26, 0, 2, 1, 16, 0x20, 1, 0xd, 0xb8, 0, 0,   0,   0,
                    0,    0,  0,  0, 0, 0, 0,  1,    0, 32,  0x20, 1, 0xd, 0xb8};
  attributes.insert(attributes.end(), reach.begin(), reach.end());
  Bytes message;
  append_update(message, {}, attributes, {});
  MrtFile file;
  file.add(16, 4, 1, message);
  Recording const recording = file.read();
  EXPECT_TRUE(recording.ipv6);
  EXPECT_EQ(recording.unique_at_end, 1u);
}

}  // namespace
}  // namespace bench
