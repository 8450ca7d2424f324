#include "plugin/files/durable_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "plugin/files/spool_file.h"
#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::files {
namespace {

class DurableFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      found.push_back(entry.path().filename());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    const auto read = read_small_file(path(name), 1U << 20U);
    return read.ok() && read.value() ? *read.value() : "(none)";
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(DurableFile, kill_9_at_any_moment_leaves_the_old_or_the_new) {
  const std::string old_content(3000, 'o');
  const std::string new_content(4000, 'n');
  for (unsigned round = 0; round < 60; ++round) {
    ASSERT_TRUE(replace_file(path("state"), old_content, {.mode = 0600}, false).ok());
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (;;) {
        static_cast<void>(replace_file(path("state"), new_content, {.mode = 0600}, false));
        static_cast<void>(replace_file(path("state"), old_content, {.mode = 0600}, false));
      }
    }
    ::usleep(100 + round * 37);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    const std::string left = content("state");
    ASSERT_TRUE(left == old_content || left == new_content) << left.size();
  }
}

// There is a short time between linking the new file and renaming it; with this many kills, some
// hit it.
TEST_F(DurableFile, killed_processes_leave_nothing_that_the_next_write_does_not_remove) {
  unsigned left_over = 0;
  for (unsigned round = 0; round < 400; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (const std::string content(20'000, 'c');;) {
        static_cast<void>(replace_file(path("state"), content, {.mode = 0600}, false));
      }
    }
    ::usleep(100 + round * 7);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    left_over += static_cast<unsigned>(names().size() > 1);
    ASSERT_TRUE(exchange_file(path("state"), read_small_file(path("state"), 1U << 20U).value(),
                              "new", {.mode = 0600}, false)
                    .value());
    remove_left_overs(path("state"));
    ASSERT_EQ(names(), std::vector<std::string>{"state"}) << round;
  }
  RecordProperty("left_over", static_cast<int>(left_over));
}

TEST_F(DurableFile, only_left_overs_are_removed) {
  const std::string mine = std::to_string(::getpid());
  const std::vector<std::string> stay = {
      "state.tmp.1.2.3.4",                      // young, and perhaps another machine's
      "state.tmp.0123456789abcdef.99999999.0",  // the same
      "state.tmp." + mine,                      // another program's
      "state.tmp.x.2.3.4",
      "other.tmp.1.2.3.4",
      "state"};
  for (const std::string& name : stay) std::ofstream(path(name)) << "x";
  ASSERT_EQ(::mkdir(path("state.tmp.1.2.3.5").c_str(), 0700), 0);
  const timespec long_ago[2] = {{.tv_sec = 1'000'000'000, .tv_nsec = 0},  // NOLINT: C
                                {.tv_sec = 1'000'000'000, .tv_nsec = 0}};
  for (const char* old : {"state.tmp.1.2.3.6", "state-b.tmp.0123456789abcdef.1.0"}) {
    std::ofstream(path(old)) << "half";
    ASSERT_EQ(::utimensat(AT_FDCWD, path(old).c_str(), long_ago, 0), 0);
  }
  remove_left_overs(path("state"));
  std::vector<std::string> expected = stay;
  expected.emplace_back("state.tmp.1.2.3.5");
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(names(), expected);
  remove_left_overs(path("no/state"));
}

// A full descriptor table must not be mistaken for "somebody else has stored".
TEST_F(DurableFile, an_exchange_that_cannot_read_says_so) {
  ASSERT_TRUE(replace_file(path("state"), "old", {.mode = 0600}, false));
  const int next = ::dup(0);
  ASSERT_GE(next, 0);
  ::close(next);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit one_more{static_cast<rlim_t>(next) + 1, before.rlim_max};  // for the folder
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &one_more), 0);
  const auto exchanged = exchange_file(path("state"), "old", "new", {.mode = 0600}, false);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(exchanged);
  EXPECT_EQ(exchanged.error().text,
            path("state") + ": the file cannot be opened: Too many open files");
  EXPECT_EQ(content("state"), "old");

  ASSERT_EQ(::mkdir(path("folder").c_str(), 0700), 0);
  EXPECT_FALSE(exchange_file(path("folder"), "old", "new", {.mode = 0600}, false));
  // Content of another length, however long, is simply different.
  ASSERT_TRUE(replace_file(path("state"), std::string(5000, 'x'), {.mode = 0600}, false));
  EXPECT_FALSE(exchange_file(path("state"), "old", "new", {.mode = 0600}, false).value());
}

TEST_F(DurableFile, the_spool_never_has_a_name) {
  const int watch = ::inotify_init1(IN_NONBLOCK);
  ASSERT_GE(watch, 0);
  const std::string folder = path("");
  ASSERT_GE(::inotify_add_watch(watch, folder.c_str(), IN_CREATE), 0);
  auto spool = SpoolFile::create(path("spool."));
  ASSERT_TRUE(spool);
  ASSERT_TRUE(spool.value()->append("octets"));
  const auto fd = spool.value()->rewound();
  ASSERT_TRUE(fd);
  std::array<char, 16> read{};
  EXPECT_EQ(::read(fd.value(), read.data(), read.size()), 6);
  std::array<char, 512> events{};
  EXPECT_EQ(::read(watch, events.data(), events.size()), -1);  // nothing happened
  ::close(watch);
  EXPECT_TRUE(names().empty());
}

TEST_F(DurableFile, an_exchange_needs_the_old_content) {
  const std::string old_content = "old";
  EXPECT_FALSE(exchange_file(path("state"), old_content, "new", {.mode = 0600}, false).value());
  EXPECT_TRUE(exchange_file(path("state"), std::nullopt, "first", {.mode = 0600}, false).value());
  EXPECT_FALSE(exchange_file(path("state"), std::nullopt, "new", {.mode = 0600}, false).value());
  EXPECT_FALSE(exchange_file(path("state"), old_content, "new", {.mode = 0600}, false).value());
  EXPECT_EQ(content("state"), "first");
  EXPECT_TRUE(exchange_file(path("state"), "first", "new", {.mode = 0600}, false).value());
  EXPECT_EQ(content("state"), "new");
  EXPECT_EQ(names(), std::vector<std::string>{"state"});
  EXPECT_FALSE(exchange_file(path("no/state"), std::nullopt, "new", {.mode = 0600}, false));
}

// Each process adds its letter a hundred times; none is lost.
TEST_F(DurableFile, exchanges_of_several_processes_lose_nothing) {
  constexpr unsigned times = 100;
  std::vector<pid_t> children;
  for (const char letter : {'a', 'b', 'c'}) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (unsigned added = 0; added < times;) {
        const auto old_content = read_small_file(path("state"), 1U << 20U).value();
        const auto done = exchange_file(path("state"), old_content,
                                        old_content.value_or("") + letter, {.mode = 0600}, false);
        if (done.ok() && done.value()) ++added;
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const std::string all = content("state");
  for (const char letter : {'a', 'b', 'c'}) {
    EXPECT_EQ(std::count(all.begin(), all.end(), letter), times);
  }
}

TEST_F(DurableFile, a_file_that_is_not_there_has_no_value) {
  const auto read = read_small_file(path("state"), 10);
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read.value().has_value());
}

TEST_F(DurableFile, what_was_stored_is_read_back_octet_for_octet) {
  const std::string octets("1 2 3\r\n\0\xFF end", 13);
  for (const bool sync : {false, true}) {
    ASSERT_TRUE(replace_file(path("state"), octets, {.mode = 0600}, sync).ok());
    EXPECT_EQ(content("state"), octets);
    ASSERT_TRUE(replace_file(path("state"), "", {.mode = 0600}, sync).ok());
    EXPECT_EQ(content("state"), "");
  }
  EXPECT_EQ(names(), std::vector<std::string>{"state"});
}

TEST_F(DurableFile, the_mode_is_exact_whatever_the_umask) {
  const mode_t before = ::umask(0077);
  const auto replaced = replace_file(path("state"), "x", {.mode = 0664}, false);
  ::umask(before);
  ASSERT_TRUE(replaced.ok());
  struct stat status {};
  ASSERT_EQ(::stat(path("state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0664U);
}

TEST_F(DurableFile, the_limit_is_the_last_length_that_is_read) {
  ASSERT_TRUE(replace_file(path("state"), "12345", {.mode = 0600}, false).ok());
  EXPECT_EQ(**&read_small_file(path("state"), 5).value(), "12345");
  const auto too_long = read_small_file(path("state"), 4);
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().kind, Failure::permanent);
  EXPECT_EQ(too_long.error().text,
            path("state") + ": the file is longer than 4 octets, the most allowed");
}

TEST_F(DurableFile, the_front_of_a_file_comes_with_the_length_of_all) {
  ASSERT_TRUE(replace_file(path("state"), "12345", {.mode = 0600}, false).ok());
  for (const std::size_t octets : {0U, 1U, 4U, 5U, 6U}) {
    const auto front = read_file_front(path("state"), octets);
    ASSERT_TRUE(front.ok() && front.value());
    EXPECT_EQ(front.value()->text, std::string("12345").substr(0, octets));
    EXPECT_EQ(front.value()->octets, 5U);
  }
  EXPECT_FALSE(read_file_front(path("none"), 5).value());
  EXPECT_FALSE(read_file_front(path(""), 5));
}

TEST_F(DurableFile, what_is_no_regular_file_is_an_error) {
  ASSERT_EQ(::mkdir(path("folder").c_str(), 0700), 0);
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_small_file(path("folder"), 5).error().text,
            path("folder") + ": this is a folder, not a file; remove it");
  EXPECT_EQ(read_small_file(path("fifo"), 5).error().text,
            path("fifo") + ": this is not a regular file; remove it");
}

TEST_F(DurableFile, a_folder_in_the_way_leaves_no_temporary_file) {
  ASSERT_EQ(::mkdir(path("state").c_str(), 0700), 0);
  const auto replaced = replace_file(path("state"), "x", {.mode = 0600}, false);
  ASSERT_FALSE(replaced.ok());
  EXPECT_EQ(replaced.error().kind, Failure::permanent);
  EXPECT_EQ(replaced.error().text, path("state") + ": the file cannot be replaced: Is a directory");
  EXPECT_EQ(names(), std::vector<std::string>{"state"});
}

TEST_F(DurableFile, a_folder_that_is_missing_is_named) {
  const auto replaced = replace_file(path("nowhere/state"), "x", {.mode = 0600}, false);
  ASSERT_FALSE(replaced.ok());
  EXPECT_EQ(replaced.error().kind, Failure::permanent);
  EXPECT_EQ(replaced.error().text, path("nowhere/state") +
                                       ": the file cannot be written, because no temporary file "
                                       "can be created beside it: No such file or directory");
}

// RLIMIT_FSIZE stands in for a full disk.
TEST_F(DurableFile, a_write_that_stops_halfway_leaves_the_old_content_and_nothing_else) {
  ASSERT_TRUE(replace_file(path("state"), "old", {.mode = 0600}, false).ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-cstyle-cast)
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto replaced = replace_file(path("state"), std::string(1000, 'n'), {.mode = 0600}, false);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_handler);

  ASSERT_FALSE(replaced.ok());
  EXPECT_EQ(replaced.error().kind, Failure::temporary);
  EXPECT_EQ(replaced.error().text, path("state") + ": the file cannot be written: File too large");
  EXPECT_EQ(content("state"), "old");
  EXPECT_EQ(names(), std::vector<std::string>{"state"});
}

TEST_F(DurableFile, a_left_over_of_a_crash_is_not_in_the_way) {
  std::ofstream(path("state.tmp.1.2.3.4")) << "half";
  ASSERT_TRUE(replace_file(path("state"), "new", {.mode = 0600}, true).ok());
  EXPECT_EQ(content("state"), "new");
  EXPECT_EQ(content("state.tmp.1.2.3.4"), "half");
}

TEST_F(DurableFile, a_link_is_replaced_and_its_target_left_alone) {
  ASSERT_TRUE(replace_file(path("target"), "precious", {.mode = 0600}, false).ok());
  ASSERT_EQ(::symlink(path("target").c_str(), path("state").c_str()), 0);
  ASSERT_TRUE(replace_file(path("state"), "new", {.mode = 0600}, false).ok());
  EXPECT_EQ(content("target"), "precious");
  EXPECT_EQ(content("state"), "new");
  EXPECT_FALSE(std::filesystem::is_symlink(path("state")));
}

}  // namespace
}  // namespace pop3_legacy::files
