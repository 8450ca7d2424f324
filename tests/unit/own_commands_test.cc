// The administrator's own commands: what a policy may say about them, and what they answer.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "plugin/core/policy/reader.h"
#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

using policy::Document;
using policy::Policy;
using policy::XCommand;
using Strings = std::vector<std::string>;

Document parse(const std::string& commands) {
  return Document::parse("[x_commands]\n" + commands, "f");
}

Strings sentences(const Document& document) {
  Strings all;
  for (const policy::Problem& problem : document.problems()) all.push_back(problem.sentence());
  return all;
}

// The only sentence about `commands`.
std::string sentence(const std::string& commands) {
  const Strings all = sentences(parse(commands));
  return all.size() == 1 ? all.front() : std::to_string(all.size()) + " sentences";
}

std::vector<XCommand> commands_of(const Strings& documents) {
  Policy policy;
  for (const std::string& one : documents) {
    const Document document = parse(one);
    EXPECT_EQ(sentences(document), Strings{});
    document.apply(policy);
  }
  return policy.x_commands;
}

// --- the policy ---

TEST(OwnCommandsPolicy, AllThatACommandMayBe) {
  const auto all = commands_of({R"(
xmsgs = { alias = "stat" }
XSUB = { alias = "xtnd  xlst Subject" }
XV = { reply = "+OK here", summary = "Tells." }
XL = { reply = ["+OK here", "one", ""] }
XP = { program = "/bin/p", timeout = "5m", max_output = "1M", multi_line = true }
"xtnd who" = { script = "who", max_output = 100 }
XGONE = false
)"});
  ASSERT_EQ(all.size(), 7U);
  const auto named = [&](std::string_view name) {
    return *std::find_if(all.begin(), all.end(),
                         [&](const XCommand& command) { return command.name == name; });
  };
  EXPECT_EQ(named("XMSGS"), (XCommand{.name = "XMSGS",
                                      .kind = XCommand::Kind::alias,
                                      .target = "STAT",
                                      .reply = {},
                                      .summary = {}}));
  EXPECT_EQ(named("XSUB").target, "XTND XLST Subject");
  EXPECT_EQ(named("XV"), (XCommand{.name = "XV",
                                   .kind = XCommand::Kind::reply,
                                   .target = {},
                                   .reply = {"+OK here"},
                                   .summary = "Tells."}));
  EXPECT_EQ(named("XL").reply, (Strings{"+OK here", "one", ""}));
  EXPECT_EQ(named("XP"), (XCommand{.name = "XP",
                                   .kind = XCommand::Kind::program,
                                   .target = "/bin/p",
                                   .reply = {},
                                   .timeout = 300,
                                   .max_octets = std::uint64_t{1} << 20U,
                                   .multi_line = true,
                                   .summary = {}}));
  EXPECT_EQ(named("XTND WHO"), (XCommand{.name = "XTND WHO",
                                         .kind = XCommand::Kind::script,
                                         .target = "who",
                                         .reply = {},
                                         .timeout = 10,
                                         .max_octets = 100,
                                         .summary = {}}));
  EXPECT_EQ(named("XGONE").kind, XCommand::Kind::removed);
}

TEST(OwnCommandsPolicy, LaterDocumentsChangeWhatTheyName) {
  const auto all =
      commands_of({"XA = { alias = \"STAT\" }\nXB = { alias = \"LIST\" }",
                   "xb = { reply = \"+OK b\" }\nXC = { alias = \"TOP\" }", "XA = false"});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].kind, XCommand::Kind::removed);
  EXPECT_EQ(all[1].reply, Strings{"+OK b"});
  EXPECT_EQ(all[1].target, "");
  EXPECT_EQ(all[2].target, "TOP");
}

TEST(OwnCommandsPolicy, NamesThatHideACommandAreRefused) {
  for (const char* const name :
       {"STAT", "last", "Xover", "XDELE", "\"xtnd xmit\"", "CAPA", "xtnd"}) {
    const std::string text =
        sentence("# line 2\n" + std::string(name) + " = { reply = \"+OK x\" }");
    EXPECT_TRUE(text.starts_with("f:3:1: x_commands: ")) << text;
    EXPECT_TRUE(text.ends_with(" would hide a command that is there already")) << text;
  }
  for (const char* const name :
       {"USER", "PASS", "AUTH", "APOP", "STLS", "UTF8", "LANG", "MSGS", "X"}) {
    EXPECT_EQ(sentence(std::string(name) + " = { reply = \"+OK x\" }"),
              "f:2:1: x_commands: a command's name has to begin with X, because all others belong "
              "to POP3; \"" +
                  std::string(name) + "\" does not");
  }
  for (const char* const name :
       {"\"XA B\"", "\"XTND A B\"", "\"XTND \"", R"("XA\u0007")", R"("X\u00e4")"}) {
    EXPECT_NE(
        sentence(std::string(name) + " = { reply = \"+OK x\" }").find("cannot be a command's name"),
        std::string::npos)
        << name;
  }
  EXPECT_NE(
      sentence("X" + std::string(40, 'a') + " = { reply = \"+OK x\" }").find("longer than 40"),
      std::string::npos);
  EXPECT_EQ(sentence("XA = { reply = \"+OK x\" }\nxa = { reply = \"+OK x\" }"),
            "f:3:1: x_commands has XA twice");
}

TEST(OwnCommandsPolicy, AliasesLeadToACommandAtOnce) {
  for (const char* const target : {"XB", "XA", "FOO", "", " STAT", "XTND FOO", "USER anna"}) {
    const Strings all = sentences(
        parse("XA = { alias = \"" + std::string(target) + "\" }\nXB = { alias = \"STAT\" }"));
    ASSERT_EQ(all.size(), 1U) << target;
    EXPECT_EQ(all[0],
              "f:2:16: x_commands.XA.alias has to be a command of Dovecot or the plugin, but not "
              "of [x_commands], not \"" +
                  std::string(target) + "\"");
  }
  EXPECT_NE(sentence("XA = { alias = \"STAT\\r\\nDELE 1\" }").find("printable"), std::string::npos);
  EXPECT_NE(
      sentence("XA = { alias = \"LIST " + std::string(200, '1') + "\" }").find("200 characters"),
      std::string::npos);
}

TEST(OwnCommandsPolicy, MistakesHaveTheirPlace) {
  for (const auto& [value, place, text] : std::vector<std::tuple<std::string, int, std::string>>{
           {"1", 6, "XA has to be a table, like { alias = \"STAT\" }, or false, not an integer"},
           {"true", 6,
            "XA has to be a table, like { alias = \"STAT\" }, or false, not true or false"},
           {"{ }", 6, "XA needs one of alias, reply, program and script"},
           {"{ summary = \"x\" }", 6, "XA needs one of alias, reply, program and script"},
           {"{ alias = 1 }", 16, "XA.alias has to be a text in quotes, not an integer"},
           {"{ alias = [\"STAT\"] }", 16, "XA.alias has to be a text in quotes, not a list"},
           {"{ reply = \"OK\" }", 16,
            "XA.reply has to begin with +OK or -ERR, like \"+OK example.org mail\""},
           {"{ reply = \"+OK\" }", 16,
            "XA.reply has to begin with +OK or -ERR, like \"+OK example.org mail\""},
           {"{ reply = \"+OKAY x\" }", 16,
            "XA.reply has to begin with +OK or -ERR, like \"+OK example.org mail\""},
           {"{ reply = [] }", 16,
            "XA.reply has to begin with +OK or -ERR, like \"+OK example.org mail\""},
           {R"({ reply = ["-ERR x", "y"] })", 16,
            "XA.reply has to begin with +OK where it has several lines"},
           {"{ program = \"xquota\" }", 18,
            "XA.program has to be a path that begins with /, without arguments, not \"xquota\""},
           {"{ script = \"a/b\" }", 17,
            "XA.script has to be the name of a unix_listener, without folders, not \"a/b\""},
           {"{ script = \"..\" }", 17,
            "XA.script has to be the name of a unix_listener, without folders, not \"..\""},
           {R"({ alias = "STAT", timeout = "5s" })", 6,
            "XA may have timeout, max_output and multi_line with a program only"},
           {R"({ program = "/p", timeout = "0s" })", 34,
            "XA.timeout has to be 1 seconds at least, not \"0s\""},
           {R"({ program = "/p", timeout = "6m" })", 34,
            "XA.timeout has to be 300 seconds at most, not \"6m\""},
           {R"({ program = "/p", max_output = "2M" })", 37,
            "XA.max_output has to be from 1 to 1048576 octets, not \"2M\""},
           {"{ program = \"/p\", max_output = 0 }", 37,
            "XA.max_output has to be from 1 to 1048576, not 0"},
           {"{ program = \"/p\", multi_line = 1 }", 37,
            "XA.multi_line has to be true or false, not an integer"}}) {
    EXPECT_EQ(sentence("XA = " + value), "f:2:" + std::to_string(place) + ": x_commands." + text);
  }
  EXPECT_EQ(sentence("XA = { program = \"/p\", timout = \"5s\" }"),
            "f:2:24: x_commands.XA cannot have \"timout\"; did you mean \"timeout\"?");
  EXPECT_NE(
      sentence("XA = { alias = \"STAT\", reply = \"+OK x\" }").find("one of alias, reply, program"),
      std::string::npos);
  const std::string long_line(511, 'x');
  EXPECT_NE(sentence("XA = { reply = \"+OK " + long_line + "\" }").find("510 characters"),
            std::string::npos);
  EXPECT_EQ(sentences(Document::parse("x_commands = 1", "f")),
            Strings{"f:1:14: x_commands has to be a table, [x_commands], not an integer"});
}

TEST(OwnCommandsPolicy, WhatWasMeantToDenyIsNotTrusted) {
  EXPECT_FALSE(parse("deny = [\"DELE\"]").deny_trusted());
  EXPECT_FALSE(parse("scheme = \"courier\"").uidl_trusted());
  EXPECT_FALSE(parse("XA = { deny = [\"DELE\"] }").deny_trusted());
  EXPECT_TRUE(parse("STAT = { alias = \"LIST\" }").deny_trusted());
  EXPECT_TRUE(parse("XA = { alias = \"XB\" }").deny_trusted());
}

// --- the session ---

class FakeProgram : public RunningProgram {
 public:
  explicit FakeProgram(int& running) : running_(running) { ++running_; }
  FakeProgram(const FakeProgram&) = delete;
  FakeProgram& operator=(const FakeProgram&) = delete;
  FakeProgram(FakeProgram&&) = delete;
  FakeProgram& operator=(FakeProgram&&) = delete;
  ~FakeProgram() override { --running_; }

 private:
  int& running_;
};

class ProgramPort : public FakeHost {
 public:
  using FakeHost::FakeHost;
  [[nodiscard]] std::string user_name() const override { return user; }
  Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& wanted, std::function<void(ProgramResult)> when_done) override {
    call = wanted;
    done = std::move(when_done);
    if (!possible) return Error{Failure::permanent, "/p cannot be run: no luck"};
    return std::unique_ptr<RunningProgram>(std::make_unique<FakeProgram>(running));
  }

  std::string user = "anna@Example.ORG";
  bool possible = true;
  int running = 0;
  ProgramCall call;
  std::function<void(ProgramResult)> done;
};

class OwnCommands : public testing::Test {
 protected:
  explicit OwnCommands() {
    const Document document = parse(R"(
XMSGS = { alias = "STAT" }
XGET = { alias = "RETR" }
XFIRST = { alias = "RETR 1" }
XDEL = { alias = "DELE" }
XOLDEST = { alias = "LAST" }
XIDS = { alias = "UIDL" }
XBYE = { alias = "QUIT" }
XSENT = { alias = "EUIDL" }
XV = { reply = "+OK here" }
XL = { reply = ["+OK here", ".", ".a", ""] }
XP = { program = "/p", timeout = "3s", max_output = 77 }
"XTND WHO" = { script = "who", multi_line = true }
XGONE = false
)");
    EXPECT_EQ(sentences(document), Strings{});
    document.apply(made_.policy);
  }
  static std::string answer(Session& session, const std::string& line) {
    return whole(answer_to(session, line + "\r\n"));
  }
  // What the client gets if the program has ended like this.
  std::string ended(ProgramResult result, const std::string& line = "XP") {
    Session session(port_, made_);
    Answer answer = answer_to(session, line + "\r\n");
    EXPECT_EQ(answer.reply.wire(), "");
    EXPECT_EQ(answer.intake->state(), Intake::State::waiting);
    EXPECT_TRUE(answer.intake->for_client_only());
    bool woken = false;
    answer.intake->when_done([&] { woken = true; });
    port_.done(std::move(result));
    EXPECT_TRUE(woken);
    Answer second(answer.intake->reply(), answer.intake->listing());
    return whole(std::move(second));
  }

  ProgramPort port_{3};
  policy::Resolution made_ = resolution({"LAST", "HELP"});
};

TEST_F(OwnCommands, AnAliasIsRewrittenForTheHost) {
  Session session(port_, made_);
  EXPECT_FALSE(session.idle());
  const std::string input = "NOOP\r\nXMSGS\r\nSTAT\r\n";
  Decision portion = session.take(input, 0);
  EXPECT_EQ(portion.taker, Taker::host);
  EXPECT_EQ(portion.octets, 6U);
  EXPECT_EQ(portion.rewritten, "");
  portion = session.take(std::string_view(input).substr(6), 6);
  EXPECT_EQ(portion.taker, Taker::host);
  EXPECT_EQ(portion.octets, 7U);
  EXPECT_EQ(portion.rewritten, "STAT\r\n");
  EXPECT_EQ(session.commands().rewritten("xget   2\n"), "RETR 2\r\n");
  EXPECT_EQ(session.commands().rewritten("XFIRST\n"), "RETR 1\r\n");
  EXPECT_EQ(session.commands().rewritten(std::string_view("XGET 2\0 3\n", 10)),
            std::string("RETR 2\0\r\n", 9));
  EXPECT_EQ(session.commands().rewritten("XMSG\n"), std::nullopt);
  EXPECT_EQ(session.commands().rewritten("XMSGSS\n"), std::nullopt);
  EXPECT_EQ(session.commands().rewritten("XGONE\n"), std::nullopt);
  EXPECT_EQ(session.take("XMSGS", 0).taker, Taker::incomplete);
}

TEST_F(OwnCommands, LastCountsWhatAnAliasStandsFor) {
  Session session(port_, made_);
  const Decision portion = session.take("XGET 2\r\nNOOP\r\n", 0);
  EXPECT_EQ(portion.octets, 8U);
  ASSERT_EQ(portion.rewritten, "RETR 2\r\n");
  session.begins(portion.rewritten.size());
  port_.retrieved += 100;
  session.executed(portion.rewritten.size());
  EXPECT_EQ(answer(session, "LAST"), "+OK 2\r\n");
  EXPECT_EQ(answer(session, "XOLDEST"), "+OK 2\r\n");
  // The offset counts what the host was given, which is shorter than the client's line.
  const Decision next = session.take("XDEL    3\r\n", 8);
  EXPECT_EQ(next.rewritten, "DELE 3\r\n");
  session.executed(8 + next.rewritten.size() - 1);
  EXPECT_EQ(answer(session, "LAST"), "+OK 2\r\n");
  session.executed(8 + next.rewritten.size());
  EXPECT_EQ(answer(session, "LAST"), "+OK 3\r\n");
}

TEST_F(OwnCommands, AnAliasOfQuitStoresFirst) {
  Session session(port_, made_);
  port_.retrieved = 0;
  (void)session.take("RETR 1\r\n", 0);
  session.begins(8);
  port_.retrieved = 10;
  session.executed(8);
  const Decision portion = session.take("XBYE\r\n", 8);
  EXPECT_EQ(portion.rewritten, "QUIT\r\n");
  EXPECT_EQ(port_.stores, 1);
}

TEST_F(OwnCommands, WhatIsDeniedStaysDenied) {
  made_.policy.commands.deny = {"DELE", "UIDL"};
  made_.policy.commands.allow.emplace_back("EUIDL");
  Session session(port_, made_);
  EXPECT_EQ(session.take("XDEL 1\r\n", 0).taker, Taker::ours);
  EXPECT_EQ(answer(session, "XDEL 1"), answer(session, "DELE 1"));
  EXPECT_EQ(answer(session, "XDEL 1"), "-ERR DELE is disabled for this mailbox.\r\n");
  EXPECT_EQ(answer(session, "XIDS"), "-ERR UIDL is disabled for this mailbox.\r\n");
  EXPECT_EQ(answer(session, "XSENT"), answer(session, "EUIDL"));
  EXPECT_EQ(answer(session, "HELP XDEL"), "-ERR No such command: XDEL\r\n");
  EXPECT_EQ(answer(session, "HELP").find("XDEL"), std::string::npos);
  EXPECT_NE(answer(session, "HELP").find("XMSGS "), std::string::npos);
}

TEST_F(OwnCommands, WhatIsNotAllowedIsTheHosts) {
  made_.policy.commands.allow = {};
  Session session(port_, made_);
  const Decision portion = session.take("XOLDEST\r\n", 0);
  EXPECT_EQ(portion.taker, Taker::host);
  EXPECT_EQ(portion.rewritten, "LAST\r\n");
}

TEST_F(OwnCommands, AliasesOfUidlAreRefusedWhereTheIdsAreNotKnown) {
  port_.uidl_error = Error{Failure::temporary, "no list"};
  Session session(port_, made_);
  EXPECT_EQ(session.take("XIDS\r\n", 0).taker, Taker::ours);
  EXPECT_EQ(answer(session, "XIDS 1"), answer(session, "UIDL 1"));
}

TEST_F(OwnCommands, ABrokenPolicyRunsNothing) {
  made_.intact = false;
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XV"),
            "-ERR [SYS/TEMP] XV is unavailable: the server's policy cannot be read.\r\n");
  EXPECT_TRUE(answer(session, "XP").starts_with("-ERR [SYS/TEMP] XP is unavailable"));
  EXPECT_EQ(session.take("XMSGS\r\n", 0).rewritten, "STAT\r\n");
  made_.deny_known = false;
  Session unknown(port_, made_);
  EXPECT_TRUE(answer(unknown, "XMSGS").starts_with("-ERR [SYS/TEMP] STAT is unavailable"));
}

TEST_F(OwnCommands, RepliesAreFixed) {
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "xv"), "+OK here\r\n");
  EXPECT_EQ(answer(session, "XV and more"), "+OK here\r\n");
  EXPECT_EQ(answer(session, "XL"), "+OK here\r\n..\r\n..a\r\n\r\n.\r\n");
}

TEST_F(OwnCommands, AProgramHasAnEnvironmentAndLimits) {
  Session session(port_, made_);
  {
    const Answer waiting = answer_to(session, "xp  -a $(b)  c \r\n");
    EXPECT_EQ(port_.running, 1);
  }
  EXPECT_EQ(port_.running, 0);
  EXPECT_FALSE(port_.call.service);
  EXPECT_EQ(port_.call.target, "/p");
  EXPECT_EQ(port_.call.timeout, 3U);
  EXPECT_EQ(port_.call.max_octets, 77U);
  EXPECT_EQ(port_.call.environment,
            (Strings{"USER=anna@Example.ORG", "DOMAIN=example.org", "COMMAND=XP",
                     "ARGUMENTS=-a $(b)  c ", "PATH=/usr/local/bin:/usr/bin:/bin"}));
  port_.user = "anna";
  (void)answer_to(session, "XTND who\r\n");
  EXPECT_TRUE(port_.call.service);
  EXPECT_EQ(port_.call.target, "who");
  EXPECT_EQ(port_.call.environment[1], "DOMAIN=");
  EXPECT_EQ(port_.call.environment[2], "COMMAND=XTND WHO");
  EXPECT_EQ(answer(session, std::string("XP a\0b", 6)), "-ERR NUL octet in the command.\r\n");
}

TEST_F(OwnCommands, AProgramsWordsAreTheAnswer) {
  using End = ProgramResult::End;
  EXPECT_EQ(ended({End::succeeded, "+OK fine\n", ""}), "+OK fine\r\n");
  EXPECT_EQ(ended({End::succeeded, "+OK fine\n.\n\nx", ""}), "+OK fine\r\n..\r\n\r\nx\r\n.\r\n");
  EXPECT_EQ(ended({End::succeeded, "a\nb\n", ""}), "+OK XP\r\na\r\nb\r\n.\r\n");
  EXPECT_EQ(ended({End::succeeded, "", ""}), "+OK XP\r\n");
  EXPECT_EQ(ended({End::succeeded, "+OK\n", ""}, "XTND WHO"), "+OK XTND WHO\r\n.\r\n");
  EXPECT_EQ(ended({End::failed, "-ERR no\nmore\n", "x"}), "-ERR no\r\n");
  EXPECT_TRUE(port_.log.empty());
  EXPECT_EQ(ended({End::failed, "+OK half\n", "ended with exit status 3"}), "-ERR XP failed.\r\n");
  EXPECT_EQ(ended({End::timed_out, "", "was killed"}), "-ERR [SYS/TEMP] XP took too long.\r\n");
  EXPECT_EQ(ended({End::too_long, "", "said"}), "-ERR [SYS/TEMP] XP returned too much output.\r\n");
  EXPECT_EQ(ended({End::broken, "", "died"}),
            "-ERR [SYS/TEMP] XP is not available at the moment.\r\n");
  EXPECT_EQ(port_.log, (Strings{"XP: /p ended with exit status 3", "XP: /p was killed",
                                "XP: /p said", "XP: /p died"}));
  port_.possible = false;
  Session session(port_, made_);
  EXPECT_EQ(answer(session, "XP"), "-ERR [SYS/TEMP] XP is not available at the moment.\r\n");
  EXPECT_EQ(port_.log.back(), "XP: /p cannot be run: no luck");
}

TEST_F(OwnCommands, LongOutputComesInPieces) {
  std::string output = "+OK long\n";
  for (int line = 0; line < 10000; ++line) output += ".line\n";
  Session session(port_, made_);
  Answer answer = answer_to(session, "XP\r\n");
  port_.done({ProgramResult::End::succeeded, output, ""});
  const auto listing = answer.intake->listing();
  std::size_t octets = 0;
  for (;;) {
    const auto piece = listing->next();
    ASSERT_TRUE(piece);
    if (piece.value().empty()) break;
    EXPECT_LT(piece.value().size(), 5000U);
    octets += piece.value().size();
  }
  EXPECT_EQ(octets, 80000U);
}

// --- XTND ---

TEST_F(OwnCommands, XtndTellsWhatItHasNot) {
  Session session(port_, made_);
  EXPECT_EQ(session.take("XTND Foo\r\n", 0).taker, Taker::ours);
  EXPECT_EQ(answer(session, "XTND Foo bar"), "-ERR Unknown command: \"xtnd foo\".\r\n");
  EXPECT_EQ(answer(session, "xtnd"), "-ERR Unknown command: \"xtnd\".\r\n");
  EXPECT_EQ(answer(session, "XTND XMIT"), "-ERR Unknown command: \"xtnd xmit\".\r\n");
  EXPECT_EQ(session.take("XTNDX\r\n", 0).taker, Taker::host);
  EXPECT_EQ(answer(session, "HELP XTND"),
            "+OK Commands (HELP and a command tells more):\r\n"
            "XTND WHO        A command of this server's own.\r\n.\r\n");
  EXPECT_EQ(answer(session, "HELP XTND XMIT"), "-ERR No such command: XTND XMIT\r\n");
  EXPECT_EQ(answer(session, "HELP XTND WHO"),
            "+OK XTND WHO\r\nSyntax: XTND WHO\r\nA command of this server's own.\r\n.\r\n");

  made_ = resolution({"HELP"});
  Session without(port_, made_);
  EXPECT_EQ(without.take("XTND Foo\r\n", 0).taker, Taker::host);
  EXPECT_EQ(answer(without, "HELP XTND"), "-ERR No such command: XTND\r\n");
  made_ = resolution({"HELP", "XTND XLST", "XTND XMIT"});
  made_.policy.help.style = policy::HelpStyle::rambler;
  Session both(port_, made_);
  EXPECT_EQ(answer(both, "HELP xtnd"), "+OK Valid commands: XTND XLST, XTND XMIT\r\n");
}

}  // namespace
}  // namespace pop3_legacy
