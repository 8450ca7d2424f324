#include "plugin/process/running_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace pop3_legacy::process {
namespace {

TEST(RunningProcess, KnowsItself) {
  const std::string name = this_process();
  ASSERT_FALSE(name.empty());
  EXPECT_EQ(name.find_first_not_of("0123456789abcdef-"), std::string::npos) << name;
  EXPECT_EQ(is_running(name), true);
}

TEST(RunningProcess, AnotherThatStartedLaterWithTheSameNumberIsNotTheSame) {
  EXPECT_EQ(is_running(this_process() + '0'), false);
}

TEST(RunningProcess, OfAnotherMachineNothingIsKnown) {
  std::string name = this_process();
  name.front() = name.front() == '0' ? '1' : '0';
  EXPECT_EQ(is_running(name), std::nullopt);
  EXPECT_EQ(is_running(""), std::nullopt);
  EXPECT_EQ(is_running("anything"), std::nullopt);
}

TEST(RunningProcess, IsOverWhenItHasBeenKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string name = this_process();
    if (::write(ends[1], name.data(), name.size()) > 0) ::pause();
    ::_exit(0);
  }
  std::array<char, 256> octets{};
  const ssize_t count = ::read(ends[0], octets.data(), octets.size());
  ASSERT_GT(count, 0);
  const std::string name(octets.data(), static_cast<std::size_t>(count));
  EXPECT_EQ(is_running(name), true);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(is_running(name), false);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace pop3_legacy::process
