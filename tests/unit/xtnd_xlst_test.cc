#include <gtest/gtest.h>

#include <string>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

constexpr std::string_view accepted = "+OK xlst command accepted; headers coming.\r\n";

class XtndXlst : public testing::Test {
 protected:
  XtndXlst() {
    port_.headers[1] = "Subject: one\nMessage-ID: <1@a>\n";
    port_.headers[2] = "From: a@b\n";
    port_.headers[3] = "Message-Id: <3@a>\nSubject: three\n folded\n";
  }
  std::string answer(const std::string& line) {
    return whole(answer_to(Session(port_, made_), line + "\r\n"));
  }
  static std::string listed(std::string_view lines) {
    return std::string(accepted).append(lines).append(".\r\n");
  }

  FakeHost port_{3};
  policy::Resolution made_ = resolution({"XTND XLST"});
};

TEST_F(XtndXlst, ListsTheHeaderOfEachMessage) {
  EXPECT_EQ(answer("XTND XLST Message-Id"),
            listed("1 Message-ID: <1@a>\r\n2 Message-Id: \r\n3 Message-Id: <3@a>\r\n"));
  EXPECT_EQ(answer("xtnd  xlst   SUBJECT"),
            listed("1 Subject: one\r\n2 SUBJECT: \r\n3 Subject: three folded\r\n"));
  EXPECT_EQ(port_.inspections, 0);
}

TEST_F(XtndXlst, OmitsMessagesWithoutTheHeaderWherePolicySays) {
  made_.policy.xlst.missing = policy::XlstMissing::omit;
  EXPECT_EQ(answer("XTND XLST Subject"), listed("1 Subject: one\r\n3 Subject: three folded\r\n"));
  EXPECT_EQ(answer("XTND XLST Subject 2"), listed(""));
}

TEST_F(XtndXlst, TakesABeginningUnlessPolicyOrColonSaysOtherwise) {
  EXPECT_EQ(answer("XTND XLST Mess 1"), listed("1 Message-ID: <1@a>\r\n"));
  EXPECT_EQ(answer("XTND XLST Mess: 1"), listed("1 Mess: \r\n"));
  EXPECT_EQ(answer("XTND XLST message-id: 1"), listed("1 Message-ID: <1@a>\r\n"));
  made_.policy.xlst.match = policy::XlstMatch::exact;
  EXPECT_EQ(answer("XTND XLST Mess 1"), listed("1 Mess: \r\n"));
}

TEST_F(XtndXlst, OneMessage) {
  EXPECT_EQ(answer("XTND XLST Subject 3"), listed("3 Subject: three folded\r\n"));
  EXPECT_EQ(answer("XTND XLST Subject 3  "), listed("3 Subject: three folded\r\n"));
  EXPECT_EQ(answer("XTND XLST Subject 0"), "-ERR Message 0 does not exist.\r\n");
  EXPECT_EQ(answer("XTND XLST Subject 4"), "-ERR Message 4 does not exist.\r\n");
  EXPECT_EQ(answer("XTND XLST Subject -1"), "-ERR Message -1 does not exist.\r\n");
  EXPECT_EQ(answer("XTND XLST Subject 99999999999999999999"),
            "-ERR Message 99999999999999999999 does not exist.\r\n");
}

TEST_F(XtndXlst, LeavesOutWhatIsDeleted) {
  port_.deleted_numbers = {1, 3};
  EXPECT_EQ(answer("XTND XLST Subject"), listed("2 Subject: \r\n"));
  // qpopper begins its answer before it looks up anything
  EXPECT_EQ(answer("XTND XLST Subject 1"), listed(""));
  port_.deleted_numbers = {1, 2, 3};
  EXPECT_EQ(answer("XTND XLST Subject"), listed(""));
}

TEST_F(XtndXlst, AnEmptyMaildropHasNoLines) {
  port_.uids.clear();
  EXPECT_EQ(answer("XTND XLST Subject"), listed(""));
  EXPECT_EQ(answer("XTND XLST Subject 1"), "-ERR Message 1 does not exist.\r\n");
}

TEST_F(XtndXlst, ArgumentsThatAreNone) {
  EXPECT_EQ(answer("XTND XLST"), "-ERR Too few arguments. Syntax: XTND XLST header [msg]\r\n");
  EXPECT_EQ(answer("XTND XLST Subject 1 2"),
            "-ERR Too many arguments. Syntax: XTND XLST header [msg]\r\n");
  EXPECT_EQ(answer("XTND XLST a:b"), "-ERR Invalid header name: a:b\r\n");
  EXPECT_EQ(answer("XTND XLST :"), "-ERR Invalid header name: :\r\n");
  EXPECT_EQ(answer("XTND XLST \x1b[2J"), "-ERR Invalid header name: ?[2J\r\n");
}

TEST_F(XtndXlst, APolicysHeadersAreShownByTheirWholeNamesOnly) {
  made_.policy.xlst.headers = {"X-Custom", "Subj"};
  EXPECT_EQ(answer("XTND XLST From"), "-ERR The header From is not shown here.\r\n");
  EXPECT_EQ(answer("XTND XLST X-Cust"), "-ERR The header X-Cust is not shown here.\r\n");
  EXPECT_EQ(answer("XTND XLST subj 1"), listed("1 subj: \r\n"));
  EXPECT_EQ(port_.queried, (std::vector<FieldQuery>{{.name = "subj", .usual = true}}));
}

TEST_F(XtndXlst, OnlyUsualNamesAreRemembered) {
  (void)answer("XTND XLST message-ID");
  EXPECT_TRUE(port_.queried.at(0).usual);
  (void)answer("XTND XLST X-Invented");
  EXPECT_FALSE(port_.queried.at(0).usual);
}

TEST_F(XtndXlst, AMessageThatIsGoneHasNoHeader) {
  port_.unreadable.emplace(1, Error{Failure::gone, "gone"});
  EXPECT_EQ(answer("XTND XLST From"), listed("1 From: \r\n2 From: a@b\r\n3 From: \r\n"));
}

TEST_F(XtndXlst, AMessageThatCannotBeReadEndsTheAnswer) {
  port_.unreadable.emplace(2, Error{Failure::temporary, "no read"});
  EXPECT_EQ(answer("XTND XLST From"), std::string(accepted) + "broken: XTND XLST: no read");
  port_.inspect_error = Error{Failure::temporary, "no memory"};
  EXPECT_EQ(answer("XTND XLST From"), "-ERR [SYS/TEMP] The messages cannot be read.\r\n");
  EXPECT_EQ(port_.log.back(), "XTND XLST: no memory");
}

TEST_F(XtndXlst, LinesHave512OctetsAtMost) {
  port_.headers[1] = "Subject: " + std::string(3000, 'x') + "\n";
  EXPECT_EQ(answer("XTND XLST Subject 1").size(), accepted.size() + 512 + 3);
  EXPECT_EQ(answer("XTND XLST " + std::string(1500, 'a') + " 1").size(), accepted.size() + 512 + 3);
}

TEST_F(XtndXlst, ALongAnswerComesInPieces) {
  FakeHost port(10000);
  Session session(port, made_);
  Answer answer = answer_to(session, "XTND XLST Subject\r\n");
  std::size_t pieces = 0;
  std::size_t octets = 0;
  for (;;) {
    const auto piece = answer.listing->next();
    ASSERT_TRUE(piece);
    if (piece.value().empty()) break;
    EXPECT_LE(piece.value().size(), 4096U + 512U);
    octets += piece.value().size();
    ++pieces;
  }
  EXPECT_GT(pieces, 30U);
  EXPECT_EQ(octets, std::size_t{10000} * 12 + 38894);
}

TEST_F(XtndXlst, DeniedOrNotAllowed) {
  made_ = resolution({"XTND XLST"}, {"XTND XLST"});
  EXPECT_EQ(answer("XTND XLST Subject"), "-ERR XTND XLST is disabled for this mailbox.\r\n");
  made_ = resolution({"LAST"});
  Session session(port_, made_);
  EXPECT_EQ(session.take("XTND XLST Subject\r\n", 0).taker, Taker::host);
  made_.intact = false;
  EXPECT_EQ(answer("XTND XLST Subject"),
            "-ERR [SYS/TEMP] XTND XLST is unavailable: the server's policy cannot be read.\r\n");
}

}  // namespace
}  // namespace pop3_legacy
