// The transition table, state by state, as RFC 4271 §8.2.2 writes it.
#include "session/fsm.h"

#include <gtest/gtest.h>

#include <vector>

namespace bgp::session {
namespace {

using enum State;

std::vector<State> const states{idle, connect, active, open_sent, open_confirm, established};
std::vector<Event> events() {
  std::vector<Event> all;
  for (int number = 1; number <= 30; ++number) {
    if (name(static_cast<Event>(number)) != "?") all.push_back(static_cast<Event>(number));
  }
  return all;
}

TEST(Fsm, ManualStartDialsAndClearsTheRetryCounter) {
  auto const step = transition(idle, Event::manual_start);
  EXPECT_EQ(step, (Step{connect, Action::clear_retry | Action::retry_start | Action::dial}));
}

TEST(Fsm, PassiveStartWaitsInActive) {
  auto const step = transition(idle, Event::manual_start_passive);
  EXPECT_EQ(step.next, active);
  EXPECT_FALSE(step.actions.has(Action::dial));
}

TEST(Fsm, DampedStartKeepsTheRetryCounter) {
  EXPECT_FALSE(transition(idle, Event::automatic_start_damped).actions.has(Action::clear_retry));
  EXPECT_FALSE(transition(idle, Event::automatic_start_damped_passive).actions.has(Action::clear_retry));
}

TEST(Fsm, IdleIgnoresAllButStarts) {
  for (auto const event : events()) {
    if (event <= Event::automatic_start_damped_passive && event != Event::manual_stop) continue;
    auto const step = transition(idle, event);
    EXPECT_EQ(step.next, idle) << name(event);
    EXPECT_EQ(step.actions.empty(), event != Event::idle_hold_timer_expires) << name(event);
  }
}

TEST(Fsm, StartsAreIgnoredOutsideIdle) {
  for (auto const state : states) {
    if (state == idle) continue;
    for (auto const event :
         {Event::manual_start, Event::automatic_start, Event::manual_start_passive, Event::automatic_start_passive,
          Event::automatic_start_damped, Event::automatic_start_damped_passive}) {
      EXPECT_EQ(transition(state, event), (Step{state, {}})) << name(state) << " " << name(event);
    }
  }
}

TEST(Fsm, TcpSuccessSendsOpenWithTheLargeHoldTimer) {
  for (auto const state : {connect, active}) {
    for (auto const event : {Event::tcp_cr_acked, Event::tcp_connection_confirmed}) {
      auto const step = transition(state, event);
      EXPECT_EQ(step, (Step{open_sent, Action::retry_stop | Action::send_open | Action::hold_large}));
    }
  }
}

TEST(Fsm, ConnectRetryDialsAgain) {
  auto const from_connect = transition(connect, Event::connect_retry_expires);
  EXPECT_EQ(from_connect.next, connect);
  EXPECT_TRUE(from_connect.actions.has(Action::drop));
  EXPECT_TRUE(from_connect.actions.has(Action::dial));
  EXPECT_EQ(transition(active, Event::connect_retry_expires), (Step{connect, Action::retry_start | Action::dial}));
}

TEST(Fsm, LosingTcpBeforeTheOpenGoesBackToActive) {
  EXPECT_EQ(transition(connect, Event::tcp_connection_fails).next, active);
  EXPECT_EQ(transition(open_sent, Event::tcp_connection_fails).next, active);
}

TEST(Fsm, OpenIsAnsweredWithKeepalive) {
  auto const step = transition(open_sent, Event::bgp_open);
  EXPECT_EQ(step, (Step{open_confirm, Action::retry_stop | Action::send_keepalive | Action::hold_negotiated}));
}

TEST(Fsm, KeepaliveEstablishes) {
  auto const step = transition(open_confirm, Event::keepalive_message);
  EXPECT_EQ(step, (Step{established, Action::hold_restart | Action::send_hold_start | Action::announce_established}));
}

TEST(Fsm, EstablishedLivesOnKeepalivesUpdatesAndRefreshes) {
  EXPECT_EQ(transition(established, Event::keepalive_message), (Step{established, Action::hold_restart}));
  EXPECT_EQ(transition(established, Event::update_message),
            (Step{established, Action::hold_restart | Action::deliver}));
  EXPECT_EQ(transition(established, Event::route_refresh_message),
            (Step{established, Action::hold_restart | Action::deliver}));
}

TEST(Fsm, KeepaliveTimerSendsAndRestarts) {
  for (auto const state : {open_confirm, established}) {
    EXPECT_EQ(transition(state, Event::keepalive_timer_expires),
              (Step{state, Action::send_keepalive | Action::keepalive_restart}));
  }
}

TEST(Fsm, AnUnexpectedMessageIsAnFsmError) {
  auto const unexpected = [](State state, std::vector<Event> const& list) {
    for (auto const event : list) {
      auto const step = transition(state, event);
      EXPECT_EQ(step.next, idle) << name(state) << " " << name(event);
      EXPECT_TRUE(step.actions.has(Action::send_fsm_error)) << name(state) << " " << name(event);
      EXPECT_TRUE(step.actions.has(Action::drop)) << name(state) << " " << name(event);
    }
  };
  unexpected(open_sent, {Event::keepalive_message, Event::update_message, Event::route_refresh_message});
  unexpected(open_confirm, {Event::bgp_open, Event::update_message, Event::route_refresh_message});
  unexpected(established, {Event::bgp_open});
}

TEST(Fsm, ANotificationIsNeverAnswered) {
  for (auto const state : {open_sent, open_confirm, established}) {
    for (auto const event : {Event::notification, Event::notification_version_error}) {
      auto const step = transition(state, event);
      EXPECT_EQ(step.next, idle);
      EXPECT_TRUE(step.actions.has(Action::drop));
      EXPECT_FALSE(step.actions.has(Action::send_notification));
      EXPECT_FALSE(step.actions.has(Action::send_fsm_error));
    }
  }
}

TEST(Fsm, EveryEndThatIsNotThePeersSendsANotification) {
  for (auto const state : {open_sent, open_confirm, established}) {
    for (auto const event :
         {Event::manual_stop, Event::automatic_stop, Event::hold_timer_expires, Event::bgp_header_error,
          Event::bgp_open_error, Event::open_collision_dump, Event::update_error, Event::send_hold_timer_expires}) {
      auto const step = transition(state, event);
      EXPECT_EQ(step.next, idle) << name(state) << " " << name(event);
      EXPECT_TRUE(step.actions.has(Action::send_notification)) << name(state) << " " << name(event);
      EXPECT_TRUE(step.actions.has(Action::drop)) << name(state) << " " << name(event);
    }
  }
}

TEST(Fsm, OnlyTheOperatorClearsTheCounterOnTheWayDown) {
  for (auto const state : states) {
    for (auto const event : events()) {
      auto const step = transition(state, event);
      if (state == idle || step.next != idle) continue;
      EXPECT_EQ(step.actions.has(Action::clear_retry), event == Event::manual_stop) << name(state) << name(event);
      EXPECT_EQ(step.actions.has(Action::count_retry), event != Event::manual_stop) << name(state) << name(event);
    }
  }
}

TEST(Fsm, IsTotalAndSane) {
  for (auto const state : states) {
    for (int number = 0; number < 256; ++number) {
      auto const step = transition(state, static_cast<Event>(number));
      auto const& actions = step.actions;
      EXPECT_LE(step.next, established);
      EXPECT_FALSE(actions.has(Action::send_notification) && actions.has(Action::send_fsm_error));
      if (actions.has(Action::announce_established)) {
        EXPECT_EQ(step.next, established);
        EXPECT_EQ(state, open_confirm);
      }
      EXPECT_TRUE(step.next != established || state >= open_confirm);
      EXPECT_TRUE(!actions.has(Action::send_notification) || state >= open_sent);
      EXPECT_TRUE(!actions.has(Action::deliver) || state == established);
      if (state >= open_sent && step.next < open_sent) {
        EXPECT_TRUE(actions.has(Action::drop) || static_cast<Event>(number) == Event::tcp_connection_fails);
      }
    }
  }
}

TEST(Fsm, NamesAreTheRfcs) {
  EXPECT_EQ(name(open_confirm), "OpenConfirm");
  EXPECT_EQ(name(Event::connect_retry_expires), "ConnectRetryTimer_Expires");
  EXPECT_EQ(events().size(), 26U);
}

}  // namespace
}  // namespace bgp::session
