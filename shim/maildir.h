/// Maildirs, with their UIDs in Dovecot's own file, so that a Maildir can go from this host to
/// Dovecot and back and its messages keep their UIDs. Not both at the same time: Dovecot's
/// locks are neither taken nor heeded.
#ifndef POP3_LEGACY_SHIM_MAILDIR_H
#define POP3_LEGACY_SHIM_MAILDIR_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// The file `dovecot-uidlist`, version 3 (Dovecot's maildir-uidlist.c):
///
///     3 V<uidvalidity> N<next-uid>[ G<hex>][ <key><value>…]
///     <uid>[ <key><value>…] :<base name>
///
/// What is not understood is kept.
class UidList {
 public:
  struct Row {
    Uid uid = 0;
    std::string extensions;  ///< with their spaces as they stood
    std::string base_name;
  };

  explicit UidList(UidValidity uidvalidity) : uidvalidity_(uidvalidity) {}

  /// An Error, whose text says which line, where Dovecot would call it corrupted.
  static Result<UidList> parse(std::string_view text);
  [[nodiscard]] std::string print() const;

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  [[nodiscard]] std::uint64_t next_uid() const noexcept { return next_uid_; }
  /// In the order of their UIDs, each base name once.
  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

  /// Makes the list that of `base_names`: new ones get the next UIDs in the order of their
  /// names, rows without a file go. False if nothing had to change. Error: no UIDs are left.
  Result<bool> update(std::vector<std::string> base_names);

 private:
  Status parse_header(std::string_view line);
  Status parse_row(std::string_view line);

  UidValidity uidvalidity_;
  std::uint64_t next_uid_ = 1;
  std::string header_extensions_;  ///< all but V and N, each with a space before it
  std::vector<Row> rows_;
};

/// Makes what is missing of `root` with cur, new and tmp, but no folder above it.
Status make_maildir(const std::string& root);

/// One Maildir, opened. Messages stand in the order of their UIDs.
class Maildir : public Maildrop {
 public:
  /// Makes the Maildir where it is missing (make_maildir()). Moves new
  /// messages to cur after their UIDs have been stored. A uidlist that is damaged is an Error,
  /// and everything stays as it is: new UIDs would make clients load all mail again.
  static Result<std::unique_ptr<Maildrop>> open(const std::string& root);

  [[nodiscard]] MessageNumber message_count() const override;
  [[nodiscard]] UidValidity uidvalidity() const override { return uidvalidity_; }
  [[nodiscard]] std::uint64_t next_uid() const override { return next_uid_; }
  [[nodiscard]] Uid uid(MessageNumber number) const override;
  [[nodiscard]] std::uint64_t size(MessageNumber number) const override;
  [[nodiscard]] std::string unique_name(MessageNumber number) const override;
  [[nodiscard]] std::optional<std::string> file_name(MessageNumber number) const override;
  [[nodiscard]] std::string stored_uidl(MessageNumber number) const override;
  [[nodiscard]] bool seen(MessageNumber number) const override;
  [[nodiscard]] Result<std::unique_ptr<MessageReader>> open_message(MessageNumber number) override;
  [[nodiscard]] Result<std::int64_t> received(MessageNumber number) override;
  [[nodiscard]] Result<std::optional<std::string>> courier_list() override;
  Status commit(std::span<const MessageNumber> deleted,
                std::span<const MessageNumber> seen) override;
  /// State is in the file `dovecot-pop3-legacy-NAME` of the root.
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  [[nodiscard]] bool has_state(std::string_view name) const override;
  Status save_copy(std::string_view mailbox, int message) override;

 private:
  struct Message {
    Uid uid = 0;
    std::string base_name;
    std::string unique_name;
    std::string stored_uidl;
    std::string info;  ///< what stands behind the base name, ":2,S"
    std::uint64_t size = 0;
  };

  Maildir(std::string root, const UidList& uids, std::vector<Message> messages);

  [[nodiscard]] const Message& message(MessageNumber number) const;
  /// Looks for the message's file, which another client may have given other flags.
  [[nodiscard]] Result<std::string> find(const Message& message) const;

  std::string root_;
  UidValidity uidvalidity_;
  std::uint64_t next_uid_;
  std::vector<Message> messages_;
};

/// A Maildir for each user.
class Maildirs : public Maildrops {
 public:
  /// In `path`, "%u" stands for the user's name.
  explicit Maildirs(std::string path) : path_(std::move(path)) {}

  /// A name that is empty, begins with a dot or holds a "/" or a NUL is refused.
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open(std::string_view user) override;
  /// As Dovecot has it by default: the folder ".NAME" of the user's Maildir (Maildir++).
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                             std::string_view mailbox) override;

 private:
  [[nodiscard]] Result<std::string> root_of(std::string_view user) const;

  std::string path_;
};

}  // namespace pop3_legacy::shim

#endif
