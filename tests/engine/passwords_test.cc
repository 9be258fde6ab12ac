// Passwords of neighbours and ranges: what may stand beside what, and that the listeners have the keys of those who are
// there, whenever they came.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::HasSubstr;

struct Passwords : Two {
  static PeerConfig with(PeerConfig config, std::string password) {
    config.password = std::move(password);
    return config;
  }
  bool up() {
    pass(30s);
    return b->status().peers_established == 1;
  }
  std::string refused(Result<void> const& result) { return result.ok() ? "" : result.error().message; }
  template <class T>
  std::string refused(Result<T> const& result) {
    return result.ok() ? "" : result.error().message;
  }
};

TEST_F(Passwords, AreTheSameOnBothSidesOrNobodyAnswers) {
  start(with(peer(at_a, at_b, as_b, true), "x"), with(peer(at_b, at_a, as_a), "y"));
  EXPECT_FALSE(up());
  EXPECT_EQ(b->peer(a_at_b)->last_error, "connect timed out: no answer; is the password the same on both sides?");
  EXPECT_TRUE(b->peer(a_at_b)->md5);
  ASSERT_TRUE(b->remove_peer(a_at_b).ok());
  ASSERT_TRUE(b->add_peer(with(peer(at_b, at_a, as_a), "x")).ok());
  EXPECT_TRUE(up());
}

TEST_F(Passwords, OfANeighbourThatComesLaterIsAskedForAtOnceAndForgottenWithIt) {
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  auto const at_first = a->add_peer(with(peer(at_a, at_b, as_b, true), "x"));
  ASSERT_TRUE(at_first.ok());
  ASSERT_TRUE(b->add_peer(peer(at_b, at_a, as_a)).ok());
  EXPECT_FALSE(up()) << "b does not sign";
  ASSERT_TRUE(a->remove_peer(*at_first).ok());
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b, true)).ok());
  EXPECT_TRUE(up());
}

TEST_F(Passwords, OfANeighbourStayOverAStopAndAnotherStart) {
  start(with(peer(at_a, at_b, as_b, true), "x"), peer(at_b, at_a, as_a));
  a->stop("", [] {});
  run();
  ASSERT_TRUE(a->start().ok());
  EXPECT_FALSE(up());
}

TEST_F(Passwords, OfARangeHoldsForEachOfItsNeighbours) {
  ASSERT_TRUE(a->add_range({"192.0.2.0/24"_pfx, with(peer({}, {}, as_b), "x")}).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  auto const without = *b->add_peer(peer(at_b, at_a, as_a));
  EXPECT_FALSE(up());
  ASSERT_TRUE(b->remove_peer(without).ok());
  ASSERT_TRUE(b->add_peer(with(peer(at_b, at_a, as_a), "x")).ok());
  EXPECT_TRUE(up());
  EXPECT_TRUE(a->peers().at(0).md5);
  b.reset();
  pass(10s);
  EXPECT_TRUE(a->peers().empty());
  b = speaker(as_b, at_b);
  ASSERT_TRUE(b->add_peer(peer(at_b, at_a, as_a)).ok());
  ASSERT_TRUE(b->start().ok());
  EXPECT_FALSE(up()) << "the key is the range's, not that of the neighbour that is gone";
}

TEST_F(Passwords, ThatChangeBeginANewSessionWithTheNewOneOnly) {
  start(with(peer(at_a, at_b, as_b, true), "x"), with(peer(at_b, at_a, as_a), "x"));
  ASSERT_TRUE(up());
  auto const changed = a->update_peer(b_at_a, with(peer(at_a, at_b, as_b, true), "y"));
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(changed->new_session);
  pass(1s);
  EXPECT_FALSE(up()) << "b signs with the old one";
  ASSERT_TRUE(b->update_peer(a_at_b, with(peer(at_b, at_a, as_a), "y")).ok());
  EXPECT_TRUE(up());
  // And back to none.
  ASSERT_TRUE(a->update_peer(changed->id, peer(at_a, at_b, as_b, true)).ok());
  ASSERT_TRUE(b->update_peer(*b->find_peer(at_a), peer(at_b, at_a, as_a)).ok());
  EXPECT_TRUE(up());
}

TEST_F(Passwords, OfARangeThatChangeAndGoAreThoseOfItsListeners) {
  ASSERT_TRUE(a->add_range({"192.0.2.0/24"_pfx, with(peer({}, {}, as_b), "x")}).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(b->start().ok());
  auto const first = *b->add_peer(with(peer(at_b, at_a, as_a), "x"));
  ASSERT_TRUE(up());
  auto const begun_anew = a->update_range({"192.0.2.0/24"_pfx, with(peer({}, {}, as_b), "y")});
  ASSERT_TRUE(begun_anew.ok());
  EXPECT_EQ(begun_anew->new_sessions, 1U);
  pass(1s);
  EXPECT_FALSE(up()) << "b signs with the old one";
  auto const second = b->update_peer(first, with(peer(at_b, at_a, as_a), "y"));
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(up());
  ASSERT_TRUE(a->remove_range("192.0.2.0/24"_pfx).ok());
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b, true)).ok()) << "no password is left that it would need";
  ASSERT_TRUE(b->update_peer(second->id, peer(at_b, at_a, as_a)).ok());
  EXPECT_TRUE(up());
}

TEST_F(Passwords, ThatCannotChangeStayWhatTheyWere) {
  ASSERT_TRUE(a->add_range({"192.0.2.0/24"_pfx, with(peer({}, {}, as_b), "x")}).ok());
  auto const inner = a->add_peer(with(peer(at_a, at_b, as_b), "y"));
  ASSERT_TRUE(inner.ok());
  EXPECT_THAT(refused(a->update_peer(*inner, peer(at_a, at_b, as_b))), HasSubstr("lies within range 192.0.2.0/24"));
  EXPECT_TRUE(a->peer(*inner)->md5);
  EXPECT_THAT(refused(a->update_peer(*inner, with(peer(at_a, at_b, as_b), std::string(81, 'x')))),
              HasSubstr("81 octets"));
  ASSERT_TRUE(a->update_range({"192.0.2.0/24"_pfx, peer({}, {}, as_b)}).ok());
  EXPECT_TRUE(a->update_peer(*inner, peer(at_a, at_b, as_b)).ok());
}

TEST_F(Passwords, ANeighbourWithoutOneCannotLieWithinARangeThatHasOne) {
  ASSERT_TRUE(a->add_range({"192.0.2.0/25"_pfx, with(peer({}, {}, as_b), "x")}).ok());
  EXPECT_EQ(
      refused(a->add_peer(peer(at_a, at_b, as_b))),
      "neighbour 192.0.2.2 has no password, but lies within range 192.0.2.0/25, whose password the kernel asks of "
      "everybody there: give it one too, or take it out of the range");
  EXPECT_THAT(refused(a->add_range({"192.0.2.0/26"_pfx, peer({}, {}, as_b)})), HasSubstr("range 192.0.2.0/26 has no"));
  EXPECT_TRUE(a->add_range({"192.0.2.0/24"_pfx, peer({}, {}, as_b)}).ok()) << "the larger one may be open";
  EXPECT_TRUE(a->add_peer(with(peer(at_a, at_b, as_b), "y")).ok());
  EXPECT_TRUE(a->add_peer(peer(at_a, "192.0.2.128"_ip, as_b)).ok());
  EXPECT_THAT(refused(a->add_range({"192.0.2.128/25"_pfx, with(peer({}, {}, as_b), "x")})),
              HasSubstr("neighbour 192.0.2.128 has no password, but lies within range 192.0.2.128/25"));
}

TEST_F(Passwords, ALinkLocalAddressHasOneOnAllInterfaces) {
  auto const on = [&](std::uint32_t interface, std::string password) {
    auto config = with(peer({}, "fe80::2"_ip, as_b), std::move(password));
    config.scope_id = interface;
    return a->add_peer(config);
  };
  auto const first = on(1, "x");
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(refused(on(2, "y")), HasSubstr("the kernel keeps one an address"));
  EXPECT_THAT(refused(on(2, "")), HasSubstr("the kernel keeps one an address"));
  ASSERT_TRUE(on(2, "x").ok());
  ASSERT_TRUE(a->remove_peer(*first).ok());
  EXPECT_NE(refused(on(1, "y")), "") << "the other one still has it";
}

TEST_F(Passwords, AndTtlsThatMakeNoSenseAreRefused) {
  EXPECT_THAT(refused(a->add_peer(with(peer(at_a, at_b, as_b), std::string(81, 'x')))),
              "the password has 81 octets: at most 80 are possible");
  auto config = peer(at_a, at_b, as_b);
  config.ttl = 256;
  EXPECT_THAT(refused(a->add_peer(config)), HasSubstr("1 to 255"));
  config.ttl = 1;
  config.ttl_security = 1;
  EXPECT_THAT(refused(a->add_peer(config)), HasSubstr("remove ttl"));
  config.ttl = 0;
  config.ttl_security = 255;
  EXPECT_THAT(refused(a->add_peer(config)), HasSubstr("1 to 254 hops"));
  config.ttl_security = 254;
  auto const added = a->add_peer(config);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(a->peer(*added)->ttl_security, 254U);
  EXPECT_FALSE(a->peer(*added)->md5);
}

}  // namespace
}  // namespace bgp::engine::test
