#include "shim/server_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "shim/memory_maildrop.h"

namespace pop3_legacy::shim {
namespace {

constexpr std::size_t everything = std::size_t{1} << 20U;
constexpr std::string_view login_replies = "+OK\r\n+OK Logged in.\r\n";
constexpr std::string_view host_capabilities =
    "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nUSER\r\n.\r\n";

class ServerSessionTest : public ::testing::Test {
 protected:
  ServerSessionTest() {
    environment_.maildrops = &maildrops_;
    environment_.password_of = [](std::string_view user) {
      return user == "alice" ? std::optional<std::string>("secret") : std::nullopt;
    };
    environment_.log = [this](std::string_view sentence) { log_.emplace_back(sentence); };
  }

  MemoryMailbox& mailbox() { return maildrops_.mailbox("alice"); }
  void deliver(int count) {
    for (int i = 1; i <= count; ++i) {
      mailbox().deliver("Subject: " + std::to_string(i) + "\n\nbody\n");
    }
  }
  void set_policy(policy::Resolution resolution) {
    environment_.policy_of = [resolution = std::move(resolution)](std::string_view) {
      return resolution;
    };
  }

  /// A session whose greeting has been read.
  std::unique_ptr<ServerSession> connect() {
    auto session = std::make_unique<ServerSession>(environment_);
    EXPECT_EQ(session->take_output(everything), "+OK POP3 test host ready.\r\n");
    return session;
  }
  std::unique_ptr<ServerSession> log_in() {
    auto session = connect();
    EXPECT_EQ(say(*session, "USER alice\r\nPASS secret\r\n"), login_replies);
    return session;
  }
  /// Everything that the session answers to `input`.
  static std::string say(ServerSession& session, std::string_view input) {
    session.receive(input);
    std::string output;
    for (std::string piece; !(piece = session.take_output(everything)).empty();) {
      output += piece;
    }
    session.output_left();
    return output;
  }
  std::string transcript(std::string_view input) {
    const auto session = log_in();
    return say(*session, input);
  }
  [[nodiscard]] std::string stored_last() {
    const auto& states = mailbox().states();
    const auto found = states.find("last");
    return found == states.end() ? "(none)" : found->second;
  }

  MemoryMaildrops maildrops_;
  Environment environment_;
  std::vector<std::string> log_;
};

// --- AUTHORIZATION ---

TEST_F(ServerSessionTest, the_right_password_opens_the_maildrop) {
  deliver(2);
  const auto session = connect();
  EXPECT_EQ(say(*session, "user alice\r\n"), "+OK\r\n");
  EXPECT_EQ(say(*session, "pass secret\r\n"), "+OK Logged in.\r\n");
  EXPECT_EQ(say(*session, "STAT\r\n"), "+OK 2 40\r\n");
  EXPECT_EQ(say(*session, "USER alice\r\n"), "-ERR Unknown command: USER\r\n");
}

TEST_F(ServerSessionTest, a_wrong_password_or_user_does_not) {
  const auto session = connect();
  EXPECT_EQ(say(*session, "PASS secret\r\n"), "-ERR No username given.\r\n");
  EXPECT_EQ(say(*session, "USER alice\r\nPASS Secret\r\n"),
            "+OK\r\n-ERR [AUTH] Authentication failed.\r\n");
  EXPECT_EQ(say(*session, "PASS secret\r\n"), "-ERR No username given.\r\n");
  EXPECT_EQ(say(*session, "USER bob\r\nPASS secret\r\n"),
            "+OK\r\n-ERR [AUTH] Authentication failed.\r\n");
  EXPECT_EQ(say(*session, "USER alice\r\nPASS  secret\r\n"),
            "+OK\r\n-ERR [AUTH] Authentication failed.\r\n");
  EXPECT_EQ(say(*session, "STAT\r\n"), "-ERR Unknown command.\r\n");
  EXPECT_FALSE(session->wants_close());
}

TEST_F(ServerSessionTest, quit_before_login_ends_the_session) {
  const auto session = connect();
  EXPECT_EQ(say(*session, "CAPA\r\nQUIT\r\nCAPA\r\n"),
            std::string(host_capabilities) + "+OK Logging out\r\n");
  EXPECT_TRUE(session->wants_close());
}

TEST_F(ServerSessionTest, apop_takes_the_digest_of_rfc_1939) {
  environment_.apop_timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  environment_.password_of = [](std::string_view user) {
    return user == "mrose" ? std::optional<std::string>("tanstaaf") : std::nullopt;
  };
  ServerSession session(environment_);
  EXPECT_EQ(session.take_output(everything),
            "+OK POP3 test host ready. <1896.697170952@dbc.mtview.ca.us>\r\n");
  EXPECT_EQ(say(session, "APOP mrose\r\n"), "-ERR Invalid parameters.\r\n");
  EXPECT_EQ(say(session, "APOP mrose c4c9\r\n"), "-ERR Invalid parameters.\r\n");
  EXPECT_EQ(say(session, "APOP mrose x4c9334bac560ecc979e58001b3e22fb\r\n"),
            "-ERR Invalid characters in MD5 response.\r\n");
  EXPECT_EQ(say(session, "APOP mrose d4c9334bac560ecc979e58001b3e22fb\r\n"),
            "-ERR [AUTH] Authentication failed.\r\n");
  EXPECT_EQ(say(session, "APOP rose c4c9334bac560ecc979e58001b3e22fb\r\n"),
            "-ERR [AUTH] Authentication failed.\r\n");
  EXPECT_EQ(say(session, "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\nSTAT\r\n"),
            "+OK Logged in.\r\n+OK 0 0\r\n");
}

TEST_F(ServerSessionTest, apop_needs_a_timestamp) {
  const auto session = connect();
  EXPECT_EQ(say(*session, "APOP alice c4c9334bac560ecc979e58001b3e22fb\r\n"),
            "-ERR APOP not enabled.\r\n");
}

// --- the base commands ---

TEST_F(ServerSessionTest, commands_answer_in_dovecots_words) {
  mailbox().change_uidvalidity(0xABCDEF);
  deliver(3);
  EXPECT_EQ(transcript("LIST\r\nLIST 2\r\nUIDL\r\nUIDL  3\r\nNOOP\r\nDELE 2\r\nSTAT\r\nLIST\r\n"
                       "UIDL\r\nLIST 2\r\nRSET\r\nSTAT\r\nQUIT\r\n"),
            "+OK 3 messages:\r\n1 20\r\n2 20\r\n3 20\r\n.\r\n"
            "+OK 2 20\r\n"
            "+OK\r\n1 0000000100abcdef\r\n2 0000000200abcdef\r\n3 0000000300abcdef\r\n.\r\n"
            "+OK 3 0000000300abcdef\r\n"
            "+OK\r\n"
            "+OK Marked to be deleted.\r\n"
            "+OK 2 40\r\n"
            "+OK 2 messages:\r\n1 20\r\n3 20\r\n.\r\n"
            "+OK\r\n1 0000000100abcdef\r\n3 0000000300abcdef\r\n.\r\n"
            "-ERR Message is deleted.\r\n"
            "+OK\r\n"
            "+OK 3 60\r\n"
            "+OK Logging out.\r\n");
  EXPECT_EQ(mailbox().messages().size(), 3U);
}

TEST_F(ServerSessionTest, arguments_are_refused_in_dovecots_words) {
  deliver(1);
  EXPECT_EQ(transcript("RETR\r\nRETR x\r\nRETR 1x\r\nRETR 1 \r\nRETR 0\r\nRETR 2\r\n"
                       "RETR 4294967296\r\nRETR 99999999999999999999\r\nRETR -1\r\n"
                       "TOP 1\r\nTOP 1 \r\nTOP 1 x\r\nTOP 1 1x\r\nTOP 1 99999999999999999999\r\n"
                       "DELE 1\r\nDELE 1\r\n"),
            "-ERR Invalid message number: \r\n"
            "-ERR Invalid message number: x\r\n"
            "-ERR Noise after message number: x\r\n"
            "-ERR Noise after message number:  \r\n"
            "-ERR There's no message 0.\r\n"
            "-ERR There's no message 2.\r\n"
            "-ERR Message number too large: \r\n"
            "-ERR Message number too large: 99999999999999999999\r\n"
            "-ERR Invalid message number: -1\r\n"
            "-ERR Noise after message number: \r\n"
            "-ERR Invalid size: \r\n"
            "-ERR Invalid size: x\r\n"
            "-ERR Noise after size: x\r\n"
            "-ERR Size too large: 99999999999999999999\r\n"
            "+OK Marked to be deleted.\r\n"
            "-ERR Message is deleted.\r\n");
}

TEST_F(ServerSessionTest, unknown_commands_are_echoed_as_typed) {
  EXPECT_EQ(transcript("Xyzzy 1\r\n noop\r\n\r\nnoop and more\r\n"),
            "-ERR Unknown command: Xyzzy\r\n-ERR Unknown command.\r\n-ERR Unknown command.\r\n"
            "+OK\r\n");
}

TEST_F(ServerSessionTest, dots_are_stuffed_and_line_ends_become_crlf) {
  mailbox().deliver(".first\n.\r\n..\r\n\n.\nmid.dle\n");
  EXPECT_EQ(transcript("LIST 1\r\nRETR 1\r\n"),
            "+OK 1 29\r\n"
            "+OK 29 octets\r\n..first\r\n..\r\n...\r\n\r\n..\r\nmid.dle\r\n.\r\n");
}

TEST_F(ServerSessionTest, a_missing_final_line_end_is_added) {
  mailbox().deliver("a: b\n\nend");
  mailbox().deliver("");
  mailbox().deliver("a: b\n\nend\r");
  EXPECT_EQ(transcript("RETR 1\r\nTOP 1 5\r\nRETR 2\r\nRETR 3\r\n"),
            "+OK 11 octets\r\na: b\r\n\r\nend\r\n.\r\n"
            "+OK\r\na: b\r\n\r\nend\r\n.\r\n"
            "+OK 0 octets\r\n\r\n.\r\n"
            "+OK 12 octets\r\na: b\r\n\r\nend\r\r\n.\r\n");
}

TEST_F(ServerSessionTest, top_sends_the_header_the_empty_line_and_so_many_lines) {
  mailbox().deliver("a: b\nc: d\n\none\n.two\nthree\n");
  mailbox().deliver("only: header\r\n");
  EXPECT_EQ(transcript("TOP 1 0\r\nTOP 1 2\r\nTOP 1 99\r\nTOP 1  18446744073709551615\r\n"
                       "TOP 2 0\r\n"),
            "+OK\r\na: b\r\nc: d\r\n\r\n.\r\n"
            "+OK\r\na: b\r\nc: d\r\n\r\none\r\n..two\r\n.\r\n"
            "+OK\r\na: b\r\nc: d\r\n\r\none\r\n..two\r\nthree\r\n.\r\n"
            "+OK\r\na: b\r\nc: d\r\n\r\none\r\n..two\r\nthree\r\n.\r\n"
            "+OK\r\nonly: header\r\n.\r\n");
}

TEST_F(ServerSessionTest, quit_removes_and_marks_seen) {
  deliver(3);
  EXPECT_EQ(transcript("RETR 1\r\nDELE 2\r\nTOP 3 0\r\nQUIT\r\nNOOP\r\n"),
            "+OK 20 octets\r\nSubject: 1\r\n\r\nbody\r\n.\r\n"
            "+OK Marked to be deleted.\r\n"
            "+OK\r\nSubject: 3\r\n\r\n.\r\n"
            "+OK Logging out, messages deleted.\r\n");
  ASSERT_EQ(mailbox().messages().size(), 2U);
  EXPECT_TRUE(mailbox().messages()[0].seen);
  EXPECT_EQ(mailbox().messages()[1].uid, 3U);
  EXPECT_FALSE(mailbox().messages()[1].seen);
}

TEST_F(ServerSessionTest, a_message_that_somebody_else_removed_is_gone) {
  deliver(2);
  const auto session = log_in();
  mailbox().expunge(1);
  EXPECT_EQ(say(*session, "RETR 1\r\nSTAT\r\nDELE 1\r\nQUIT\r\n"),
            "-ERR Message 1 expunged.\r\n+OK 2 40\r\n+OK Marked to be deleted.\r\n"
            "+OK Logging out, messages deleted.\r\n");
  EXPECT_EQ(mailbox().messages().size(), 1U);
}

// --- input ---

TEST_F(ServerSessionTest, one_packet_and_single_octets_answer_alike) {
  const std::string input =
      "USER alice\r\nPASS secret\r\nSTAT\nLAST\r\nRETR 1\r\nLAST\r\nHELP LAST\r\nDELE 3\r\nLAST\r\n"
      "UIDL\r\nRSET\r\nLAST\r\nTOP 2 0\r\nfoo\r\nQUIT\r\nSTAT\r\n";
  const std::string expected =
      std::string(login_replies) +
      "+OK 3 60\r\n+OK 0\r\n+OK 20 octets\r\nSubject: 1\r\n\r\nbody\r\n.\r\n+OK 1\r\n"
      "+OK LAST\r\nSyntax: LAST\r\nTells the highest message number accessed so far.\r\n.\r\n"
      "+OK Marked to be deleted.\r\n+OK 3\r\n"
      "+OK\r\n1 0000000100000001\r\n2 0000000200000001\r\n.\r\n"
      "+OK\r\n+OK 0\r\n+OK\r\nSubject: 2\r\n\r\n.\r\n-ERR Unknown command: foo\r\n"
      "+OK Logging out.\r\n";
  deliver(3);
  {
    const auto whole = connect();
    EXPECT_EQ(say(*whole, input), expected);
    EXPECT_TRUE(whole->wants_close());
  }
  const auto single = connect();
  std::string output;
  for (const char c : input) {
    single->receive(std::string_view(&c, 1));
    output += single->take_output(1);
  }
  for (std::string piece; !(piece = single->take_output(1)).empty();) {
    EXPECT_EQ(piece.size(), 1U);
    output += piece;
  }
  EXPECT_EQ(output, expected);
  EXPECT_TRUE(single->wants_close());
}

TEST_F(ServerSessionTest, a_nul_ends_the_line) {
  deliver(1);
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(transcript("NOOP\0x\r\nDELE\0 1\r\nLIST 1\0x\r\n\0\r\nfoo\0bar\r\nLAST\0\r\n"sv),
            "+OK\r\n-ERR Invalid message number: \r\n+OK 1 20\r\n-ERR Unknown command.\r\n"
            "-ERR Unknown command: foo\r\n-ERR NUL octet in the command.\r\n");
}

TEST_F(ServerSessionTest, echoed_control_characters_do_not_break_the_reply) {
  EXPECT_EQ(transcript("fo\ro\x1B\r\nRETR \r1\r\n"),
            "-ERR Unknown command: fo?o?\r\n-ERR Invalid message number: ?1\r\n");
}

TEST_F(ServerSessionTest, the_longest_line_is_executed) {
  const auto session = log_in();
  const std::string line = "NOOP " + std::string(ServerSession::max_line_octets - 6, 'x') + '\n';
  ASSERT_EQ(line.size(), ServerSession::max_line_octets);
  EXPECT_EQ(say(*session, line + "NOOP\n"), "+OK\r\n+OK\r\n");
}

TEST_F(ServerSessionTest, a_longer_line_ends_the_session_wherever_it_is_cut) {
  deliver(1);
  const std::string line = "NOOP " + std::string(ServerSession::max_line_octets - 5, 'x') + '\n';
  for (const std::size_t cut : {std::size_t{1}, line.size() - 1, line.size()}) {
    const auto session = log_in();
    const std::string input = "NOOP\nDELE 1\n" + line + "QUIT\n";
    std::string output;
    for (std::size_t at = 0; at < input.size(); at += cut) {
      output += say(*session, std::string_view(input).substr(at, cut));
    }
    EXPECT_EQ(output, "+OK\r\n+OK Marked to be deleted.\r\n-ERR Input line too long.\r\n");
    EXPECT_TRUE(session->wants_close());
  }
  EXPECT_EQ(mailbox().messages().size(), 1U);
  const auto session = connect();
  EXPECT_EQ(say(*session, std::string(ServerSession::max_line_octets + 1, 'x')),
            "-ERR Input line too long.\r\n");
}

TEST_F(ServerSessionTest, too_many_bad_commands_in_a_row_end_the_session) {
  const auto bad = [](unsigned count) {
    std::string lines;
    for (unsigned i = 0; i < count; ++i) {
      lines += i % 2 == 0 ? "foo\r\n" : "LAST 1\r\n";  // our commands count as well
    }
    return lines;
  };
  const auto session = log_in();
  say(*session, bad(20));
  EXPECT_FALSE(session->wants_close());
  EXPECT_EQ(say(*session, "NOOP\r\n"), "+OK\r\n");
  say(*session, bad(20));
  EXPECT_FALSE(session->wants_close());
  EXPECT_EQ(say(*session, "foo\r\nNOOP\r\n"),
            "-ERR Unknown command: foo\r\n-ERR Too many bad commands.\r\n");
  EXPECT_TRUE(session->wants_close());
}

// --- long answers ---

TEST_F(ServerSessionTest, a_big_message_needs_no_big_buffer_and_holds_the_next_command) {
  std::string text = "a: b\n\n";
  for (int i = 0; i < 100000; ++i) {
    text += "0123456789\n";
  }
  mailbox().deliver(text);
  const auto session = log_in();
  session->receive("RETR 1\r\nLAST\r\nSTAT\r\n");
  session->receive("LAST\r\n");
  std::string output;
  std::size_t largest = 0;
  for (std::string piece; !(piece = session->take_output(everything)).empty();) {
    largest = std::max(largest, piece.size());
    output += piece;
  }
  EXPECT_LE(largest, 2 * ServerSession::max_pending_output);
  EXPECT_TRUE(output.starts_with("+OK 1200008 octets\r\na: b\r\n\r\n0123456789\r\n"));
  EXPECT_TRUE(output.ends_with("0123456789\r\n.\r\n+OK 1\r\n+OK 1 1200008\r\n+OK 1\r\n"));
  EXPECT_EQ(output.size(), 20U + 1200008 + 3 + 7 + 15 + 7);
}

TEST_F(ServerSessionTest, a_long_list_is_resumed_where_it_stopped) {
  constexpr int count = 5000;
  for (int i = 0; i < count; ++i) {
    mailbox().deliver("x\n");
  }
  std::string expected = "+OK 5000 messages:\r\n";
  for (int i = 1; i <= count; ++i) {
    expected += std::to_string(i) + " 3\r\n";
  }
  EXPECT_EQ(transcript("LIST\r\nNOOP\r\n"), expected + ".\r\n+OK\r\n");
}

TEST_F(ServerSessionTest, input_waits_while_output_does) {
  mailbox().deliver(std::string(100000, 'x'));
  const auto session = log_in();
  EXPECT_TRUE(session->wants_input());
  std::string noops = "RETR 1\r\n";
  while (noops.size() < 20000) {
    noops += "NOOP\r\n";
  }
  session->receive(noops);
  EXPECT_FALSE(session->wants_input());
  say(*session, "");
  EXPECT_TRUE(session->wants_input());
}

// --- the core's commands, and how sessions end ---

TEST_F(ServerSessionTest, last_follows_rfc_1225s_sample) {
  deliver(4);
  mailbox().states()["last"] = "2 1 1 1 1.1\n";
  const auto session = log_in();
  EXPECT_EQ(say(*session, "LAST\r\n"), "+OK 1\r\n");
  EXPECT_TRUE(say(*session, "RETR 3\r\n").starts_with("+OK 20 octets\r\n"));
  EXPECT_EQ(say(*session, "LAST\r\nDELE 2\r\nLAST\r\nRSET\r\nLAST\r\n"),
            "+OK 3\r\n+OK Marked to be deleted.\r\n+OK 3\r\n+OK\r\n+OK 1\r\n");
}

TEST_F(ServerSessionTest, last_lasts_after_quit) {
  deliver(3);
  transcript("RETR 2\r\nDELE 2\r\nQUIT\r\n");
  EXPECT_EQ(stored_last(), "2 1 2 1 1.1\n");
  EXPECT_EQ(transcript("LAST\r\nSTAT\r\n"), "+OK 1\r\n+OK 2 40\r\n");
}

TEST_F(ServerSessionTest, capa_has_ours_and_not_what_is_denied) {
  policy::Resolution resolution;
  resolution.policy.commands.deny = {"TOP", "HELP"};
  set_policy(resolution);
  EXPECT_EQ(transcript("CAPA\r\nTOP 1 1\r\nHELP\r\n"),
            "+OK\r\nCAPA\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nUSER\r\nX-LAST\r\n.\r\n"
            "-ERR TOP is disabled for this mailbox.\r\n"
            "-ERR HELP is disabled for this mailbox.\r\n");
}

TEST_F(ServerSessionTest, what_the_policy_leaves_to_the_host_is_unknown_to_it) {
  policy::Resolution resolution;
  resolution.policy.commands.allow = {};
  set_policy(resolution);
  EXPECT_EQ(transcript("last\r\nHELP\r\nCAPA\r\n"),
            "-ERR Unknown command: last\r\n-ERR Unknown command: HELP\r\n" +
                std::string(host_capabilities));
}

TEST_F(ServerSessionTest, a_policy_that_cannot_be_read_opens_nothing_and_is_logged) {
  deliver(1);
  policy::Resolution resolution;
  resolution.intact = false;
  resolution.deny_known = false;
  resolution.problems = {"default.toml:1:2: bad"};
  set_policy(resolution);
  EXPECT_EQ(transcript("DELE 1\r\nNOOP\r\nQUIT\r\n"),
            "-ERR [SYS/TEMP] DELE is unavailable: the server's policy cannot be read.\r\n"
            "+OK\r\n+OK Logging out.\r\n");
  EXPECT_EQ(log_, std::vector<std::string>{"user alice: default.toml:1:2: bad"});
}

TEST_F(ServerSessionTest, a_denied_command_in_the_packet_of_user_and_pass_is_denied) {
  deliver(1);
  policy::Resolution resolution;
  resolution.policy.commands.deny = {"DELE"};
  set_policy(resolution);
  const auto session = connect();
  EXPECT_EQ(say(*session, "USER alice\r\nPASS secret\r\nDELE 1\r\nLAST\r\nQUIT\r\n"),
            std::string(login_replies) +
                "-ERR DELE is disabled for this mailbox.\r\n+OK 0\r\n+OK Logging out.\r\n");
  EXPECT_EQ(mailbox().messages().size(), 1U);
}

TEST_F(ServerSessionTest, a_drop_removes_nothing_and_keeps_what_was_delivered) {
  deliver(3);
  const auto session = log_in();
  say(*session, "RETR 1\r\n");
  say(*session, "DELE 1\r\n");  // proves that message 1 has arrived
  say(*session, "RETR 3\r\n");
  session->connection_lost();
  EXPECT_TRUE(session->wants_close());
  EXPECT_EQ(session->take_output(everything), "");
  EXPECT_EQ(stored_last(), "2 1 1 1 1.1\n");
  ASSERT_EQ(mailbox().messages().size(), 3U);
  EXPECT_TRUE(mailbox().messages()[0].seen);
  EXPECT_FALSE(mailbox().messages()[1].seen);
  EXPECT_TRUE(mailbox().messages()[2].seen);  // as in Dovecot
}

TEST_F(ServerSessionTest, the_end_of_a_connection_proves_nothing) {
  deliver(3);
  {
    const auto session = log_in();
    say(*session, "RETR 2\r\n");
    session->connection_lost();
  }
  EXPECT_EQ(stored_last(), "2 1 0\n");
  {
    const auto session = log_in();
    say(*session, "RETR 2\r\n");
    say(*session, "NOOP\r\n");
    session->connection_lost();
  }
  EXPECT_EQ(stored_last(), "2 1 2 2 1.2\n");
}

TEST_F(ServerSessionTest, a_command_that_had_arrived_when_the_message_left_proves_nothing) {
  deliver(3);
  const auto session = log_in();
  session->receive("RETR 3\r\n");
  EXPECT_TRUE(
      session->take_output(everything, std::string_view("NOOP\r\n").size()).ends_with(".\r\n"));
  session->output_left();
  say(*session, "NOOP\r\n");
  session->connection_lost();
  EXPECT_EQ(stored_last(), "2 1 0\n");
}

TEST_F(ServerSessionTest, what_has_not_left_is_not_proved) {
  deliver(3);
  const auto session = log_in();
  session->receive("RETR 3\r\n");
  EXPECT_TRUE(session->take_output(everything).ends_with(".\r\n"));
  session->receive("NOOP\r\n");
  session->connection_lost();
  EXPECT_EQ(stored_last(), "2 1 0\n");
}

TEST_F(ServerSessionTest, a_drop_in_the_middle_of_a_big_message_does_not_count_it) {
  deliver(1);
  mailbox().deliver(std::string(1000000, 'x'));
  const auto session = log_in();
  say(*session, "RETR 1\r\n");
  session->receive("RETR 2\r\nLAST\r\n");
  EXPECT_EQ(session->take_output(100).size(), 100U);
  session->receive("NOOP\r\n");
  session->connection_lost();
  EXPECT_EQ(stored_last(), "2 1 1 1 1.1\n");
}

TEST_F(ServerSessionTest, an_end_of_the_servers_own_is_a_drop) {
  deliver(3);
  const auto session = log_in();
  say(*session, "RETR 2\r\n");
  say(*session, "RETR 3\r\n");
  say(*session, std::string(3000, 'x'));
  EXPECT_TRUE(session->wants_close());
  EXPECT_EQ(stored_last(), "2 1 2 2 1.2\n");
  EXPECT_TRUE(mailbox().messages()[2].seen);
}

TEST_F(ServerSessionTest, a_killed_server_stores_nothing) {
  deliver(1);
  transcript("RETR 1\r\nDELE 1\r\n");
  EXPECT_EQ(stored_last(), "(none)");
  ASSERT_EQ(mailbox().messages().size(), 1U);
  EXPECT_FALSE(mailbox().messages()[0].seen);
}

TEST_F(ServerSessionTest, last_stays_under_another_uidvalidity) {
  deliver(3);
  transcript("RETR 3\r\nQUIT\r\n");
  EXPECT_EQ(transcript("LAST\r\n"), "+OK 3\r\n");
  mailbox().change_uidvalidity(7);
  EXPECT_EQ(transcript("LAST\r\n"), "+OK 3\r\n");
  EXPECT_TRUE(log_.empty());
}

}  // namespace
}  // namespace pop3_legacy::shim
