/// Maildirs whose UIDs are in Dovecot's own file, so that a Maildir can move from this host to
/// Dovecot and back and its messages keep their UIDs. Do not use both at the same time: Dovecot's
/// locks are neither taken nor respected.
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
/// Anything not understood is kept.
class UidList {
 public:
  struct Row {
    Uid uid = 0;
    std::string extensions;  ///< as they are in the file, with their spaces
    std::string base_name;
  };

  explicit UidList(UidValidity uidvalidity) : uidvalidity_(uidvalidity) {}

  /// An Error if Dovecot would call the file corrupted; its text says which line.
  static Result<UidList> parse(std::string_view text);
  [[nodiscard]] std::string print() const;

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  [[nodiscard]] std::uint64_t next_uid() const noexcept { return next_uid_; }
  /// In UID order, each base name once.
  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

  /// Updates the list to `base_names`: new names get the next UIDs in alphabetical order, and rows
  /// without a file are removed. False if nothing had to change. An Error: there are no UIDs left.
  Result<bool> update(std::vector<std::string> base_names);

 private:
  Status parse_header(std::string_view line);
  Status parse_row(std::string_view line);

  UidValidity uidvalidity_;
  std::uint64_t next_uid_ = 1;
  std::string header_extensions_;  ///< all but V and N, each preceded by a space
  std::vector<Row> rows_;
};

/// Creates what is missing of `root` with cur, new and tmp, but no parent folder.
Status make_maildir(const std::string& root);

/// An open Maildir. Messages are in UID order.
class Maildir : public Maildrop {
 public:
  /// Creates the Maildir if it is missing (make_maildir()). Moves new messages to cur after storing
  /// their UIDs. A damaged uidlist is an Error, and nothing is changed: new UIDs would make clients
  /// download all mail again.
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
  /// A state is in the file `dovecot-pop3-legacy-NAME` in the root.
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
    std::string info;  ///< what follows the base name, ":2,S"
    std::uint64_t size = 0;
  };

  Maildir(std::string root, const UidList& uids, std::vector<Message> messages);

  /// The message in the file `folder` + base name + `info`.
  static Result<Message> read_message(const UidList::Row& row, const std::string& folder,
                                      const std::string& info);
  [[nodiscard]] const Message& message(MessageNumber number) const;
  /// Looks for the message's file, whose flags another client may have changed.
  [[nodiscard]] Result<std::string> find(const Message& message) const;

  std::string root_;
  UidValidity uidvalidity_;
  std::uint64_t next_uid_;
  std::vector<Message> messages_;
};

/// One Maildir per user.
class Maildirs : public Maildrops {
 public:
  /// "%u" in `path` stands for the user's name.
  explicit Maildirs(std::string path) : path_(std::move(path)) {}

  /// Refuses a name that is empty, begins with a dot, or contains "/" or NUL.
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open(std::string_view user) override;
  /// Opens what is Dovecot's default: the folder ".NAME" in the user's Maildir (Maildir++).
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                             std::string_view mailbox) override;

 private:
  [[nodiscard]] Result<std::string> root_of(std::string_view user) const;

  std::string path_;
};

}  // namespace pop3_legacy::shim

#endif
