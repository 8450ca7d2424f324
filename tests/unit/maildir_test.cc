#include "shim/maildir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "plugin/files/open_file.h"
#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::shim {
namespace {

namespace fs = std::filesystem;

class MaildirTest : public ::testing::Test {
 protected:
  MaildirTest() {
    for (const char* const folder : {"cur", "new", "tmp"}) {
      fs::create_directories(root_ + '/' + folder);
    }
  }

  void write(const std::string& name, std::string_view content) const {
    std::ofstream(root_ + '/' + name, std::ios::binary) << content;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(root_ + '/' + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// The messages' files, as "cur/name".
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> found;
    for (const std::string folder : {"cur", "new", "tmp"}) {
      for (const auto& entry : fs::directory_iterator(root_ + '/' + folder)) {
        found.insert(folder + '/' + entry.path().filename().string());
      }
    }
    return found;
  }
  [[nodiscard]] std::unique_ptr<Maildrop> open() const {
    auto opened = Maildir::open(root_);
    EXPECT_TRUE(opened.ok()) << opened.error().text;
    return opened ? std::move(opened.value()) : nullptr;
  }
  [[nodiscard]] std::string open_error() const {
    const auto opened = Maildir::open(root_);
    return opened ? "(none)" : opened.error().text;
  }
  /// "1=a 2=b": UIDs and unique names.
  static std::string contents(const Maildrop& maildrop) {
    std::string text;
    for (MessageNumber number = 1; number <= maildrop.message_count(); ++number) {
      text += (number > 1 ? " " : "") + std::to_string(maildrop.uid(number)) + '=' +
              maildrop.unique_name(number);
    }
    return text;
  }
  [[nodiscard]] std::string uidlist_path() const { return root_ + "/dovecot-uidlist"; }

  TemporaryFolder temporary_;
  std::string parent_ = temporary_.path();
  std::string root_ = parent_ + "/Maildir";
};

TEST_F(MaildirTest, a_maildir_without_anything_is_made) {
  root_ = parent_ + "/other";
  const auto maildrop = open();
  ASSERT_TRUE(maildrop);
  EXPECT_EQ(maildrop->message_count(), 0U);
  EXPECT_GT(maildrop->uidvalidity(), 1700000000U);
  EXPECT_EQ(read("dovecot-uidlist"), "3 V" + std::to_string(maildrop->uidvalidity()) + " N1\n");
  EXPECT_TRUE(fs::is_directory(root_ + "/new"));
  EXPECT_EQ(open()->uidvalidity(), maildrop->uidvalidity());
}

TEST_F(MaildirTest, no_folder_above_it_is_made) {
  root_ = parent_ + "/a/b";
  EXPECT_EQ(open_error(), root_ + ": the folder cannot be created: No such file or directory");
}

TEST_F(MaildirTest, new_messages_get_the_next_uids_in_the_order_of_their_names) {
  write("new/2.b", "b\n");
  write("cur/3.c:2,S", "c\n");
  write("new/1.a", "a\n");
  EXPECT_EQ(contents(*open()), "1=1.a 2=2.b 3=3.c");
  EXPECT_EQ(files(), (std::set<std::string>{"cur/1.a:2,", "cur/2.b:2,", "cur/3.c:2,S"}));
  write("new/0.z", "z\n");
  const auto maildrop = open();
  EXPECT_EQ(contents(*maildrop), "1=1.a 2=2.b 3=3.c 4=0.z");
  EXPECT_FALSE(maildrop->seen(1));
  EXPECT_TRUE(maildrop->seen(3));
}

TEST_F(MaildirTest, uids_stay_when_flags_change_and_are_never_used_again) {
  write("new/1.a", "a\n");
  write("new/2.b", "b\n");
  ASSERT_TRUE(open()->commit(std::array<MessageNumber, 1>{2}, {}).ok());
  fs::rename(root_ + "/cur/1.a:2,", root_ + "/cur/1.a:2,FS");
  write("new/3.c", "c\n");
  EXPECT_EQ(contents(*open()), "1=1.a 3=3.c");
  const std::string list = read("dovecot-uidlist");
  EXPECT_EQ(list.substr(list.find(' ', 2)), " N4\n1 :1.a\n3 :3.c\n");
}

TEST_F(MaildirTest, what_dovecot_wrote_is_kept) {
  write("cur/1.a,S=2,W=3:2,S", "a\n");
  write("cur/2.b:2,", "b\n");
  const std::string header = "3 V1700000001 N20 G0123456789abcdef0123456789abcdef P%u";
  write("dovecot-uidlist", header + "\n4 W3 Gx:y :1.a,S=2,W=3\n7 :gone\n9 :2.b:2,S\n");
  auto maildrop = open();
  EXPECT_EQ(maildrop->uidvalidity(), 1700000001U);
  EXPECT_EQ(contents(*maildrop), "4=x:y 9=2.b");
  EXPECT_EQ(read("dovecot-uidlist"), header + "\n4 W3 Gx:y :1.a,S=2,W=3\n9 :2.b\n");

  write("new/3.c", "c\n");
  maildrop = open();
  EXPECT_EQ(contents(*maildrop), "4=x:y 9=2.b 20=3.c");
  EXPECT_EQ(read("dovecot-uidlist"),
            "3 V1700000001 N21 G0123456789abcdef0123456789abcdef P%u\n"
            "4 W3 Gx:y :1.a,S=2,W=3\n9 :2.b\n20 :3.c\n");
}

TEST_F(MaildirTest, the_list_tells_stored_uidls_and_the_folder_the_rest) {
  for (const char* const name : {"1.a", "2.b", "3.c"}) {
    write(std::string("cur/") + name + ":2,", "x\n");
  }
  write("dovecot-uidlist", "3 V5 N20\n4 Pold:1 W3 :1.a\n7 P :2.b\n9 :3.c\n");
  auto maildrop = open();
  EXPECT_EQ(maildrop->stored_uidl(1), "old:1");
  EXPECT_EQ(maildrop->stored_uidl(2), "2.b");  // shortened by Dovecot
  EXPECT_EQ(maildrop->stored_uidl(3), "");
  EXPECT_EQ(maildrop->file_name(2), "2.b");

  fs::last_write_time(
      root_ + "/cur/3.c:2,",
      std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(7))));
  EXPECT_EQ(maildrop->received(3).value(), 7);
  fs::remove(root_ + "/cur/3.c:2,");
  EXPECT_EQ(maildrop->received(3).error().kind, Failure::gone);

  EXPECT_EQ(maildrop->courier_list().value(), std::nullopt);
  write("courierpop3dsizelist", "/2 1 2\n");
  EXPECT_EQ(maildrop->courier_list().value(), "/2 1 2\n");
  EXPECT_FALSE(maildrop->has_state("uidl"));
  ASSERT_TRUE(maildrop->store_state("uidl", "x\n"));
  EXPECT_TRUE(maildrop->has_state("uidl"));
  EXPECT_EQ(read("dovecot-pop3-legacy-uidl"), "x\n");
}

TEST_F(MaildirTest, a_list_in_which_nothing_changed_is_not_written) {
  write("cur/2.b:2,", "b\n");
  const std::string list = "3 V5 N20\n9 :2.b:2,S\n";
  write("dovecot-uidlist", list);
  EXPECT_EQ(contents(*open()), "9=2.b");
  EXPECT_EQ(read("dovecot-uidlist"), list);
}

// Dovecot appends rows without rewriting the header, and a name may be left in twice.
TEST_F(MaildirTest, appended_rows_count) {
  write("cur/1.a:2,", "a\n");
  write("cur/2.b:2,", "b\n");
  write("dovecot-uidlist", "3 V5 N2\n1 :1.a\n3 :2.b\n6 :1.a\n");
  write("new/3.c", "c\n");
  EXPECT_EQ(contents(*open()), "3=2.b 6=1.a 7=3.c");
  EXPECT_EQ(read("dovecot-uidlist"), "3 V5 N8\n3 :2.b\n6 :1.a\n7 :3.c\n");
}

TEST_F(MaildirTest, a_damaged_list_is_an_error_and_nothing_changes) {
  struct Case {
    const char* list;
    const char* problem;
  };
  constexpr std::array cases{
      Case{"", "it is empty"},
      Case{"3 V5 N2", "line 1: it is cut off"},
      Case{"1 5 2\n", "line 1: this is not version 3"},
      Case{"\n", "line 1: this is not version 3"},
      Case{"3 N2\n", "line 1: there is no UIDVALIDITY"},
      Case{"3 V0 N2\n", "line 1: there is no UIDVALIDITY"},
      Case{"3 V4294967296 N2\n", "line 1: there is no UIDVALIDITY"},
      Case{"3 V5\n", "line 1: there is no next UID"},
      Case{"3 V5 N0\n", "line 1: there is no next UID"},
      Case{"3 V5 Nx\n", "line 1: there is no next UID"},
      Case{"3 V5 N2\n1 :1.a\n1 :2.b\n", "line 3: the UID is not higher than the one before"},
      Case{"3 V5 N2\n0 :1.a\n", "line 2: there is no UID"},
      Case{"3 V5 N2\nx :1.a\n", "line 2: there is no UID"},
      Case{"3 V5 N2\n1\n", "line 2: there is no UID"},
      Case{"3 V5 N2\n4294967295 :1.a\n", "line 2: there is no UID"},
      Case{"3 V5 N2\n\n", "line 2: there is no UID"},
      Case{"3 V5 N2\n1 1.a\n", "line 2: there is no file name"},
      Case{"3 V5 N2\n1 W3 :\n", "line 2: there is no file name"},
      Case{"3 V5 N2\n1 :../1.a\n", "line 2: the file name has a slash"},
      Case{"3 V5 N2\n1 :1.a", "line 2: it is cut off"},
  };
  write("new/1.a", "a\n");
  for (const Case& damaged : cases) {
    write("dovecot-uidlist", damaged.list);
    EXPECT_EQ(open_error(), uidlist_path() + ": the file is damaged: " + damaged.problem);
    EXPECT_EQ(read("dovecot-uidlist"), damaged.list);
    EXPECT_EQ(files(), std::set<std::string>{"new/1.a"});
  }
}

TEST_F(MaildirTest, the_last_uid_is_the_last) {
  write("new/1.a", "a\n");
  write("dovecot-uidlist", "3 V5 N4294967294\n");
  EXPECT_EQ(contents(*open()), "4294967294=1.a");
  write("new/2.b", "b\n");
  EXPECT_EQ(open_error(), uidlist_path() + ": there are no UIDs left");
  EXPECT_EQ(files(), (std::set<std::string>{"cur/1.a:2,", "new/2.b"}));
}

TEST_F(MaildirTest, a_left_over_of_an_interrupted_rewrite_does_no_harm) {
  write("new/1.a", "a\n");
  write("dovecot-uidlist", "3 V5 N9\n");
  write("dovecot-uidlist.tmp.1.2.3.4", "3 V6 N1\n1 :ha");
  write("dovecot-pop3-legacy-last.tmp.1.2.3.4", "1 ");
  const auto maildrop = open();
  EXPECT_EQ(contents(*maildrop), "9=1.a");
  EXPECT_EQ(maildrop->uidvalidity(), 5U);
  EXPECT_FALSE(maildrop->load_state("last").value().has_value());
}

// After a crash between writing the list and moving the file.
TEST_F(MaildirTest, a_message_with_a_uid_that_is_still_in_new_keeps_it) {
  write("new/1.a", "a\n");
  write("dovecot-uidlist", "3 V5 N9\n4 :1.a\n");
  EXPECT_EQ(contents(*open()), "4=1.a");
  EXPECT_EQ(files(), std::set<std::string>{"cur/1.a:2,"});
}

TEST_F(MaildirTest, what_is_no_message_is_left_alone) {
  write("cur/.hidden", "x");
  write("cur/:2,S", "x");
  write("cur/a\nb:2,", "x");
  fs::create_directory(root_ + "/cur/folder");
  fs::create_symlink("/etc/passwd", root_ + "/cur/link:2,");
  write("tmp/1.a", "x");
  EXPECT_EQ(open()->message_count(), 0U);
  EXPECT_EQ(files().size(), 6U);
}

TEST_F(MaildirTest, sizes_are_those_with_crlf) {
  write("cur/1:2,", "a\nb\r\nc");
  write("cur/2,W=77:2,", "a\n");
  write("cur/3,W=x:2,", "a\n");
  write("cur/4,S=2:2,", "a\n");
  write("cur/5:2,", "");
  const auto maildrop = open();
  EXPECT_EQ(maildrop->size(1), 7U);
  EXPECT_EQ(maildrop->size(2), 77U);
  EXPECT_EQ(maildrop->size(3), 3U);
  EXPECT_EQ(maildrop->size(4), 3U);
  EXPECT_EQ(maildrop->size(5), 0U);
}

TEST_F(MaildirTest, a_message_is_read_in_pieces_even_when_its_flags_have_changed) {
  write("new/1.a", "hello\nworld\n");
  const auto maildrop = open();
  fs::rename(root_ + "/cur/1.a:2,", root_ + "/cur/1.a:2,RS");
  const auto reader = maildrop->open_message(1);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader.value()->read(8).value(), "hello\nwo");
  EXPECT_EQ(reader.value()->read(8).value(), "rld\n");
  EXPECT_EQ(reader.value()->read(8).value(), "");
}

TEST_F(MaildirTest, a_message_that_somebody_else_removed_is_gone) {
  write("new/1.a", "a\n");
  const auto maildrop = open();
  fs::remove(root_ + "/cur/1.a:2,");
  const auto reader = maildrop->open_message(1);
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, Failure::gone);
  EXPECT_TRUE(maildrop->commit(std::array<MessageNumber, 1>{1}, {}).ok());
}

TEST_F(MaildirTest, commit_removes_and_sets_flags_in_their_order) {
  for (const char* const name : {"1", "2:2,FT", "3:2,S", "4:2,F", "5:odd"}) {
    write(std::string("cur/") + name, "x\n");
  }
  const auto maildrop = open();
  fs::rename(root_ + "/cur/4:2,F", root_ + "/cur/4:2,R");
  ASSERT_TRUE(
      maildrop->commit(std::array<MessageNumber, 1>{1}, std::array<MessageNumber, 5>{1, 2, 3, 4, 5})
          .ok());
  EXPECT_EQ(files(),
            (std::set<std::string>{"cur/2:2,FST", "cur/3:2,S", "cur/4:2,RS", "cur/5:2,S"}));
}

TEST_F(MaildirTest, a_message_that_cannot_be_removed_does_not_save_the_others) {
  write("new/1", "x\n");
  write("new/2", "x\n");
  const auto maildrop = open();
  fs::remove(root_ + "/cur/1:2,");
  fs::create_directory(root_ + "/cur/1:2,");  // unlink() fails, even for root
  const auto committed = maildrop->commit(std::array<MessageNumber, 2>{1, 2}, {});
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().text, root_ + "/cur/1:2,: removing failed: Is a directory");
  EXPECT_EQ(files(), std::set<std::string>{"cur/1:2,"});
}

TEST_F(MaildirTest, state_is_kept_in_a_file_of_its_own) {
  const auto maildrop = open();
  EXPECT_FALSE(maildrop->load_state("last").value().has_value());
  ASSERT_TRUE(maildrop->store_state("last", "1 2 3\n").ok());
  ASSERT_TRUE(maildrop->store_state("last", "1 2 4\n").ok());
  EXPECT_EQ(read("dovecot-pop3-legacy-last"), "1 2 4\n");
  EXPECT_EQ(open()->load_state("last").value(), "1 2 4\n");
  for (const char* const name : {"", "../x", "a b", "a.b", "a/b"}) {
    EXPECT_FALSE(maildrop->load_state(name).ok());
    EXPECT_FALSE(maildrop->store_state(name, "x").ok());
  }
}

class CopyTest : public MaildirTest {
 protected:
  /// The copies in the folder's cur.
  [[nodiscard]] std::vector<std::string> copies(const std::string& folder) const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(root_ + '/' + folder + "/cur")) {
      EXPECT_TRUE(entry.path().string().ends_with(":2,S"));
      found.push_back(read(folder + "/cur/" + entry.path().filename().string()));
    }
    return found;
  }
  [[nodiscard]] Status save(const std::string& mailbox, const std::string& text) const {
    const fs::path path = fs::path(parent_) / "message";
    std::ofstream(path, std::ios::binary) << text;
    const files::OpenFile message(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return open()->save_copy(mailbox, message.get());
  }
};

TEST_F(CopyTest, what_was_sent_is_kept_in_a_folder_of_the_maildir) {
  const std::string long_lines = std::string(65535, 'x') + "\r\n" + std::string(100000, 'y');
  for (const std::string& text : {std::string("a: b\r\n\r\nc\rd\r\r\n\r"), long_lines}) {
    ASSERT_TRUE(save("Sent", text).ok());
  }
  auto found = copies(".Sent");
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::string>{"a: b\n\nc\rd\r\n\r", std::string(65535, 'x') + '\n' +
                                                                       std::string(100000, 'y')}));
  EXPECT_TRUE(fs::exists(root_ + "/.Sent/maildirfolder"));
  EXPECT_TRUE(fs::is_empty(root_ + "/.Sent/tmp"));
  EXPECT_EQ(files(), std::set<std::string>{});
  ASSERT_TRUE(save("R&D.Sent mail", "x").ok());
  EXPECT_EQ(copies(".R&-D.Sent mail"), std::vector<std::string>{"x"});
  ASSERT_TRUE(save("inbox", "y").ok());
  EXPECT_EQ(copies(""), std::vector<std::string>{"y"});
  EXPECT_EQ(open()->message_count(), 1U);
}

TEST_F(CopyTest, no_name_leads_out_of_the_maildir) {
  for (const char* const name : {"", ".", "..", "../x", "a/b", ".a", "a.", "a..b", "\xc3\xa4"}) {
    const Status saved = save(name, "x");
    ASSERT_FALSE(saved) << name;
    EXPECT_NE(saved.error().text.find("cannot be the name of a folder"), std::string::npos);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 4);  // the three and the uidlist
}

TEST_F(CopyTest, one_that_cannot_be_written_leaves_nothing) {
  fs::create_directories(root_ + "/.Sent/tmp");
  write(".Sent/cur", "a file");
  EXPECT_FALSE(save("Sent", "x").ok());
  EXPECT_TRUE(fs::is_empty(root_ + "/.Sent/tmp"));
  write(".Other", "a file");
  EXPECT_FALSE(save("Other", "x").ok());
}

TEST_F(MaildirTest, every_user_has_a_maildir) {
  Maildirs maildirs(parent_ + "/%u-%u");
  ASSERT_TRUE(maildirs.open("al%uce@example.org").ok());
  EXPECT_TRUE(fs::is_directory(parent_ + "/al%uce@example.org-al%uce@example.org/cur"));
  using std::string_view_literals::operator""sv;
  for (const std::string_view name : {""sv, "."sv, ".."sv, ".a"sv, "a/b"sv, "/"sv, "a\0b"sv}) {
    const auto opened = maildirs.open(name);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().text, "this user name cannot be the name of a folder");
  }
}

}  // namespace
}  // namespace pop3_legacy::shim
