#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

const std::vector<std::string> all = {"LAST",    "EUIDL",  "XOVER", "XDELE",
                                      "XSENDER", "XLINES", "GURL"};

/// EUIDL, XOVER, XDELE, XSENDER, XLINES and GURL on three messages.
class XCommands : public testing::Test {
 protected:
  XCommands() {
    port_.headers[1] = "From: One <one@a>\nSubject: a\tb\nDate: today\nMessage-ID: <1@a>\n";
    port_.headers[3] = "from: three@a,\n four@a\nX-Auth: three@example.org\n";
  }
  std::string answer(const std::string& line) { return whole(answer_to(session(), line + "\r\n")); }
  Session session() { return {port_, made_}; }

  FakeHost port_{3};
  policy::Resolution made_ = resolution(all);
};

TEST_F(XCommands, EuidlHasIdSizeAndSender) {
  EXPECT_EQ(answer("EUIDL"),
            "+OK uidl command accepted.\r\n1 id-1 100 One <one@a>\r\n2 id-2 200 \r\n"
            "3 id-3 300 three@a, four@a\r\n.\r\n");
  EXPECT_EQ(answer("euidl 3"), "+OK 3 id-3 300 three@a, four@a\r\n");
  made_.policy.euidl.order = policy::EuidlOrder::cnet;
  EXPECT_EQ(answer("EUIDL 3"), "+OK 3 300 id-3 three@a, four@a\r\n");
  EXPECT_EQ(port_.inspections, 0);
}

TEST_F(XCommands, EuidlCutsTheSender) {
  port_.headers[1] = "From: " + std::string(400, 'x') + "\n";
  EXPECT_EQ(answer("EUIDL 1"), "+OK 1 id-1 100 " + std::string(128, 'x') + "\r\n");
}

TEST_F(XCommands, EuidlRefusesAsQpopper) {
  EXPECT_EQ(answer("EUIDL x"), "-ERR Parameter must be a number (range 1 to 3)\r\n");
  EXPECT_EQ(answer("EUIDL 0"), "-ERR Parameter must be a number (range 1 to 3)\r\n");
  EXPECT_EQ(answer("EUIDL 4"), "-ERR Message out of range.  3 visible messages in mail drop.\r\n");
  EXPECT_EQ(answer("EUIDL 1 2"), "-ERR Too many arguments. Syntax: EUIDL [msg]\r\n");
  port_.deleted_numbers = {2};
  EXPECT_EQ(answer("EUIDL 2"), "-ERR Message 2 has been marked for deletion.\r\n");
  EXPECT_EQ(answer("EUIDL").find("\r\n2 "), std::string::npos);
}

TEST_F(XCommands, EuidlIsRefusedWhereTheIdsAreNotKnown) {
  made_.policy.uidl.plan.chain = {"courier"};
  EXPECT_TRUE(answer("EUIDL").starts_with("+OK"));
  port_.uidl_error = Error{Failure::temporary, "no list"};
  EXPECT_EQ(answer("EUIDL"), "-ERR [SYS/TEMP] Unique ids are not available at the moment.\r\n");
  EXPECT_EQ(port_.log.size(), 1U);
}

TEST_F(XCommands, WhoDeniesTheHostsCommandDeniesOurs) {
  made_ = resolution(all, {"UIDL", "DELE", "LIST"});
  EXPECT_EQ(answer("EUIDL"), "-ERR EUIDL is disabled for this mailbox.\r\n");
  EXPECT_EQ(answer("XDELE 1"), "-ERR XDELE is disabled for this mailbox.\r\n");
  EXPECT_EQ(answer("XLINES"), "-ERR XLINES is disabled for this mailbox.\r\n");
  EXPECT_TRUE(answer("XOVER").starts_with("+OK"));
  EXPECT_TRUE(port_.deleted_numbers.empty());
}

TEST_F(XCommands, NotAllowedTheyAreTheHosts) {
  made_ = resolution({"LAST"});
  for (const std::string name : {"EUIDL", "XOVER", "XDELE 1", "XSENDER 1", "XLINES", "GURL"}) {
    EXPECT_EQ(session().take(name + "\r\n", 0).taker, Taker::host) << name;
  }
}

TEST_F(XCommands, XoverIsHeimdals) {
  EXPECT_EQ(answer("XOVER"),
            "+OK 3 messages (600 octets)\r\n"
            "1\ta b\tOne <one@a>\ttoday\t<1@a>\t100\t6\r\n"
            "2\t<none>\t<unknown>\t<unknown>\tno-message-id-2\t200\t7\r\n"
            "3\t<none>\tthree@a, four@a\t<unknown>\tno-message-id-3\t300\t8\r\n.\r\n");
  port_.deleted_numbers = {1, 3};
  EXPECT_TRUE(answer("XOVER").starts_with("+OK 1 messages (200 octets)\r\n2\t"));
  EXPECT_EQ(answer("XOVER 1"), "-ERR Too many arguments. Syntax: XOVER\r\n");
}

TEST_F(XCommands, XoverKeepsItsColumnsInALongLine) {
  const std::string endless(2000, 'x');
  port_.headers[1] = "From: " + endless + "\nSubject: " + endless + "\nDate: " + endless +
                     "\nMessage-ID: " + endless + "\n";
  const std::string wire = answer("XOVER");
  const std::string line = wire.substr(wire.find('\n') + 1);
  EXPECT_EQ(
      std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(line.find("\r\n")), '\t'),
      6);
  EXPECT_LE(line.find("\r\n"), 510U);
  EXPECT_TRUE(line.substr(0, line.find("\r\n")).ends_with("\t100\t6"));
}

TEST_F(XCommands, AMessageThatIsGoneHasAnEmptyRowAndOneThatCannotBeReadNone) {
  port_.unreadable.emplace(2, Error{Failure::gone, "gone"});
  EXPECT_NE(
      answer("XOVER").find("\r\n2\t<none>\t<unknown>\t<unknown>\tno-message-id-2\t200\t0\r\n"),
      std::string::npos);
  EXPECT_NE(answer("EUIDL").find("\r\n2 id-2 200 \r\n"), std::string::npos);
  EXPECT_NE(answer("XLINES").find("\r\n2 200 0\r\n"), std::string::npos);
  port_.unreadable.at(2).kind = Failure::temporary;
  EXPECT_TRUE(answer("XOVER").ends_with("broken: XOVER: gone"));
  EXPECT_TRUE(answer("EUIDL").ends_with("broken: EUIDL: gone"));
  EXPECT_TRUE(answer("XLINES").ends_with("broken: XLINES: gone"));
  EXPECT_EQ(answer("EUIDL 2"), "-ERR [SYS/TEMP] The message cannot be read.\r\n");
  EXPECT_EQ(answer("XLINES 2"), "-ERR [SYS/TEMP] The message cannot be read.\r\n");
  port_.inspect_error = Error{Failure::temporary, "no"};
  for (const std::string name : {"XOVER", "EUIDL", "XLINES"}) {
    EXPECT_EQ(answer(name), "-ERR [SYS/TEMP] The messages cannot be read.\r\n") << name;
  }
}

TEST_F(XCommands, XdeleDeletesFromOneToTheOther) {
  EXPECT_EQ(answer("XDELE 2 3"), "+OK Messages 2-3 has been deleted.\r\n");
  EXPECT_EQ(port_.deleted_numbers, (std::set<MessageNumber>{2, 3}));
  EXPECT_EQ(answer("XDELE 1"), "+OK Messages 1-1 has been deleted.\r\n");
  EXPECT_EQ(answer("XDELE 1 3"), "+OK Messages 1-3 has been deleted.\r\n");
}

TEST_F(XCommands, XdeleDeletesNothingWhereAnArgumentIsWrong) {
  EXPECT_EQ(answer("XDELE"), "-ERR Too few arguments. Syntax: XDELE msg [msg]\r\n");
  EXPECT_EQ(answer("XDELE 1 2 3"), "-ERR Too many arguments. Syntax: XDELE msg [msg]\r\n");
  EXPECT_EQ(answer("XDELE 0 2"), "-ERR Message 0 does not exist.\r\n");
  EXPECT_EQ(answer("XDELE 1 4"), "-ERR Message 4 does not exist.\r\n");
  EXPECT_EQ(answer("XDELE 1 x"), "-ERR Message x does not exist.\r\n");
  EXPECT_EQ(answer("XDELE 1-3"), "-ERR Message 1-3 does not exist.\r\n");
  EXPECT_EQ(answer("XDELE 3 1"), "-ERR Invalid range: 3 to 1.\r\n");
  EXPECT_EQ(answer("XDELE 4294967297"), "-ERR Message 4294967297 does not exist.\r\n");
  EXPECT_TRUE(port_.deleted_numbers.empty());
  port_.delete_error = Error{Failure::temporary, "no"};
  EXPECT_EQ(answer("XDELE 2"), "-ERR [SYS/TEMP] Message 2 cannot be marked as deleted.\r\n");
}

TEST_F(XCommands, XdeleRaisesLastWhereDeleDoes) {
  Session session(port_, made_);
  EXPECT_TRUE(answer_to(session, "XDELE 1 2\r\n").reply.positive());
  EXPECT_EQ(answer_to(session, "LAST\r\n").reply.wire(), "+OK 2\r\n");
  FakeHost port(3);
  made_.policy.last.semantics = policy::LastSemantics::dovecot;
  Session other(port, made_);
  EXPECT_TRUE(answer_to(other, "XDELE 1 2\r\n").reply.positive());
  EXPECT_EQ(answer_to(other, "LAST\r\n").reply.wire(), "+OK 0\r\n");
}

TEST_F(XCommands, XsenderTellsOnlyWhatIsTrusted) {
  EXPECT_EQ(answer("XSENDER 1"), "+OK none\r\n");
  made_.policy.xsender.header = "X-Auth";
  EXPECT_EQ(answer("XSENDER 3"), "+OK three@example.org\r\n");
  EXPECT_EQ(answer("XSENDER 1"), "+OK none\r\n");
  EXPECT_EQ(answer("XSENDER"), "-ERR Invalid message number: \r\n");
  EXPECT_EQ(answer("XSENDER 4"), "-ERR There's no message 4.\r\n");
  port_.deleted_numbers = {3};
  EXPECT_EQ(answer("XSENDER 3"), "-ERR Message is deleted.\r\n");
  port_.unreadable.emplace(2, Error{Failure::gone, "gone"});
  EXPECT_EQ(answer("XSENDER 2"), "-ERR [SYS/TEMP] The message cannot be read.\r\n");
}

TEST_F(XCommands, XlinesIsListWithLines) {
  EXPECT_EQ(answer("XLINES"),
            "+OK 3 messages (600 octets)\r\n1 100 6\r\n2 200 7\r\n3 300 8\r\n.\r\n");
  EXPECT_EQ(answer("XLINES 2"), "+OK 2 200 7\r\n");
  EXPECT_EQ(answer("XLINES 4"), "-ERR There's no message 4.\r\n");
  EXPECT_EQ(answer("XLINES x"), "-ERR Invalid message number: x\r\n");
}

TEST_F(XCommands, GurlIsThePolicys) {
  EXPECT_EQ(answer("GURL"), "-ERR There is no page for this mailbox.\r\n");
  made_.policy.gurl.url = "https://example.org/account";
  EXPECT_EQ(answer("GURL"), "+OK https://example.org/account\r\n");
}

}  // namespace
}  // namespace pop3_legacy
