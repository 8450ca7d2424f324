#include "plugin/core/session/conversation.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

using State = Conversation::State;

class FakeProgram : public RunningProgram {};

class Talk final : public FakeHost, public Recipient {
 public:
  explicit Talk(policy::Resolution resolution)
      : FakeHost(3), session_(*this, std::move(resolution)) {}

  Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& /*call*/, std::function<void(ProgramResult)> when_done) override {
    program_done = std::move(when_done);
    return std::unique_ptr<RunningProgram>(std::make_unique<FakeProgram>());
  }

  void reply(const Reply& reply, bool client_erred) override {
    wire += reply.wire();
    bad += !reply.positive() && client_erred ? 1 : 0;
    ended = ended || bad > 1;
  }
  void lines(std::string_view lines) override {
    wire += lines;
    ended = ended || ends_in_a_listing;
  }
  void end(const char* why) override {
    wire += std::string("ended: ") + why;
    ended = true;
  }
  [[nodiscard]] bool over() const override { return ended; }
  void wake() override { ++woken; }
  void answered(const Command& command, bool positive) override {
    events.push_back(std::string(command.name) + (positive ? " OK" : " ERR"));
  }

  void says(const std::string& line) {
    conversation.answer(session_.take(line + "\r\n", 0));
    go_on();
  }
  void go_on() {
    while (conversation.state() == State::answering) conversation.step();
  }

  std::function<void(ProgramResult)> program_done;
  std::string wire;
  std::vector<std::string> events;
  int bad = 0;
  int woken = 0;
  bool ended = false;
  bool ends_in_a_listing = false;

 private:
  Session session_;

 public:
  Conversation conversation{session_, *this};
};

policy::Resolution with_a_program() {
  policy::Resolution made = resolution({"LAST", "XTND XLST"});
  policy::XCommand program;
  program.name = "XP";
  program.kind = policy::XCommand::Kind::program;
  program.target = "/p";
  made.policy.x_commands.push_back(program);
  return made;
}

TEST(Conversation, AReplyIsTheWholeAnswer) {
  Talk talk(resolution({"LAST"}));
  talk.says("LAST");
  EXPECT_EQ(talk.wire, "+OK 0\r\n");
  EXPECT_EQ(talk.events, std::vector<std::string>{"LAST OK"});
  EXPECT_EQ(talk.conversation.state(), State::idle);
}

TEST(Conversation, AListingEndsWithTheLoneDot) {
  Talk talk(resolution({"XTND XLST"}));
  talk.headers[1] = "Subject: one\n";
  talk.says("XTND XLST Subject 1");
  EXPECT_TRUE(talk.wire.ends_with("1 Subject: one\r\n.\r\n")) << talk.wire;
  EXPECT_EQ(talk.events, std::vector<std::string>{"XTND XLST OK"});
}

TEST(Conversation, AListingThatFailsEndsTheSessionWithoutTheDot) {
  Talk talk(resolution({"XTND XLST"}));
  talk.unreadable[1] = Error{Failure::temporary, "the disk is gone"};
  talk.says("XTND XLST Subject 1");
  EXPECT_TRUE(talk.wire.ends_with("\r\nended: An answer could not be completed.")) << talk.wire;
  EXPECT_EQ(talk.log, std::vector<std::string>{"XTND XLST: the disk is gone"});
  EXPECT_EQ(talk.events.size(), 1U);
  EXPECT_EQ(talk.conversation.state(), State::idle);
}

TEST(Conversation, ASessionThatEndsMeanwhileForgetsTheRest) {
  Talk talk(resolution({"XTND XLST"}));
  talk.headers[1] = "Subject: one\n";
  talk.ends_in_a_listing = true;
  talk.says("XTND XLST Subject");
  EXPECT_EQ(talk.wire.find("\r\n.\r\n"), std::string::npos) << talk.wire;
  EXPECT_EQ(talk.conversation.state(), State::idle);
}

TEST(Conversation, ABadCommandTooManyForgetsTheRest) {
  Talk talk(resolution({"XTND XLST"}));
  talk.says("XTND XLST");
  talk.says("XTND XLST");
  EXPECT_TRUE(talk.ended);
  EXPECT_EQ(talk.events.size(), 2U);
}

TEST(Conversation, AProgramsAnswerIsWaitedFor) {
  Talk talk(with_a_program());
  talk.says("XP");
  EXPECT_EQ(talk.conversation.state(), State::waiting);
  EXPECT_TRUE(talk.conversation.waits_for_client_only());
  EXPECT_EQ(talk.wire, "");
  EXPECT_TRUE(talk.events.empty());
  talk.program_done({ProgramResult::End::succeeded, "+OK here\n", ""});
  EXPECT_EQ(talk.woken, 1);
  EXPECT_EQ(talk.conversation.state(), State::answering);
  talk.go_on();
  EXPECT_EQ(talk.wire, "+OK here\r\n");
  EXPECT_EQ(talk.events.size(), 1U);
}

TEST(Conversation, WhatIsDroppedIsNotAnswered) {
  Talk talk(with_a_program());
  talk.says("XP");
  talk.conversation.drop();
  EXPECT_EQ(talk.conversation.state(), State::idle);
  EXPECT_EQ(talk.wire, "");
}

}  // namespace
}  // namespace pop3_legacy
