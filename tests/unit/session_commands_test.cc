#include "plugin/core/session/session_commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_port.h"

namespace pop3_legacy {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Every command is allowed, and every leniency; XALIAS stands for `command`.
policy::Resolution everything_but(const std::string& command) {
  policy::Resolution made;
  policy::Policy& policy = made.policy;
  policy.commands.allow.clear();
  for (const Command& row : command_table()) {
    if (row.ours()) policy.commands.allow.emplace_back(row.name);
  }
  policy.commands.deny = {command};
  policy.lenient.spaces = true;
  policy.lenient.top_lines = 10;
  policy::XCommand alias;
  alias.name = "XALIAS";
  alias.kind = policy::XCommand::Kind::alias;
  alias.target = command;
  policy.x_commands.push_back(alias);
  return made;
}

// A client has to find no way to a command that is denied: by its letters' case, by spaces, by
// another line end, by arguments that another command of ours would take, or by an alias.
TEST(SessionCommands, WhatIsDeniedStaysDeniedInEverySpelling) {
  int commands = 0;
  for (const Command& row : command_table()) {
    if (!row.deniable || row.no_verb) continue;
    ++commands;
    const std::string name(row.name);
    const std::string lower = in_lower_case(name);
    FakePort port(3);
    Session session(port, everything_but(name));
    EXPECT_FALSE(session.commands().available(row)) << name;
    const std::string mixed = name.substr(0, 1) + lower.substr(1);
    for (const std::string& verb : {name, lower, mixed, " " + name, std::string("XALIAS"),
                                    std::string("xalias"), std::string("  XAlias")}) {
      for (const char* const rest : {"\r\n", "\n", " 1\r\n", "  1 2  \r\n", " 1 MANGLE\r\n",
                                     " 1 X-MANGLE(text=plain)\r\n"}) {
        const std::string line = verb + rest;
        const Decision portion = session.take(line, 0);
        EXPECT_EQ(portion.taker, Taker::ours) << line;
        EXPECT_EQ(portion.octets, line.size()) << line;
        const Answer answer = answer_to(session, line);
        EXPECT_EQ(answer.reply.wire(), "-ERR " + name + " is disabled for this mailbox.\r\n")
            << line;
        EXPECT_EQ(answer.listing, nullptr);
        EXPECT_EQ(answer.intake, nullptr);
      }
    }
  }
  EXPECT_GT(commands, 15);
}

// Denying RETR denies what sends the same octets, and so on (Command::like).
TEST(SessionCommands, WhatDoesTheSameAsADeniedCommandIsDeniedToo) {
  int commands = 0;
  for (const Command& row : command_table()) {
    if (row.like.empty()) continue;
    ++commands;
    FakePort port(3);
    Session session(port, everything_but(std::string(row.like)));
    EXPECT_EQ(session.commands().treatment(row), Treatment::denied) << row.name;
    EXPECT_FALSE(session.commands().available(row)) << row.name;
  }
  EXPECT_GT(commands, 3);
}

TEST(SessionCommands, AnAnswerSaysWhichCommandItAnswers) {
  FakePort port(3);
  Session session(port, everything_but("DELE"));
  const Answer denied = answer_to(session, "xalias  2\r\n");
  ASSERT_NE(denied.command, nullptr);
  EXPECT_EQ(denied.command->name, "DELE");
  EXPECT_EQ(denied.arguments, "2");
  EXPECT_EQ(session.take("XNOTHING\r\n", 0).taker, Taker::host);
}

}  // namespace
}  // namespace pop3_legacy
