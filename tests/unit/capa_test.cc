#include <gtest/gtest.h>

#include <string>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

TEST(Capa, KeepsTheHostsAndAddsOurs) {
  FakeHost port;
  port.answer = "+OK Capability list\r\nCAPA\r\nTOP\r\nUIDL\r\nSASL PLAIN\r\nX-FUTURE a b\r\n.\r\n";
  EXPECT_EQ(answer_to(Session(port, resolution()), "CAPA\r\n").reply.wire(),
            "+OK Capability list\r\nCAPA\r\nTOP\r\nUIDL\r\nSASL PLAIN\r\nX-FUTURE a b\r\nX-LAST\r\n"
            "X-HELP\r\n.\r\n");
  EXPECT_EQ(port.asked, std::vector<std::string>{"CAPA"});
}

TEST(Capa, AnnouncesExactlyWhatIsAllowed) {
  FakeHost port;
  EXPECT_EQ(answer_to(Session(port, resolution({"HELP"})), "CAPA\r\n").reply.wire(),
            "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nPIPELINING\r\nX-HELP\r\n.\r\n");
}

TEST(Capa, TakesOutWhatIsDenied) {
  FakeHost port;
  EXPECT_EQ(answer_to(Session(port, resolution({}, {"TOP"})), "CAPA\r\n").reply.wire(),
            "+OK\r\nCAPA\r\nUIDL\r\nPIPELINING\r\n.\r\n");
}

TEST(Capa, IsTheHostsOwnWhenThereIsNothingToSay) {
  FakeHost port;
  Session session(port, resolution({}, {"DELE"}));
  EXPECT_EQ(session.take("CAPA\r\n", 0).taker, Taker::host);
}

TEST(Capa, ShowsTheImplementationUnlessTheHostDoes) {
  auto made = resolution({});
  made.policy.capa.implementation = "Example-Mail";
  FakeHost port;
  EXPECT_EQ(answer_to(Session(port, made), "CAPA\r\n").reply.wire(),
            "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nPIPELINING\r\nIMPLEMENTATION Example-Mail\r\n.\r\n");
  port.answer = "+OK\r\nIMPLEMENTATION Host\r\n.\r\n";
  EXPECT_EQ(answer_to(Session(port, made), "CAPA\r\n").reply.wire(),
            "+OK\r\nIMPLEMENTATION Host\r\n.\r\n");
}

TEST(Capa, StaysWithinWhatMpopAndFetchmailTake) {
  FakeHost port;
  std::string many = "+OK\r\n";
  for (int line = 0; line < 49; ++line) {
    many += "X" + std::to_string(line) + "\r\n";
  }
  port.answer = many + ".\r\n";
  EXPECT_EQ(answer_to(Session(port, resolution()), "CAPA\r\n").reply.wire(),
            many + "X-LAST\r\n.\r\n");
  for (const Command& command : command_table()) {
    EXPECT_LT(command.capability.size(), 64U);
    if (command.ours()) {
      EXPECT_TRUE(command.capability.starts_with('X')) << command.name;
    }
  }
}

TEST(Capa, IsMadeOnceUnlessTheHostsAnswerChanges) {
  FakeHost port(1);
  Session session(port, resolution({"HELP"}));
  const std::string first = answer_to(session, "CAPA\r\n").reply.wire();
  EXPECT_EQ(answer_to(session, "CAPA\r\n").reply.wire(), first);
  ASSERT_TRUE(session.kept().capa);
  EXPECT_EQ(session.kept().capa->wire(), first);
  port.answer = "+OK\r\nCAPA\r\n.\r\n";
  EXPECT_EQ(answer_to(session, "CAPA\r\n").reply.wire(), "+OK\r\nCAPA\r\nX-HELP\r\n.\r\n");
}

TEST(Capa, PassesAFailureOfTheHostOn) {
  FakeHost port;
  port.answer = "-ERR [SYS/TEMP] No.\r\n";
  EXPECT_EQ(answer_to(Session(port, resolution()), "CAPA\r\n").reply.wire(),
            "-ERR [SYS/TEMP] No.\r\n");
  port.host_error = Error{Failure::temporary, "gone"};
  EXPECT_EQ(answer_to(Session(port, resolution()), "CAPA\r\n").reply.wire(),
            "-ERR [SYS/TEMP] The capabilities cannot be read.\r\n");
  EXPECT_EQ(port.log, std::vector<std::string>{"CAPA: gone"});
}

}  // namespace
}  // namespace pop3_legacy
