// XTND BBOARDS, ARCHIVE, X-BBOARDS and SCAN, and their effect on other commands.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plugin/core/commands/scan_line.h"
#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

class Boards : public testing::Test {
 protected:
  Boards() {
    made_.policy.boards.bboards = {{"system", "Public/system"}, {"Secret", "Public/secret"}};
    made_.policy.boards.archive = {{"system", "Public/old"}};
    port_.boards.emplace("Public/system", Board{.maxima = 10, .last_date = 503827729});
    port_.boards.emplace("Public/old", Board{.maxima = 3, .last_date = std::nullopt});
  }
  static std::string answer(Session& session, const std::string& line) {
    return whole(answer_to(session, line + "\r\n"));
  }
  // Who takes the line, as a host would ask.
  static Taker taker(Session& session, const std::string& line) {
    return session.take(line + "\r\n", 0).taker;
  }

  FakeHost port_{3};
  policy::Resolution made_ =
      resolution({"LAST", "XTND BBOARDS", "XTND ARCHIVE", "XTND X-BBOARDS", "XTND SCAN", "XDELE"});
};

TEST_F(Boards, ListsThoseThatTheUserCanRead) {
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND BBOARDS"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_TRUE(port_.log.empty());
  port_.boards.emplace("Public/secret", Error{Failure::temporary, "locked"});
  EXPECT_EQ(answer(session, "XTND BBOARDS"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_EQ(port_.log, std::vector<std::string>{
                           "the board Secret in \"Public/secret\" cannot be read: locked"});
  EXPECT_TRUE(port_.happened.empty());
}

TEST_F(Boards, XBboardsHasFourteenLines) {
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND X-BBOARDS SYSTEM"),
            "+OK XTND\r\nsystem\r\n\r\n\r\n\r\n\r\n\r\n*\r\n\r\n\r\n\r\n\r\n\r\n"
            "0 10\r\nThu, 19 Dec 1985 08:08:49 +0000\r\n.\r\n");
  EXPECT_EQ(answer(session, "XTND X-BBOARDS secret"), "-ERR no such bboard\r\n");
  EXPECT_TRUE(port_.happened.empty());
}

TEST_F(Boards, XBboardsTellsWhatThePolicyKnows) {
  policy::BoardName& board = made_.policy.boards.bboards.front();
  board.aliases = {"local", "general"};
  board.maildrop = ".hidden";
  board.archive_maildrop = "archive";
  board.information = "information";
  board.maildrop_map = "map";
  board.leaders = {"anna", "bert"};
  board.address = "address";
  board.request = "request";
  board.incoming_feed = "in";
  board.outgoing_feeds = {"out", "put"};
  board.flags = 0755;
  made_.policy.boards.date = policy::BoardsDate::rfc822;
  made_.policy.boards.zone = "-0800";
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND X-BBOARDS General"),
            "+OK XTND\r\nsystem\r\nlocal general\r\n..hidden\r\narchive\r\ninformation\r\nmap\r\n"
            "*\r\nanna bert\r\naddress\r\nrequest\r\nin\r\nout put\r\n0755 10\r\n"
            "Thu, 19 Dec 85 00:08:49 -0800\r\n.\r\n");
}

TEST_F(Boards, AnAliasIsANameOfTheArchive) {
  made_.policy.boards.bboards.front().aliases = {"local"};
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND BBOARDS LOCAL"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_EQ(answer(session, "XTND ARCHIVE Local"), "+OK XTND\r\nsystem 3\r\n.\r\n");
  EXPECT_EQ(port_.happened.back(), "open Public/old");
  EXPECT_EQ(answer(session, "XTND ARCHIVE secret"), "-ERR no such bboard\r\n");
}

TEST_F(Boards, OpensOneInTheMaildropsPlace) {
  Session session(port_, made_);
  EXPECT_EQ(taker(session, "LIST"), Taker::host);
  EXPECT_EQ(taker(session, "DELE 1"), Taker::host);
  EXPECT_EQ(answer(session, "XTND BBOARDS System"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_EQ(taker(session, "LIST"), Taker::ours);
  EXPECT_EQ(taker(session, "RSET"), Taker::ours);
  EXPECT_EQ(taker(session, "RETR 1"), Taker::host);
  EXPECT_EQ(taker(session, "STAT"), Taker::host);
  EXPECT_EQ(answer(session, "LIST"), "+OK 2 messages (300 octets)\r\n1 100 9\r\n2 200 10\r\n.\r\n");
  EXPECT_EQ(answer(session, "LIST 2"), "+OK 2 200 10\r\n");
  EXPECT_EQ(answer(session, "DELE 2"), "+OK Bboards are read-only; nothing was deleted.\r\n");
  EXPECT_EQ(answer(session, "XDELE 1 2"), "+OK Bboards are read-only; nothing was deleted.\r\n");
  EXPECT_TRUE(port_.deleted_numbers.empty());
  EXPECT_EQ(taker(session, "QUIT"), Taker::host);
  EXPECT_EQ(port_.happened, (std::vector<std::string>{"open Public/system", "quit"}));
}

// What was accessed in the maildrop is stored before it closes. On a board LAST starts from zero,
// and nothing of it is kept.
TEST_F(Boards, LastIsThatOfTheMaildropThatIsOpen) {
  Session session(port_, made_);
  const std::string lines = "RETR 2\r\n";
  EXPECT_EQ(session.take(lines, 0).taker, Taker::host);
  session.begins(lines.size());
  port_.retrieved = 100;
  session.executed(lines.size());
  EXPECT_EQ(answer(session, "LAST"), "+OK 2\r\n");
  EXPECT_EQ(answer(session, "XTND BBOARDS system"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_EQ(port_.states["last"], "2 7 20 2 g20\n");
  EXPECT_EQ(answer(session, "LAST"), "+OK 0\r\n");
  EXPECT_EQ(session.take(lines, lines.size()).taker, Taker::host);
  session.begins(2 * lines.size());
  port_.retrieved = 200;
  session.executed(2 * lines.size());
  EXPECT_EQ(answer(session, "LAST"), "+OK 2\r\n");
  EXPECT_EQ(answer(session, "XTND ARCHIVE system"), "+OK XTND\r\nsystem 3\r\n.\r\n");
  EXPECT_EQ(answer(session, "LAST"), "+OK 0\r\n");
  session.finish(Ending::dropped);
  EXPECT_EQ(port_.states["last"], "2 7 20 2 g20\n");
}

TEST_F(Boards, ABadNameLeavesTheMaildropOpenOrNoneAsThePolicySays) {
  Session staying(port_, made_);
  EXPECT_EQ(answer(staying, "XTND BBOARDS nobody"), "-ERR no such bboard\r\n");
  EXPECT_EQ(answer(staying, "XTND BBOARDS secret"), "-ERR no such bboard\r\n");
  EXPECT_EQ(answer(staying, "XTND ARCHIVE"),
            "-ERR Too few arguments. Syntax: XTND ARCHIVE name\r\n");
  EXPECT_TRUE(port_.happened.empty());
  EXPECT_EQ(taker(staying, "STAT"), Taker::host);

  made_.policy.boards.on_bad_name = policy::BoardsOnBadName::rfc;
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND X-BBOARDS nobody"), "-ERR no such bboard\r\n");
  EXPECT_TRUE(port_.happened.empty());
  EXPECT_EQ(answer(session, "XTND BBOARDS secret"), "-ERR no such bboard\r\n");
  EXPECT_EQ(port_.happened, std::vector<std::string>{"close"});
  for (const std::string command : {"STAT", "LIST", "UIDL", "RETR 1", "TOP 1 0", "DELE 1", "RSET",
                                    "LAST", "XDELE 1", "XTND SCAN 80"}) {
    EXPECT_EQ(taker(session, command), Taker::ours) << command;
    EXPECT_EQ(answer(session, command), "-ERR No maildrop is open.\r\n") << command;
  }
  EXPECT_EQ(taker(session, "NOOP"), Taker::host);
  EXPECT_EQ(answer(session, "XTND BBOARDS system"), "+OK XTND\r\nsystem 10\r\n.\r\n");
  EXPECT_EQ(taker(session, "STAT"), Taker::host);
}

TEST_F(Boards, WhatCannotBeClosedStaysOpen) {
  made_.policy.boards.on_bad_name = policy::BoardsOnBadName::rfc;
  port_.close_error = Error{Failure::temporary, "disk full"};
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND BBOARDS system"),
            "-ERR [SYS/TEMP] The bboard cannot be read at the moment.\r\n");
  EXPECT_EQ(answer(session, "XTND BBOARDS nobody"),
            "-ERR [SYS/TEMP] The maildrop could not be closed and is still open.\r\n");
  EXPECT_EQ(taker(session, "STAT"), Taker::host);
  EXPECT_EQ(taker(session, "LIST"), Taker::host);
  EXPECT_EQ(port_.log.size(), 2U);
}

TEST_F(Boards, ScanHoldsUntilReset) {
  port_.headers[1] = "From: One <one@example.org>\nDate: Tue, 20 Nov 2001 13:00:00 +0000\n";
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XTND SCAN 50"), "+OK scan\r\n");
  EXPECT_EQ(taker(session, "LIST 1"), Taker::ours);
  EXPECT_EQ(answer(session, "LIST 1"), "+OK 1 100 #   1  11/20 One                \r\n");
  const std::string lines = "RSET\r\nLIST\r\n";
  EXPECT_EQ(session.take(lines, 0).octets, lines.size());
  port_.inspect_error = Error{Failure::temporary, "locked"};
  EXPECT_EQ(answer(session, "XTND SCAN 50"), "+OK scan\r\n");
  EXPECT_EQ(answer(session, "LIST"), "-ERR [SYS/TEMP] The messages cannot be read.\r\n");
}

TEST(ScanLine, IsOfMhsDefaultFormat) {
  FakeHost port;
  port.user = "own@example.org";
  const auto line = [&](std::string_view date, std::string_view from, std::string_view to,
                        std::string_view subject, unsigned width = 60) {
    return scan_line({.number = 7, .date = date, .from = from, .to = to, .subject = subject}, port,
                     width);
  };
  EXPECT_EQ(line("Tue, 20 Nov 2001 13:00:00 +0000", "\"A. B.\" <a@b>", "x@y", "S"),
            "   7  11/20 A. B.              S");
  EXPECT_EQ(line("1 jan 70", "a@b (Name)", "", ""), "   7  01/01 Name               ");
  EXPECT_EQ(line("1 jan 70", "<a@b>", "", ""), "   7  01/01 a@b                ");
  EXPECT_EQ(line("", "a@b", "", ""), "   7  00/00*a@b                ");
  for (const char* const wrong : {"x", ",", "99 Nov", "0 Nov", "1", "1 Foo 2000", "-1 Nov"}) {
    EXPECT_EQ(line(wrong, "a@b", "", ""), "   7  00/00*a@b                ") << wrong;
  }
  EXPECT_EQ(line("1 Jan 70", "Me <OWN@example.org>", "Someone with a long name <a@b>", ""),
            "   7  01/01 To:Someone with a  ");
  EXPECT_EQ(line("1 Jan 70", "a@b", "", "long\tsubject", 39),
            "   7  01/01 a@b                long sub");
  EXPECT_EQ(line("1 Jan 70", "\xc3\xa4\xc3\xb6", "", "\xe2\x82\xac\xe2\x82\xac", 32),
            "   7  01/01 \xc3\xa4\xc3\xb6                 \xe2\x82\xac");
  EXPECT_EQ(
      scan_line({.number = 123456, .date = {}, .from = {}, .to = {}, .subject = "S"}, port, 60),
      "123456  00/00*                   S");
}

}  // namespace
}  // namespace pop3_legacy
