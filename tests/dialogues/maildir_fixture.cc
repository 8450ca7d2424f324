#include "tests/dialogues/maildir_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "tests/dialogues/host_under_test.h"

namespace pop3_legacy::dialogue {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t first_uidvalidity = 1'700'000'000;
constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;
constexpr std::array folders{"cur", "new", "tmp"};

void write_file(const fs::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) {
    throw Trouble(path.string() + ": cannot be written");
  }
}

std::string with_lf(std::string_view text) {
  std::string stored;
  std::copy_if(text.begin(), text.end(), std::back_inserter(stored),
               [](char c) { return c != '\r'; });
  return stored;
}

void set_time(const fs::path& path, std::int64_t seconds) {
  const timespec time{static_cast<time_t>(seconds), 0};
  const std::array<timespec, 2> times{time, time};
  if (::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) != 0) {
    throw Trouble(path.string() + ": " + std::strerror(errno));
  }
}

}  // namespace

void replace_file(const fs::path& path, std::string_view content, mode_t mode) {
  fs::path next = path;
  next += ".new";
  write_file(next, content);
  if (chmod(next.c_str(), mode) != 0) {
    throw Trouble(next.string() + ": " + std::strerror(errno));
  }
  fs::rename(next, path);
}

MaildirFixture::MaildirFixture(fs::path home, const std::vector<Message>& mails, Owner owner)
    : home_(std::move(home)),
      maildir_(home_ / "Maildir"),
      owner_(owner),
      uidvalidity_(first_uidvalidity) {
  fs::remove_all(home_);
  fs::create_directories(maildir_);
  for (const char* const folder : folders) {
    fs::create_directory(maildir_ / folder);
    give_away(maildir_ / folder, folder_mode);
  }
  for (const Message& mail : mails) {
    // Mail not yet looked at may be in either folder.
    store(mail, maildir_, mail.seen || mail.ordinal % 2 == 0 ? "cur" : "new");
  }
  write_uidlist();
  give_away(maildir_, folder_mode);
  give_away(home_, folder_mode);
}

void MaildirFixture::deliver(const Message& message) {
  store(message, maildir_, message.seen ? "cur" : "new");
}

void MaildirFixture::make_board(const BoardMailbox& board) const {
  const fs::path root = maildir_ / ('.' + board.name);
  fs::create_directory(root);
  for (const char* const folder : folders) {
    fs::create_directory(root / folder);
    give_away(root / folder, folder_mode);
  }
  std::string list = "3 V" + std::to_string(first_uidvalidity) + " N" +
                     std::to_string(board.maxima + 1) + " Gffeeddccbbaa99887766554433221100\n";
  for (const Message& message : board.messages) {
    store(message, root, "cur");
    list += std::to_string(message.ordinal) + " :" + file_name(message) + '\n';
  }
  replace_file(root / "dovecot-uidlist", list, file_mode);
  give_away(root / "dovecot-uidlist", file_mode);
  give_away(root, folder_mode);
}

void MaildirFixture::store(const Message& message, const fs::path& maildir,
                           std::string_view folder) const {
  const std::string name = file_name(message);
  const std::string flags = message.seen ? ":2,S" : ":2,";
  const fs::path temporary = maildir / "tmp" / name;
  write_file(temporary, with_lf(message.text));
  set_time(temporary, message.received);
  give_away(temporary, file_mode);
  fs::rename(temporary, maildir / folder / (folder == "cur" ? name + flags : name));
}

void MaildirFixture::expunge(std::size_t number) {
  const auto all = files();
  if (number > all.size()) {
    throw Trouble("there is no message " + std::to_string(number) + " to expunge");
  }
  fs::remove(all[number - 1].second);
}

void MaildirFixture::put_file(const std::string& name, const std::string& content) const {
  const fs::path path = maildir_ / name;
  if (content.empty()) {
    fs::remove(path);
    return;
  }
  replace_file(path, content, file_mode);
  give_away(path, file_mode);
}

void MaildirFixture::change_uidvalidity() {
  ++uidvalidity_;
  for (const auto& entry : fs::directory_iterator(maildir_)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("dovecot.index") || name.starts_with("dovecot.list.index")) {
      fs::remove(entry.path());
    }
  }
  write_uidlist();
}

void MaildirFixture::write_uidlist() const {
  const auto all = files();
  std::string list = "3 V" + std::to_string(uidvalidity_) + " N" + std::to_string(all.size() + 1) +
                     " G00112233445566778899aabbccddeeff\n";
  std::size_t uid = 0;
  for (const auto& [name, path] : all) {
    list += std::to_string(++uid) + " :" + name + '\n';
  }
  const fs::path path = maildir_ / "dovecot-uidlist";
  replace_file(path, list, file_mode);
  give_away(path, file_mode);
}

std::vector<MaildirFixture::File> MaildirFixture::files() const {
  std::vector<File> all;
  for (const char* const folder : {"cur", "new"}) {
    for (const auto& entry : fs::directory_iterator(maildir_ / folder)) {
      const std::string name = entry.path().filename().string();
      all.emplace_back(name.substr(0, name.find(':')), entry.path());
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

void MaildirFixture::give_away(const fs::path& path, mode_t mode) const {
  if (chmod(path.c_str(), mode) != 0 || chown(path.c_str(), owner_.user, owner_.group) != 0) {
    throw Trouble(path.string() + ": " + std::strerror(errno));
  }
}

}  // namespace pop3_legacy::dialogue
