#include "plugin/core/tracking/pace.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

constexpr std::int64_t noon = 1'700'000'040;  // the first second of a minute
constexpr std::int64_t hour = 3600;

class ClockPort : public FakeHost {
 public:
  using FakeHost::FakeHost;
  [[nodiscard]] std::int64_t now() const override { return time; }
  [[nodiscard]] std::string state() const {
    const auto found = states.find("pace");
    return found == states.end() ? "(none)" : found->second;
  }
  std::int64_t time = noon;
};

policy::Policy::Pace logins(std::uint64_t delay, std::uint64_t burst) {
  policy::Policy::Pace pace;
  pace.login_delay = delay;
  pace.burst = burst;
  return pace;
}

policy::Policy::Pace octets(std::uint64_t limit) {
  policy::Policy::Pace pace;
  pace.octets_per_hour = limit;
  return pace;
}

std::uint64_t log_in(ClockPort& port, const policy::Policy::Pace& policy) {
  return Pace(port, policy).log_in();
}

MessageAccess asked(Extent extent, std::uint64_t octets) {
  return {.kind = Access::retrieve, .octets = octets, .extent = extent};
}

/// A RETR of this many octets: "sent", or the reply that refused it.
std::string retrieve(Pace& pace, std::uint64_t size) {
  const MessageAccess retr = asked(Extent::whole, size);
  if (auto refused = pace.refusal(retr)) return *refused;
  pace.executed(retr, {.octets = size});
  return "sent";
}

TEST(PaceLogins, ABurstAndThenOneInEachDelay) {
  ClockPort port;
  const auto policy = logins(60, 2);
  EXPECT_EQ(log_in(port, policy), 0U);
  port.time += 5;
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 55U);
  port.time += 54;
  EXPECT_EQ(log_in(port, policy), 1U);
  port.time += 1;
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 60U);
  port.time += 120;
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 60U);
}

TEST(PaceLogins, ARefusedOneDoesNotCount) {
  ClockPort port;
  const auto policy = logins(10, 1);
  EXPECT_EQ(log_in(port, policy), 0U);
  const std::string before = port.state();
  for (; port.time < noon + 10; ++port.time) EXPECT_GT(log_in(port, policy), 0U);
  EXPECT_EQ(port.state(), before);
  EXPECT_EQ(log_in(port, policy), 0U);
}

TEST(PaceLogins, WithoutADelayNothingIsAsked) {
  ClockPort port;
  EXPECT_EQ(log_in(port, {}), 0U);
  EXPECT_EQ(port.loads + port.stores, 0);
}

// Nobody waits longer than the delay, and a clock set far back clears what was stored.
TEST(PaceLogins, AClockThatIsPutBackLocksNobodyOut) {
  ClockPort port;
  const auto policy = logins(60, 2);
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 0U);
  port.time -= 86400;
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 0U);
  EXPECT_EQ(log_in(port, policy), 60U);
  EXPECT_EQ(log_in(port, logins(5, 1)), 0U);  // a faster policy
}

// Of two machines that share the state, one clock may be slightly behind.
TEST(PaceLogins, AClockASecondBehindOpensNoNewBurst) {
  ClockPort port;
  const auto policy = logins(3600, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(log_in(port, policy), 0U);
  port.time -= 1;
  EXPECT_EQ(log_in(port, policy), 3600U);
  port.time += 1;
  EXPECT_EQ(log_in(port, policy), 3600U);
}

TEST(PaceLogins, ASessionThatOnlyCountsOctetsKeepsThem) {
  ClockPort port;
  const auto policy = logins(3600, 1);
  EXPECT_EQ(log_in(port, policy), 0U);
  const auto other = octets(1000);
  Pace pace(port, other);
  EXPECT_EQ(retrieve(pace, 600), "sent");
  EXPECT_TRUE(pace.finish(Ending::quit));
  EXPECT_EQ(log_in(port, policy), 3600U);
}

TEST(PaceLogins, ADamagedStateBeginsAnewAndIsLoggedOnce) {
  for (const char* const text :
       {"", "x", "dovecot-pop3-legacy pace 2\n", "dovecot-pop3-legacy pace 1\nlogins 1",
        "dovecot-pop3-legacy pace 1\nlogins -1\n", "dovecot-pop3-legacy pace 1\nlogins\n",
        "dovecot-pop3-legacy pace 1\nlogins 99999999999999999999\n",
        "dovecot-pop3-legacy pace 1\noctets 60\n", "dovecot-pop3-legacy pace 1\nfoo 1\n"}) {
    ClockPort port;
    port.states["pace"] = text;
    const auto policy = logins(60, 1);
    Pace pace(port, policy);
    EXPECT_EQ(pace.log_in(), 0U) << text;
    EXPECT_EQ(pace.log_in(), 60U) << text;
    ASSERT_EQ(port.log.size(), 1U) << text;
    EXPECT_TRUE(port.log[0].starts_with("pace: the stored state is ")) << port.log[0];
    EXPECT_NE(port.log[0].find(", so counting starts again: the state \"pace\""), std::string::npos)
        << port.log[0];
  }
  ClockPort port;
  port.states["pace"] = "dovecot-pop3-legacy pace 1\nlogins 9223372036854775807\n";
  EXPECT_EQ(log_in(port, logins(60, 1)), 0U);
}

TEST(PaceLogins, AStateThatCannotBeKeptLocksNobodyOut) {
  ClockPort port;
  port.state_error = Error{Failure::temporary, "the disk is full"};
  EXPECT_EQ(log_in(port, logins(60, 1)), 0U);
  EXPECT_EQ(
      port.log,
      std::vector<std::string>{
          "pace: the state could not be stored, so this login does not count: the disk is full"});
}

// Less than a tenth, so not stored yet.
TEST(PaceOctets, WhatIsOlderThanAnHourDoesNotCountInItsOwnSession) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace pace(port, policy);
  EXPECT_EQ(retrieve(pace, 90), "sent");
  port.time += 7200;
  EXPECT_EQ(retrieve(pace, 950), "sent");
}

TEST(PaceRetrievals, ATopWithAllLinesCountsWhateverTheirNumber) {
  ClockPort port;
  policy::Policy::Pace policy;
  policy.retr_per_session = 2;
  Pace pace(port, policy);
  const auto top = [&](Extent extent, std::uint64_t sent) {
    const auto refused = pace.refusal(asked(extent, 5000));
    pace.executed({}, {.octets = sent});
    return !refused;
  };
  EXPECT_TRUE(top(Extent::lines, 5010));   // with 100 lines, and there were no more
  EXPECT_TRUE(top(Extent::lines, 700));    // some of the lines
  EXPECT_TRUE(top(Extent::header, 5010));  // of a message without a body
  EXPECT_TRUE(top(Extent::whole, 5010));
  EXPECT_FALSE(top(Extent::lines, 0));
  EXPECT_TRUE(top(Extent::header, 300));
  EXPECT_FALSE(top(Extent::whole, 0));
}

TEST(PaceRetrievals, ALimitIsReportedOnceASession) {
  ClockPort port;
  policy::Policy::Pace policy = logins(60, 1);
  policy.retr_per_session = 1;
  Pace pace(port, policy);
  EXPECT_EQ(pace.log_in(), 0U);
  EXPECT_TRUE(port.events.empty());
  EXPECT_EQ(retrieve(pace, 10), "sent");
  EXPECT_NE(retrieve(pace, 10), "sent");
  EXPECT_NE(retrieve(pace, 10), "sent");
  ASSERT_EQ(port.events.size(), 1U);
  EXPECT_STREQ(port.events[0].name, "pop3_legacy_limit_reached");
  EXPECT_EQ(field(port.events[0], "limit"), "retr_per_session");
  EXPECT_NE(log_in(port, policy), 0U);
  EXPECT_EQ(field(port.events.back(), "limit"), "login_delay");
}

TEST(PaceOctets, AnHourSlidesByMinutesAndOutlastsTheSession) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace first(port, policy);
  EXPECT_EQ(retrieve(first, 600), "sent");
  port.time += 1800;
  Pace second(port, policy);
  EXPECT_EQ(retrieve(second, 400), "sent");
  EXPECT_EQ(retrieve(second, 600),
            "You have retrieved too much in the last hour; try again in 30 minutes.");
  EXPECT_EQ(retrieve(second, 601),
            "You have retrieved too much in the last hour; try again in 60 minutes.");
  port.time += 1799;
  EXPECT_EQ(retrieve(second, 1),
            "You have retrieved too much in the last hour; try again in 1 second.");
  port.time += 1;
  EXPECT_EQ(retrieve(second, 600), "sent");
  EXPECT_NE(retrieve(first, 1), "sent");
}

TEST(PaceOctets, LessThanATenthIsStoredAtTheEndOnly) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace pace(port, policy);
  EXPECT_EQ(retrieve(pace, 60), "sent");
  EXPECT_EQ(port.state(), "(none)");
  EXPECT_EQ(retrieve(pace, 60), "sent");
  EXPECT_EQ(port.state(), "dovecot-pop3-legacy pace 1\noctets 1700000040 120\n");
  EXPECT_EQ(retrieve(pace, 7), "sent");
  EXPECT_TRUE(pace.finish(Ending::quit));
  EXPECT_EQ(port.state(), "dovecot-pop3-legacy pace 1\noctets 1700000040 127\n");
  EXPECT_TRUE(pace.finish(Ending::quit));
  EXPECT_EQ(port.stores, 2);
}

TEST(PaceOctets, WhatFailsDoesNotCountAndWhatIsCutShortDoes) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace pace(port, policy);
  EXPECT_EQ(pace.refusal(asked(Extent::whole, 900)), std::nullopt);
  pace.executed({}, {.octets = 0});
  EXPECT_EQ(pace.refusal(asked(Extent::whole, 900)), std::nullopt);
  EXPECT_TRUE(pace.finish(Ending::quit));
  EXPECT_NE(retrieve(pace, 200), "sent");
}

TEST(PaceOctets, AMessageOfMoreThanTheHoursOctetsIsSentWhereNoneWere) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace pace(port, policy);
  EXPECT_EQ(retrieve(pace, 5000), "sent");
  EXPECT_NE(retrieve(pace, 1), "sent");
  EXPECT_NE(pace.refusal(asked(Extent::lines, 1)), std::nullopt);
  port.time += hour;
  EXPECT_EQ(retrieve(pace, 1), "sent");
  EXPECT_NE(retrieve(pace, 5000), "sent");
  EXPECT_EQ(pace.refusal(asked(Extent::lines, 5000)), std::nullopt);
}

TEST(PaceOctets, AClockThatIsPutBackAndBrokenStatesLockNobodyOut) {
  ClockPort port;
  const auto policy = octets(1000);
  Pace first(port, policy);
  EXPECT_EQ(retrieve(first, 1000), "sent");
  port.time -= 2 * hour;
  Pace second(port, policy);
  EXPECT_EQ(retrieve(second, 1000), "sent");
  port.states["pace"] = "dovecot-pop3-legacy pace 1\noctets 1 2 3\n";
  Pace third(port, policy);
  EXPECT_EQ(retrieve(third, 1000), "sent");
  port.states["pace"] = "dovecot-pop3-legacy pace 1\noctets " + std::to_string(port.time) +
                        " 18446744073709551615\noctets " + std::to_string(port.time + 60) + " 9\n";
  EXPECT_NE(retrieve(third, 1), "sent");  // the sum stops at the largest number
  port.state_error = Error{Failure::temporary, "the disk is full"};
  Pace fourth(port, policy);
  EXPECT_EQ(retrieve(fourth, 900), "sent");
  EXPECT_NE(retrieve(fourth, 900), "sent");
  EXPECT_EQ(port.log.size(), 2U);
}

TEST(PaceState, LoginsAndOctetsOfSessionsSideBySideAreKept) {
  ClockPort port;
  auto policy = octets(1000);
  policy.login_delay = 60;
  Pace first(port, policy);
  Pace second(port, policy);
  EXPECT_EQ(first.log_in() + second.log_in(), 0U);
  EXPECT_EQ(retrieve(first, 40) + retrieve(second, 50), "sentsent");
  EXPECT_TRUE(first.finish(Ending::quit));
  EXPECT_TRUE(second.finish(Ending::quit));
  EXPECT_EQ(port.state(), "dovecot-pop3-legacy pace 1\nlogins 1700000160\noctets 1700000040 90\n");
}

TEST(PaceState, TheUsersStatesHaveItAndNotTheMailboxs) {
  FakeHost shared;
  auto policy = octets(1000);
  policy.login_delay = 60;
  policy.burst = 1;
  ClockPort one;
  ClockPort other;
  one.user_store = other.user_store = &shared;
  Pace here(one, policy);
  Pace there(other, policy);
  EXPECT_EQ(here.log_in(), 0U);
  EXPECT_EQ(there.log_in(), 60U);
  EXPECT_EQ(retrieve(here, 600), "sent");
  EXPECT_EQ(retrieve(there, 400), "sent");
  EXPECT_NE(retrieve(here, 1), "sent");
  EXPECT_EQ(one.state() + other.state(), "(none)(none)");
  EXPECT_EQ(shared.states["pace"],
            "dovecot-pop3-legacy pace 1\nlogins 1700000100\noctets 1700000040 1000\n");
  shared.state_error = Error{Failure::temporary, "the dict is down"};
  EXPECT_EQ(there.log_in(), 0U);
  // What this session has retrieved itself still counts.
  EXPECT_NE(retrieve(there, 900), "sent");
  EXPECT_EQ(retrieve(there, 500), "sent");
  EXPECT_TRUE(there.finish(Ending::quit));
  EXPECT_EQ(
      other.log,
      std::vector<std::string>{
          "pace: the state could not be stored, so this login does not count: the dict is down"});
}

// --- in the session ---

policy::Resolution paced(policy::Policy::Pace pace) {
  auto made = resolution({});
  made.policy.pace = pace;
  return made;
}

TEST(PaceSession, ALoginTooSoonIsAnErrorThatEndsTheSession) {
  ClockPort port(1);
  auto pace = logins(60, 1);
  EXPECT_FALSE(Session(port, paced(pace)).idle());
  const LoginReply first = Session(port, paced(pace)).logged_in("+OK Logged in.");
  EXPECT_EQ(first.line, "+OK Logged in.");
  EXPECT_FALSE(first.refused);
  const LoginReply second = Session(port, paced(pace)).logged_in("+OK Logged in.");
  EXPECT_EQ(second.line, "-ERR [LOGIN-DELAY] You have logged in too often; wait 60 seconds.");
  EXPECT_TRUE(second.refused);
}

TEST(PaceSession, CapaTellsTheUsersOwnDelay) {
  ClockPort port(1);
  port.answer = "+OK\r\nCAPA\r\nLOGIN-DELAY 900 USER\r\n.\r\n";
  EXPECT_EQ(answer_to(Session(port, paced(logins(60, 1))), "CAPA\r\n").reply.wire(),
            "+OK\r\nCAPA\r\nLOGIN-DELAY 60\r\n.\r\n");
}

TEST(PaceSession, RetrCountsWhereItSucceeded) {
  ClockPort port(3);
  policy::Policy::Pace pace;
  pace.retr_per_session = 2;
  Session session(port, paced(pace));
  EXPECT_FALSE(session.idle());
  // RETR begins a run of its own.
  EXPECT_EQ(session.take("STAT\r\nRETR 1\r\nRETR 2\r\n", 0).octets, 6U);
  std::uint64_t offset = 6;
  const auto hosts = [&](std::string_view line, std::uint64_t sent) {
    session.executed(offset);
    const Decision portion = session.take(line, offset);
    if (portion.taker != Taker::host) return answer_to(session, line).reply.wire();
    offset += portion.octets;
    session.begins(offset);
    port.retrieved += sent;
    return std::string("the host's");
  };
  EXPECT_EQ(hosts("RETR 1\r\n", 0), "the host's");  // but refused by it
  EXPECT_EQ(hosts("RETR 9\r\n", 0), "the host's");
  EXPECT_EQ(hosts("RETR 1\r\n", 100), "the host's");
  EXPECT_EQ(hosts("RETR 1\r\n", 100), "the host's");
  EXPECT_EQ(hosts("retr 2\r\n", 200),
            "-ERR You may retrieve 2 messages in one session; log in again for more.\r\n");
  EXPECT_EQ(hosts("RETR 9\r\n", 0), "the host's");
  EXPECT_EQ(hosts("TOP 1 0\r\n", 0), "the host's");
  EXPECT_TRUE(hosts("TOP 1 100\r\n", 0).starts_with("-ERR You may retrieve"));  // the whole message
  EXPECT_EQ(port.state(), "(none)");
}

TEST(PaceSession, AnAliasOfRetrIsNoWayRound) {
  ClockPort port(3);
  policy::Policy::Pace pace;
  pace.retr_per_session = 1;
  auto made = paced(pace);
  policy::XCommand alias;
  alias.name = "XGET";
  alias.kind = policy::XCommand::Kind::alias;
  alias.target = "RETR";
  made.policy.x_commands.push_back(alias);
  Session session(port, made);
  const Decision first = session.take("XGET 1\r\n", 0);
  EXPECT_EQ(first.rewritten, "RETR 1\r\n");
  session.begins(first.rewritten.size());
  port.retrieved += 100;
  session.executed(first.rewritten.size());
  EXPECT_EQ(session.take("XGET 2\r\n", first.rewritten.size()).taker, Taker::ours);
  EXPECT_TRUE(answer_to(session, "XGET 2\r\n").reply.wire().starts_with("-ERR You may retrieve"));
}

TEST(PaceSession, OctetsAreThoseThatWereSent) {
  ClockPort port(3);
  auto made = paced(octets(1000));
  {
    Session session(port, made);
    EXPECT_EQ(session.take("RETR 3\r\n", 0).taker, Taker::host);
    session.begins(8);
    port.retrieved += 310;
    session.executed(8);
    EXPECT_EQ(session.take("TOP 1 5\r\n", 8).taker, Taker::host);
    session.begins(17);
    port.topped += 20;
    session.executed(17);
    EXPECT_EQ(session.take("QUIT\r\n", 17).taker, Taker::host);
  }
  EXPECT_EQ(port.state(), "dovecot-pop3-legacy pace 1\noctets 1700000040 330\n");
}

}  // namespace
}  // namespace pop3_legacy
