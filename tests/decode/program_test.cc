// `ternctl decode` as people call it: digits, files of each kind, standard input; what its options change; exit status.
#include <gmock/gmock.h>

#include <fstream>

#include "support/process.h"

namespace {

using support::Arguments;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string const marker(32, 'f');
// ORIGIN igp, AS_PATH 65001 of four octets, NEXT_HOP 192.0.2.1, 203.0.113.0/24
std::string const update = marker + "002f 02 0000 0014 40010100 4002060201 0000fde9 400304c0000201 18cb0071";

struct Shown {
  int status = 0;
  std::string output;
};
Shown decode(Arguments const& arguments) {
  Arguments all{TERN_BIN "/ternctl", "decode"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  auto const finished = support::run(all);
  return {finished.status, finished.output};
}

class File : public testing::Test {
 protected:
  std::string path(std::string const& name) const { return directory.path() + "/" + name; }
  /// The octets of `hex`, packed by `program` when there is one.
  std::string holding(std::string const& name, std::string const& program = "", std::string const& hex = update) const {
    std::ofstream out(path(name), std::ios::binary);
    std::string digits;
    for (char const c : hex) {
      if (c != ' ') digits += c;
    }
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      out.put(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    out.close();
    if (!program.empty()) support::must_run({program, path(name)});
    return path(name);
  }
  support::TemporaryDirectory directory;
};

TEST(Decode, TakesDigitsInOneWordOrInSeveral) {
  for (auto const& shown : {decode({update}), decode({marker, "002f02", "0000001440010100", "40020602010000fde9",
                                                      "400304c0000201", "18cb0071"})}) {
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_THAT(shown.output, AllOf(HasSubstr("\"203.0.113.0/24\""), HasSubstr("\"value\": \"65001\""),
                                    HasSubstr("\"192.0.2.1\""), Not(HasSubstr("faults"))));
  }
}

TEST(Decode, SaysWhatIsWrongWhereAndWhatAReceiverDoes) {
  auto const shown = decode({marker + "001204"});
  EXPECT_EQ(shown.status, 1);
  EXPECT_THAT(shown.output, AllOf(HasSubstr("\"octet\": 16"), HasSubstr("RFC 4271 §6.1"),
                                  HasSubstr("Bad Message Length (1/2)"), HasSubstr("session reset")));
}

TEST(Decode, JudgesByTheSessionThatItIsTold) {
  EXPECT_EQ(decode({"--peer-as", "65001", update}).status, 0);
  auto const other = decode({"--peer-as", "65009", update});
  EXPECT_EQ(other.status, 1) << "the first AS is not the neighbour's";
  EXPECT_THAT(other.output, HasSubstr("first AS"));
  EXPECT_EQ(decode({"--peer-as", "65009", "--ibgp", update}).status, 0);
  EXPECT_EQ(decode({"--as2", update}).status, 1) << "six octets are no path of two-octet ASes";
}

TEST(Decode, TakesAnAsSetAndLongMessagesWhenToldTo) {
  auto set = update;
  set.replace(set.find("4002060201"), 10, "4002060101");
  EXPECT_EQ(decode({set}).status, 1);
  EXPECT_EQ(decode({"--as-set", set}).status, 0);
  auto const notification = marker + "1770 03 06 02" + std::string(2 * (6000 - 21), '0');
  EXPECT_EQ(decode({notification}).status, 1);
  EXPECT_EQ(decode({"--extended", notification}).status, 0);
}

// An EVPN route of type 3 that is none, and one that is.
TEST(Decode, NamesARouteThatIsLeftOutAndTheOthersThatAreNot) {
  std::string const good = "0311 0000fde800000001 00000000 20c0000201";
  std::string const head = "40010100 400200 40050400000064";
  auto const message = [&](std::string const& nlri, std::string const& reach, std::string const& lengths) {
    return marker + lengths + head + "900e" + reach + "001946 04c0000201 00" + nlri;
  };
  auto const sound = decode({message(good, "001c", "0045 02 0000 002e")});
  EXPECT_EQ(sound.status, 0) << sound.output;
  auto const shown = decode({message("0305 0102030405" + good, "0023", "004c 02 0000 0035")});
  EXPECT_EQ(shown.status, 1);
  EXPECT_THAT(shown.output, AllOf(HasSubstr("EVPN route whose fields do not fit its type"), HasSubstr("\"octet\": 50"),
                                  HasSubstr("route left out"), HasSubstr("192.0.2.1")));
}

// RFC 6396 §4.3.3: routes of a family that is no prefix, by a record of their own.
TEST_F(File, OfRoutesOfOtherFamiliesIsRead) {
  auto const evpn = "0311 0000fde800000001 00000000 20c0000201";
  auto const attributes = "40010100 400200 800e05 04c0000201";  // 16 octets and the next hop alone
  auto const record =
      std::string("00000000 000d0006 00000033 00000001 0019 46") + evpn + "0001 0000 00000000 000f" + attributes;
  auto const shown = decode({holding("generic", "", record)});
  EXPECT_EQ(shown.status, 0) << shown.output;
  EXPECT_THAT(shown.output, AllOf(HasSubstr("l2vpn-evpn"), HasSubstr("[3]:[65000:1]:[0]:[32]:[192.0.2.1]"), HasSubstr("192.0.2.1")));
}

TEST_F(File, OfMessagesIsReadPlainOrPacked) {
  auto const plain = decode({holding("messages")}), gzip = decode({holding("packed", "gzip") + ".gz"}),
             bzip2 = decode({holding("packed2", "bzip2") + ".bz2"});
  EXPECT_EQ(plain.status, 0);
  EXPECT_THAT(plain.output, HasSubstr("203.0.113.0/24"));
  EXPECT_EQ(gzip.output, plain.output);
  EXPECT_EQ(bzip2.output, plain.output);
  auto const piped = support::run({"sh", "-c", "cat '" + path("messages") + "' | " TERN_BIN "/ternctl decode -"});
  EXPECT_EQ(piped.status, 0);
  EXPECT_EQ(piped.output, plain.output);
}

TEST(Decode, SaysWhatIsNoInput) {
  for (auto const* what : {"/no/such/file", "zz", "123"}) {
    auto const shown = decode({what});
    EXPECT_EQ(shown.status, 2);
    EXPECT_THAT(shown.output, HasSubstr("is neither a file nor hexadecimal digits in pairs"));
  }
  EXPECT_EQ(decode({}).status, 2);
  EXPECT_THAT(decode({"/etc/hosts", "/etc/passwd"}).output, HasSubstr("one file at a time"));
  EXPECT_EQ(decode({"--as2", "--as4", update}).status, 2);
}

}  // namespace
