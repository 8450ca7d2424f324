// Policy documents from a folder, and everything else that may be in a file's place.

#include "plugin/files/policy_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::files {
namespace {

namespace fs = std::filesystem;

constexpr uid_t nobody = 65534;

// Gives up root's right to read everything for a while.
class Unprivileged {
 public:
  Unprivileged() : given_up_(::geteuid() == 0 && ::seteuid(nobody) == 0) {}
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
  Unprivileged(Unprivileged&&) = delete;
  Unprivileged& operator=(Unprivileged&&) = delete;
  ~Unprivileged() {
    if (given_up_ && ::seteuid(0) != 0) std::abort();
  }
  [[nodiscard]] static bool possible() {
    const Unprivileged unprivileged;
    return ::geteuid() != 0;
  }

 private:
  bool given_up_;
};

class PolicyFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::permissions(path_, fs::perms(0755));
    fs::create_directory(path_ + "/domains");
    fs::create_directory(path_ + "/profiles");
  }

  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) const {
    return PolicyFolder(path_).read(name);
  }
  // The error of reading `name`, without the folder's path before it.
  [[nodiscard]] std::string error(std::string_view name) const {
    const auto result = read(name);
    if (result) return result.value() ? "(text)" : "(no document)";
    const std::string& text = result.error().text;
    return text.starts_with(path_) ? text.substr(path_.size()) : "(elsewhere) " + text;
  }

  TemporaryFolder temporary_;
  std::string path_ = temporary_.path();
};

TEST_F(PolicyFolderTest, ReadsWhatIsInTheFiles) {
  write("default.toml", "a = 1\n");
  write("domains/example.org.toml", "");
  write("profiles/eudora-3.0.toml", std::string("x\0\r\n", 4));
  EXPECT_EQ(read("default").value(), "a = 1\n");
  EXPECT_EQ(read("domains/example.org").value(), "");
  EXPECT_EQ(read("profiles/eudora-3.0").value(), std::string("x\0\r\n", 4));
}

TEST_F(PolicyFolderTest, ReadsEachTimeAnew) {
  PolicyFolder folder(path_);
  EXPECT_EQ(folder.read("default").value(), std::nullopt);
  write("default.toml", "a");
  EXPECT_EQ(folder.read("default").value(), "a");
  write("new", "b");
  fs::rename(path("new"), path("default.toml"));
  EXPECT_EQ(folder.read("default").value(), "b");
}

TEST_F(PolicyFolderTest, FollowsALinkToAFile) {
  write("other", "a");
  fs::create_symlink("other", path("default.toml"));
  EXPECT_EQ(read("default").value(), "a");
}

TEST_F(PolicyFolderTest, LocationIsTheFilesPath) {
  EXPECT_EQ(PolicyFolder("/etc/p").location("domains/a.b"), "/etc/p/domains/a.b.toml");
  EXPECT_EQ(PolicyFolder("/etc/p/").location("default"), "/etc/p/default.toml");
}

TEST_F(PolicyFolderTest, AMissingFileIsNoDocument) {
  EXPECT_EQ(error("default"), "(no document)");
  EXPECT_EQ(error("domains/example.org"), "(no document)");
  fs::remove(path("domains"));
  EXPECT_EQ(error("domains/example.org"), "(no document)");
  // Longer than a file name can be.
  EXPECT_EQ(error("profiles/" + std::string(253, 'a')), "(no document)");
}

// `domains` stands for the folder of shipped profiles.
TEST_F(PolicyFolderTest, AProfileMayBeShipped) {
  fs::create_directory(path("domains/profiles"));
  write("domains/profiles/a.toml", "shipped");
  write("domains/default.toml", "shipped");
  PolicyFolder folder(path_, path("domains"));
  EXPECT_EQ(folder.location("profiles/a"), path("profiles/a.toml"));
  EXPECT_EQ(folder.read("profiles/a").value(), "shipped");
  EXPECT_EQ(folder.location("profiles/a"), path("domains/profiles/a.toml"));
  // Profiles only.
  EXPECT_EQ(folder.read("default").value(), std::nullopt);
  EXPECT_EQ(folder.read("profiles/gone").value(), std::nullopt);
  EXPECT_EQ(folder.location("profiles/gone"), path("profiles/gone.toml"));
}

TEST_F(PolicyFolderTest, AProfileOfTheFoldersOwnComesFirst) {
  fs::create_directory(path("domains/profiles"));
  write("domains/profiles/a.toml", "shipped");
  PolicyFolder folder(path_, path("domains"));
  EXPECT_EQ(folder.read("profiles/a").value(), "shipped");
  write("profiles/a.toml", "own");
  EXPECT_EQ(folder.read("profiles/a").value(), "own");
  EXPECT_EQ(folder.location("profiles/a"), path("profiles/a.toml"));
  // What cannot be read hides the shipped one, too.
  fs::remove(path("profiles/a.toml"));
  fs::create_symlink("nowhere", path("profiles/a.toml"));
  EXPECT_FALSE(folder.read("profiles/a"));
}

TEST_F(PolicyFolderTest, WhatIsShippedNeedNotBeThere) {
  EXPECT_EQ(PolicyFolder(path_, path("gone")).read("profiles/a").value(), std::nullopt);
  fs::create_directories(path("domains/profiles/a.toml"));
  PolicyFolder folder(path_, path("domains"));
  const auto broken = folder.read("profiles/a");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().text,
            path("domains/profiles/a.toml") + ": this is a folder, not a file; remove it");
  EXPECT_EQ(folder.location("profiles/a"), path("domains/profiles/a.toml"));
}

TEST_F(PolicyFolderTest, AMissingFolderIsAnError) {
  fs::remove_all(path_);
  EXPECT_EQ(error("default"),
            ": the policy folder does not exist; create it, or do not configure one");
  EXPECT_EQ(read("default").error().kind, Failure::permanent);
  fs::create_directory(path_);
}

TEST_F(PolicyFolderTest, AFileInTheFoldersPlaceIsAnError) {
  write("default.toml", "");
  const auto result = PolicyFolder(path("default.toml")).read("default");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text, path("default.toml") +
                                     ": the policy folder is not a directory; configure the "
                                     "folder, not a file in it");
}

TEST_F(PolicyFolderTest, AFileInTheSubFoldersPlaceIsAnError) {
  fs::remove(path("domains"));
  write("domains", "");
  EXPECT_EQ(error("domains/a.b"),
            "/domains/a.b.toml: the file's folder is not a directory; make it one or remove it");
}

TEST_F(PolicyFolderTest, LinksThatLeadNowhereAreErrors) {
  fs::create_symlink("nowhere", path("default.toml"));
  EXPECT_EQ(error("default"),
            "/default.toml: the file is a symbolic link to nowhere; fix or remove it");
  fs::create_symlink("a.toml", path("profiles/a.toml"));
  EXPECT_EQ(error("profiles/a"),
            "/profiles/a.toml: the file is a symbolic link that leads to itself; remove it");
  fs::remove(path("domains"));
  fs::create_symlink("nowhere", path("domains"));
  EXPECT_EQ(error("domains/a.b"),
            "/domains/a.b.toml: the file's folder is a symbolic link to nowhere; fix or remove it");
}

TEST_F(PolicyFolderTest, ALinkedSubFolderMayLackAFile) {
  fs::remove(path("domains"));
  fs::create_symlink("profiles", path("domains"));
  EXPECT_EQ(error("domains/a.b"), "(no document)");
}

TEST_F(PolicyFolderTest, AFolderInAFilesPlaceIsAnError) {
  fs::create_directory(path("default.toml"));
  EXPECT_EQ(error("default"), "/default.toml: this is a folder, not a file; remove it");
}

TEST_F(PolicyFolderTest, APipeIsAnErrorAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path("default.toml").c_str(), 0644), 0);
  EXPECT_EQ(error("default"), "/default.toml: this is not a regular file; remove it");
}

TEST_F(PolicyFolderTest, AFileHasALimit) {
  const std::string longest(policy::max_document_octets, '#');
  write("default.toml", longest);
  EXPECT_EQ(read("default").value(), longest);
  write("default.toml", longest + "#");
  EXPECT_EQ(error("default"),
            "/default.toml: the file is longer than 65536 octets, the most allowed");
}

TEST_F(PolicyFolderTest, WhatMayNotBeReadIsAnError) {
  if (!Unprivileged::possible()) GTEST_SKIP() << "root cannot become an unprivileged user here";
  write("default.toml", "a");
  write("domains/a.b.toml", "a");
  fs::permissions(path("default.toml"), fs::perms::none);
  fs::permissions(path("domains"), fs::perms::none);
  {
    const Unprivileged unprivileged;
    EXPECT_EQ(error("default"),
              "/default.toml: the file cannot be read: Permission denied; the user of the POP3 "
              "session needs r permission for it");
    EXPECT_EQ(error("domains/a.b"),
              "/domains/a.b.toml: the file cannot be reached: Permission denied; the user of the "
              "POP3 session needs x permission for its folder");
    // Whether the file exists cannot be determined.
    EXPECT_NE(error("domains/gone"), "(no document)");
  }
  fs::permissions(path("domains"), fs::perms(0755));
}

TEST_F(PolicyFolderTest, AFolderThatMayBeSearchedOnlyIsGoodEnough) {
  if (!Unprivileged::possible()) GTEST_SKIP() << "root cannot become an unprivileged user here";
  write("default.toml", "a");
  fs::permissions(path_, fs::perms(0711));
  const Unprivileged unprivileged;
  EXPECT_EQ(read("default").value(), "a");
}

TEST_F(PolicyFolderTest, AFolderThatMayNotBeSearchedIsAnError) {
  if (!Unprivileged::possible()) GTEST_SKIP() << "root cannot become an unprivileged user here";
  fs::permissions(path_, fs::perms(0700));
  const Unprivileged unprivileged;
  EXPECT_EQ(error("default"),
            "/default.toml: the file cannot be reached: Permission denied; the user of the POP3 "
            "session needs x permission for its folder");
}

TEST_F(PolicyFolderTest, NamesDoNotLeadOutOfTheFolder) {
  for (const std::string& name :
       {std::string(), std::string("../x"), std::string("domains/../default"), std::string("/x"),
        std::string("domains/.x"), std::string("default\0x", 9)}) {
    EXPECT_NE(error(name).find("this is not the name of a policy document"), std::string::npos)
        << name;
  }
}

TEST_F(PolicyFolderTest, NoDescriptorIsLeftOpen) {
  write("default.toml", "a");
  fs::create_directory(path("domains/a.b.toml"));
  const auto next_descriptor = [] {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(fd);
    return fd;
  };
  const int before = next_descriptor();
  for (const std::string_view name : {"default", "domains/a.b", "profiles/gone"}) {
    EXPECT_NE(error(name), "");
  }
  EXPECT_EQ(next_descriptor(), before);
}

}  // namespace
}  // namespace pop3_legacy::files
