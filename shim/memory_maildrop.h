/// Mailboxes in memory, for unit tests and dialogues.
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

/// What lasts between sessions. Tests inspect and change it as they like, even during a session:
/// the session keeps what it saw at login.
class MemoryMailbox {
 public:
  struct Message {
    Uid uid = 0;
    std::shared_ptr<const std::string> text;
    bool seen = false;
    std::int64_t received = 0;  ///< seconds since 1970
    std::string file_name;      ///< as if it were in a Maildir; also its unique name
    std::string stored_uidl;
    std::string guid;  ///< its unique name if it has no file name
  };

  explicit MemoryMailbox(UidValidity uidvalidity = 1) : uidvalidity_(uidvalidity) {}

  /// Appends a message with the next UID and returns that UID. Line ends are kept.
  Uid deliver(std::string text, bool seen = false);
  /// The next message gets this UID. It must not be lower than that of any message so far.
  void skip_to(Uid next_uid) noexcept { next_uid_ = next_uid; }
  /// Removes a message as another client would. False if none has this UID.
  bool expunge(Uid uid);
  /// Recreates the mailbox: the same messages, numbered from 1 under another UIDVALIDITY.
  void change_uidvalidity(UidValidity uidvalidity);

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  [[nodiscard]] Uid next_uid() const noexcept { return next_uid_; }
  /// In UID order.
  [[nodiscard]] const std::vector<Message>& messages() const noexcept { return messages_; }
  /// nullptr if there is no such message.
  [[nodiscard]] Message* find(Uid uid) noexcept;
  /// Courier's courierpop3dsizelist, if there is one.
  [[nodiscard]] std::optional<std::string>& courier_list() noexcept { return courier_list_; }
  /// What store_state() has stored, by name.
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

/// Mailboxes by user name; a new name gets an empty mailbox, or what `fill` puts in it.
class MemoryMaildrops : public Maildrops {
 public:
  MemoryMaildrops() = default;
  explicit MemoryMaildrops(void (*fill)(MemoryMailbox& mailbox)) : fill_(fill) {}

  /// The result stays valid as long as this object.
  MemoryMailbox& mailbox(std::string_view user);
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open(std::string_view user) override;
  /// Creates the mailbox for open_board() to find.
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
