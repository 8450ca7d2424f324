#include "plugin/core/tracking/highest_accessed.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/fake_host.h"

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
    session_->executed({.kind = access, .number = number, .uid = port_.uid(number)}, {.octets = 1});
  }
  MessageNumber last() { return session_->number(); }
  void quit() { EXPECT_TRUE(session_->finish(Ending::quit)); }
  void drop() { EXPECT_TRUE(session_->finish(Ending::dropped)); }

  FakeHost port_{5};
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
  EXPECT_EQ(port_.states.at("last"), "2 7 40 4 g40\n");
  port_.seen = 5;  // read over IMAP, but not by the client of LAST
  login();
  EXPECT_EQ(last(), 4U);
}

TEST_F(HighestAccessedTest, ASessionThatAccessesNothingWritesNothing) {
  for (const char* state : {"2 7 30 3 g30\n", "2 7 30\n", "2 7 0\n", "2 6 0\n"}) {
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
  EXPECT_EQ(port_.states.at("last"), "2 7 30 3 g30\n");
  EXPECT_EQ(port_.guids_asked, 1U);
  login();
  EXPECT_EQ(last(), 3U);
  EXPECT_EQ(port_.guids_asked, 1U);
}

TEST_F(HighestAccessedTest, Version1IsReadAndReplaced) {
  port_.states["last"] = "1 7 30\n";
  login();
  EXPECT_EQ(last(), 3U);
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 30 3 g30\n");
  EXPECT_TRUE(port_.log.empty());
}

TEST_F(HighestAccessedTest, TheGuidIsThatOfTheHighestThatStays) {
  login();
  access(Access::retrieve, 4);
  access(Access::remove, 3);
  access(Access::remove, 4);
  port_.deleted_numbers = {3, 4};
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 40 2 g20\n");
  port_.deleted_numbers = {1, 2};  // the host has executed QUIT, so numbers mean nothing now
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 40 2 g20\n");
  EXPECT_EQ(port_.guids_asked, 1U);
  drop();  // nothing was deleted after all
  EXPECT_EQ(port_.states.at("last"), "2 7 0\n");
  login();
  access(Access::remove, 2);
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 20\n");
}

TEST_F(HighestAccessedTest, StateOutranksSeen) {
  login();
  access(Access::retrieve, 2);
  quit();
  port_.seen = 5;  // read over IMAP
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

TEST_F(HighestAccessedTest, UnderAnotherUidvalidityTheGuidTells) {
  login();
  access(Access::retrieve, 3);
  quit();
  port_.validity = 8;
  port_.seen = 5;
  port_.uids = {1, 2, 3, 4};  // 10 is gone, 60 is new
  port_.guid_of = {{1, "g20"}, {2, "g30"}, {3, "g40"}, {4, "g60"}};
  login();
  EXPECT_EQ(last(), 2U);
  quit();  // stores although nothing was accessed: or each login would read the GUIDs
  EXPECT_EQ(port_.states.at("last"), "2 8 2 2 g30\n");
  EXPECT_TRUE(port_.log.empty());
}

TEST_F(HighestAccessedTest, WhereItsMessageIsGoneNothingIsKnown) {
  for (const char* state : {"2 7 30 3 gone\n", "2 7 30\n", "1 7 30\n"}) {
    port_.log.clear();
    port_.states["last"] = state;
    port_.validity = 8;
    port_.seen = 4;
    login();
    EXPECT_EQ(last(), 4U) << state;
    EXPECT_EQ(port_.log.size(), 1U) << state;
    quit();
    EXPECT_EQ(port_.states.at("last"), "2 8 40 4 g40\n");
  }
}

TEST_F(HighestAccessedTest, AnEmptyMailboxOfAnotherUidvalidityChangesNothing) {
  port_.states["last"] = "2 6 30 3 g30\n";
  port_.uids = {};
  login();
  EXPECT_EQ(last(), 0U);
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 6 30 3 g30\n");
}

TEST_F(HighestAccessedTest, NothingAccessedIsNothingUnderAnyUidvalidity) {
  for (const char* state : {"2 6 0\n", "1 6 0\n"}) {
    port_.states["last"] = state;
    port_.seen = 4;
    login();
    EXPECT_EQ(last(), 0U) << state;
  }
}

// A Maildir that has lost dovecot-uidlist but not its index continues its UIDs.
TEST_F(HighestAccessedTest, UnderTheSameUidvalidityAllMessagesMayHaveOtherUids) {
  login();
  access(Access::retrieve, 3);
  quit();
  port_.seen = 5;
  port_.uids = {51, 52, 53, 54, 55};
  port_.guid_of = {{51, "g10"}, {52, "g20"}, {53, "g30"}, {54, "g40"}, {55, "g50"}};
  login();
  EXPECT_EQ(last(), 3U);
  // All earlier messages are gone, and others have arrived.
  port_.states["last"] = "2 7 30 3 g30\n";
  port_.guid_of.clear();
  login();
  EXPECT_EQ(last(), 0U);
  EXPECT_TRUE(port_.log.empty());
}

TEST_F(HighestAccessedTest, NoGuidIsReadWhileAnyOldUidIsThere) {
  port_.states["last"] = "2 7 30 3 g30\n";
  port_.whole = {10, 51, 52};
  port_.uids = {51, 52};  // 10 is hidden
  login();
  EXPECT_EQ(last(), 0U);
  EXPECT_EQ(port_.guids_asked, 0U);
}

TEST_F(HighestAccessedTest, AHiddenMessageTellsToo) {
  port_.states["last"] = "2 6 30 3 hidden\n";
  port_.whole = {10, 20, 25, 30, 40, 50};
  port_.guid_of = {{25, "hidden"}};
  login();
  EXPECT_EQ(last(), 2U);
}

TEST_F(HighestAccessedTest, WhereTheOrderIsAnotherItIsCautious) {
  port_.states["last"] = "2 6 30 3 g50\n";  // it was the third message and is now the fifth
  port_.seen = 2;
  login();
  EXPECT_EQ(last(), 2U);
  EXPECT_EQ(port_.log.size(), 1U);
  port_.states["last"] = "2 6 30 4 g30\n";
  login();
  EXPECT_EQ(last(), 3U);
}

TEST_F(HighestAccessedTest, OfAMessageAndItsCopyItIsTheLower) {
  port_.states["last"] = "2 6 30 4 twice\n";
  port_.guid_of = {{20, "twice"}, {40, "twice"}};
  login();
  EXPECT_EQ(last(), 2U);
}

TEST_F(HighestAccessedTest, WithoutGuidsItIsKeptByUid) {
  port_.guid_error = Error{Failure::permanent, "there are none"};
  login();
  access(Access::retrieve, 3);
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 30\n");
  EXPECT_EQ(port_.log, std::vector<std::string>{"LAST: the message is remembered by UID only, and "
                                                "lost when UIDVALIDITY changes: there are none"});
  login();
  EXPECT_EQ(last(), 3U);
  access(Access::retrieve, 4);
  quit();
  EXPECT_EQ(port_.log.size(), 1U);
  // Another storage's state.
  port_.states["last"] = "2 6 30 3 g30\n";
  port_.seen = 1;
  login();
  EXPECT_EQ(last(), 1U);
}

TEST_F(HighestAccessedTest, WhereGuidsCannotBeReadNowNothingIsGuessed) {
  port_.states["last"] = "2 6 30 3 g30\n";
  port_.guid_error = Error{Failure::temporary, "no descriptor"};
  HighestAccessed session(port_, policy_);
  EXPECT_FALSE(session.start());
  EXPECT_TRUE(session.finish(Ending::quit));
  EXPECT_EQ(port_.stores, 0);
}

TEST_F(HighestAccessedTest, DamagedStateIsSaidAndCountsAsNone) {
  for (const char* damaged : {"", "1", "1 7", "1 7 30", "1 7 30\nx", "3 7 30\n", "1 7 -3\n",
                              "2 7 30 3\n", "2 7 30 3 \n", "2 7 30 x g\n", "2 7 30 3 a b\n",
                              "1 7 30 3 g30\n", "2 7\n", "2 7 \n", "1 99999999999 3\n", "x"}) {
    port_.log.clear();
    port_.states["last"] = damaged;
    port_.seen = 2;
    login();
    EXPECT_EQ(last(), 2U) << damaged;
    ASSERT_EQ(port_.log.size(), 1U) << damaged;
    EXPECT_TRUE(port_.log[0].starts_with(*damaged == '3'
                                             ? "LAST: the stored state is from a newer version"
                                             : "LAST: the stored state is damaged"))
        << port_.log[0];
    drop();
    EXPECT_EQ(port_.states.at("last"), "2 7 20 2 g20\n") << damaged;
  }
}

TEST_F(HighestAccessedTest, UnreadableStateIsNoStateToOverwrite) {
  port_.states["last"] = "1 7 30\n";
  port_.state_error = Error{Failure::temporary, "no permission"};
  HighestAccessed session(port_, policy_);
  EXPECT_FALSE(session.start());
  EXPECT_EQ(session.start().error().text, "no permission");
  EXPECT_EQ(port_.log, std::vector<std::string>{"LAST: no permission"});
  session.executed({.kind = Access::retrieve, .number = 1, .uid = 10}, {.octets = 1});
  port_.state_error.reset();
  EXPECT_TRUE(session.finish(Ending::quit));
  EXPECT_EQ(port_.stores, 0);
}

TEST_F(HighestAccessedTest, ADropKeepsWhatWasDelivered) {
  login();
  access(Access::retrieve, 2);
  session_->delivered({.kind = Access::retrieve, .number = 2, .uid = 20});
  access(Access::retrieve, 3);  // its last octets are still in transit
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
  session_->delivered({.kind = Access::retrieve, .number = 4, .uid = 40});
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
    EXPECT_EQ(port_.states.at("last"), "2 7 40 4 g40\n");
    drop();
    EXPECT_EQ(port_.states.at("last"), "2 7 10 1 g10\n");
  }
}

TEST_F(HighestAccessedTest, AnotherSessionsHigherNumberStays) {
  HighestAccessed other(port_, policy_);
  ASSERT_TRUE(other.start());
  login();
  access(Access::retrieve, 4);
  quit();
  other.executed({.kind = Access::retrieve, .number = 2, .uid = 20}, {.octets = 1});
  EXPECT_TRUE(other.finish(Ending::quit));
  EXPECT_EQ(port_.states.at("last"), "2 7 40 4 g40\n");
}

// The other session stores between this one's check and its store.
TEST_F(HighestAccessedTest, LastIsTakenBackBySimultaneousQuits) {
  login();
  access(Access::retrieve, 2);
  port_.before_exchange = [&] { port_.states["last"] = "2 7 40 4 g40\n"; };
  quit();
  EXPECT_EQ(port_.states.at("last"), "2 7 40 4 g40\n");
}

TEST_F(HighestAccessedTest, OfSessionsUnderTwoUidvaliditiesTheHigherStays) {
  port_.states["last"] = "2 7 10 1 g10\n";
  for (const auto& [theirs, stays] : std::vector<std::pair<std::string, std::string>>{
           {"2 8 4 4 g40\n", "2 8 4 4 g40\n"},      // is our 40
           {"2 8 9 6 later\n", "2 8 9 6 later\n"},  // we have never seen it
           {"2 8 2 2 g20\n", "2 7 30 3 g30\n"},     // is our 20
           {"2 8 0\n", "2 7 30 3 g30\n"}}) {
    port_.states["last"] = "2 7 10 1 g10\n";
    login();
    access(Access::retrieve, 3);
    port_.states["last"] = theirs;
    quit();
    EXPECT_EQ(port_.states.at("last"), stays);
  }
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
  EXPECT_EQ(port_.states.at("last"), "2 7 0\n");
}

TEST_F(HighestAccessedTest, Rfc1225ResetGoesBackToTheStart) {
  port_.states["last"] = "1 7 10\n";
  login();
  access(Access::retrieve, 3);
  session_->delivered({.kind = Access::retrieve, .number = 3, .uid = 30});
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
  EXPECT_EQ(port_.states.at("last"), "2 7 30 3 g30\n");
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
  FakeHost port(5);
  port.states["last"] = "1 7 10\n";
  policy::Policy::Last policy;
  policy.semantics = GetParam().semantics;
  HighestAccessed session(port, policy);
  ASSERT_TRUE(session.start());
  EXPECT_EQ(session.number(), 1U);
  session.executed({.kind = Access::retrieve, .number = 2, .uid = 20}, {.octets = 1});
  EXPECT_EQ(session.number(), GetParam().after_retr);
  session.executed({.kind = Access::top, .number = 3, .uid = 30}, {.octets = 1});
  EXPECT_EQ(session.number(), GetParam().after_top);
  session.executed({.kind = Access::remove, .number = 4, .uid = 40}, {.octets = 1});
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
