#include "plugin/core/tracking/view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "plugin/core/session/session.h"
#include "plugin/core/uidl/lines.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy::view {
namespace {

using policy::DeleteMode;
using policy::LastOnDrop;

constexpr std::int64_t day = 86'400;
constexpr std::int64_t today = 20'000;
constexpr const char* no_messages =
    "-ERR [SYS/TEMP] The messages are not available at the moment.\r\n";

std::string hidden_text(const std::string& lines, std::size_t runs) {
  return uidl::with_end("dovecot-pop3-legacy hidden 1\nuidvalidity 7\n" + lines, runs);
}

/// A session on a mailbox with the UIDs 10, 20, 30 …
struct Fixture {
  explicit Fixture(MessageNumber count = 4) : port(count) { port.time = today * day + 100; }
  explicit Fixture(policy::DeleteMode mode) : Fixture() { rules.deletion.mode = mode; }

  Session session(Remembered remembered = {}) {
    policy::Resolution made = resolution();
    made.policy.view = rules.view;
    made.policy.deletion = rules.deletion;
    made.policy.last = rules.last;
    return {port, std::move(made), remembered};
  }
  /// The host gets `line` and executes it.
  void play(Session& session, std::string_view line) {
    const Decision portion = session.take(line, given);
    ASSERT_EQ(portion.taker, Taker::host) << line;
    given += portion.octets;
    session.begins(given);
    if (line.starts_with("RETR")) port.retrieved += 100;
    if (line.starts_with("TOP")) port.topped += 100;
    if (line.starts_with("DELE")) {
      port.deleted_numbers.insert(static_cast<MessageNumber>(line[5] - '0'));
    }
    if (line.starts_with("RSET")) port.deleted_numbers.clear();
    session.leaving(0);
    session.executed(given);
    session.all_left();
  }
  void quit(Session& session) {
    play(session, "QUIT\r\n");
    session.finish(Ending::quit);
  }
  /// The lines of the runs. A state that cannot be parsed is returned whole.
  [[nodiscard]] std::string state() const {
    const auto found = port.states.find("hidden");
    if (found == port.states.end()) return "";
    const std::string& text = found->second;
    if (!Hidden::parse_runs(text)) return text;
    std::size_t from = text.find('\n', text.find("\nuidvalidity ") + 1) + 1;
    if (const auto octets = text.find(" octets "); octets != std::string::npos) {
      from = text.find('\n', octets) + 1;
    }
    return text.substr(from, text.find("end ", from) - from);
  }
  /// What follows the runs.
  [[nodiscard]] std::string guids() const {
    const std::string& text = port.states.at("hidden");
    const std::size_t from = text.find('\n', text.find("hidden-guids")) + 1;
    return text.substr(from, text.rfind("end ") - from);
  }
  void set_state(const std::string& lines, std::size_t runs) {
    port.states["hidden"] = hidden_text(lines, runs);
  }

  FakeHost port;
  policy::Policy rules;
  std::uint64_t given = 0;
};

TEST(View, CostsNothingWhereAllIsShown) {
  Fixture test;
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  test.quit(session);
  EXPECT_EQ(test.port.narrowed, 0);
  EXPECT_EQ(test.state(), "");
  policy::Resolution none = resolution({});
  EXPECT_TRUE(Session(test.port, none).idle());
  EXPECT_FALSE(Session(test.port, none, {.uidls = false, .hidden = true}).idle());
  none.policy.view.newest = 1;
  EXPECT_FALSE(Session(test.port, none).idle());
}

// A master user sees what the user would see. What a master user does is not kept, and what would
// have to be kept is refused.
TEST(View, AMasterUserLeavesNoTrace) {
  Fixture test;
  test.set_state("fetched 10\ndeleted 20\n", 2);
  test.rules.view.hide_fetched = true;
  for (const auto mode : {policy::DeleteMode::hide, policy::DeleteMode::keep_days}) {
    test.rules.deletion = {.mode = mode, .days = 1};
    FakeHost& port = test.port;
    const auto all = port.uids;
    const auto before = port.states;
    policy::Resolution made = resolution({"LAST", "XTND XMIT"});
    made.policy.view = test.rules.view;
    made.policy.deletion = test.rules.deletion;
    made.policy.pace = {.login_delay = 3600, .burst = 1, .retr_per_session = 1};
    Session session(port, std::move(made), {}, Visitor::master);
    EXPECT_FALSE(session.logged_in("+OK Logged in.").refused);
    EXPECT_EQ(port.uids, (std::vector<Uid>{30, 40}));
    test.play(session, "RETR 1\r\n");
    test.play(session, "RETR 2\r\n");
    EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(), "+OK 2\r\n");
    EXPECT_EQ(answer_to(session, "DELE 1\r\n").reply.wire(),
              "-ERR Mail cannot be deleted here: the server keeps it.\r\n");
    EXPECT_EQ(answer_to(session, "XTND XMIT\r\n").reply.wire(),
              "-ERR XTND XMIT is disabled for this mailbox.\r\n");
    EXPECT_TRUE(port.events.empty());
    test.quit(session);
    EXPECT_EQ(port.states, before);
    EXPECT_TRUE(port.seen_left_alone);
    EXPECT_TRUE(port.removed.empty());
    port.uids = all;
    test.given = 0;
  }
}

TEST(View, TheNewestAndTheYoung) {
  Fixture test(6);
  test.port.dates = {{10, (today - 3) * day},
                     {20, (today - 40) * day},
                     {30, (today - 3) * day},
                     {40, today * day + 500},
                     {60, (today - 30) * day + 100}};
  test.rules.view.days = 30;
  {
    FakeHost& port = test.port;
    const auto all = port.uids;
    Session session = test.session();
    (void)session.take("", 0);
    // 50 is gone; 60 has been there for thirty days to the second.
    EXPECT_EQ(port.uids, (std::vector<Uid>{10, 30, 40, 60}));
    port.uids = all;
  }
  test.rules.view.newest = 2;
  test.port.asked_for_dates = 0;
  Session session = test.session();
  (void)session.take("", 0);
  EXPECT_EQ(test.port.uids, (std::vector<Uid>{60}));
  EXPECT_EQ(test.port.asked_for_dates, 2U);
}

TEST(View, AsManyAsThereAreIsAll) {
  Fixture test;
  test.rules.view.newest = 4;
  Session session = test.session();
  (void)session.take("", 0);
  EXPECT_EQ(test.port.narrowed, 0);
}

TEST(View, ADateThatCannotBeReadShowsNothing) {
  struct NoDates : FakeHost {
    using FakeHost::FakeHost;
    Result<std::vector<std::optional<std::int64_t>>> received(
        const std::vector<MessageNumber>& /*numbers*/) override {
      return Error{Failure::temporary, "the disk is tired"};
    }
  };
  NoDates port(3);
  policy::Resolution made = resolution();
  made.policy.view.days = 1;
  Session session(port, made);
  EXPECT_EQ(session.take("STAT\r\n", 0).taker, Taker::ours);
  EXPECT_EQ(answer_to(session, "STAT\r\n").reply.wire(), no_messages);
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(), no_messages);
  EXPECT_EQ(session.take("QUIT\r\n", 0).taker, Taker::host);
  ASSERT_EQ(port.log.size(), 1U);
  EXPECT_NE(port.log[0].find("the disk is tired"), std::string::npos);
}

TEST(View, HiddenMessagesAreKeptFromTheHostsQuit) {
  Fixture test(DeleteMode::hide);
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  test.play(session, "RSET\r\n");
  test.play(session, "DELE 2\r\n");
  EXPECT_EQ(test.state(), "");
  test.quit(session);
  EXPECT_TRUE(test.port.deleted_numbers.empty());
  EXPECT_EQ(test.state(), "deleted 20\n");
}

TEST(View, ADropHidesNothing) {
  Fixture test(DeleteMode::hide);
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  session.finish(Ending::dropped);
  EXPECT_EQ(test.state(), "");
}

TEST(View, QuitIsRefusedWhereWhatWasDeletedCannotBeStored) {
  Fixture test(DeleteMode::hide);
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  test.port.state_error = Error{Failure::temporary, "the disk is full"};
  EXPECT_EQ(session.take("QUIT\r\n", test.given).taker, Taker::ours);
  const Answer answer = answer_to(session, "QUIT\r\n");
  EXPECT_EQ(answer.reply.wire(),
            "-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.\r\n");
  EXPECT_TRUE(answer.ends_session);
  ASSERT_FALSE(test.port.log.empty());
  EXPECT_NE(test.port.log[0].find("the disk is full"), std::string::npos);
}

TEST(View, TwoSessionsKeepEachOthersEntries) {
  Fixture test(DeleteMode::hide);
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  test.port.before_exchange = [&] { test.set_state("deleted 30\nfetched 50\n", 2); };
  test.quit(session);
  EXPECT_EQ(test.state(), "deleted 10\ndeleted 30\nfetched 50\n");
}

TEST(View, OthersDamageIsNotWrittenOver) {
  Fixture test(DeleteMode::hide);
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  test.port.before_exchange = [&] { test.port.states["hidden"] = "rubbish"; };
  EXPECT_EQ(session.take("QUIT\r\n", test.given).taker, Taker::ours);
  EXPECT_EQ(test.state(), "rubbish");
}

TEST(View, KeepDaysCountsFromTheDayBehind) {
  for (const std::int64_t age : {29, 30, 31}) {
    Fixture test;
    test.rules.deletion = {.mode = DeleteMode::keep_days, .days = 30};
    test.set_state("deleted 20 on " + std::to_string(today - age) + "\n", 1);
    Session session = test.session();
    test.play(session, "DELE 1\r\n");
    EXPECT_EQ(test.port.uids, (std::vector<Uid>{10, 30, 40}));
    EXPECT_TRUE(test.port.removed.empty());
    test.quit(session);
    EXPECT_EQ(test.port.removed, age > 30 ? std::vector<Uid>{20} : std::vector<Uid>{}) << age;
    EXPECT_NE(test.state().find("deleted 10 on 20000\n"), std::string::npos) << test.state();
    EXPECT_NE(test.state().find("deleted 20 on"), std::string::npos) << test.state();
  }
}

TEST(View, APolicyThatIsNotKnownRemovesAndShowsNothing) {
  Fixture test;
  test.set_state("deleted 20 on 5\n", 1);
  policy::Resolution unknown = resolution();
  unknown.policy.deletion = {.mode = DeleteMode::keep_days, .days = 30};
  unknown.deny_known = unknown.intact = false;
  Session session(test.port, unknown, {.uidls = false, .hidden = true});
  EXPECT_EQ(session.take("RETR 1\r\n", 0).taker, Taker::ours);
  test.quit(session);
  EXPECT_TRUE(test.port.removed.empty());
}

TEST(View, WhatWasDeletedStaysHiddenUnderAnyPolicyAndForAnyTime) {
  Fixture test;
  test.set_state("deleted 20 on 5\nfetched 30\n", 2);
  Session session = test.session({.uidls = false, .hidden = true});
  (void)session.take("", 0);
  EXPECT_EQ(test.port.uids, (std::vector<Uid>{10, 30, 40}));
  test.quit(session);
  EXPECT_TRUE(test.port.removed.empty());
}

TEST(View, AnotherUidvalidityIsAnotherMailbox) {
  Fixture test;
  test.set_state("deleted 10-40\n", 1);
  test.port.validity = 8;
  test.rules.deletion.mode = DeleteMode::hide;
  Session session = test.session();
  test.play(session, "DELE 1\r\n");
  EXPECT_EQ(test.port.narrowed, 0);
  test.quit(session);
  EXPECT_NE(test.port.states["hidden"].find("uidvalidity 8\n"), std::string::npos);
  EXPECT_EQ(test.state(), "deleted 10\n");
  // Version 1 had no GUIDs; this is reported.
  ASSERT_EQ(test.port.log.size(), 1U);
  EXPECT_NE(test.port.log[0].find("are shown again"), std::string::npos) << test.port.log[0];
}

// --- other UIDs ---

/// The same messages, under another UIDVALIDITY and with the UIDs 1, 2, 3 …
void renumber(FakeHost& port, UidValidity validity, std::vector<Uid> order = {10, 20, 30, 40}) {
  std::map<Uid, std::string> guids;
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto known = port.guid_of.find(order[place]);
    guids[static_cast<Uid>(place + 1)] =
        known == port.guid_of.end() ? "g" + std::to_string(order[place]) : known->second;
  }
  port.validity = validity;
  port.guid_of = guids;
  port.uids.clear();
  port.whole.clear();
  port.deleted_numbers.clear();
  for (const auto& [uid, guid] : guids) port.uids.push_back(uid);
}

TEST(View, WhatIsHiddenStaysSoUnderANewUidvalidity) {
  Fixture test(DeleteMode::hide);
  test.rules.view.hide_fetched = true;
  Session first = test.session();
  test.play(first, "RETR 1\r\n");
  test.play(first, "DELE 3\r\n");
  test.quit(first);
  EXPECT_EQ(test.guids(), "guid 10 g10\nguid 30 g30\n");
  EXPECT_EQ(test.port.guids_asked, 3U);  // LAST's as well

  renumber(test.port, 8, {40, 30, 20, 10});
  Session second = test.session();
  test.play(second, "STAT\r\n");
  EXPECT_EQ(test.port.uids, (std::vector<Uid>{1, 3}));
  EXPECT_EQ(test.state(), "deleted 2\nfetched 4\n");  // at once, or each login would read the GUIDs
  EXPECT_TRUE(test.port.log.empty());
  test.quit(second);
  const std::size_t asked = test.port.guids_asked;
  test.port.uids = test.port.whole;
  Session third = test.session();
  test.play(third, "STAT\r\n");
  EXPECT_EQ(test.port.uids, (std::vector<Uid>{1, 3}));
  test.quit(third);
  EXPECT_EQ(test.port.guids_asked, asked);
}

TEST(View, UnderTheSameUidvalidityLoginAndQuitReadNoGuidsButThoseOfNewMarks) {
  Fixture test;
  test.rules.view.hide_fetched = true;
  policy::Resolution made = resolution({});
  made.policy.view.hide_fetched = true;
  Session first(test.port, made);
  test.play(first, "RETR 1\r\n");
  test.play(first, "RETR 2\r\n");
  test.quit(first);
  EXPECT_EQ(test.port.guids_asked, 2U);
  test.port.uids = {10, 20, 30, 40, 50};
  Session second(test.port, made);
  test.play(second, "RETR 3\r\n");
  test.quit(second);
  EXPECT_EQ(test.port.guids_asked, 3U);
  EXPECT_EQ(test.guids(), "guid 10 g10\nguid 20 g20\nguid 50 g50\n");
}

TEST(View, Version1GetsItsGuidsWhenItIsReplaced) {
  Fixture test;
  test.rules.view.hide_fetched = true;
  test.set_state("fetched 10-20\n", 1);
  Session session = test.session();
  test.play(session, "RETR 1\r\n");
  test.quit(session);
  EXPECT_EQ(test.state(), "fetched 10-30\n");
  EXPECT_EQ(test.guids(), "guid 10 g10\nguid 20 g20\nguid 30 g30\n");
}

TEST(View, OfTwoSessionsUnderTwoUidvaliditiesNoneLosesAnything) {
  Fixture test(DeleteMode::hide);
  Session old = test.session();
  test.play(old, "DELE 1\r\n");
  FakeHost other(4);
  renumber(other, 8);
  other.time = test.port.time;
  policy::Resolution made = resolution();
  made.policy.deletion.mode = DeleteMode::hide;
  {
    Session session(other, made);
    EXPECT_EQ(session.take("DELE 2\r\n", 0).taker, Taker::host);
    other.deleted_numbers = {2};
    session.executed(8);
    (void)session.take("QUIT\r\n", 8);
    session.finish(Ending::quit);
  }
  // The session that began earlier stores last, and the next one sees both.
  test.port.states = other.states;
  test.quit(old);
  EXPECT_EQ(test.state(), "deleted 2\n");
  EXPECT_NE(test.guids().find("lost deleted since 20000 g10\n"), std::string::npos);
  other.states = test.port.states;
  other.uids = other.whole.empty() ? other.uids : other.whole;
  Session next(other, made, {.uidls = false, .hidden = true});
  (void)next.take("STAT\r\n", 0);
  EXPECT_EQ(other.uids, (std::vector<Uid>{3, 4}));
}

TEST(View, AStorageWithoutGuidsIsAsBefore) {
  Fixture test;
  test.port.guid_error = Error{Failure::permanent, "there are none"};
  test.rules.deletion.mode = DeleteMode::hide;
  for (int turn = 0; turn < 2; ++turn) {
    Session session = test.session();
    test.play(session, "DELE 1\r\n");
    test.quit(session);
    test.port.uids = {10, 20, 30, 40};
  }
  EXPECT_EQ(test.state(), "deleted 10-20\n");
  EXPECT_EQ(std::count_if(test.port.log.begin(), test.port.log.end(),
                          [](const std::string& line) { return line.starts_with("the view"); }),
            1);
}

TEST(View, WhereGuidsCannotBeReadNowNothingIsShown) {
  Fixture test(DeleteMode::hide);
  Session first = test.session();
  test.play(first, "DELE 1\r\n");
  test.quit(first);
  renumber(test.port, 8);
  test.port.guid_error = Error{Failure::temporary, "no descriptor"};
  Session second = test.session();
  EXPECT_EQ(second.take("RETR 1\r\n", 0).taker, Taker::ours);
  EXPECT_EQ(answer_to(second, "RETR 1\r\n").reply.wire(), no_messages);
}

TEST(View, DamagedGuidsAreMadeAnewAndOnlyMatterWhereTheyAreNeeded) {
  Fixture test(DeleteMode::hide);
  Session first = test.session();
  test.play(first, "DELE 1\r\n");
  test.quit(first);
  std::string& text = test.port.states["hidden"];
  text[text.find("g10")] = 'x';
  const std::string damaged = text;
  test.port.uids = {10, 20, 30, 40};
  Session second = test.session();
  test.play(second, "DELE 1\r\n");
  EXPECT_EQ(test.port.uids, (std::vector<Uid>{20, 30, 40}));
  test.quit(second);
  EXPECT_EQ(test.guids(), "guid 10 g10\nguid 20 g20\n");
  EXPECT_EQ(test.port.log.size(), 1U);
  text = damaged;
  renumber(test.port, 8);
  Session third = test.session();
  EXPECT_EQ(third.take("RETR 1\r\n", 0).taker, Taker::ours);
}

TEST(View, WhatCountsAsFetched) {
  Fixture test;
  test.rules.view.hide_fetched = true;
  Session session = test.session();
  test.play(session, "RETR 1\r\n");
  test.play(session, "TOP 2 199\r\n");  // it has 200 octets
  test.play(session, "TOP 3 300\r\n");
  (void)session.take("RETR 4\r\n", test.given);  // the host refuses it
  session.executed(test.given + 8);
  test.given += 8;
  test.quit(session);
  EXPECT_EQ(test.state(), "fetched 10\nfetched 30\n");
}

TEST(View, ADropCountsWhatOnDropSays) {
  for (const auto& [on_drop, expected] :
       std::vector<std::pair<LastOnDrop, std::string>>{{LastOnDrop::delivered, "fetched 10\n"},
                                                       {LastOnDrop::all, "fetched 10-20\n"},
                                                       {LastOnDrop::nothing, ""}}) {
    Fixture test;
    test.rules.view.hide_fetched = true;
    test.rules.last.on_drop = on_drop;
    Session session = test.session();
    test.play(session, "RETR 1\r\n");
    test.play(session, "RETR 2\r\n");  // proves that message 1 has arrived
    session.finish(Ending::dropped);
    EXPECT_EQ(test.state(), expected);
  }
}

TEST(View, RsetTakesBackWhatWasFetched) {
  Fixture test;
  test.rules.view.hide_fetched = true;
  Session session = test.session();
  test.play(session, "RETR 1\r\n");
  test.play(session, "RETR 2\r\n");
  test.play(session, "RSET\r\n");
  test.play(session, "RETR 3\r\n");
  test.quit(session);
  EXPECT_EQ(test.state(), "fetched 30\n");
}

TEST(View, ItWorksWithoutLast) {
  Fixture test;
  policy::Resolution made = resolution({});
  made.policy.view.hide_fetched = true;
  Session session(test.port, made);
  test.play(session, "RETR 2\r\n");
  test.quit(session);
  EXPECT_EQ(test.state(), "fetched 20\n");
  EXPECT_EQ(test.port.states.size(), 1U);
}

TEST(View, ExpireIsTrue) {
  policy::Policy rules;
  EXPECT_EQ(expire_capability(rules), "");
  for (const DeleteMode mode : {DeleteMode::deny, DeleteMode::hide, DeleteMode::keep_days}) {
    rules.deletion.mode = mode;
    EXPECT_EQ(expire_capability(rules), "EXPIRE NEVER");
  }
  rules.view.days = 30;
  EXPECT_EQ(expire_capability(rules), "EXPIRE 30");
  rules.view.newest = 5;
  EXPECT_EQ(expire_capability(rules), "");
  rules.view.hide_fetched = true;
  EXPECT_EQ(expire_capability(rules), "EXPIRE 0");
}

TEST(View, WhatCannotBeStoredAtADropIsToldForEachState) {
  Fixture test;
  test.rules.view.hide_fetched = true;
  test.rules.last.on_drop = policy::LastOnDrop::all;
  Session session = test.session();
  test.play(session, "RETR 2\r\n");
  test.port.state_error = Error{Failure::temporary, "disk full"};
  session.finish(Ending::dropped);
  EXPECT_EQ(
      test.port.log,
      (std::vector<std::string>{
          "the view: fetched messages could not be stored, and are shown again: disk full",
          "LAST: the number could not be stored, so the next session starts from the old one: disk "
          "full"}));
}

}  // namespace
}  // namespace pop3_legacy::view
