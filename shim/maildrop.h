/// A maildrop for the test host's sessions, and what opens one.
///
/// Implementations: memory_maildrop.h, maildir.h, and failing_maildrop.h, which wraps either.
#ifndef POP3_LEGACY_SHIM_MAILDROP_H
#define POP3_LEGACY_SHIM_MAILDROP_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::shim {

/// One message's text from first octet to last, in pieces.
class MessageReader {
 public:
  MessageReader() = default;
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;
  MessageReader(MessageReader&&) = delete;
  MessageReader& operator=(MessageReader&&) = delete;
  virtual ~MessageReader() = default;

  /// The next octets as stored, between one and `at_most`; line ends may be LF or CRLF. Empty: the
  /// message has ended.
  [[nodiscard]] virtual Result<std::string> read(std::size_t at_most) = 0;
};

/// One user's maildrop, opened for one session. It describes its messages as they were at login,
/// whatever happens to the mailbox later. `number` is always between 1 and message_count().
class Maildrop {
 public:
  Maildrop() = default;
  Maildrop(const Maildrop&) = delete;
  Maildrop& operator=(const Maildrop&) = delete;
  Maildrop(Maildrop&&) = delete;
  Maildrop& operator=(Maildrop&&) = delete;
  virtual ~Maildrop() = default;

  [[nodiscard]] virtual MessageNumber message_count() const = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() const = 0;
  /// Higher numbers have higher UIDs.
  [[nodiscard]] virtual Uid uid(MessageNumber number) const = 0;
  /// The UID that the next message would have got; 2^32 after the last possible UID.
  [[nodiscard]] virtual std::uint64_t next_uid() const = 0;
  /// Octets with every line end as CRLF, before dot-stuffing. As in Dovecot, a missing final line
  /// end is not added.
  [[nodiscard]] virtual std::uint64_t size(MessageNumber number) const = 0;
  /// A name that only this message has and that stays with it: Dovecot's GUID.
  [[nodiscard]] virtual std::string unique_name(MessageNumber number) const = 0;
  /// The name of a Maildir file, up to the ":" before its flags. No value: the message is not in
  /// one.
  [[nodiscard]] virtual std::optional<std::string> file_name(MessageNumber number) const = 0;
  /// The UIDL stored with the message, as by Dovecot's pop3_save_uidl and by migrations; empty if
  /// none. The host's own UIDLs ignore it.
  [[nodiscard]] virtual std::string stored_uidl(MessageNumber number) const = 0;
  /// Has \Seen.
  [[nodiscard]] virtual bool seen(MessageNumber number) const = 0;

  /// The reader must not outlive the maildrop. Failure::gone: somebody else removed the message.
  [[nodiscard]] virtual Result<std::unique_ptr<MessageReader>> open_message(
      MessageNumber number) = 0;

  /// When the message arrived, in seconds since 1970. Not asked at login, because it takes a system
  /// call.
  [[nodiscard]] virtual Result<std::int64_t> received(MessageNumber number) = 0;
  /// The content of Courier's courierpop3dsizelist. No value: there is none.
  [[nodiscard]] virtual Result<std::optional<std::string>> courier_list() = 0;

  /// Permanently removes the messages `deleted` and sets \Seen on the messages `seen`; a number in
  /// both is removed. After an Error, some of them may have been changed, but no others. Called
  /// when the maildrop is closed, normally at QUIT, and again after an Error; if the session was
  /// dropped, `deleted` is empty.
  virtual Status commit(std::span<const MessageNumber> deleted,
                        std::span<const MessageNumber> seen) = 0;

  /// As in StateStore.
  [[nodiscard]] virtual Result<std::optional<std::string>> load_state(std::string_view name) = 0;
  virtual Status store_state(std::string_view name, std::string_view content) = 0;
  /// host::Outbox::save_message() for the message in the file `message`, which is positioned at its
  /// beginning.
  virtual Status save_copy(std::string_view mailbox, int message) = 0;
  /// Whether there is such a state, as far as one look can tell. Opens nothing.
  [[nodiscard]] virtual bool has_state(std::string_view name) const = 0;
};

/// Opens any user's maildrop.
class Maildrops {
 public:
  Maildrops() = default;
  Maildrops(const Maildrops&) = delete;
  Maildrops& operator=(const Maildrops&) = delete;
  Maildrops(Maildrops&&) = delete;
  Maildrops& operator=(Maildrops&&) = delete;
  virtual ~Maildrops() = default;

  /// `user` is as typed at login and may contain any octet except NUL, CR and LF.
  [[nodiscard]] virtual Result<std::unique_ptr<Maildrop>> open(std::string_view user) = 0;
  /// Another of the user's mailboxes. Failure::gone: there is none of that name, or it cannot be
  /// read.
  [[nodiscard]] virtual Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                                     std::string_view mailbox) = 0;
};

/// Computes Maildrop::size() from the stored text, in pieces.
class SizeAsSent {
 public:
  void add(std::string_view piece) noexcept {
    for (const char c : piece) {
      octets_ += c == '\n' && last_ != '\r' ? 2U : 1U;
      last_ = c;
    }
  }
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }

 private:
  std::uint64_t octets_ = 0;
  char last_ = '\0';
};

}  // namespace pop3_legacy::shim

#endif
