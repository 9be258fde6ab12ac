#include "base/bytes.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/hash.h"
#include "base/slice.h"

namespace bgp {
namespace {

TEST(Reader, TakesNumbersInNetworkOrder) {
  Buffer const octets{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};
  Reader reader(octets);
  EXPECT_EQ(reader.u8(), 0x01);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_TRUE(reader.complete());
}

TEST(Reader, FailsOnceAndForAll) {
  Buffer const octets{0x01, 0x02, 0x03};
  Reader reader(octets);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.u8(), 0);  // although an octet was there
  EXPECT_TRUE(reader.failed());
  EXPECT_FALSE(reader.complete());
}

TEST(Reader, TakesViews) {
  Buffer const octets{1, 2, 3};
  Reader reader(octets);
  auto const first = reader.take(2);
  EXPECT_EQ(first.data(), octets.data());
  EXPECT_EQ(first.size(), 2U);
  EXPECT_EQ(reader.remaining(), 1U);
  EXPECT_FALSE(reader.complete());
  EXPECT_TRUE(reader.take(2).empty());
  EXPECT_TRUE(reader.failed());
}

TEST(Reader, TakingNothingFromNothingIsNoFailure) {
  Reader reader({});
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_TRUE(reader.complete());
}

TEST(Writer, AppendsInNetworkOrder) {
  Buffer out{0xff};
  Writer writer(out);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.bytes(Buffer{0x08, 0x09});
  EXPECT_EQ(out, (Buffer{0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(writer.position(), 10U);
}

TEST(Writer, PatchesWhatStands) {
  Buffer out{0, 0, 0, 0};
  Writer writer(out);
  writer.patch_u16(1, 0x0102);
  writer.patch_u8(3, 3);
  EXPECT_EQ(out, (Buffer{0, 1, 2, 3}));
}

TEST(KeyedHash, DependsOnTheKeyAndEveryOctet) {
  Buffer octets(40, 7);
  auto const hash = keyed_hash(HashKey{1}, octets);
  EXPECT_EQ(hash, keyed_hash(HashKey{1}, octets));
  EXPECT_NE(hash, keyed_hash(HashKey{2}, octets));
  octets.back() = 8;
  EXPECT_NE(hash, keyed_hash(HashKey{1}, octets));
}

TEST(Slice, IsAPieceOfItsBuffer) {
  Slice const slice{std::make_shared<Buffer const>(Buffer{1, 2, 3, 4}), 1, 2};
  EXPECT_EQ(Buffer(slice.bytes().begin(), slice.bytes().end()), (Buffer{2, 3}));
}

}  // namespace
}  // namespace bgp
