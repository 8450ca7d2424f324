#include "plugin/core/wording/reply_wording.h"

#include <gtest/gtest.h>

#include <string>

#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/command_table.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy::wording {
namespace {

std::string error_of(Worded reply, std::string_view text) {
  const Status status = check_template(reply, text);
  return status ? "" : status.error().text;
}

TEST(ReplyTemplate, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(Worded::pass, "+OK {user} has {count} message{s} ({octets} octets)"), "");
  EXPECT_EQ(error_of(Worded::pass, ""), "");
  EXPECT_EQ(error_of(Worded::stat, "+OK {count} {octets} in all"), "");
  EXPECT_EQ(error_of(Worded::stat, "+OK {octets} {count}"),
            "has to begin with \"+OK {count} {octets}\", which is what clients read");
  EXPECT_EQ(error_of(Worded::uidl_one, "+OK {message} {id}x"),
            "has to begin with \"+OK {message} {id}\", which is what clients read");
  EXPECT_EQ(error_of(Worded::dele, "-ERR no"),
            "has to begin with \"+OK\", which is what clients read");
  EXPECT_EQ(error_of(Worded::deleted, "+OK gone"),
            "has to begin with \"-ERR\", which is what clients read");
  EXPECT_EQ(error_of(Worded::noop, "+OKAY"),
            "has to begin with \"+OK\", which is what clients read");
  EXPECT_EQ(error_of(Worded::dele, "+OK [AUTH] gone"),
            "may not begin its text with [, which clients take for a response code");
  for (const char* const text : {"+OK 0 Messages hidden, {count} here",
                                 "+OK {local} messages: {count}", "+OK {octets}  MESSAGE"}) {
    EXPECT_NE(error_of(Worded::pass, text).find("has a number before"), std::string::npos) << text;
  }
  EXPECT_EQ(error_of(Worded::pass, "+OK {count} messages for {local}"), "");
  EXPECT_EQ(error_of(Worded::pass, "+OK 5 messages"),
            "has a number before \"message\", which clients take for the count; write {count}");
  EXPECT_EQ(error_of(Worded::pass, "+OK {count} message{s}, 5 folders"), "");
  EXPECT_EQ(error_of(Worded::quit, "+OK {bye"),
            "has a single brace at \"{bye\"; write {{ or }} where a brace is meant");
  EXPECT_EQ(error_of(Worded::quit, "+OK {{bye}}"), "");
  EXPECT_TRUE(error_of(Worded::quit, "+OK {size}").starts_with("has {size}, which is none of "));
  EXPECT_TRUE(error_of(Worded::pass, "+OK {usr}").ends_with("; did you mean \"user\"?"));
  EXPECT_TRUE(error_of(Worded::quit, "+OK b\r\n+OK").starts_with("may have printable ASCII only"));
  EXPECT_EQ(error_of(Worded::quit, "+OK " + std::string(253, 'x')),
            "may have 256 characters at most, not 257");
}

// A policy would accept every template of every dialect.
TEST(Dialects, AreGoodPolicies) {
  unsigned worded = 0;
  for (const Dialect& dialect : dialects()) {
    EXPECT_EQ(find_dialect(dialect.name), &dialect);
    for (std::size_t reply = 0; reply < worded_count; ++reply) {
      const auto text = dialect.templates.at(reply);
      worded += text.empty() ? 0U : 1U;
      EXPECT_EQ(error_of(static_cast<Worded>(reply), text), "") << text;
    }
  }
  EXPECT_GT(worded, 50U);
}

class ReplyWordingTest : public ::testing::Test {
 protected:
  std::string reworded(std::string_view line, std::string_view hosts) {
    wording_.all_answered();
    give(line, 0);
    return wording_.reworded(hosts);
  }

  void give(std::string_view line, std::uint64_t end) {
    const CommandLine parsed = parse_command_line(line);
    wording_.given(parsed, recognize(parsed), end);
  }

  policy::Policy::Reply policy_{.dialect = find_dialect("rfc1225"), .templates = {}};
  FakeHost port_{2};
  ReplyWording wording_{policy_, port_, port_};
};

TEST_F(ReplyWordingTest, TellsTheTruthAboutTheMaildrop) {
  EXPECT_FALSE(wording_.all_hosts());
  const std::string octets = std::to_string(port_.octets(1) + port_.octets(2));
  EXPECT_EQ(wording_.logged_in("+OK Logged in."),
            "+OK " + port_.user_name() + "'s maildrop has 2 messages (" + octets + " octets)");
  EXPECT_EQ(reworded("LIST", "+OK 2 messages:"), "+OK 2 messages (" + octets + " octets)");
  port_.deleted_numbers.insert(1);
  EXPECT_EQ(reworded("LIST", "+OK 1 messages:"),
            "+OK 1 message (" + std::to_string(port_.octets(2)) + " octets)");
  EXPECT_EQ(reworded("LIST 1", "-ERR Message is deleted."), "-ERR message 1 already deleted");
  EXPECT_EQ(reworded("list  3", "-ERR There's no message 3."),
            "-ERR no such message, only 2 messages in maildrop");
  EXPECT_EQ(reworded("TOP 100 3", "-ERR There's no message 100."), "-ERR no such message");
  EXPECT_EQ(reworded("RSET", "+OK"), "+OK maildrop has 2 messages (" + octets + " octets)");
  EXPECT_EQ(reworded("QUIT", "+OK Logging out, messages deleted."),
            "+OK " + port_.host_name() + " POP3 server signing off (1 message left)");
  port_.deleted_numbers.insert(2);
  EXPECT_EQ(reworded("QUIT", "+OK Logging out, messages deleted."),
            "+OK " + port_.host_name() + " POP3 server signing off (maildrop empty)");
}

TEST_F(ReplyWordingTest, LeavesAloneWhatIsNotItsOwn) {
  EXPECT_EQ(reworded("STAT", "+OK 2 20"), "+OK 2 20");
  EXPECT_EQ(reworded("QUIT", "-ERR [SYS/TEMP] Disk full."), "-ERR [SYS/TEMP] Disk full.");
  EXPECT_EQ(reworded("DELE x", "-ERR Invalid message number: x"), "-ERR Invalid message number: x");
  EXPECT_EQ(reworded("RETR 1", "-ERR Message 1 expunged."), "-ERR Message 1 expunged.");
  // A second line is not the first line of an answer.
  EXPECT_EQ(wording_.reworded("-ERR Too many bad commands."), "-ERR Too many bad commands.");
}

// As cmd_dele() does: the mark is set before the reply is sent.
TEST_F(ReplyWordingTest, LinesGivenTogetherAreWordedOneByOne) {
  give("DELE 1", 8);
  give("LIST 1", 16);
  give("RETR 2", 24);
  give("STAT", 30);
  give("QUIT", 36);
  EXPECT_FALSE(wording_.awaits_reply(0));
  EXPECT_TRUE(wording_.awaits_reply(8));
  port_.deleted_numbers.insert(1);
  EXPECT_EQ(wording_.reworded("+OK Marked to be deleted."), "+OK message 1 deleted");
  EXPECT_FALSE(wording_.awaits_reply(8));
  EXPECT_TRUE(wording_.awaits_reply(16));
  EXPECT_EQ(wording_.reworded("-ERR Message is deleted."), "-ERR message 1 already deleted");
  (void)wording_.reworded("+OK 200 octets");
  // The lines of the message are not the reply to STAT.
  EXPECT_FALSE(wording_.awaits_reply(24));
  EXPECT_EQ(wording_.reworded("+OK 1 200"), "+OK 1 200");
  EXPECT_EQ(wording_.reworded("+OK Logging out."),
            "+OK " + port_.host_name() + " POP3 server signing off (1 message left)");
  EXPECT_FALSE(wording_.awaits_reply(36));
}

TEST_F(ReplyWordingTest, TakesOnlySoManyLinesAtOnce) {
  unsigned lines = 0;
  while (wording_.room() && lines < 1000) give("NOOP", std::uint64_t{++lines} * 6);
  EXPECT_GE(lines, 50U);
  EXPECT_LT(lines, 1000U);
  wording_.all_answered();
  EXPECT_TRUE(wording_.room());
}

TEST_F(ReplyWordingTest, PolicysOwnWordsAreStronger) {
  policy_.templates.at(static_cast<std::size_t>(Worded::unknown)) = "-ERR what is {command}?";
  policy_.templates.at(static_cast<std::size_t>(Worded::uidl_one)) =
      "+OK {message} {id} ({size} octets)";
  EXPECT_EQ(reworded("FOO bar", "-ERR Unknown command: FOO"), "-ERR what is FOO?");
  EXPECT_EQ(reworded("F\x01O", "-ERR Unknown command: F"), "-ERR what is F\\x01O?");
  EXPECT_EQ(reworded("UIDL 2", "+OK 2 abc"),
            "+OK 2 abc (" + std::to_string(port_.octets(2)) + " octets)");
}

// A user name must not be able to tell a client what a response code would.
TEST_F(ReplyWordingTest, NoCodeComesFromTheUsersName) {
  policy_.templates.at(static_cast<std::size_t>(Worded::pass)) = "+OK {user}, {count} message{s}";
  port_.user = "[SYS/PERM] x";
  EXPECT_EQ(wording_.logged_in("+OK Logged in."), "+OK Logged in.");
  port_.user = "a\tb";
  EXPECT_EQ(wording_.logged_in("+OK Logged in."), "+OK a?b, 2 messages");
}

TEST(ReplyWordingHosts, NothingIsWordedByDefault) {
  const policy::Policy::Reply policy;
  const FakeHost port(2);
  EXPECT_TRUE(ReplyWording(policy, port, port).all_hosts());
}

}  // namespace
}  // namespace pop3_legacy::wording
