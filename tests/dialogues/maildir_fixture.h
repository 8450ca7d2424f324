/// Creates a Maildir for the dialogues, always the same octets under the same names. It implements
/// Dovecot's format again instead of using shim/maildir.cc: a test that compared code with itself
/// would show nothing.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_MAILDIR_FIXTURE_H
#define POP3_LEGACY_TESTS_DIALOGUES_MAILDIR_FIXTURE_H

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/dialogues/dialogue.h"

namespace pop3_legacy::dialogue {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

/// Replaces the file `path` by one with `content`, in one step. Throws Trouble.
void replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

class MaildirFixture {
 public:
  /// Removes `home` with everything in it and creates `home`/Maildir with `mails`, which get UIDs
  /// from 1.
  MaildirFixture(std::filesystem::path home, const std::vector<Message>& mails, Owner owner);

  /// Creates the folder ".NAME" (Maildir++).
  void make_board(const BoardMailbox& board) const;
  /// Delivers as a mail delivery agent does, through tmp. The server assigns the UID.
  void deliver(const Message& message);
  /// Removes the file of message `number` in the current numbering.
  void expunge(std::size_t number);
  /// Replaces the Maildir's file `name`, or removes it if `content` is empty.
  void put_file(const std::string& name, const std::string& content) const;
  /// Increases UIDVALIDITY and gives UIDs from 1; removes Dovecot's index files, which contradict
  /// that.
  void change_uidvalidity();

 private:
  /// A message's file: its name without flags, and its current path.
  using File = std::pair<std::string, std::filesystem::path>;

  void store(const Message& message, const std::filesystem::path& maildir,
             std::string_view folder) const;
  void write_uidlist() const;
  /// In the order of the messages' numbers.
  [[nodiscard]] std::vector<File> files() const;
  void give_away(const std::filesystem::path& path, mode_t mode) const;

  std::filesystem::path home_;
  std::filesystem::path maildir_;
  Owner owner_;
  std::uint32_t uidvalidity_;
};

}  // namespace pop3_legacy::dialogue

#endif
