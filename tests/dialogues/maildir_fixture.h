/// A Maildir as the dialogues need it, always the same octets under the same names. It is
/// Dovecot's format written anew here, not shim/maildir.cc's code: a test that checked code
/// with itself would show nothing.
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

/// Replaces the file `path` by one with `content`, in one step; throws Trouble.
void replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

class MaildirFixture {
 public:
  /// Removes `home` with all that is in it and makes `home`/Maildir with `mails`, which get
  /// UIDs from 1.
  MaildirFixture(std::filesystem::path home, const std::vector<Message>& mails, Owner owner);

  /// The folder ".NAME" (Maildir++).
  void make_board(const BoardMailbox& board) const;
  /// As a mail delivery agent does, by way of tmp. The server gives the UID.
  void deliver(const Message& message);
  /// Removes the file of message `number`, as counted now.
  void expunge(std::size_t number);
  /// Replaces the file `name` of the Maildir, or removes it where `content` is empty.
  void put_file(const std::string& name, const std::string& content) const;
  /// Counts UIDVALIDITY up, UIDs from 1; Dovecot's index files, which say otherwise, go.
  void change_uidvalidity();

 private:
  /// A message's file: its name without flags, and where it is now.
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
