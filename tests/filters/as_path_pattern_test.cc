#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "bgp/patterns.h"

namespace bgp {
namespace {

using Kind = AsPathSegment::Kind;

AsPath path(std::vector<std::uint32_t> const& ases) {
  AsPath out;
  if (ases.empty()) return out;
  out.segments.push_back({Kind::sequence, {}});
  for (auto const as : ases) out.segments[0].asns.push_back(Asn{as});
  return out;
}
bool matches(std::string_view pattern, std::vector<std::uint32_t> const& ases) {
  return AsPathPattern::parse(pattern)->matches(path(ases));
}

TEST(AsPathPattern, IsAboutTheWholePath) {
  EXPECT_TRUE(matches("1 2", {1, 2}));
  EXPECT_FALSE(matches("1 2", {1, 2, 3}));
  EXPECT_FALSE(matches("1 2", {1}));
  EXPECT_TRUE(matches("", {}));
  EXPECT_FALSE(matches("", {1}));
}

TEST(AsPathPattern, StarIsAnyNumberAndQuestionMarkOne) {
  EXPECT_TRUE(matches("*", {}));
  EXPECT_TRUE(matches("* 9", {9}));
  EXPECT_TRUE(matches("* 9", {1, 9, 2, 9}));
  EXPECT_FALSE(matches("* 9", {9, 1}));
  EXPECT_TRUE(matches("1 * 9", {1, 9}));
  EXPECT_TRUE(matches("? ?", {4, 5}));
  EXPECT_FALSE(matches("? ?", {4}));
  EXPECT_TRUE(matches("* * *", {}));
}

TEST(AsPathPattern, RangesAlternativesAndRepetition) {
  EXPECT_TRUE(matches("64512-65534", {65000}));
  EXPECT_FALSE(matches("64512-65534", {65535}));
  EXPECT_TRUE(matches("1|5-7 2", {6, 2}));
  EXPECT_FALSE(matches("1|5-7 2", {2, 2}));
  EXPECT_TRUE(matches("1+ 2", {1, 1, 1, 2}));
  EXPECT_FALSE(matches("1+ 2", {2}));
  EXPECT_TRUE(matches("1+ 1 2", {1, 1, 2}));
  EXPECT_FALSE(matches("1+ 1 2", {1, 2}));
  EXPECT_TRUE(matches("1|2+", {1, 2, 1}));
}

TEST(AsPathPattern, ASetIsOneAsAndConfederationsNone) {
  AsPath mixed;
  mixed.segments = {{Kind::confed_sequence, {Asn{7}}}, {Kind::sequence, {Asn{1}}}, {Kind::set, {Asn{3}, Asn{4}}}};
  EXPECT_TRUE(AsPathPattern::parse("1 4")->matches(mixed));
  EXPECT_FALSE(AsPathPattern::parse("1 3 4")->matches(mixed));
}

TEST(AsPathPattern, WhatIsNoPatternIsRefusedWithARemedy) {
  for (auto const* text : {"x", "1-", "-1", "5-4", "1||2", "+", "*+", "1 .*", "4294967296", "1|?"}) {
    auto const parsed = AsPathPattern::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find("write"), std::string::npos);
  }
  std::string many;
  for (int i = 0; i < 64; ++i) many += "* ";
  EXPECT_FALSE(AsPathPattern::parse(many).ok());
}

// A pattern that a matcher which tries again would take for ever over.
TEST(AsPathPattern, NoPathTakesLong) {
  std::string hard;
  for (int i = 0; i < 31; ++i) hard += "* 1 ";
  auto const begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(hard + "2", std::vector<std::uint32_t>(2000, 1)));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

// The obvious matcher: slow, but plain.
struct Part {
  char kind;  // 'n' number, '?' one, '*' any number, '+' number once or more
  std::uint32_t as;
};
bool naive(std::span<Part const> parts, std::span<std::uint32_t const> ases) {
  if (parts.empty()) return ases.empty();
  auto const& part = parts[0];
  if (part.kind == '*') return naive(parts.subspan(1), ases) || (!ases.empty() && naive(parts, ases.subspan(1)));
  if (ases.empty() || (part.kind != '?' && ases[0] != part.as)) return false;
  return naive(parts.subspan(1), ases.subspan(1)) || (part.kind == '+' && naive(parts, ases.subspan(1)));
}

RC_GTEST_PROP(AsPathPattern, EqualsANaiveMatcher, ()) {
  std::vector<Part> parts;
  std::string text;
  for (auto n = *rc::gen::inRange(0, 7); n > 0; --n) {
    Part const part{*rc::gen::element('n', '?', '*', '+'), *rc::gen::inRange(1U, 4U)};
    parts.push_back(part);
    auto const number = std::to_string(part.as);
    text += (part.kind == 'n' ? number : part.kind == '+' ? number + "+" : std::string(1, part.kind)) + " ";
  }
  std::vector<std::uint32_t> ases;
  for (auto n = *rc::gen::inRange(0, 8); n > 0; --n) ases.push_back(*rc::gen::inRange(1U, 4U));
  RC_ASSERT(matches(text, ases) == naive(parts, ases));
}

}  // namespace
}  // namespace bgp
