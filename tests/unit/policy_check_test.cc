// What pop3-legacy-policy finds in a folder.

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/policy-tool/check_folder.h"
#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::policy_tool {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

class CheckFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(path_ + "/domains");
    fs::create_directory(path_ + "/profiles");
  }

  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }
  void write(std::string_view name, std::string_view text = "") const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  // The problems, without the folder's path before each.
  [[nodiscard]] Strings problems() const {
    const auto result = check_folder(path_);
    if (!result) return {"(cannot be checked) " + result.error().text};
    Strings all;
    for (const std::string& problem : result.value().problems) {
      EXPECT_TRUE(problem.starts_with(path_ + "/")) << problem;
      all.push_back(problem.substr(path_.size() + 1));
    }
    return all;
  }
  [[nodiscard]] std::size_t files() const { return check_folder(path_).value().files; }

  TemporaryFolder temporary_;
  std::string path_ = temporary_.path();
};

TEST(CheckShippedFolder, IsClean) {
  const auto result = check_folder(std::string(POP3_LEGACY_SOURCE_DIR) + "/conf.d/pop3-legacy");
  ASSERT_TRUE(result);
  EXPECT_EQ(result.value().problems, Strings{});
  EXPECT_EQ(result.value().files, 17U);
}

TEST_F(CheckFolderTest, AnEmptyFolderIsClean) {
  EXPECT_EQ(problems(), Strings{});
  EXPECT_EQ(files(), 0U);
  fs::remove(path("domains"));
  fs::remove(path("profiles"));
  EXPECT_EQ(problems(), Strings{});
}

TEST_F(CheckFolderTest, TheExampleIsCleanOnceItIsCopied) {
  const fs::path shipped = fs::path(POP3_LEGACY_SOURCE_DIR) / "conf.d/pop3-legacy";
  fs::copy_file(shipped / "domains/example.org.toml.example", path("domains/example.org.toml"));
  fs::copy_file(shipped / "profiles/fetchmail.toml", path("profiles/fetchmail.toml"));
  EXPECT_EQ(problems(), Strings{});
  EXPECT_EQ(files(), 2U);
}

TEST_F(CheckFolderTest, AFolderThatIsNoneCannotBeChecked) {
  write("default.toml");
  const auto missing = check_folder(path("gone"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text,
            path("gone") + ": the folder cannot be listed: No such file or directory");
  const auto file = check_folder(path("default.toml"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().text,
            path("default.toml") + ": the folder cannot be listed: Not a directory");
}

TEST_F(CheckFolderTest, ASlashBehindTheFolderIsNotDoubled) {
  write("default.toml", "x = 1");
  EXPECT_EQ(check_folder(path_ + "/").value().problems,
            Strings{path("default.toml") + ":1:1: unknown key \"x\""});
}

TEST_F(CheckFolderTest, EveryFileIsRead) {
  write("default.toml", "last.start = 1");
  write("domains/a.org.toml", "x = 1");
  write("domains/b.org.toml", "\n\ny = 1\nz = 1");
  write("profiles/p.toml", "[");
  const Strings all = problems();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0],
            "default.toml:1:14: last.start has to be one of the words durable, seen and session, "
            "in quotes, not an integer");
  EXPECT_EQ(all[1], "domains/a.org.toml:1:1: unknown key \"x\"");
  EXPECT_EQ(all[2], "domains/b.org.toml:3:1: unknown key \"y\"");
  EXPECT_EQ(all[3], "domains/b.org.toml:4:1: unknown key \"z\"");
  EXPECT_TRUE(all[4].starts_with("profiles/p.toml:1:")) << all[4];
  EXPECT_EQ(files(), 4U);
}

TEST_F(CheckFolderTest, WhatIsInheritedHasToBeThere) {
  write("default.toml", "inherit = \"shared\"");
  write("domains/a.org.toml", "inherit = \"gone\"");
  write("domains/b.org.toml", "inherit = \"Shared\"");
  write("profiles/shared.toml", "x = 1");
  EXPECT_EQ(problems(),
            (Strings{
                "profiles/shared.toml:1:1: unknown key \"x\"",
                "domains/a.org.toml:1:11: inherits the profile \"gone\", which does not exist: " +
                    path("profiles/gone.toml"),
                "domains/b.org.toml:1:11: inherits the profile \"Shared\", which is not a valid "
                "profile name",
            }));
}

TEST_F(CheckFolderTest, WhatIsInheritedMayBeShipped) {
  const std::string shipped = std::string(POP3_LEGACY_SOURCE_DIR) + "/conf.d/pop3-legacy";
  write("domains/a.org.toml", "inherit = \"fetchmail\"");
  EXPECT_EQ(problems().size(), 1U);
  const auto result = check_folder(path_, shipped);
  EXPECT_EQ(result.value().problems, Strings{});
  EXPECT_EQ(result.value().files, 1U);
  write("profiles/fetchmail.toml", "x = 1");
  EXPECT_EQ(check_folder(path_, shipped).value().problems,
            Strings{path("profiles/fetchmail.toml") + ":1:1: unknown key \"x\""});
}

TEST_F(CheckFolderTest, ALoopIsFoundWhereItCloses) {
  write("profiles/a.toml", "inherit = \"b\"");
  write("profiles/b.toml", "inherit = \"a\"");
  EXPECT_EQ(problems(), (Strings{
                            "profiles/b.toml:1:11: inherits the profile \"a\", which inherits "
                            "itself that way: a -> b -> a",
                            "profiles/a.toml:1:11: inherits the profile \"b\", which inherits "
                            "itself that way: b -> a -> b",
                        }));
}

TEST_F(CheckFolderTest, WhatAllDocumentsLackTogetherIsToldOnce) {
  write("default.toml", "uidl.scheme = \"template\"");
  write("domains/a.org.toml", "last.start = \"seen\"");
  write("domains/b.org.toml", "uidl.template = \"{uid}\"");
  write("domains/c.org.toml", "inherit = \"p\"");
  write("profiles/p.toml", "[help]\nstyle = \"line\"");
  EXPECT_EQ(problems(), Strings{"default.toml: uidl.scheme is \"template\", but there is no "
                                "uidl.template"});
  EXPECT_EQ(files(), 5U);
}

TEST_F(CheckFolderTest, WhatADomainOrProfileLacksIsToldWithAllItsFiles) {
  write("default.toml", "uidl.on_change = \"refuse\"");
  write("domains/a.org.toml", "uidl.scheme = \"hmac-sha256\"");
  write("profiles/p.toml", "[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"template\"");
  EXPECT_EQ(problems(),
            (Strings{"default.toml and " + path("domains/a.org.toml") +
                         ": uidl.scheme is \"hmac-sha256\", but there is no uidl.key_file",
                     "default.toml and " + path("profiles/p.toml") +
                         ": uidl.scheme is \"template\", but there is no uidl.template"}));
}

TEST_F(CheckFolderTest, FilesThatNoLoginReadsAreNamed) {
  fs::create_directory(path("domain"));
  write("defualt.toml");
  write("foo.conf");
  write("domains/Example.org.toml");
  write("domains/a..b.toml");
  write("domains/m\xc3\xbcller.de.toml");
  write("domains/example.org");
  write("profiles/Eudora.toml");
  write("profiles/eudora.tml");
  const std::string only =
      ": never read, because a policy folder has default.toml, domains and profiles only";
  const std::string case_matters =
      ": never read, because domains are looked up in lower case, without a dot at the end, and in "
      "their ASCII form; rename it to ";
  const std::string no_domain = ": never read, because no domain has this name: the domain ";
  const std::string no_profile =
      ": never read, because a profile's name may have a-z, 0-9, \".\", \"_\" and \"-\" only, 64 "
      "characters at most";
  const std::string suffix = ": never read, because its name does not end in .toml";
  EXPECT_EQ(problems(),
            (Strings{
                "defualt.toml" + only + "; did you mean \"default.toml\"?",
                "domain" + only + "; did you mean \"domains\"?",
                "domains/Example.org.toml" + case_matters + "\"example.org.toml\"",
                "domains/a..b.toml" + no_domain + "has an empty part between its dots",
                "domains/example.org" + suffix,
                "domains/m\\xc3\\xbcller.de.toml" + case_matters + "\"xn--mller-kva.de.toml\"",
                "foo.conf" + only,
                "profiles/Eudora.toml" + no_profile,
                "profiles/eudora.tml" + suffix,
            }));
  EXPECT_EQ(files(), 0U);
}

TEST_F(CheckFolderTest, HiddenFilesAndExamplesArePassedOver) {
  write(".default.toml.swp");
  write("README.example");
  write("domains/.keep");
  write("domains/a.org.toml.example", "x = 1");
  EXPECT_EQ(problems(), Strings{});
}

TEST_F(CheckFolderTest, WhatIsNoFileIsNamed) {
  fs::create_symlink("a.toml", path("profiles/a.toml"));
  fs::create_directory(path("profiles/b.toml"));
  fs::create_symlink("nowhere", path("default.toml"));
  fs::remove(path("domains"));
  write("domains");
  EXPECT_EQ(problems(),
            (Strings{
                "default.toml: the file is a symbolic link to nowhere; fix or remove it",
                "domains: the folder cannot be listed: Not a directory",
                "profiles/a.toml: the file is a symbolic link that leads to itself; remove it",
                "profiles/b.toml: this is a folder, not a file; remove it",
            }));
}

}  // namespace
}  // namespace pop3_legacy::policy_tool
