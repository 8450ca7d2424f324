/// The maildrop that is open, and the mailbox that it was made of.
#ifndef POP3_LEGACY_CORE_HOST_MAILDROP_H
#define POP3_LEGACY_CORE_HOST_MAILDROP_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::host {

/// The user's own until another is opened in its place (boards.h). None of these opens a message.
/// `number` is between 1 and message_count().
class Maildrop : public Interface {
 public:
  // As at login:

  /// DELE does not change it.
  [[nodiscard]] virtual MessageNumber message_count() const = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() const = 0;
  [[nodiscard]] virtual Uid uid(MessageNumber number) const = 0;
  /// Higher numbers have higher UIDs. False where the host sorts the maildrop otherwise.
  [[nodiscard]] virtual bool numbers_follow_uids() const = 0;
  /// The highest number with \Seen, 0 if none.
  [[nodiscard]] virtual MessageNumber highest_seen() const = 0;
  [[nodiscard]] virtual bool has_seen(MessageNumber number) const = 0;
  /// The octets that LIST tells.
  [[nodiscard]] virtual std::uint64_t octets(MessageNumber number) const = 0;
  /// All messages. Kept, not counted: it costs the same whatever the maildrop has.
  [[nodiscard]] virtual Tally all() const = 0;

  // As it is now:

  /// The messages that are not marked as deleted, as all().
  [[nodiscard]] virtual Tally left() const = 0;
  /// Marked as deleted, to be removed at QUIT.
  [[nodiscard]] virtual bool deleted(MessageNumber number) const = 0;
  /// Does what DELE does to a message that is not deleted, answer and LAST aside.
  virtual Status mark_deleted(MessageNumber number) = 0;
  /// From now on no command gives a message of the user's own maildrop \Seen.
  virtual void leave_seen_alone() = 0;
};

/// The user's own mailbox, whichever messages the maildrop has.
class Mailbox : public Interface {
 public:
  /// The UIDs of all messages, ascending; those that somebody else has removed may be among them.
  [[nodiscard]] virtual std::vector<Uid> mailbox_uids() const = 0;
  /// The GUIDs of messages (uidl::Facts::guid()) in the order of `uids`; no value: somebody else
  /// has removed the message. Failure::permanent: this storage has none. Costs some 4,000
  /// instructions a message.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::string>>> guids(
      const std::vector<Uid>& uids) = 0;
};

/// The ids of the maildrop's messages.
class Uidls : public Interface {
 public:
  /// Makes sure that the host can name every message by the policy's UIDL scheme, or has nothing
  /// to do with it. False: this was a part of it, and there is more to do. An Error: the ids are
  /// not known at the moment, and UIDL has to be refused.
  virtual Result<bool> prepare_uidls() = 0;
  /// False: some messages, which cannot be read or were removed by somebody else, have no id in
  /// this session, and the host's UIDL would give them one. prepare_uidls() has succeeded.
  [[nodiscard]] virtual bool all_named() = 0;
  /// The id that UIDL tells. prepare_uidls() has succeeded, and the message is not deleted.
  /// Failure::gone: it has none in this session; see all_named().
  [[nodiscard]] virtual Result<std::string> uidl(MessageNumber number) = 0;
};

}  // namespace pop3_legacy::host

#endif
