#include "shim/failing_maildrop.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "shim/memory_maildrop.h"
#include "shim/server_session.h"

namespace pop3_legacy::shim {
namespace {

/// A session on three messages in which one operation fails, and what it has left behind.
class FailingSession {
 public:
  FailingSession(unsigned fails, Failure kind, policy::Resolution resolution = {})
      : plan_(fails, kind), resolution_(std::move(resolution)) {
    MemoryMailbox& mailbox = maildrops_.mailbox("alice");
    for (const char* const text : {"a: 1\n\none\n", "a: 2\n\n.two\n", "a: 3\n\nthree\n"}) {
      mailbox.deliver(text);
    }
  }

  /// Runs a client that sends one command after another until the session ends.
  void run(const std::vector<std::string>& commands) {
    FailingMaildrops failing(maildrops_, plan_);
    Environment environment;
    environment.maildrops = &failing;
    environment.password_of = [](std::string_view) { return "secret"; };
    environment.policy_of = [this](std::string_view) { return resolution_; };
    environment.log = [this](std::string_view sentence) { log_.emplace_back(sentence); };
    ServerSession session(std::move(environment));
    take_all(session);
    for (const std::string& command : commands) {
      session.receive(command + "\r\n");
      replies_.push_back(take_all(session));
      if (session.wants_close()) {
        break;
      }
    }
    session.connection_lost();
  }

  [[nodiscard]] const FailurePlan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<std::string>& replies() const { return replies_; }
  [[nodiscard]] const std::vector<std::string>& log() const { return log_; }
  MemoryMailbox& mailbox() { return maildrops_.mailbox("alice"); }

 private:
  static std::string take_all(ServerSession& session) {
    std::string output;
    for (std::string piece; !(piece = session.take_output(1000)).empty();) {
      output += piece;
    }
    session.output_left();
    return output;
  }

  MemoryMaildrops maildrops_;
  FailurePlan plan_;
  policy::Resolution resolution_;
  std::vector<std::string> replies_;
  std::vector<std::string> log_;
};

const std::vector<std::string> foxmail = {"USER alice", "PASS secret", "LAST",   "RETR 1",
                                          "DELE 1",     "TOP 3 1",     "RETR 2", "LAST",
                                          "DELE 2",     "LAST",        "NOOP",   "QUIT"};

/// One status line, or for RETR and TOP a message ended by a lone dot.
bool is_well_formed(const std::string& command, const std::string& reply) {
  if (!reply.ends_with("\r\n") || (!reply.starts_with("+OK") && !reply.starts_with("-ERR "))) {
    return false;
  }
  const bool long_answer =
      reply.starts_with('+') && (command.starts_with("RETR") || command.starts_with("TOP"));
  return long_answer ? reply.ends_with("\r\n.\r\n") && reply.find("\r\n.\r\n") == reply.size() - 5
                     : reply.find("\r\n") == reply.size() - 2;
}

constexpr std::string_view internal_error =
    "Internal error occurred. Refer to server log for more information.\r\n";

TEST(FailingMaildrop, nothing_fails_without_a_plan) {
  FailingSession session(0, Failure::temporary);
  session.run(foxmail);
  EXPECT_FALSE(session.plan().failed());
  EXPECT_EQ(session.replies().back(), "+OK Logging out, messages deleted.\r\n");
  EXPECT_EQ(session.mailbox().messages().size(), 1U);
  EXPECT_EQ(session.mailbox().states()["last"], "2 1 2\n");
  EXPECT_TRUE(session.log().empty());
}

class EveryFailure : public ::testing::TestWithParam<Failure> {};

TEST_P(EveryFailure, loses_no_mail_and_no_form) {
  FailingSession whole(0, GetParam());
  whole.run(foxmail);
  const unsigned operations = whole.plan().operations();
  ASSERT_GE(operations, 10U);
  for (unsigned fails = 1; fails <= operations; ++fails) {
    SCOPED_TRACE("operation " + std::to_string(fails));
    FailingSession session(fails, GetParam());
    session.run(foxmail);
    ASSERT_TRUE(session.plan().failed());
    EXPECT_FALSE(session.log().empty());

    const auto& replies = session.replies();
    const bool ended_early = replies.size() < foxmail.size();
    for (std::size_t i = 0; i < replies.size(); ++i) {
      if (ended_early && i + 1 == replies.size()) {
        // A message that broke off must not look complete.
        EXPECT_FALSE(replies[i].ends_with("\r\n.\r\n")) << replies[i];
      } else {
        EXPECT_TRUE(is_well_formed(foxmail[i], replies[i])) << foxmail[i] << " → " << replies[i];
      }
    }

    const bool quit = !ended_early && replies.back().starts_with("+OK");
    const bool deleted = !ended_early && replies[4].starts_with("+OK");
    EXPECT_EQ(session.mailbox().find(1) == nullptr, quit && deleted);
    EXPECT_EQ(session.mailbox().find(2) == nullptr, quit && deleted);
    EXPECT_NE(session.mailbox().find(3), nullptr);
  }
}

INSTANTIATE_TEST_SUITE_P(AllKinds, EveryFailure,
                         ::testing::Values(Failure::temporary, Failure::permanent, Failure::gone));

TEST(FailingMaildrop, a_maildrop_that_cannot_be_opened_leaves_the_client_before_login) {
  FailingSession session(1, Failure::temporary);
  session.run({"USER alice", "PASS secret", "STAT", "USER alice", "PASS secret", "STAT"});
  const std::vector<std::string> replies = {"+OK\r\n",
                                            std::string("-ERR [SYS/TEMP] ").append(internal_error),
                                            "-ERR Unknown command.\r\n",
                                            "+OK\r\n",
                                            "+OK Logged in.\r\n",
                                            "+OK 3 42\r\n"};
  EXPECT_EQ(session.replies(), replies);
  EXPECT_EQ(session.log(),
            std::vector<std::string>{"user alice: open failed as planned, being operation 1"});
}

TEST(FailingMaildrop, a_message_that_could_not_be_sent_does_not_raise_last) {
  // Operations: open, load_state, open_message.
  for (const Failure kind : {Failure::temporary, Failure::permanent, Failure::gone}) {
    FailingSession session(3, kind);
    session.run({"USER alice", "PASS secret", "RETR 2", "LAST", "RETR 1", "LAST", "QUIT"});
    EXPECT_TRUE(session.replies()[2].starts_with("-ERR ")) << session.replies()[2];
    EXPECT_EQ(session.replies()[3], "+OK 0\r\n");
    EXPECT_EQ(session.replies()[5], "+OK 1\r\n");
    EXPECT_EQ(session.mailbox().states()["last"], "2 1 1 1 1.1\n");
  }
  FailingSession broken(4, Failure::temporary);  // the first read
  broken.run({"USER alice", "PASS secret", "RETR 2", "LAST"});
  EXPECT_EQ(broken.replies().back(), "+OK 14 octets\r\n");
  EXPECT_EQ(broken.mailbox().states()["last"], "2 1 0\n");
}

// Operations: open, load_state; when the core sees QUIT, load_state, load_state again for what
// others have stored meanwhile, store_state, then load_state and store_state of the note whose
// states these are; commit.
const std::vector<std::string> delete_and_quit = {"USER alice", "PASS secret", "DELE 1", "QUIT"};

TEST(FailingMaildrop, a_state_that_cannot_be_stored_does_not_stop_quit) {
  FailingSession session(5, Failure::permanent);
  session.run(delete_and_quit);
  EXPECT_EQ(session.replies().back(), "+OK Logging out, messages deleted.\r\n");
  EXPECT_EQ(session.log(),
            std::vector<std::string>{
                "user alice: LAST: the number could not be stored, so the next session starts from "
                "the old one: store_state failed as planned, being operation 5"});
  EXPECT_EQ(session.mailbox().messages().size(), 2U);
}

TEST(FailingMaildrop, a_commit_that_fails_is_told_and_leaves_last_as_a_drop_does) {
  FailingSession session(8, Failure::permanent);
  session.run(delete_and_quit);
  EXPECT_EQ(session.replies().back(), std::string("-ERR [SYS/PERM] ").append(internal_error));
  EXPECT_EQ(session.log(), std::vector<std::string>{
                               "user alice: QUIT: commit failed as planned, being operation 8"});
  EXPECT_EQ(session.mailbox().messages().size(), 3U);
  EXPECT_EQ(session.mailbox().states()["last"], "2 1 0\n");
}

// --- UIDL ---

policy::Resolution scheme(const std::string& name) {
  policy::Resolution resolution;
  resolution.policy.uidl.plan.chain = {name};
  return resolution;
}

const std::vector<std::string> ask_twice = {"USER alice", "PASS secret", "UIDL 2",
                                            "UIDL",       "UIDL",        "QUIT"};
constexpr std::string_view ids_unknown =
    "-ERR [SYS/TEMP] Unique ids are not available at the moment.\r\n";
constexpr std::string_view uw_ids =
    "+OK\r\n1 0000000100000001\r\n2 0000000100000002\r\n3 0000000100000003\r\n.\r\n";

// Operations: open, load_state for the ids and for the pins, load_state for what others have stored
// meanwhile, store_state.
TEST(FailingMaildrop, ids_that_could_not_be_stored_are_not_shown) {
  FailingSession session(5, Failure::permanent, scheme("uw"));
  session.run(ask_twice);
  EXPECT_EQ(session.replies()[2], ids_unknown);
  EXPECT_EQ(session.replies()[3], uw_ids);
  EXPECT_EQ(session.replies()[4], uw_ids);
  EXPECT_EQ(session.log(),
            (std::vector<std::string>{
                "user alice: UIDL: the ids are not known, so none are shown: "
                "store_state failed as planned, being operation 5",
                "user alice: uidl: ids by scheme uw from now on: 3 messages, 3 by uw"}));
  EXPECT_EQ(session.mailbox().states()["uidl"],
            "dovecot-pop3-legacy uidl 2\nscheme uw\nmax_length 495\nend 0 46fc80ae\n");
}

TEST_P(EveryFailure, shows_no_ids_but_those_that_last) {
  // Reads the date of arrival, Courier's list, and the messages' headers.
  policy::Resolution resolution = scheme("courier");
  resolution.policy.uidl.plan.chain.emplace_back("xuidl");
  resolution.policy.uidl.plan.cutovers = {{.before = 1, .chain = {"courier", "solid-mbox"}}};
  const auto names = [](FailingSession& session) {
    for (const Uid uid : {1U, 2U, 3U}) {
      session.mailbox().find(uid)->file_name = "file." + std::to_string(uid);
    }
    session.mailbox().find(3)->received = 2;
    session.mailbox().courier_list() = "/2 9 77\nfile.2 14 8:77\n";
  };
  // The MD5 of nothing: the message has no line that solid-pop3d hashes.
  constexpr std::string_view ids =
      "+OK\r\n1 d41d8cd98f00b204e9800998ecf8427e\r\n2 UID8-77\r\n3 0000000300000001\r\n.\r\n";
  FailingSession whole(0, GetParam(), resolution);
  names(whole);
  whole.run(ask_twice);
  EXPECT_EQ(whole.replies()[3], ids);
  const unsigned operations = whole.plan().operations();
  ASSERT_GE(operations, 10U);
  for (unsigned fails = 2; fails <= operations; ++fails) {
    SCOPED_TRACE("operation " + std::to_string(fails));
    FailingSession session(fails, GetParam(), resolution);
    names(session);
    session.run(ask_twice);
    ASSERT_TRUE(session.plan().failed());
    EXPECT_GE(session.log().size(), 1U);
    // A failure takes away an id, that of its message or all of them, but never produces another
    // id.
    for (const std::string& reply : {session.replies()[2], session.replies()[3]}) {
      std::istringstream lines(reply);
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("+OK 2")) line.erase(0, 4);
        EXPECT_TRUE(line.starts_with("-ERR [SYS/TEMP] ") || ids.find(line) != std::string::npos)
            << line;
      }
    }
  }
}

}  // namespace
}  // namespace pop3_legacy::shim
