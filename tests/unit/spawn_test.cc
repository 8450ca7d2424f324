#include "plugin/process/spawn.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace pop3_legacy::process {
namespace {

struct Said {
  std::string text;
  int status = -1;
};

/// Runs it until it ends.
Said run(Spawn call) {
  Pipe pipe;
  EXPECT_TRUE(pipe.open());
  call.output = call.complaints = pipe.writing->get();
  const Result<pid_t> pid = spawn(std::move(call));
  if (!pid) return {pid.error().text};
  Said said;
  EXPECT_EQ(::waitpid(pid.value(), &said.status, 0), pid.value());
  pipe.writing.reset();
  EXPECT_FALSE(read_tail(pipe.reading->get(), 1000, said.text));
  return said;
}

Spawn shell(const std::string& script) {
  return {.arguments = {"/bin/sh", "-c", script, "sh", "an argument"}};
}

TEST(SpawnTest, HasArgumentsAnInputAndItsOutputs) {
  Pipe input;
  ASSERT_TRUE(input.open());
  ASSERT_EQ(::write(input.writing->get(), "read\n", 5), 5);
  input.writing.reset();
  Spawn call = shell(R"(cat; echo "$1"; echo complaint >&2; exit 3)");
  call.input = input.reading->get();
  const Said said = run(std::move(call));
  EXPECT_EQ(said.text, "read\nan argument\ncomplaint\n");
  EXPECT_EQ(WEXITSTATUS(said.status), 3);
}

TEST(SpawnTest, WithoutAnInputThereIsNothingToRead) {
  EXPECT_EQ(run(shell("cat")).text, "");
}

TEST(SpawnTest, HasTheEnvironmentThatItIsGiven) {
  ASSERT_EQ(::setenv("SPAWN_TEST", "here", 1), 0);
  EXPECT_EQ(run(shell("echo $SPAWN_TEST")).text, "here\n");
  Spawn call = shell("echo $SPAWN_TEST$A");
  call.environment = {"A=b"};
  EXPECT_EQ(run(std::move(call)).text, "b\n");
}

TEST(SpawnTest, OnItsOwnItLeadsASession) {
  Spawn call = shell("read -r _ _ _ _ group _ < /proc/$$/stat; test $group = $$ && echo leads");
  EXPECT_EQ(run(call).text, "");
  call.on_its_own = true;
  EXPECT_EQ(run(call).text, "leads\n");
}

TEST(SpawnTest, WhatIsNotThereIsTold) {
  EXPECT_EQ(run({.arguments = {"/nowhere/at-all"}}).text,
            "/nowhere/at-all cannot be run: No such file or directory");
}

TEST(SpawnTest, TheLastOctetsAreKept) {
  Pipe pipe;
  ASSERT_TRUE(pipe.open());
  ASSERT_EQ(::write(pipe.writing->get(), "0123456789", 10), 10);
  std::string text = "before";
  EXPECT_TRUE(read_tail(pipe.reading->get(), 4, text));
  EXPECT_EQ(text, "6789");
}

}  // namespace
}  // namespace pop3_legacy::process
