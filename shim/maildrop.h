/// A maildrop as the test host's sessions use it, and what opens one.
///
/// Implementations: memory_maildrop.h, maildir.h, and failing_maildrop.h around either.
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

/// One message's text from its first octet to its last, in pieces.
class MessageReader {
 public:
  MessageReader() = default;
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;
  MessageReader(MessageReader&&) = delete;
  MessageReader& operator=(MessageReader&&) = delete;
  virtual ~MessageReader() = default;

  /// The next octets as they are stored, at least one and at most `at_most`; line ends may be
  /// LF or CRLF. Empty: the message is at its end.
  [[nodiscard]] virtual Result<std::string> read(std::size_t at_most) = 0;
};

/// The maildrop of one user, opened for one session. What it tells of its messages is what was
/// true at login, whatever happens to the mailbox meanwhile. `number` is always between 1 and
/// message_count().
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
  /// The UID that the next message would have got; 2^32 after the last there is.
  [[nodiscard]] virtual std::uint64_t next_uid() const = 0;
  /// Octets with every line end as CRLF, before dot-stuffing. As in Dovecot, a final line
  /// without a line end is counted without one.
  [[nodiscard]] virtual std::uint64_t size(MessageNumber number) const = 0;
  /// A name that no other message has and that stays with this one: Dovecot's GUID.
  [[nodiscard]] virtual std::string unique_name(MessageNumber number) const = 0;
  /// The name of a Maildir's file up to the ":" of its flags. No value: it is not in one.
  [[nodiscard]] virtual std::optional<std::string> file_name(MessageNumber number) const = 0;
  /// The UIDL that was stored with the message, as Dovecot's pop3_save_uidl and migrations do;
  /// empty: none. The host's own UIDLs do not heed it.
  [[nodiscard]] virtual std::string stored_uidl(MessageNumber number) const = 0;
  /// Has \Seen.
  [[nodiscard]] virtual bool seen(MessageNumber number) const = 0;

  /// The reader must not outlive the maildrop. Failure::gone: the message was removed by
  /// somebody else.
  [[nodiscard]] virtual Result<std::unique_ptr<MessageReader>> open_message(
      MessageNumber number) = 0;

  /// When the message arrived, in seconds since 1970; not asked at login, for it costs a look.
  [[nodiscard]] virtual Result<std::int64_t> received(MessageNumber number) = 0;
  /// The content of Courier's courierpop3dsizelist. No value: there is none.
  [[nodiscard]] virtual Result<std::optional<std::string>> courier_list() = 0;

  /// Removes the messages `deleted` for good and gives \Seen to the messages `seen`; a number
  /// in both is removed. After an Error some of them may have been changed, and no other.
  /// Called when the maildrop is closed, at QUIT as a rule, and again after an Error; with nothing
  /// to delete when the session was dropped.
  virtual Status commit(std::span<const MessageNumber> deleted,
                        std::span<const MessageNumber> seen) = 0;

  /// As StateStore has it.
  [[nodiscard]] virtual Result<std::optional<std::string>> load_state(std::string_view name) = 0;
  virtual Status store_state(std::string_view name, std::string_view content) = 0;
  /// host::Outbox::save_message(), of the message in the file `message`, which stands at its
  /// beginning.
  virtual Status save_copy(std::string_view mailbox, int message) = 0;
  /// There is such a state, as far as one look tells; nothing is opened.
  [[nodiscard]] virtual bool has_state(std::string_view name) const = 0;
};

/// Opens the maildrops of all users.
class Maildrops {
 public:
  Maildrops() = default;
  Maildrops(const Maildrops&) = delete;
  Maildrops& operator=(const Maildrops&) = delete;
  Maildrops(Maildrops&&) = delete;
  Maildrops& operator=(Maildrops&&) = delete;
  virtual ~Maildrops() = default;

  /// `user` is as typed at login and may hold any octet but NUL, CR and LF.
  [[nodiscard]] virtual Result<std::unique_ptr<Maildrop>> open(std::string_view user) = 0;
  /// Another mailbox of the user's. Failure::gone: there is none of that name, or it cannot be
  /// read.
  [[nodiscard]] virtual Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                                     std::string_view mailbox) = 0;
};

/// Counts what Maildrop::size() tells, from the text as stored, in pieces.
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
