/// Mailboxes that live in memory, for unit tests and dialogues.
#ifndef POP3_LEGACY_SHIM_MEMORY_MAILDROP_H
#define POP3_LEGACY_SHIM_MEMORY_MAILDROP_H

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// What lasts between sessions. Tests look into it and change it as they like, also while a
/// session is on: the session keeps what it saw at login.
class MemoryMailbox {
 public:
  struct Message {
    Uid uid = 0;
    std::shared_ptr<const std::string> text;
    bool seen = false;
    std::int64_t received = 0;  ///< seconds since 1970
    std::string file_name;      ///< as if it were a Maildir's file, then also its unique name
    std::string stored_uidl;
    std::string guid;  ///< its unique name where it has no file name
  };

  explicit MemoryMailbox(UidValidity uidvalidity = 1) : uidvalidity_(uidvalidity) {}

  /// Appends a message with the next UID and returns that. Line ends as they come.
  Uid deliver(std::string text, bool seen = false);
  /// The next message gets this UID, which is not below that of any there was.
  void skip_to(Uid next_uid) noexcept { next_uid_ = next_uid; }
  /// Removes a message as another client would; false if there is none with this UID.
  bool expunge(Uid uid);
  /// The mailbox was made anew: the same messages, numbered from 1 under another UIDVALIDITY.
  void change_uidvalidity(UidValidity uidvalidity);

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  [[nodiscard]] Uid next_uid() const noexcept { return next_uid_; }
  /// In the order of their UIDs.
  [[nodiscard]] const std::vector<Message>& messages() const noexcept { return messages_; }
  /// nullptr if there is no such message.
  [[nodiscard]] Message* find(Uid uid) noexcept;
  /// Courier's courierpop3dsizelist, if there were one.
  [[nodiscard]] std::optional<std::string>& courier_list() noexcept { return courier_list_; }
  /// What store_state() stored, by name.
  [[nodiscard]] std::map<std::string, std::string, std::less<>>& states() noexcept {
    return states_;
  }

 private:
  UidValidity uidvalidity_;
  Uid next_uid_ = 1;
  std::vector<Message> messages_;
  std::optional<std::string> courier_list_;
  std::map<std::string, std::string, std::less<>> states_;
};

class MemoryMaildrop : public Maildrop {
 public:
  /// `mailbox` lives longer than this.
  explicit MemoryMaildrop(MemoryMailbox& mailbox);

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
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  [[nodiscard]] bool has_state(std::string_view name) const override;
  /// An Error: it has one mailbox only.
  Status save_copy(std::string_view mailbox, int message) override;

 private:
  [[nodiscard]] const MemoryMailbox::Message& message(MessageNumber number) const;

  MemoryMailbox& mailbox_;
  UidValidity uidvalidity_;
  std::uint64_t next_uid_;
  std::vector<MemoryMailbox::Message> messages_;  ///< as at login
};

/// Mailboxes by user name; a name that is new gets an empty mailbox, or what `fill` puts in.
class MemoryMaildrops : public Maildrops {
 public:
  MemoryMaildrops() = default;
  explicit MemoryMaildrops(void (*fill)(MemoryMailbox& mailbox)) : fill_(fill) {}

  /// Stays where it is as long as this lives.
  MemoryMailbox& mailbox(std::string_view user);
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open(std::string_view user) override;
  /// Makes the mailbox, where open_board() finds it.
  MemoryMailbox& make_board(std::string_view user, std::string_view mailbox);
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                             std::string_view mailbox) override;

 private:
  void (*fill_)(MemoryMailbox& mailbox) = nullptr;
  std::map<std::string, MemoryMailbox, std::less<>> mailboxes_;
  std::map<std::pair<std::string, std::string>, MemoryMailbox> boards_;  ///< by user and name
};

}  // namespace pop3_legacy::shim

#endif
