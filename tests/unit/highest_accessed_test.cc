#include "plugin/core/highest_accessed.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/fake_port.h"

namespace pop3_legacy {
namespace {

using policy::LastOnDrop;
using policy::LastSemantics;
using policy::LastStart;

/// One session after another on the same mailbox.
class HighestAccessedTest : public testing::Test {
 protected:
  HighestAccessed& login() {
    session_.emplace(port_, policy_);
    EXPECT_TRUE(session_->start());
    return *session_;
  }
  void access(Access access, MessageNumber number) {
    session_->accessed(access, number, port_.uid(number));
  }
  MessageNumber last() { return session_->number(); }
  void quit() { EXPECT_TRUE(session_->finish(Ending::quit)); }
  void drop() { EXPECT_TRUE(session_->finish(Ending::dropped)); }

  FakePort port_{5};
  policy::Policy::Last policy_;
  std::optional<HighestAccessed> session_;
};

TEST_F(HighestAccessedTest, StartsAtSeenWhereNothingIsKnown) {
  port_.seen = 4;
  login();
  EXPECT_EQ(last(), 4U);
}

TEST_F(HighestAccessedTest, SeenBeyondTheCountIsTheCount) {
  port_.seen = 9;
  login();
  EXPECT_EQ(last(), 5U);
}

TEST_F(HighestAccessedTest, TheFirstSessionLeavesAStateAndSeenMattersNoMore) {
  port_.seen = 4;
  login();
  quit();
  EXPECT_EQ(port_.states.at("last"), "1 7 40\n");
  port_.seen = 5;  // IMAP has read it, the client of LAST has not
  login();
  EXPECT_EQ(last(), 4U);
}

TEST_F(HighestAccessedTest, ASessionThatAccessesNothingWritesNothing) {
  for (const char* state : {"1 7 30\n", "1 6 30\n"}) {  // of this UIDVALIDITY and of another
    port_.states["last"] = state;
    login();
    quit();
    drop();
    EXPECT_EQ(port_.stores, 0);
  }
}

TEST_F(HighestAccessedTest, RetrAndDeleRaiseTopDoesNot) {
  login();
  access(Access::retrieve, 2);
  EXPECT_EQ(last(), 2U);
  access(Access::top, 5);
  EXPECT_EQ(last(), 2U);
  access(Access::remove, 4);
  EXPECT_EQ(last(), 4U);
  access(Access::retrieve, 1);
  EXPECT_EQ(last(), 4U);
}

TEST_F(HighestAccessedTest, IsKeptBetweenSessionsWithUidvalidityAndUid) {
  login();
  access(Access::retrieve, 3);
  quit();
  EXPECT_EQ(port_.states.at("last"), "1 7 30\n");
  login();
  EXPECT_EQ(last(), 3U);
}

TEST_F(HighestAccessedTest, StateOutranksSeen) {
  login();
  access(Access::retrieve, 2);
  quit();
  port_.seen = 5;  // IMAP read them
  login();
  EXPECT_EQ(last(), 2U);
}

TEST_F(HighestAccessedTest, MovesDownToTheSurvivors) {
  login();
  access(Access::retrieve, 4);
  quit();
  port_.uids = {20, 50, 60};  // 10, 30 and 40 are gone, 60 is new
  login();
  EXPECT_EQ(last(), 1U);
  port_.uids = {50, 60};
  login();
  EXPECT_EQ(last(), 0U);
  port_.uids = {};
  login();
  EXPECT_EQ(last(), 0U);
}

TEST_F(HighestAccessedTest, WhereNumbersDoNotFollowUidsTheMessageItselfTells) {
  port_.uids = {30, 10, 50, 20, 40};
  login();
  access(Access::retrieve, 4);
  quit();
  port_.uids = {10, 50, 20, 40};
  login();
  EXPECT_EQ(last(), 3U);
}

TEST_F(HighestAccessedTest, WhereNumbersDoNotFollowUidsAndTheMessageIsGoneItIsCautious) {
  port_.states["last"] = "1 7 30\n";
  port_.uids = {20, 10, 50, 25};
  login();
  EXPECT_EQ(last(), 2U);
}

TEST_F(HighestAccessedTest, AnotherUidvalidityIsZero) {
  login();
  access(Access::retrieve, 3);
  quit();
  port_.validity = 8;
  port_.seen = 5;
  login();
  EXPECT_EQ(last(), 0U);
}

TEST_F(HighestAccessedTest, DamagedStateIsSaidAndCountsAsNone) {
  for (const char* damaged :
       {"", "1", "1 7", "1 7 30", "1 7 30\nx", "2 7 30\n", "1 7 -3\n", "1 99999999999 3\n", "x"}) {
    port_.log.clear();
    port_.states["last"] = damaged;
    port_.seen = 2;
    login();
    EXPECT_EQ(last(), 2U) << damaged;
    ASSERT_EQ(port_.log.size(), 1U) << damaged;
    EXPECT_TRUE(port_.log[0].starts_with("LAST: the stored state is damaged")) << port_.log[0];
    drop();
    EXPECT_EQ(port_.states.at("last"), "1 7 20\n") << damaged;
  }
}

TEST_F(HighestAccessedTest, UnreadableStateIsNoStateToOverwrite) {
  port_.states["last"] = "1 7 30\n";
  port_.state_error = Error{Failure::temporary, "no permission"};
  HighestAccessed session(port_, policy_);
  EXPECT_FALSE(session.start());
  EXPECT_EQ(session.start().error().text, "no permission");
  EXPECT_EQ(port_.log, std::vector<std::string>{"LAST: no permission"});
  session.accessed(Access::retrieve, 1, 10);
  port_.state_error.reset();
  EXPECT_TRUE(session.finish(Ending::quit));
  EXPECT_EQ(port_.stores, 0);
}

TEST_F(HighestAccessedTest, ADropKeepsWhatWasDelivered) {
  login();
  access(Access::retrieve, 2);
  session_->delivered(2, 20);
  access(Access::retrieve, 3);  // its last octets are on their way
  access(Access::remove, 5);
  drop();
  login();
  EXPECT_EQ(last(), 2U);
}

TEST_F(HighestAccessedTest, ADropKeepsAllOrNothingIfThePolicySaysSo) {
  policy_.on_drop = LastOnDrop::all;
  login();
  access(Access::retrieve, 2);
  access(Access::remove, 3);
  drop();
  login();
  EXPECT_EQ(last(), 3U);

  policy_.on_drop = LastOnDrop::nothing;
  access(Access::retrieve, 4);
  session_->delivered(4, 40);
  drop();
  login();
  EXPECT_EQ(last(), 3U);
}

TEST_F(HighestAccessedTest, AQuitThatFailsIsADropAfterAll) {
  for (const LastOnDrop on_drop : {LastOnDrop::delivered, LastOnDrop::nothing}) {
    policy_.on_drop = on_drop;
    port_.states["last"] = "1 7 10\n";
    login();
    access(Access::remove, 4);
    quit();
    EXPECT_EQ(port_.states.at("last"), "1 7 40\n");
    drop();
    EXPECT_EQ(port_.states.at("last"), "1 7 10\n");
  }
}

TEST_F(HighestAccessedTest, AnotherSessionsHigherNumberStays) {
  HighestAccessed other(port_, policy_);
  ASSERT_TRUE(other.start());
  login();
  access(Access::retrieve, 4);
  quit();
  other.accessed(Access::retrieve, 2, 20);
  EXPECT_TRUE(other.finish(Ending::quit));
  EXPECT_EQ(port_.states.at("last"), "1 7 40\n");
}

TEST_F(HighestAccessedTest, ButNotAfterRset) {
  policy_.semantics = LastSemantics::rfc1460;
  HighestAccessed other(port_, policy_);
  ASSERT_TRUE(other.start());
  login();
  access(Access::retrieve, 4);
  quit();
  other.reset();
  EXPECT_TRUE(other.finish(Ending::quit));
  EXPECT_EQ(port_.states.at("last"), "1 7 0\n");
}

TEST_F(HighestAccessedTest, Rfc1225ResetGoesBackToTheStart) {
  port_.states["last"] = "1 7 10\n";
  login();
  access(Access::retrieve, 3);
  session_->delivered(3, 30);
  session_->reset();
  EXPECT_EQ(last(), 1U);
  drop();
  login();
  EXPECT_EQ(last(), 1U);
}

TEST_F(HighestAccessedTest, Rfc1460ResetIsZeroAndStaysZeroAfterQuit) {
  policy_.semantics = LastSemantics::rfc1460;
  port_.states["last"] = "1 7 30\n";
  login();
  session_->reset();
  EXPECT_EQ(last(), 0U);
  drop();
  EXPECT_EQ(port_.states.at("last"), "1 7 30\n");
  login();
  session_->reset();
  quit();
  login();
  EXPECT_EQ(last(), 0U);
}

struct SemanticsRow {
  const char* name;
  LastSemantics semantics;
  MessageNumber after_retr, after_top, after_dele, after_rset;
};

class SemanticsTest : public testing::TestWithParam<SemanticsRow> {};

TEST_P(SemanticsTest, FollowsTheServer) {
  FakePort port(5);
  port.states["last"] = "1 7 10\n";
  policy::Policy::Last policy;
  policy.semantics = GetParam().semantics;
  HighestAccessed session(port, policy);
  ASSERT_TRUE(session.start());
  EXPECT_EQ(session.number(), 1U);
  session.accessed(Access::retrieve, 2, 20);
  EXPECT_EQ(session.number(), GetParam().after_retr);
  session.accessed(Access::top, 3, 30);
  EXPECT_EQ(session.number(), GetParam().after_top);
  session.accessed(Access::remove, 4, 40);
  EXPECT_EQ(session.number(), GetParam().after_dele);
  session.reset();
  EXPECT_EQ(session.number(), GetParam().after_rset);
}

INSTANTIATE_TEST_SUITE_P(
    Servers, SemanticsTest,
    testing::Values(SemanticsRow{"rfc1225", LastSemantics::rfc1225, 2, 2, 4, 1},
                    SemanticsRow{"rfc1460", LastSemantics::rfc1460, 2, 2, 4, 0},
                    SemanticsRow{"uw", LastSemantics::uw, 2, 3, 4, 1},
                    SemanticsRow{"popper", LastSemantics::popper, 1, 1, 4, 0},
                    SemanticsRow{"dovecot", LastSemantics::dovecot, 2, 2, 2, 0}),
    [](const auto& row) { return row.param.name; });

TEST_F(HighestAccessedTest, SeenAndSessionKeepNothing) {
  port_.states["last"] = "1 7 50\n";
  port_.seen = 2;
  policy_.start = LastStart::seen;
  login();
  EXPECT_EQ(last(), 2U);
  access(Access::retrieve, 3);
  quit();
  policy_.start = LastStart::session;
  login();
  EXPECT_EQ(last(), 0U);
  access(Access::retrieve, 3);
  quit();
  EXPECT_EQ(port_.stores, 0);
  EXPECT_EQ(port_.loads, 0);
}

TEST_F(HighestAccessedTest, FindsItsPlaceInALargeMaildropByHalves) {
  port_.uids.clear();
  for (Uid uid = 1; uid <= 100000; ++uid) {
    port_.uids.push_back(uid * 3);
  }
  for (const Uid uid : {Uid{2}, Uid{3}, Uid{150001}, Uid{299999}, Uid{300000}, Uid{400000}}) {
    port_.states["last"] = "1 7 " + std::to_string(uid) + "\n";
    login();
    EXPECT_EQ(last(), std::min<Uid>(uid / 3, 100000)) << uid;
  }
}

}  // namespace
}  // namespace pop3_legacy
