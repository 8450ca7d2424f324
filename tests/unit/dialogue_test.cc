#include "tests/dialogues/matcher.h"
#include "tests/dialogues/notation.h"
#include "tests/dialogues/parser.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace pop3_legacy::dialogue {

namespace {

constexpr std::string_view login = "mail 80\nsession\n";

Dialogue parsed(std::string_view text) {
  auto dialogue = parse_dialogue(text, "a.txt");
  EXPECT_TRUE(dialogue) << dialogue.error().text;
  return dialogue ? std::move(dialogue.value()) : Dialogue{};
}

/// The error in `text`.
std::string error_of(std::string_view text) {
  const auto dialogue = parse_dialogue(text, "a.txt");
  return dialogue ? "nothing" : dialogue.error().text;
}

/// The octets sent by `line`, the only C line.
std::string sent_by(std::string_view line) {
  const Dialogue dialogue = parsed(std::string(login).append(line).append("\nclosed\n"));
  return dialogue.steps.empty() ? "" : std::get<Session>(dialogue.steps.front()).client_octets();
}

bool matches(std::string_view pattern, std::string_view line) {
  const auto parsed_pattern = Pattern::parse(pattern);
  EXPECT_TRUE(parsed_pattern) << pattern;
  return parsed_pattern && parsed_pattern.value().matches(line);
}

void expect_matches(const std::vector<std::pair<std::string_view, std::string_view>>& lines,
                    bool expected) {
  for (const auto& [pattern, line] : lines) {
    EXPECT_EQ(matches(pattern, line), expected) << pattern << ' ' << line;
  }
}

/// A dialogue with one session, followed on `host`.
class Followed {
 public:
  explicit Followed(std::string_view lines, std::string_view host = "memory")
      : dialogue_(parsed("mail 80\nmail 40\nsession\n" + std::string(lines))),
        session_(std::get<Session>(dialogue_.steps.at(0))),
        matcher_("a.txt", session_, host) {
    matcher_.sent(session_.exchanges.size());
  }

  Matcher& matcher() { return matcher_; }

  /// The first error, including one from the close at the end; empty if there is none.
  std::string follow(std::string_view octets) {
    const Status fed = matcher_.feed(octets);
    const Status ended = fed ? matcher_.closed() : fed;
    return ended ? "" : ended.error().text;
  }

 private:
  Dialogue dialogue_;
  const Session& session_;
  Matcher matcher_;
};

// --- reading ---

TEST(DialogueParser, ReadsMailPolicyAndSessions) {
  const Dialogue dialogue = parsed(
      "# comment\n"
      "mail 80\n"
      "mail 120 seen\n"
      "policy\n"
      "  [last]\n"
      "\n"
      "    # indented\n"
      "not pipelined\n"
      "session\n"
      "C: STAT\n"
      "S: +OK 2 200\n"
      "drop\n"
      "new mail 60 seen\n"
      "expunge 2\n"
      "uidvalidity changes\n"
      "policy\n"
      "session\n"
      "C: QUIT\n"
      "S: +OK {text}\n"
      "closed\n");
  ASSERT_EQ(dialogue.mails.size(), 2U);
  EXPECT_EQ(dialogue.mails[0].text.size(), 80U);
  EXPECT_FALSE(dialogue.mails[0].seen);
  EXPECT_TRUE(dialogue.mails[1].seen);
  EXPECT_EQ(dialogue.policy, "[last]\n\n  # indented\n");
  EXPECT_FALSE(dialogue.plays_in(Mode::pipelined));
  EXPECT_TRUE(dialogue.plays_in(Mode::with_login));
  ASSERT_EQ(dialogue.steps.size(), 6U);
  const auto& first = std::get<Session>(dialogue.steps[0]);
  EXPECT_TRUE(first.dropped);
  EXPECT_EQ(first.line, 9U);
  EXPECT_EQ(first.end_line, 12U);
  EXPECT_EQ(first.client_octets(), "STAT\r\n");
  const auto& mail = std::get<NewMail>(dialogue.steps[1]).message;
  EXPECT_EQ(mail.ordinal, 3U);
  EXPECT_TRUE(mail.seen);
  EXPECT_EQ(std::get<Expunge>(dialogue.steps[2]).number, 2U);
  EXPECT_TRUE(std::holds_alternative<UidvalidityChange>(dialogue.steps[3]));
  EXPECT_EQ(std::get<NewPolicy>(dialogue.steps[4]).toml, "");
  EXPECT_FALSE(std::get<Session>(dialogue.steps[5]).dropped);
}

TEST(DialogueParser, NobodyLogsInToAConnection) {
  const auto dialogue = parse_dialogue("connection\nC: QUIT\nclosed\nsession\nclosed\n", "a.txt");
  ASSERT_TRUE(dialogue.ok()) << dialogue.error().text;
  EXPECT_FALSE(std::get<Session>(dialogue.value().steps[0]).logs_in);
  EXPECT_TRUE(std::get<Session>(dialogue.value().steps[1]).logs_in);
}

TEST(DialogueParser, ReadsAMailsTextAndDateAndFiles) {
  const Dialogue dialogue = parsed(
      "mail 80 received 1970-01-02T00:00:01Z\n"
      "mail seen received 2026-02-28T23:59:59Z\n"
      "  Subject: x\n"
      "   folded\n"
      "\n"
      "  {body}\n"
      "\n"
      "file a.list\n"
      "  one\n"
      "\n"
      "  three\n"
      "\n"
      "session\n"
      "C: RETR 2\n"
      "S: {message 2}\n"
      "drop\n"
      "file a.list\n"
      "new mail\n"
      "  a: b\n"
      "\n"
      "  c\n");
  ASSERT_EQ(dialogue.mails.size(), 2U);
  EXPECT_EQ(dialogue.mails[0].text.size(), 80U);
  EXPECT_EQ(dialogue.mails[0].received, 86401);
  EXPECT_EQ(dialogue.mails[1].text, "Subject: x\r\n folded\r\n\r\n{body}\r\n");
  EXPECT_EQ(dialogue.mails[1].received, 1772323199);
  EXPECT_TRUE(dialogue.mails[1].seen);
  EXPECT_EQ(file_name(dialogue.mails[1]), "1700000002.M2P1.dialogue,S=27,W=31");
  ASSERT_EQ(dialogue.steps.size(), 4U);
  EXPECT_EQ(std::get<NewFile>(dialogue.steps[0]).name, "a.list");
  EXPECT_EQ(std::get<NewFile>(dialogue.steps[0]).content, "one\n\nthree\n");
  EXPECT_EQ(std::get<Session>(dialogue.steps[1]).exchanges[0].expected.size(), 4U);
  EXPECT_EQ(std::get<NewFile>(dialogue.steps[2]).content, "");
  const auto& mail = std::get<NewMail>(dialogue.steps[3]).message;
  EXPECT_EQ(mail.text, "a: b\r\n\r\nc\r\n");
  EXPECT_EQ(mail.received, 1700000003);
}

TEST(DialogueParser, RefusesAMailWithoutATextOrWithNoDate) {
  for (const char* const mail :
       {"mail\n", "mail\n  Subject: x\n\n", "mail 80 received\n", "mail 80 received today\n",
        "mail 80 received 2026-02-30T00:00:00Z\n", "mail 80 received 2026-02-28T24:00:00Z\n",
        "mail received 2026-02-28T23:59:59Z seen\n", "mail 80 80\n", "mail 80x\n"}) {
    EXPECT_NE(error_of(std::string(mail) + "session\ndrop\n"), "nothing") << mail;
  }
  EXPECT_NE(error_of("file\nsession\ndrop\n"), "nothing");
  EXPECT_NE(error_of("session\nfile a\ndrop\n"), "nothing");
}

TEST(DialogueParser, WithoutPolicyThereIsNone) {
  EXPECT_EQ(parsed("session\ndrop\n").policy, std::nullopt);
}

TEST(DialogueParser, TurnsClientLinesIntoOctets) {
  EXPECT_EQ(sent_by("C: STAT"), "STAT\r\n");
  EXPECT_EQ(sent_by("C:"), "\r\n");
  EXPECT_EQ(sent_by("C:  a b\\x20"), " a b \r\n");
  EXPECT_EQ(sent_by(R"(C raw: \r\n\t\\\xfF\0)"), std::string("\r\n\t\\\xff\0", 6));
  EXPECT_EQ(sent_by(R"(C raw: a{"bc" x 3}d{"\n" x 2})"), "abcbcbcd\n\n");
  EXPECT_EQ(sent_by(R"(C: {"A" x 3000})").size(), 3002U);
}

TEST(DialogueParser, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_EQ(error_of("mail 80\nmail 39\n"),
            "a.txt:2: a mail has a size of at least 40 octets or its text in the lines that "
            "follow, and can be \"seen\" and \"received 2026-02-28T23:59:59Z\"");
  EXPECT_EQ(error_of("\n# x\nmial 80\n"), "a.txt:3: this is no line of a dialogue");
  EXPECT_EQ(error_of("session\nC: A\n"), "a.txt:1: this session needs a closed or a drop");
  EXPECT_EQ(error_of("mail 80\n"), "a.txt:1: a dialogue needs a session");
}

TEST(DialogueParser, ABoardsLastMessageMayHaveArrivedAtAnyTime) {
  const std::vector<BoardMailbox> boards =
      parsed("board old 7 60 80 received 1985-12-19T08:08:49Z\nboard new 2 40\nsession\ndrop\n")
          .boards;
  ASSERT_EQ(boards.size(), 2U);
  ASSERT_EQ(boards[0].messages.size(), 2U);
  EXPECT_EQ(boards[0].messages[0].received, usual_arrival(6));
  EXPECT_EQ(boards[0].messages[1].received, 503827729);
  EXPECT_EQ(boards[1].messages[0].received, usual_arrival(2));
  EXPECT_EQ(error_of("board old 7 60 received never\n"),
            "a.txt:1: a board's last message is received like 2026-02-28T23:59:59Z");
}

TEST(DialogueParser, RefusesLinesInTheWrongPlace) {
  EXPECT_EQ(error_of("connection\nS: +OK\nC: QUIT\nclosed\n"),
            "a.txt:2: the greeting is the runner's: a connection begins with a C line");
  for (const std::string_view text :
       {"C: STAT\n", "S: +OK\nsession\nclosed\n", "session\nsession\nclosed\n", "closed\n",
        "session\nmail 80\nclosed\n", "session\nclosed\nmail 80\n",
        "new mail 80\nsession\nclosed\n", "expunge 1\nsession\nclosed\n",
        "session\nexpunge 1\nclosed\n", "session\nclosed\nexpunge 0\n",
        "  [last]\nsession\nclosed\n", "not line\nsession\nclosed\n",
        "not often\nsession\nclosed\n"}) {
    EXPECT_NE(error_of(text), "nothing") << text;
  }
}

TEST(DialogueParser, RefusesWhatCannotBeMeant) {
  const auto in_session = [](std::string_view line) {
    return error_of(std::string(login) + "C: X\n" + std::string(line) + "\nclosed\n");
  };
  EXPECT_EQ(in_session("S: +OK "),
            "a.txt:4: a blank at the end of a line cannot be seen; write \\x20");
  for (const std::string_view text :
       {"S:+OK", "S: \xc3\xa4", "S: +OK\r", "S: {txet}", "S: {text", "S: \\q", "C: \\x4", "C: \\",
        "C: {\"A\" x}", "C: {\"A\" x 9999999}", "C: {text}", "S on dovecot-1.0: +OK",
        "S on dovecot +OK", "S: {message 2}", "S: {message 0}", "S: {message 1} ", "S: {top 1}",
        "S: {top 1 x}"}) {
    EXPECT_NE(in_session(text), "nothing") << text;
  }
}

TEST(DialogueParser, LinesNeedAnEnd) {
  const auto in_session = [](std::string_view lines) {
    return error_of(std::string(login) + "C: X\n" + std::string(lines));
  };
  for (const std::string_view lines :
       {"S: {lines}\nS: .\nclosed\n", "S: {lines}\nS on shim: .\nS on dovecot: ..\nclosed\n"}) {
    EXPECT_EQ(in_session(lines), "nothing") << lines;
  }
  for (const std::string_view lines :
       {"S: {lines}\nclosed\n", "S: {lines}\nC: Y\nS: .\nclosed\n",
        "S: {lines}\nS: {lines}\nS: .\nclosed\n", "S: {lines}\nS on shim: .\nclosed\n"}) {
    EXPECT_NE(in_session(lines), "nothing") << lines;
  }
}

TEST(DialogueParser, ReadsFiles) {
  EXPECT_EQ(read_dialogue("/nonexistent/a.txt").error().text,
            "/nonexistent/a.txt: cannot be read, or is empty");
}

// --- messages ---

TEST(GeneratedMessage, HasEverySizeAndIsTheSameEveryTime) {
  for (std::size_t octets = min_message_octets; octets < 300; ++octets) {
    const std::string text = generated_message(7, octets);
    ASSERT_EQ(text.size(), octets);
    ASSERT_TRUE(text.ends_with("\r\n")) << octets;
    ASSERT_EQ(text, generated_message(7, octets));
  }
  EXPECT_NE(generated_message(1, 80), generated_message(2, 80));
}

TEST(GeneratedMessage, IsSentWithItsDotsStuffed) {
  const std::string text = generated_message(1, 100);
  const std::vector<std::string> header{"Subject: message 1", ""};
  EXPECT_EQ(sent_lines(text, 0), header);
  const std::vector<std::string> with_line{"Subject: message 1", "",
                                           "..a line that begins with a dot"};
  EXPECT_EQ(sent_lines(text, 1), with_line);
  EXPECT_EQ(sent_lines(text, 99), sent_lines(text, std::nullopt));
  EXPECT_EQ(sent_lines("a\r\n\r\n.\r\nb", std::nullopt),
            (std::vector<std::string>{"a", "", "..", "b"}));
}

// --- matching ---

TEST(Pattern, MatchesWholeLines) {
  expect_matches({{"+OK", "+OK"}, {"", ""}, {R"(a\x20\\)", R"(a \)"}}, true);
  expect_matches({{"+OK", "+OK "}, {"+OK", "+ok"}, {"+OK 1", "+OK"}}, false);
}

TEST(Pattern, KnowsItsPlaceholders) {
  expect_matches({{"+OK {number} {number}", "+OK 4 320"},
                  {"{number}0", "100"},
                  {"1 {word}", "1 0000a-b"},
                  {"+OK {text}", "+OK "},
                  {"+OK {text}", "+OK \x01 \xff"},
                  {"{text}a{text}a", "aaa"}},
                 true);
  expect_matches({{"+OK {number}", "+OK "},
                  {"+OK {number}", "+OK 4x"},
                  {"1 {word}", "1 a b"},
                  {"1 {word}", "1 "},
                  {"{text}a", "aab"}},
                 false);
}

TEST(Matcher, TakesTheExpectedLinesInPiecesOfAnySize) {
  constexpr std::string_view lines = "C: RETR 1\nS: +OK 80 octets\nS: {message 1}\nS: .\nclosed\n";
  const std::string octets =
      "+OK 80 octets\r\nSubject: message 1\r\n\r\n..a line that begins with a dot\r\n"
      "abcdefghijklmnopqrstuvwx\r\n.\r\n";
  EXPECT_EQ(Followed(lines).follow(octets), "");
  Followed followed(lines);
  for (const char c : octets) {
    EXPECT_FALSE(followed.matcher().answered(1));
    ASSERT_TRUE(followed.matcher().feed({&c, 1}));
  }
  EXPECT_TRUE(followed.matcher().answered(1));
  EXPECT_TRUE(followed.matcher().closed());
}

TEST(Matcher, FailsAtTheFirstDifference) {
  constexpr std::string_view lines = "C: STAT\nS: +OK {number}\nC: LAST\nS: +OK 1\nclosed\n";
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n+OK 1\r\n"), "");
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n+OK 0\r\n"),
            "a.txt:7: expected \"+OK 1\", got another line: \"+OK 0\"");
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n"), "a.txt:7: expected \"+OK 1\", got the end");
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n+OK"),
            "a.txt:7: expected \"+OK 1\", got the end, in the middle of a line: \"+OK\"");
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n+OK 1\n"),
            "a.txt:7: expected \"+OK 1\", got a line that ends with LF alone: \"+OK 1\"");
  EXPECT_EQ(Followed(lines).follow("+OK 2\r\n+OK 1\r\n+OK 1\r\n"),
            "a.txt:8: expected the end of the session, got a line that nothing asked for: "
            "\"+OK 1\"");
}

TEST(Matcher, KnowsWhatHasNotBeenAsked) {
  Followed followed("C: NOOP\nS: +OK\nC: NOOP\nS: +OK\nclosed\n");
  followed.matcher().sent(1);
  EXPECT_TRUE(followed.matcher().feed("+OK\r\n"));
  EXPECT_TRUE(followed.matcher().answered(1));
  EXPECT_FALSE(followed.matcher().answered(2));
  EXPECT_FALSE(followed.matcher().feed("+OK\r\n"));
}

TEST(Matcher, SkipsAnyLines) {
  constexpr std::string_view lines = "C: CAPA\nS: +OK\nS: {lines}\nS: X-LAST\nS: .\nclosed\n";
  EXPECT_EQ(Followed(lines).follow("+OK\r\nX-LAST\r\n.\r\n"), "");
  EXPECT_EQ(Followed(lines).follow("+OK\r\nTOP\r\nUIDL\r\nX-LAST\r\n.\r\n"), "");
  EXPECT_EQ(Followed(lines).follow("+OK\r\nTOP\r\n.\r\n"),
            "a.txt:6: expected \"{lines}\", got the end");
  EXPECT_NE(Followed(lines).follow("+OK\r\nX-LAST\r\nTOP\r\n.\r\n"), "");
}

TEST(Matcher, ExpectsWhatHoldsForTheHost) {
  constexpr std::string_view lines =
      "C: LAST\n"
      "S on dovecot-2.3, shim: -ERR Unknown command: LAST\n"
      "S on dovecot-2.4: -ERR LAST command not enabled\n"
      "closed\n";
  constexpr std::string_view unknown = "-ERR Unknown command: LAST\r\n";
  constexpr std::string_view disabled = "-ERR LAST command not enabled\r\n";
  for (const std::string_view host : {"memory", "standalone", "dovecot-2.3"}) {
    EXPECT_EQ(Followed(lines, host).follow(unknown), "") << host;
    EXPECT_NE(Followed(lines, host).follow(disabled), "") << host;
  }
  EXPECT_EQ(Followed(lines, "dovecot-2.4").follow(disabled), "");
  EXPECT_NE(Followed(lines, "dovecot-2.4").follow(unknown), "");
}

TEST(Shown, IsPrintable) {
  EXPECT_EQ(shown("a\r\n\\\x01"), R"("a\r\n\\\x01")");
  EXPECT_EQ(shown(std::string(1000, 'x')).size(), 305U);
}

}  // namespace

}  // namespace pop3_legacy::dialogue
