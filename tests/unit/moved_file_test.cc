// Where Dovecot's control folder was before, and moving files from there.

#include "plugin/files/moved_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::files {
namespace {

namespace fs = std::filesystem;

constexpr FileAccess access{.mode = 0600};

// The layouts of mailbox-list-fs.c in 2.3 (FULLDIRNAME), 2.4.1 and 2.4.4
// (mailbox_directory_name_legacy).
TEST(OtherControlFolder, OfADboxItHasOneLevelMoreOrLess) {
  const std::string folder = "/home/anna/mail/mailboxes/INBOX";
  const std::string control = "/control/anna/mailboxes/INBOX";
  EXPECT_EQ(other_control_folder(control, folder + "/dbox-Mails", folder), control + "/dbox-Mails");
  EXPECT_EQ(other_control_folder(control + "/dbox-Mails", folder + "/dbox-Mails", folder), control);
  EXPECT_EQ(other_control_folder(control, folder + "/own-Name", folder), control + "/own-Name");
}

TEST(OtherControlFolder, WhereTheControlFolderIsTheMailboxThereIsNoOther) {
  EXPECT_EQ(other_control_folder("/mail/INBOX/dbox-Mails", "/mail/INBOX/dbox-Mails", "/mail/INBOX"),
            "");
  EXPECT_EQ(other_control_folder("/Maildir", "/Maildir", "/Maildir"), "");
}

TEST(OtherControlFolder, OfAMailboxWithoutSuchALevelThereIsNoOther) {
  EXPECT_EQ(other_control_folder("/control", "/home/anna/Maildir", "/home/anna/Maildir"), "");
  EXPECT_EQ(other_control_folder("/control/INBOX", "/var/mail/anna", "/home/anna/mail/INBOX"), "");
  EXPECT_EQ(other_control_folder("", "", ""), "");
}

class MoveFileTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(folder_ / "new"); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    const auto content = read_small_file((folder_ / name).string(), 1000);
    return content && content.value() ? *content.value() : "(none)";
  }
  [[nodiscard]] Result<bool> move() const {
    return move_file((folder_ / "state").string(), (folder_ / "new/state").string(), 1000, access);
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(MoveFileTest, MovesAndLeavesNothing) {
  write("state", "text");
  EXPECT_TRUE(move().value());
  EXPECT_EQ(read("new/state"), "text");
  EXPECT_EQ(read("state"), "(none)");
}

TEST_F(MoveFileTest, WhatIsThereStands) {
  write("state", "old");
  write("new/state", "new");
  EXPECT_FALSE(move().value());
  EXPECT_EQ(read("new/state"), "new");
  EXPECT_EQ(read("state"), "old");
}

TEST_F(MoveFileTest, WhereThereIsNoneThereIsNothingToDo) {
  EXPECT_FALSE(move().value());
}

TEST_F(MoveFileTest, AFolderThatIsMissingIsSaid) {
  write("state", "text");
  fs::remove(folder_ / "new");
  EXPECT_FALSE(move().value());  // as if somebody else had moved it; it stays where it was
  EXPECT_EQ(read("state"), "text");
}

TEST_F(MoveFileTest, OfManyAtOnceOneMovesIt) {
  for (int round = 0; round < 20; ++round) {
    fs::remove(folder_ / "new/state");
    write("state", "text");
    std::atomic<int> moved{0};
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const Result<bool> done = move();
        if (done && done.value()) ++moved;
        if (read("new/state") != "text") moved += 100;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(moved, 1);
  }
}

}  // namespace
}  // namespace pop3_legacy::files
