#include "plugin/core/session/session_commands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

std::string in_lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Every command and every leniency is allowed; XALIAS is an alias for `command`.
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

// A client must find no way to a denied command: not by upper or lower case, spaces, another line
// end, arguments that another of our commands would take, or an alias.
TEST(SessionCommands, WhatIsDeniedStaysDeniedInEverySpelling) {
  int commands = 0;
  for (const Command& row : command_table()) {
    if (!row.deniable || row.no_verb) continue;
    ++commands;
    const std::string name(row.name);
    const std::string lower = in_lower_case(name);
    FakeHost port(3);
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

// Denying RETR also denies what sends the same octets, and so on (Command::like).
TEST(SessionCommands, WhatDoesTheSameAsADeniedCommandIsDeniedToo) {
  int commands = 0;
  for (const Command& row : command_table()) {
    if (row.like.empty()) continue;
    ++commands;
    FakeHost port(3);
    Session session(port, everything_but(std::string(row.like)));
    EXPECT_EQ(session.commands().treatment(row), Treatment::denied) << row.name;
    EXPECT_FALSE(session.commands().available(row)) << row.name;
  }
  EXPECT_GT(commands, 3);
}

TEST(SessionCommands, WhatTheHostHasNotIsNotOffered) {
  FakeHost fake(2);
  auto allowed = resolution();
  for (const Command& command : command_table()) {
    if (command.ours()) allowed.policy.commands.allow.emplace_back(command.name);
  }
  policy::XCommand& program = allowed.policy.x_commands.emplace_back();
  program.name = "XRUN";
  program.kind = policy::XCommand::Kind::program;
  program.target = "/bin/true";
  host::Host bare = fake;
  bare.outbox = nullptr;
  bare.boards = nullptr;
  bare.contents = nullptr;
  bare.programs = nullptr;
  Session session(bare, allowed);
  EXPECT_EQ(session.take("XRUN\r\n", 0).taker, Taker::host);
  for (const Command& command : command_table()) {
    if (command.ours() && !command.no_verb) {
      const host::Needs& needs = command.handler.needs;
      const Decision decision = session.take(std::string(command.name) + "\r\n", 0);
      EXPECT_EQ(decision.taker == Taker::host, needs.contents || needs.boards || needs.outbox)
          << command.name;
    }
  }
  const std::string capa = answer_to(session, "CAPA").reply.wire();
  EXPECT_EQ(capa.find("X-XMIT"), std::string::npos) << capa;
  EXPECT_NE(capa.find("X-LAST"), std::string::npos) << capa;
  EXPECT_EQ(whole(answer_to(session, "HELP")).find("XOVER"), std::string::npos);
  EXPECT_NE(whole(answer_to(Session(fake, allowed), "HELP")).find("XOVER"), std::string::npos);
}

TEST(SessionCommands, APolicyThatNeedsWhatIsNotThereShowsNoMessage) {
  FakeHost fake(2);
  host::Host bare = fake;
  bare.narrowing = nullptr;
  for (const auto mode : {policy::DeleteMode::hide, policy::DeleteMode::keep_days}) {
    auto hides = resolution();
    hides.policy.deletion.mode = mode;
    Session session(bare, hides);
    EXPECT_FALSE(answer_to(session, "DELE 1").reply.positive());
    EXPECT_FALSE(answer_to(session, "STAT").reply.positive());
    EXPECT_EQ(session.take("QUIT\r\n", 0).taker, Taker::host);
  }
}

// What is known by its first octets is what the whole line means.
TEST(SessionCommands, TheFrontOfALineTellsTheSameCommandAsTheLine) {
  using namespace std::string_view_literals;
  unsigned found = 0;
  for (const Command& row : command_table()) {
    for (const auto behind : {"\r\n"sv, "\n"sv, " 1\r\n"sv, " \r\n"sv, "\r x\n"sv, "x\r\n"sv,
                              "\0\r\n"sv, " \0 1\n"sv, "\t1\r\n"sv, "\r\r\n"sv}) {
      for (const std::string& name : {std::string(row.name), in_lower_case(row.name)}) {
        for (const std::string& line :
             {name + std::string(behind), ' ' + name + std::string(behind)}) {
          const Command* const front = at_front_of(line);
          if (front == nullptr) continue;
          ++found;
          EXPECT_EQ(front, recognize(parse_command_line(line)).command) << line;
        }
      }
    }
    const bool is_verb = !row.no_verb && row.name.find(' ') == std::string_view::npos;
    if (is_verb) {
      EXPECT_EQ(at_front_of(in_lower_case(row.name) + " 1\r\n"), &row);
    }
  }
  EXPECT_GT(found, 100U);
  EXPECT_EQ(at_front_of(""), nullptr);
  EXPECT_EQ(at_front_of("\r\n"), nullptr);
  EXPECT_EQ(at_front_of("NOO\r\n"), nullptr);
}

TEST(SessionCommands, PassesOnlyWhatIsTheHostsWhateverItsArguments) {
  FakeHost port(1);
  const auto passed = [&](const policy::Resolution& made) {
    policy::Policy policy = made.policy;
    const SessionCommands commands(policy, made, port);
    std::string names;
    for (const std::string line : {"NOOP", "STAT", "LIST 1", "RETR 1", "DELE 1", "RSET", "UIDL",
                                   "EUIDL", "LAST", "XTND XLST", "CAPA", "QUIT"}) {
      const Command* const front = at_front_of(line + "\r\n");
      if (front != nullptr && commands.passed(*front)) names += line.substr(0, 4) + ' ';
    }
    return names;
  };
  EXPECT_EQ(passed(resolution({"LAST"}, {"DELE"})), "NOOP STAT LIST RETR QUIT ");
  EXPECT_EQ(passed(resolution({"LAST", "XLINES"})), "NOOP STAT QUIT ");
  EXPECT_EQ(passed(resolution({})), "NOOP STAT LIST RETR DELE LAST CAPA QUIT ");
  EXPECT_EQ(passed(everything_but("TOP")), "");
}

void expect_meant(Session& session, std::string_view line, std::string_view name,
                  std::string_view arguments) {
  const Decision decision = session.take(line, 0);
  ASSERT_NE(decision.command, nullptr) << line;
  EXPECT_EQ(decision.command->name, name);
  EXPECT_EQ(decision.arguments, arguments);
}

TEST(SessionCommands, ADecisionSaysWhichCommandIsMeant) {
  FakeHost port(3);
  Session session(port, everything_but("DELE"));
  expect_meant(session, "xalias  2\r\n", "DELE", "2");
  EXPECT_EQ(session.take("XNOTHING\r\n", 0).taker, Taker::host);
}

// The table also has commands of two words.
TEST(SessionCommands, AXtndAtTheFrontIsReadWithItsSecondWord) {
  FakeHost port(3);
  Session session(port, everything_but("DELE"));
  expect_meant(session, "XTND XLST Subject\r\n", "XTND XLST", "Subject");
}

}  // namespace
}  // namespace pop3_legacy
