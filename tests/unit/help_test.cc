#include <gtest/gtest.h>

#include <string>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

std::string help(const policy::Resolution& made, const std::string& arguments = "") {
  FakeHost port(1);
  return answer_to(Session(port, made), "HELP" + arguments + "\r\n").reply.wire();
}

policy::Resolution styled(policy::HelpStyle style, std::vector<std::string> deny = {}) {
  auto made = resolution({"LAST", "HELP"}, std::move(deny));
  made.policy.help.style = style;
  return made;
}

TEST(Help, RamblerHasOneLineInRamblersOrder) {
  EXPECT_EQ(help(styled(policy::HelpStyle::rambler)),
            "+OK Valid commands: QUIT, NOOP, STAT, LIST, UIDL, DELE, RSET, RETR, TOP, LAST, "
            "HELP\r\n");
}

TEST(Help, TheListIsMadeOnceAndACommandsHelpIsNotTheList) {
  FakeHost port(1);
  Session session(port, resolution({"LAST", "HELP"}));
  const std::string one = answer_to(session, "HELP LAST\r\n").reply.wire();
  const std::string list = answer_to(session, "HELP\r\n").reply.wire();
  EXPECT_NE(one, list);
  EXPECT_EQ(answer_to(session, "HELP\r\n").reply.wire(), list);
  EXPECT_EQ(answer_to(session, "HELP LAST\r\n").reply.wire(), one);
}

TEST(Help, DoesNotListWhatThePolicyForbids) {
  EXPECT_EQ(help(styled(policy::HelpStyle::rambler, {"DELE", "LAST", "TOP"})),
            "+OK Valid commands: QUIT, NOOP, STAT, LIST, UIDL, RSET, RETR, HELP\r\n");
  const auto full = help(styled(policy::HelpStyle::full, {"DELE"}));
  EXPECT_EQ(full.find("DELE"), std::string::npos) << full;
  EXPECT_EQ(help(styled(policy::HelpStyle::full, {"DELE"}), " DELE"),
            "-ERR No such command: DELE\r\n");
}

TEST(Help, DoesNotListOursThatAreNotAllowed) {
  const auto made = resolution({"HELP"});
  EXPECT_EQ(help(made).find("LAST"), std::string::npos);
  EXPECT_EQ(help(made, " last"), "-ERR No such command: last\r\n");
}

TEST(Help, LineIsHMailServers) {
  EXPECT_EQ(help(styled(policy::HelpStyle::line)), "+OK Normal POP3 commands allowed\r\n");
}

TEST(Help, LongHasALineForEveryRowOfTheTable) {
  std::vector<std::string> all;
  for (const Command& command : command_table()) {
    if (command.ours()) all.emplace_back(command.name);
  }
  const auto full = help(resolution(all));
  for (const Command& command : command_table()) {
    const std::string start = "\r\n" + std::string(command.syntax) + " ";
    const auto at = full.find(start);
    ASSERT_NE(at, std::string::npos) << command.name;
    EXPECT_NE(full.find(std::string(command.summary) + "\r\n", at), std::string::npos);
  }
  EXPECT_TRUE(full.ends_with("\r\n.\r\n"));
}

TEST(Help, ExplainsOneCommandInTheShapeOfItsStyle) {
  EXPECT_EQ(help(resolution(), " top"),
            "+OK TOP\r\nSyntax: TOP msg n\r\nSends a message's header and the first n lines of "
            "its body.\r\n.\r\n");
  EXPECT_EQ(help(styled(policy::HelpStyle::rambler), " LAST"),
            "+OK LAST: Tells the highest message number accessed so far.\r\n");
}

TEST(Help, NoRowIsTooLongForALineOrHasADigit) {
  for (const Command& command : command_table()) {
    EXPECT_LT(command.syntax.size() + command.summary.size(), 400U);
    EXPECT_EQ(command.summary.find_first_of("0123456789"), std::string_view::npos) << command.name;
    EXPECT_TRUE(command.summary.ends_with('.')) << command.name;
  }
}

}  // namespace
}  // namespace pop3_legacy
