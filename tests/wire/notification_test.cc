#include "wire/notification.h"

#include <gtest/gtest.h>

#include "support.h"
#include "wire/printable.h"

namespace bgp::wire {
namespace {

using testing::hex;
using testing::marker;

std::string const replaced = "\xef\xbf\xbd";

TEST(Notification, GoldenOctets) {
  Buffer out;
  encode(Notification{1, 2, hex("0012")}, out);
  EXPECT_EQ(out, hex(marker + "0017 03 01 02 0012"));
}

TEST(Notification, DataIsCutToTheLongestMessage) {
  Buffer out;
  encode(Notification{3, 1, Buffer(5000, 1)}, out);
  EXPECT_EQ(out.size(), 4096U);
  EXPECT_EQ(out[16] << 8 | out[17], 4096);
}

TEST(Notification, Decodes) {
  EXPECT_EQ(decode_notification(hex("06 02 00")), (Notification{6, 2, hex("00")}));
  EXPECT_EQ(decode_notification(hex("04 00")), (Notification{4, 0, {}}));
}

TEST(Notification, TextNamesCodeAndSubcode) {
  EXPECT_EQ((Notification{1, 1, {}}.text()), "Message Header Error / Connection Not Synchronized (1/1)");
  EXPECT_EQ((Notification{2, 7, {}}.text()), "OPEN Message Error / Unsupported Capability (2/7)");
  EXPECT_EQ((Notification{2, 11, {}}.text()), "OPEN Message Error / Role Mismatch (2/11)");
  EXPECT_EQ((Notification{3, 1, {}}.text()), "UPDATE Message Error / Malformed Attribute List (3/1)");
  EXPECT_EQ((Notification{3, 11, {}}.text()), "UPDATE Message Error / Malformed AS_PATH (3/11)");
  EXPECT_EQ((Notification{4, 0, {}}.text()), "Hold Timer Expired (4/0)");
  EXPECT_EQ((Notification{5, 3, {}}.text()), "Finite State Machine Error / Unexpected Message in Established (5/3)");
  EXPECT_EQ((Notification{6, 8, {}}.text()), "Cease / Out of Resources (6/8)");
  EXPECT_EQ((Notification{7, 1, {}}.text()), "ROUTE-REFRESH Message Error / Invalid Message Length (7/1)");
  EXPECT_EQ((Notification{8, 0, {}}.text()), "Send Hold Timer Expired (8/0)");
}

TEST(Notification, TextOfUnknownNumbersShowsThem) {
  EXPECT_EQ((Notification{3, 200, {}}.text()), "UPDATE Message Error (3/200)");
  EXPECT_EQ((Notification{9, 1, {}}.text()), "Unknown Error (9/1)");
  EXPECT_EQ((Notification{0, 0, {}}.text()), "Unknown Error (0/0)");
  EXPECT_EQ((Notification{255, 255, {}}.text()), "Unknown Error (255/255)");
}

TEST(Notification, TextShowsTheShutdownCommunication) {
  EXPECT_EQ(cease_with_text(2, "back at 10:00").text(), "Cease / Administrative Shutdown (6/2): back at 10:00");
  EXPECT_EQ(cease_with_text(4, "new \xc3\xa9l\xc3\xa9ment").text(),
            "Cease / Administrative Reset (6/4): new \xc3\xa9l\xc3\xa9ment");
}

TEST(Notification, TextShowsNoShutdownCommunicationThatOverrunsTheData) {
  EXPECT_EQ((Notification{6, 2, hex("05 61 62")}.text()), "Cease / Administrative Shutdown (6/2)");
  EXPECT_EQ((Notification{6, 2, hex("03 61 62")}.text()), "Cease / Administrative Shutdown (6/2)");
  EXPECT_EQ((Notification{6, 2, hex("00")}.text()), "Cease / Administrative Shutdown (6/2)");
}

TEST(Notification, TextOfAHostilePeerIsPrintable) {
  // escape, newline, DEL, C1 control, right-to-left override, a lone continuation, an overlong slash, a surrogate
  Notification const hostile{6, 2, hex("12 1b 0a 7f c285 e280ae 80 c0af eda080 61 c3 ")};
  auto const text = hostile.text();
  for (unsigned char const c : text) EXPECT_GE(c, 0x20);
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x85"), std::string::npos);
  EXPECT_EQ(printable(text), text);
}

TEST(Notification, TextShowsThePrefixLimit) {
  EXPECT_EQ((Notification{6, 1, hex("0001 01 000003e8")}.text()),
            "Cease / Maximum Number of Prefixes Reached (6/1): ipv4-unicast, limit 1000");
  EXPECT_EQ((Notification{6, 1, hex("0001 01 0000")}.text()), "Cease / Maximum Number of Prefixes Reached (6/1)");
}

TEST(Notification, TextShowsWhatAHardResetWraps) {
  EXPECT_EQ((Notification{6, 9, hex("06 02 02 6869")}.text()),
            "Cease / Hard Reset (6/9): Cease / Administrative Shutdown (6/2): hi");
}

TEST(Notification, TextOfNestedHardResetsDoesNotGrow) {
  Buffer data;
  for (int i = 0; i < 1000; ++i) data.insert(data.end(), {6, 9});
  EXPECT_EQ((Notification{6, 9, data}.text()), "Cease / Hard Reset (6/9): Cease / Hard Reset (6/9)");
}

TEST(CeaseWithText, GoldenOctets) { EXPECT_EQ(cease_with_text(2, "hi"), (Notification{6, 2, hex("02 6869")})); }

TEST(CeaseWithText, NoTextIsNoData) { EXPECT_EQ(cease_with_text(4, ""), (Notification{6, 4, {}})); }

TEST(CeaseWithText, CutsAt255Octets) {
  auto const notification = cease_with_text(2, std::string(300, 'x'));
  EXPECT_EQ(notification.data.size(), 256U);
  EXPECT_EQ(notification.data[0], 255);
}

TEST(CeaseWithText, CutsBetweenCharacters) {
  auto const notification = cease_with_text(2, std::string(253, 'x') + "\xe2\x82\xac\xe2\x82\xac");
  EXPECT_EQ(notification.data[0], 253);
  EXPECT_EQ(notification.data.size(), 254U);
  EXPECT_EQ(cease_with_text(2, std::string(252, 'x') + "\xe2\x82\xac\xe2\x82\xac").data[0], 255);
}

TEST(CeaseWithText, SendsOnlyValidUtf8) {
  EXPECT_EQ(cease_with_text(2, "a\xff").data, (Buffer{4, 'a', 0xef, 0xbf, 0xbd}));
}

TEST(Printable, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(printable("a\xc3"), "a" + replaced);                                        // cut short
  EXPECT_EQ(printable("\xc0\xaf"), replaced + replaced);                                // not the shortest form
  EXPECT_EQ(printable("\xe0\x80\xaf"), replaced + replaced + replaced);                 // the same, three octets
  EXPECT_EQ(printable("\xed\xa0\x80"), replaced + replaced + replaced);                 // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);  // past U+10FFFF
}

TEST(Printable, KeepsWhatIs) {
  std::string const text = "ok \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  EXPECT_EQ(printable(text), text);
}

}  // namespace
}  // namespace bgp::wire
