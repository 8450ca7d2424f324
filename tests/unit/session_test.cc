#include "plugin/core/session/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

using namespace std::string_view_literals;

std::string shown(const Decision& portion) {
  switch (portion.taker) {
    case Taker::host:
      return "host " + std::to_string(portion.octets);
    case Taker::ours:
      return "ours " + std::to_string(portion.octets);
    case Taker::later:
      return "later " + std::to_string(portion.pause.count());
    case Taker::incomplete:
      break;
  }
  return "incomplete";
}

TEST(Session, UidlWaitsForTheIdsPartByPart) {
  FakeHost port(3);
  Session session(port, resolution());
  port.uidl_parts = 3;
  const std::string input = "NOOP\r\nUIDL 1\r\nNOOP\r\n";
  EXPECT_EQ(shown(session.take(input, 0)), "host 6");
  EXPECT_EQ(shown(session.take(input.substr(6), 6)), "later 0");
  EXPECT_EQ(shown(session.take(input.substr(6), 6)), "host 14");
  EXPECT_TRUE(port.log.empty());
}

TEST(Session, QuitWaitsForALockAndNotForEver) {
  for (const bool stays : {false, true}) {
    FakeHost port(3);
    auto hides = resolution();
    hides.policy.deletion.mode = policy::DeleteMode::hide;
    Session session(port, hides);
    EXPECT_EQ(shown(session.take("DELE 1\r\n", 0)), "host 8");
    port.deleted_numbers.insert(1);
    port.state_error = Error{Failure::locked, "somebody else is at work"};
    int waited = 0;
    Decision quit = session.take("QUIT\r\n", 8);
    for (; quit.taker == Taker::later && (stays || waited < 10); ++waited) {
      quit = session.take("QUIT\r\n", 8);
    }
    if (stays) {
      EXPECT_GT(waited, 20);
      EXPECT_LT(waited, 200);
      EXPECT_EQ(session.answer(std::move(quit)).reply.wire(),
                "-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.\r\n");
    } else {
      port.state_error.reset();
      EXPECT_EQ(shown(session.take("QUIT\r\n", 8)), "host 6");
      EXPECT_TRUE(port.log.empty());
    }
  }
}

TEST(Session, TakesRunsOfTheHostsLinesAndSingleLinesOfOurs) {
  FakeHost port(3);
  Session session(port, resolution());
  EXPECT_EQ(shown(session.take("STAT\r\nNOOP\nLAST\r\nSTAT\r\n", 0)), "host 11");
  EXPECT_EQ(shown(session.take("LAST\r\nSTAT\r\n", 11)), "ours 6");
  EXPECT_EQ(shown(session.take("STAT\r\nLA", 11)), "host 6");
  EXPECT_EQ(shown(session.take("LA", 17)), "incomplete");
  EXPECT_EQ(shown(session.take("", 17)), "incomplete");
}

TEST(Session, OurLinesAreKnownInAnyCaseAndWithNuls) {
  FakeHost port(3);
  Session session(port, resolution({"LAST"}, {"DELE"}));
  EXPECT_EQ(shown(session.take("lAsT\n", 0)), "ours 5");
  EXPECT_EQ(shown(session.take("dele 1\r\n", 0)), "ours 8");
  EXPECT_EQ(shown(session.take("DELE\0 1\r\n"sv, 0)), "ours 9");
  EXPECT_EQ(shown(session.take(" LAST\r\n", 0)), "host 7");
  EXPECT_EQ(shown(session.take("LASTING\r\n", 0)), "host 9");
}

TEST(Session, LeavesEverythingToTheHostWhenNothingIsAllowed) {
  FakeHost port(3);
  Session session(port, resolution({}));
  EXPECT_TRUE(session.idle());
  EXPECT_EQ(shown(session.take("LAST\r\nHELP\r\nCAPA\r\nRETR 1\r\n", 0)), "host 26");
  session.executed(26);
  session.finish(Ending::quit);
  EXPECT_EQ(port.loads + port.stores, 0);
  EXPECT_TRUE(port.asked.empty());
}

TEST(Session, ADeniedCommandAloneIsReasonEnoughToBeThere) {
  FakeHost port(1);
  EXPECT_FALSE(Session(port, resolution({}, {"DELE"})).idle());
}

TEST(Session, AnswersWhatIsDenied) {
  FakeHost port(1);
  Session session(port, resolution({"LAST"}, {"DELE", "LAST"}));
  EXPECT_EQ(answer_to(session, "dele 1\r\n").reply.wire(),
            "-ERR DELE is disabled for this mailbox.\r\n");
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(),
            "-ERR LAST is disabled for this mailbox.\r\n");
}

TEST(Session, RefusesArgumentsAndNulsOfOurs) {
  FakeHost port(1);
  Session session(port, resolution());
  EXPECT_EQ(answer_to(session, "LAST 1\r\n").reply.wire(),
            "-ERR Too many arguments. Syntax: LAST\r\n");
  EXPECT_EQ(answer_to(session, "LAST  \r\n").reply.wire(), "+OK 0\r\n");
  EXPECT_EQ(answer_to(session, "HELP A B C\r\n").reply.wire(),
            "-ERR Too many arguments. Syntax: HELP [command]\r\n");
  EXPECT_EQ(answer_to(session, "LAST\0x\r\n"sv).reply.wire(), "-ERR NUL octet in the command.\r\n");
}

TEST(Session, WithABrokenPolicyOursAreUnavailableAndTheHostsGoOn) {
  FakeHost port(3);
  auto broken = resolution({"LAST", "HELP"}, {"TOP"});
  broken.intact = false;
  Session session(port, std::move(broken));
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(),
            "-ERR [SYS/TEMP] LAST is unavailable: the server's policy cannot be read.\r\n");
  EXPECT_EQ(shown(session.take("RETR 1\r\n", 0)), "host 8");
  EXPECT_EQ(answer_to(session, "TOP 1 0\r\n").reply.wire(),
            "-ERR TOP is disabled for this mailbox.\r\n");
}

TEST(Session, WithAnUnknownDenyListWhateverCouldBeDeniedIsRefused) {
  FakeHost port(3);
  policy::Resolution unknown;
  unknown.intact = false;
  unknown.deny_known = false;
  Session session(port, std::move(unknown));
  for (const Command& command : command_table()) {
    const std::string line = std::string(command.name) + "\r\n";
    if (command.no_verb) {
      continue;  // it handles lines of RETR, TOP and LIST, which are refused
    }
    if (command.deniable) {
      ASSERT_EQ(shown(session.take(line, 0)), "ours " + std::to_string(line.size()));
      EXPECT_EQ(answer_to(session, line).reply.wire(),
                "-ERR [SYS/TEMP] " + std::string(command.name) +
                    " is unavailable: the server's policy cannot be read.\r\n");
    } else if (command.owner == Owner::host) {
      EXPECT_EQ(shown(session.take(line, 0)), "host " + std::to_string(line.size()));
    }
  }
}

// --- UIDL ---

policy::Resolution with_scheme(const std::string& scheme) {
  auto made = resolution({});
  made.policy.uidl.plan.chain = {scheme};
  return made;
}

TEST(Session, AUidlSchemeIsReasonEnoughToBeThere) {
  FakeHost port(1);
  EXPECT_TRUE(Session(port, with_scheme("host")).idle());
  EXPECT_FALSE(Session(port, with_scheme("courier")).idle());
  EXPECT_FALSE(Session(port, with_scheme("host"), {.uidls = true}).idle());
  auto unknown = with_scheme("host");
  unknown.uidl_known = false;
  EXPECT_FALSE(Session(port, std::move(unknown)).idle());
}

TEST(Session, UidlIsTheHostsOnceTheIdsAreKnown) {
  FakeHost port(1);
  Session session(port, with_scheme("courier"));
  EXPECT_EQ(shown(session.take("STAT\r\nuidl\r\nUIDL 1\r\nNOOP\r\n", 0)), "host 26");
  EXPECT_GT(port.prepared, 0);
  Session plain(port, with_scheme("host"));
  port.prepared = 0;
  EXPECT_EQ(shown(plain.take("UIDL\r\n", 0)), "host 6");
  EXPECT_GT(port.prepared, 0);  // another session may have stored ids since this one began
}

TEST(Session, UidlIsRefusedWhileTheIdsAreNotKnownAndTheRestGoesOn) {
  for (const bool remembered : {false, true}) {
    FakeHost port(2);
    Session session(port, with_scheme(remembered ? "host" : "courier"), {.uidls = remembered});
    port.uidl_error = Error{Failure::permanent, "the pins are damaged"};
    EXPECT_EQ(shown(session.take("STAT\r\nUIDL\r\nRETR 1\r\n", 0)), "host 6");
    EXPECT_EQ(shown(session.take("UIDL\r\nRETR 1\r\n", 6)), "ours 6");
    EXPECT_EQ(answer_to(session, "UIDL\r\n").reply.wire(),
              "-ERR [SYS/TEMP] Unique ids are not available at the moment.\r\n");
    EXPECT_EQ(shown(session.take("UIDL 2\r\n", 6)), "ours 8");
    EXPECT_EQ(answer_to(session, "UIDL 2\r\n").reply.wire(),
              "-ERR [SYS/TEMP] Unique ids are not available at the moment.\r\n");
    EXPECT_EQ(shown(session.take("RETR 1\r\nDELE 1\r\nLIST\r\nQUIT\r\n", 6)), "host 28");
    EXPECT_EQ(port.log,
              std::vector<std::string>{
                  "UIDL: the ids are not known, so none are shown: the pins are damaged"});
    port.uidl_error = Error{Failure::temporary, "something else"};
    EXPECT_EQ(shown(session.take("UIDL\r\n", 6)), "ours 6");
    EXPECT_EQ(port.log.size(), 2U);
    port.uidl_error.reset();
    EXPECT_EQ(shown(session.take("UIDL\r\n", 6)), "host 6");
  }
}

TEST(Session, IdsThatAreNotKnownAreLoggedWhereTheViewFailsTooAndBothOnlyOnce) {
  FakeHost port(2);
  policy::Resolution made = resolution({"EUIDL"});
  made.policy.uidl.plan.chain = {"courier"};
  made.policy.view.newest = 1;
  port.state_error = Error{Failure::temporary, "the disk is gone"};
  port.uidl_error = Error{Failure::permanent, "the pins are damaged"};
  Session session(port, std::move(made));
  for (const std::string_view line : {"EUIDL\r\n", "UIDL\r\n", "UIDL\r\n"}) {
    EXPECT_EQ(answer_to(session, line).reply.wire(),
              "-ERR [SYS/TEMP] The messages are not available at the moment.\r\n");
  }
  EXPECT_EQ(port.log, (std::vector<std::string>{
                          "the view: which messages POP3 may show is not known, so none are shown: "
                          "the disk is gone",
                          "UIDL: the ids are not known, so none are shown: the pins are damaged"}));
}

TEST(Session, WithAnUnknownUidlTheHostsOwnIdsAreNotShown) {
  FakeHost port(1);
  auto unknown = resolution({"LAST"});
  unknown.intact = unknown.uidl_known = false;
  Session session(port, std::move(unknown));
  port.uidl_error = Error{Failure::permanent, "the policy that decides the ids cannot be read"};
  EXPECT_EQ(shown(session.take("UIDL\r\n", 0)), "ours 6");
  EXPECT_EQ(shown(session.take("STAT\r\n", 0)), "host 6");
}

TEST(Session, ADeniedUidlNeedsNoIds) {
  FakeHost port(1);
  auto made = resolution({}, {"UIDL"});
  made.policy.uidl.plan.chain = {"courier"};
  Session session(port, std::move(made));
  EXPECT_EQ(shown(session.take("UIDL\r\n", 0)), "ours 6");
  EXPECT_EQ(answer_to(session, "UIDL\r\n").reply.wire(),
            "-ERR UIDL is disabled for this mailbox.\r\n");
  EXPECT_EQ(port.prepared, 0);
}

// A line that would crash the host is answered like one of the host's unknown commands.
TEST(DeadlyLines, AreNotGivenToTheHost) {
  FakeHost port(2);
  port.deadly = ":";
  Session session(port, resolution());
  EXPECT_EQ(shown(session.take("NOOP\r\nFrom: me\r\nNOOP\r\n", 0)), "host 6");
  EXPECT_EQ(shown(session.take("From: me\r\nNOOP\r\n", 6)), "ours 10");
  EXPECT_EQ(answer_to(session, "From: me\r\n").reply.wire(), "-ERR Unknown command: FROM:\r\n");
  for (const char* const line : {":\r\n", "NOOP:\n", "a\t:\r\n", "\xff:\r\n", "x:y z\r\n"}) {
    EXPECT_EQ(session.take(line, 6).taker, Taker::ours) << line;
    EXPECT_FALSE(answer_to(session, line).reply.positive()) << line;
  }
  using namespace std::string_view_literals;
  for (const auto line : {"NOOP a:b\r\n"sv, " :\r\n"sv, "NOOP\0:\r\n"sv, "\0:\r\n"sv}) {
    EXPECT_EQ(session.take(line, 6).taker, Taker::host) << line;
  }
}

TEST(DeadlyLines, KeepASessionFromBeingIdle) {
  FakeHost port(2);
  EXPECT_TRUE(Session(port, resolution({})).idle());
  port.deadly = ":";
  Session session(port, resolution({}));
  EXPECT_FALSE(session.idle());
  EXPECT_EQ(shown(session.take("LAST\r\nRETR 1\r\nRETR 2\r\na: b\r\n", 0)), "host 22");
  EXPECT_EQ(shown(session.take("a: b\r\nQUIT\r\n", 22)), "ours 6");
  EXPECT_EQ(answer_to(session, "a: b\r\n").reply.wire(), "-ERR Unknown command: A:\r\n");
  EXPECT_EQ(shown(session.take("QUIT\r\n", 22)), "host 6");
  EXPECT_EQ(shown(session.take("QUI", 28)), "incomplete");
  EXPECT_EQ(port.loads, 0);
}

TEST(DeadlyLines, AreWordedAsOtherUnknownCommands) {
  FakeHost port(2);
  port.deadly = ":";
  policy::Resolution made = resolution({});
  made.policy.reply.templates.at(static_cast<std::size_t>(wording::Worded::unknown)) =
      "-ERR what is {command}?";
  Session session(port, made);
  EXPECT_EQ(shown(session.take("From: me\r\n", 0)), "ours 10");
  EXPECT_EQ(answer_to(session, "From: me\r\n").reply.wire(), "-ERR what is From:?\r\n");
  EXPECT_FALSE(session.awaits_reply(10));
}

// Each of the host's replies is worded by the state of the maildrop before its command.
TEST(Session, UnderADialectLinesAreOneRunAndRepliesAreWordedInTurn) {
  FakeHost port(3);
  port.deadly = ":";
  policy::Resolution made = resolution({"LAST"});
  made.policy.reply.dialect = wording::find_dialect("rfc1225");
  Session session(port, made);
  EXPECT_EQ(shown(session.take("NOOP\r\nDELE 1\r\nx\r\nDELE 1\r\na: b\r\n", 0)), "host 25");
  EXPECT_FALSE(session.awaits_reply(0));
  EXPECT_TRUE(session.awaits_reply(6));
  (void)session.reworded("+OK");
  EXPECT_FALSE(session.awaits_reply(6));
  port.deleted_numbers.insert(1);
  EXPECT_EQ(session.reworded("+OK Marked to be deleted."), "+OK message 1 deleted");
  EXPECT_TRUE(session.awaits_reply(17));
  (void)session.reworded("-ERR Unknown command: X");
  EXPECT_EQ(session.reworded("-ERR Message is deleted."), "-ERR message 1 already deleted");
  EXPECT_FALSE(session.awaits_reply(25));
  EXPECT_EQ(session.reworded("-ERR Too many bad commands."), "-ERR Too many bad commands.");
  session.executed(25);
  EXPECT_EQ(shown(session.take("a: b\r\nNOOP\r\n", 25)), "ours 6");
  EXPECT_EQ(shown(session.take("NOOP\r\nQUIT\r\nNOOP\r\n", 25)), "host 6");
  session.executed(31);
  EXPECT_EQ(shown(session.take("QUIT\r\nNOOP\r\n", 31)), "host 6");
}

TEST(Session, UnderADialectOnlySoManyLinesAreARun) {
  FakeHost port(3);
  policy::Resolution made = resolution({});
  made.policy.reply.dialect = wording::find_dialect("rfc1225");
  Session session(port, made);
  std::string lines;
  for (int line = 0; line < 1000; ++line) lines += "NOOP\r\n";
  const Decision first = session.take(lines, 0);
  EXPECT_EQ(first.taker, Taker::host);
  EXPECT_GT(first.octets, 300U);
  EXPECT_LT(first.octets, lines.size());
  session.executed(first.octets);
  EXPECT_EQ(session.take(lines, first.octets).octets, first.octets);
}

class LastInSession : public testing::Test {
 protected:
  /// Gives `lines` to the host as they arrive and executes them. The host sends a message for every
  /// RETR and TOP except those in `refused`.
  void host(std::string_view lines, const std::vector<std::string>& refused = {}) {
    while (!lines.empty()) {
      const Decision portion = session_.take(lines, given_);
      ASSERT_EQ(portion.taker, Taker::host);
      std::string_view run = lines.substr(0, portion.octets);
      while (!run.empty()) {
        const auto line = run.substr(0, run.find("\r\n"));
        const bool sent = std::find(refused.begin(), refused.end(), line) == refused.end();
        given_ += line.size() + 2;
        session_.begins(given_);
        port_.retrieved += sent && line.starts_with("RETR") ? 100U : 0U;
        port_.topped += sent && line.starts_with("TOP") ? 10U : 0U;
        run.remove_prefix(line.size() + 2);
        session_.executed(given_);
      }
      lines.remove_prefix(portion.octets);
    }
  }
  std::string last() { return answer_to(session_, "LAST\r\n").reply.wire(); }
  /// Everything sent leaves the host while this many octets from the client are waiting there.
  void leave(std::size_t waiting = 0) {
    session_.leaving(waiting);
    session_.all_left();
  }
  /// The UID that is stored for LAST if the client disappears now.
  Uid dropped() {
    session_.finish(Ending::dropped);
    const std::string& state = port_.states.at("last");
    std::istringstream words(state);
    Uid version = 0;
    Uid uidvalidity = 0;
    Uid uid = 0;
    words >> version >> uidvalidity >> uid;
    return uid / 10;
  }

  FakeHost port_{4};
  Session session_{port_, resolution()};
  std::uint64_t given_ = 0;
};

TEST_F(LastInSession, Rfc1225Sample) {
  host("STAT\r\nRETR 1\r\n");
  EXPECT_EQ(last(), "+OK 1\r\n");
  host("RETR 3\r\n");
  EXPECT_EQ(last(), "+OK 3\r\n");
  host("DELE 2\r\n");
  EXPECT_EQ(last(), "+OK 3\r\n");
}

TEST_F(LastInSession, ALineCountsOnceTheHostHasConsumedItsLastOctet) {
  const std::string_view lines = "DELE 2\r\nDELE 3\r\n";
  ASSERT_EQ(shown(session_.take(lines, 0)), "host 16");
  session_.executed(0);
  EXPECT_EQ(last(), "+OK 0\r\n");
  session_.executed(8);
  EXPECT_EQ(last(), "+OK 2\r\n");
  session_.executed(15);
  EXPECT_EQ(last(), "+OK 2\r\n");
  session_.executed(16);
  EXPECT_EQ(last(), "+OK 3\r\n");
}

TEST_F(LastInSession, RetrsAreOneRunAndTheHostsCountTellsWhichSucceeded) {
  const std::string_view lines = "NOOP\r\nRETR 2\r\nRETR 9\r\nRETR 3\r\nRETR 4\r\n";
  EXPECT_EQ(shown(session_.take(lines, 0)), "host 38");
  session_.begins(14);
  port_.retrieved += 100;
  session_.begins(30);  // RETR 3, which the host cannot read
  session_.begins(38);
  port_.retrieved += 100;
  session_.executed(37);  // RETR 4 goes on
  EXPECT_EQ(last(), "+OK 2\r\n");
  session_.executed(38);
  EXPECT_EQ(last(), "+OK 4\r\n");
}

// The host refuses a deleted message before it looks at it.
TEST_F(LastInSession, ARetrThatWasNotBegunDoesNotCountAndTheOthersDo) {
  EXPECT_EQ(shown(session_.take("RETR 1\r\nDELE 4\r\nRETR 4\r\nRETR 3\r\n", 0)), "host 32");
  EXPECT_TRUE(session_.begins(8));
  EXPECT_FALSE(session_.begins(6));  // no line ends there
  port_.retrieved += 100;
  session_.executed(24);
  EXPECT_EQ(last(), "+OK 4\r\n");
  leave();
  EXPECT_TRUE(session_.begins(32));
  port_.retrieved += 100;
  session_.executed(32);
  leave();
  EXPECT_FALSE(session_.begins(32));  // it is executed
  EXPECT_EQ(shown(session_.take("NOOP\r\n", 32)), "host 6");
  EXPECT_EQ(dropped(), 3U);
}

TEST_F(LastInSession, OfRetrsThatWereNotBegunNoneCounts) {
  EXPECT_EQ(shown(session_.take("RETR 1\r\nRETR 2\r\n", 0)), "host 16");
  port_.retrieved += 200;
  session_.executed(16);
  EXPECT_EQ(last(), "+OK 0\r\n");
}

TEST(Session, ARetrThatCountsForThePaceIsARunOfItsOwn) {
  FakeHost port(3);
  policy::Resolution made = resolution({"LAST"});
  made.policy.pace.octets_per_hour = 1'000'000;
  Session session(port, made);
  EXPECT_EQ(shown(session.take("NOOP\r\nRETR 2\r\nRETR 3\r\n", 0)), "host 6");
  session.executed(6);
  EXPECT_EQ(shown(session.take("RETR 2\r\nRETR 3\r\n", 6)), "host 8");
}

TEST_F(LastInSession, ARetrThatTheHostRefusesDoesNotCount) {
  // found with a message file that could not be opened: "-ERR Message 2 expunged."
  host("RETR 1\r\nRETR 2\r\n", {"RETR 2"});
  EXPECT_EQ(last(), "+OK 1\r\n");
  host("RETR 2\r\n");
  EXPECT_EQ(last(), "+OK 2\r\n");
}

TEST_F(LastInSession, AFirstSessionLeavesAStateEvenIfItsOnlyMessageDidNotArrive) {
  // The host sets \\Seen even for a RETR that breaks off. Without a state, the next session would
  // start there, and the message would be skipped forever.
  ASSERT_EQ(shown(session_.take("RETR 4\r\n", 0)), "host 8");
  session_.finish(Ending::dropped);
  EXPECT_EQ(port_.states.at("last"), "2 7 0\n");
}

TEST_F(LastInSession, WhatTheHostRefusesDoesNotCount) {
  host("RETR 5\r\nRETR 0\r\nRETR\r\nRETR 4x\r\nRETR  \r\nDELE 4 \r\nTOP 4\r\nRETR -4\r\n");
  EXPECT_EQ(last(), "+OK 0\r\n");
  host("DELE 2\r\nRETR 2\r\nDELE 3\r\nRSET\r\nDELE 1\r\n");
  EXPECT_EQ(last(), "+OK 1\r\n");
}

TEST_F(LastInSession, ADeletedMessageIsRefusedUntilRset) {
  port_.states["last"] = "2 7 0\n";
  host("DELE 4\r\nRSET\r\nRETR 4\r\n");
  EXPECT_EQ(last(), "+OK 4\r\n");
}

TEST_F(LastInSession, QuitIsARunOfItsOwnAndTheStateStandsBeforeTheHostAnswersIt) {
  const std::string_view lines = "DELE 3\r\nQUIT\r\n";
  ASSERT_EQ(shown(session_.take(lines, 0)), "host 8");
  session_.executed(8);
  EXPECT_EQ(port_.stores, 0);
  ASSERT_EQ(shown(session_.take(lines.substr(8), 8)), "host 6");
  EXPECT_EQ(port_.states.at("last"), "2 7 30 3 g30\n");
  session_.finish(Ending::quit);
  EXPECT_EQ(port_.stores, 1);
}

TEST_F(LastInSession, ADropKeepsWhatWasDelivered) {
  host("RETR 1\r\n");
  leave();
  host("RETR 2\r\nDELE 3\r\n");
  session_.finish(Ending::dropped);
  EXPECT_EQ(port_.states.at("last"), "2 7 10 1 g10\n");
}

TEST_F(LastInSession, ACommandThatWasWaitingWhenTheMessageLeftProvesNothing) {
  host("RETR 1\r\n");
  leave(std::string_view("NOOP\r\nSTAT\r\n").size());
  host("NOOP\r\nSTAT\r\n");
  EXPECT_EQ(dropped(), 0U);
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(LastInSession, ALineThatBeganToArriveBeforeTheMessageLeftProvesNothing) {
  host("RETR 1\r\n");
  leave(1);
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 0U);
}

TEST_F(LastInSession, ALineOfARunProvesThatStandsBehindThoseThatWaited) {
  host("RETR 1\r\n");
  leave(6);
  const std::string_view lines = "NOOP\r\nNOOP\r\n";
  ASSERT_EQ(shown(session_.take(lines, given_)), "host 12");
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(LastInSession, ACommandThatWasSentAfterwardsProvesWhateverItIs) {
  for (const std::string line : {"nonsense\r\n", "LAST\r\n", "\r\n", "RETR 9\r\n"}) {
    FakeHost port(4);
    Session session(port, resolution());
    EXPECT_EQ(session.take("RETR 2\r\n", 0).taker, Taker::host);
    session.begins(8);
    port.retrieved += 100;
    session.executed(8);
    session.leaving(0);
    session.all_left();
    EXPECT_NE(session.take(line, 8).taker, Taker::incomplete) << line;
    session.finish(Ending::dropped);
    EXPECT_EQ(port.states.at("last"), "2 7 20 2 g20\n") << line;
  }
}

TEST_F(LastInSession, OctetsThatAreNoCommandProveNothing) {
  host("RETR 1\r\n");
  leave();
  session_.took_data(1000);
  EXPECT_EQ(shown(session_.take("NOO", given_)), "incomplete");
  EXPECT_EQ(dropped(), 0U);
}

TEST_F(LastInSession, AMessageThatHasNotLeftTheHostIsNotProved) {
  host("RETR 1\r\n");
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 0U);
  leave();
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(LastInSession, WhatTheClientsMachineHasNotAcknowledgedIsNotProved) {
  host("RETR 1\r\n");
  leave();
  port_.acknowledged = false;
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 0U);
  port_.acknowledged = true;
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 1U);
}

// Like mpop: the client has several messages in transit, and requests more before it has read the
// last one.
TEST_F(LastInSession, ADownloadWithSeveralMessagesUnderWayProvesWhatLiesFurtherBack) {
  host("RETR 1\r\n");
  leave(std::string_view("RETR 2\r\n").size());
  host("RETR 2\r\n");
  leave();
  host("RETR 3\r\n");
  EXPECT_EQ(dropped(), 1U);
  leave();
  host("DELE 1\r\n");
  EXPECT_EQ(dropped(), 1U);
  host("RETR 4\r\n");
  EXPECT_EQ(dropped(), 2U);
  leave();
  host("NOOP\r\n");
  EXPECT_EQ(dropped(), 4U);
}

TEST_F(LastInSession, RsetTakesBackWhatHasNotBeenProved) {
  host("RETR 4\r\n");
  leave();
  host("RSET\r\nNOOP\r\n");
  EXPECT_EQ(dropped(), 0U);
}

TEST_F(LastInSession, StateThatCannotBeReadIsATemporaryFailureNotANumber) {
  port_.state_error = Error{Failure::temporary, "open(x) failed: Permission denied"};
  EXPECT_EQ(last(), "-ERR [SYS/TEMP] LAST is not available at the moment.\r\n");
  ASSERT_EQ(port_.log.size(), 1U);
  EXPECT_EQ(port_.log[0], "LAST: open(x) failed: Permission denied");
}

TEST_F(LastInSession, StateThatCannotBeStoredIsLogged) {
  host("RETR 1\r\n");
  port_.state_error = Error{Failure::temporary, "disk full"};
  session_.finish(Ending::quit);
  ASSERT_EQ(port_.log.size(), 1U);
  EXPECT_EQ(port_.log[0],
            "LAST: the number could not be stored, so the next session starts from the old one: "
            "disk full");
}

TEST(Session, UnderUwATopCountsIfTheHostSendsIt) {
  FakeHost port(4);
  auto made = resolution();
  made.policy.last.semantics = policy::LastSemantics::uw;
  Session session(port, std::move(made));
  EXPECT_EQ(shown(session.take("TOP 2 x\r\nTOP 3 0\r\n", 0)), "host 18");
  session.executed(9);
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(), "+OK 0\r\n");
  session.begins(18);
  port.topped = 20;
  session.executed(18);
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(), "+OK 3\r\n");
}

TEST(Session, UnderPopperARetrIsNotWaitedForButTheStartIsKept) {
  FakeHost port(4);
  auto made = resolution();
  made.policy.last.semantics = policy::LastSemantics::popper;
  Session session(port, std::move(made));
  EXPECT_EQ(shown(session.take("RETR 1\r\nRETR 2\r\nQUIT\r\n", 0)), "host 16");
  session.executed(16);
  EXPECT_EQ(shown(session.take("QUIT\r\n", 16)), "host 6");
  EXPECT_EQ(port.states.at("last"), "2 7 0\n");
}

TEST_F(LastInSession, WithoutLastTheHostsCommandsAreNotWatched) {
  Session session(port_, resolution({"HELP"}));
  ASSERT_EQ(shown(session.take("RETR 1\r\nQUIT\r\n", 0)), "host 14");
  session.executed(14);
  session.finish(Ending::quit);
  EXPECT_EQ(port_.loads + port_.stores, 0);
}

TEST(Session, LastHasTheWordingOfThePolicy) {
  const std::vector<std::pair<policy::LastWording, std::string>> wordings{
      {policy::LastWording::plain, "+OK 3\r\n"},
      {policy::LastWording::popper, "+OK 3 is the last message seen.\r\n"},
      {policy::LastWording::qpopper, "+OK 3 is the last read message.\r\n"},
      {policy::LastWording::mh, "+OK 3 is the last msg seen\r\n"},
  };
  for (const auto& [wording, wire] : wordings) {
    FakeHost port(4);
    port.seen = 3;
    auto made = resolution();
    made.policy.last.wording = wording;
    EXPECT_EQ(answer_to(Session(port, std::move(made)), "LAST\r\n").reply.wire(), wire);
  }
}

}  // namespace
}  // namespace pop3_legacy
