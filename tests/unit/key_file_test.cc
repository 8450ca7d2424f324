#include "plugin/files/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::files {
namespace {

namespace fs = std::filesystem;

class KeyFileTest : public testing::Test {
 protected:
  // The key, or "error: " and what follows the path.
  [[nodiscard]] std::string read() const {
    const auto key = read_key_file(path_);
    if (key) return key.value();
    EXPECT_EQ(key.error().kind, Failure::permanent);
    EXPECT_TRUE(key.error().text.starts_with(path_ + ": ")) << key.error().text;
    return "error: " + key.error().text.substr(path_.size() + 2);
  }
  [[nodiscard]] std::string read(std::string_view content, mode_t mode = 0600) const {
    fs::remove(path_);
    std::ofstream(path_, std::ios::binary) << content;
    EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
    return read();
  }

  TemporaryFolder temporary_;
  std::string folder_ = temporary_.path();
  std::string path_ = folder_ + "/key";
  std::string key_ = std::string(min_key_octets, 'k');
};

TEST_F(KeyFileTest, TheKeyIsTheContentWithoutOneLineEnd) {
  EXPECT_EQ(read(key_), key_);
  EXPECT_EQ(read(key_ + "\n"), key_);
  EXPECT_EQ(read(key_ + "\r\n"), key_);
  EXPECT_EQ(read(key_ + "\n\n"), key_ + "\n");
  EXPECT_EQ(read(" " + key_ + " "), " " + key_ + " ");
  const std::string octets("\0\xff\n 4567890123456", 17);
  EXPECT_EQ(read(octets), octets);
  EXPECT_EQ(read(key_, 0400), key_);
}

TEST_F(KeyFileTest, HasALeastAndAGreatestLength) {
  EXPECT_EQ(read(""), "error: the key has 0 octets, but needs at least 16");
  EXPECT_EQ(read(key_.substr(1) + "\n"), "error: the key has 15 octets, but needs at least 16");
  EXPECT_EQ(read(std::string(max_key_octets, 'k')).size(), max_key_octets);
  EXPECT_EQ(read(std::string(max_key_octets + 1, 'k')),
            "error: the file is longer than 4096 octets, the most allowed");
}

TEST_F(KeyFileTest, NobodyElseMayReadOrWriteIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U, 0666U, 0777U}) {
    EXPECT_EQ(read(key_, mode),
              "error: the key file is open to others than its owner; chmod 600 closes it");
  }
}

TEST_F(KeyFileTest, AStrangersKeyIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  std::ofstream(path_) << key_;
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  ASSERT_EQ(::chown(path_.c_str(), 12345, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(read(), "error: the key file belongs to user 12345, not to the mail user 0");
}

TEST_F(KeyFileTest, WhatIsNoFileIsNamed) {
  EXPECT_EQ(read(), "error: the file cannot be opened: No such file or directory");
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);  // opening it does not wait for a writer
  EXPECT_EQ(read(), "error: this is not a regular file; remove it");
  fs::remove(path_);
  for (const mode_t mode : {0700U, 0755U}) {
    ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_EQ(read(), "error: this is a folder, not a file; remove it");
    fs::remove(path_);
  }
  fs::create_symlink("nowhere", path_);
  EXPECT_EQ(read(), "error: the file cannot be opened: No such file or directory");
}

TEST_F(KeyFileTest, ALinkLeadsToTheKey) {
  std::ofstream(folder_ + "/real") << key_;
  ASSERT_EQ(::chmod((folder_ + "/real").c_str(), 0600), 0);
  fs::create_symlink("real", path_);
  EXPECT_EQ(read(), key_);
}

}  // namespace
}  // namespace pop3_legacy::files
