/// The open maildrop and the mailbox behind it.
#ifndef POP3_LEGACY_CORE_HOST_MAILDROP_H
#define POP3_LEGACY_CORE_HOST_MAILDROP_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::uidl {
class Ids;
}

namespace pop3_legacy::host {

/// The user's own until another is opened in its place (boards.h). None of these calls opens a
/// message. `number` is between 1 and message_count().
class Maildrop : public Interface {
 public:
  // As at login:

  /// Not changed by DELE.
  [[nodiscard]] virtual MessageNumber message_count() const = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() const = 0;
  [[nodiscard]] virtual Uid uid(MessageNumber number) const = 0;
  /// Higher numbers have higher UIDs. False if the host sorts the maildrop differently.
  [[nodiscard]] virtual bool numbers_follow_uids() const = 0;
  /// The highest number with \Seen; 0 if there is none.
  [[nodiscard]] virtual MessageNumber highest_seen() const = 0;
  [[nodiscard]] virtual bool has_seen(MessageNumber number) const = 0;
  /// The size in octets that LIST shows.
  [[nodiscard]] virtual std::uint64_t octets(MessageNumber number) const = 0;
  /// All messages. The totals are kept, so this costs the same however large the maildrop is.
  [[nodiscard]] virtual Tally all() const = 0;

  // As it is now:

  /// The messages not marked as deleted; otherwise like all().
  [[nodiscard]] virtual Tally left() const = 0;
  /// Marked as deleted, and removed at QUIT.
  [[nodiscard]] virtual bool deleted(MessageNumber number) const = 0;
  /// Does what DELE does to a message that is not deleted, except for the answer and LAST.
  virtual Status mark_deleted(MessageNumber number) = 0;
  /// From now on no command sets \Seen on a message of the user's own maildrop.
  virtual void leave_seen_alone() = 0;
};

/// The user's own mailbox, whichever of its messages the maildrop has.
class Mailbox : public Interface {
 public:
  /// The UIDs of all messages, ascending; some may have been removed by somebody else.
  [[nodiscard]] virtual std::vector<Uid> mailbox_uids() const = 0;
  /// The GUIDs of messages (uidl::Facts::guid()) in the order of `uids`; no value: somebody else
  /// has removed the message. Failure::permanent: this storage has no GUIDs. Costs about 4,000
  /// instructions per message.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::string>>> guids(
      const std::vector<Uid>& uids) = 0;
};

/// The ids of the maildrop's messages.
class Uidls : public Interface {
 public:
  /// Makes sure that the host can name every message by the policy's UIDL scheme, or does nothing
  /// if that is not needed. False: part of the work is done and there is more to do. An Error: the
  /// ids are not known at the moment, and UIDL has to be refused.
  virtual Result<bool> prepare_uidls() = 0;
  /// UIDL is to be answered by the session. False: the host's own answer shows the same ids, and
  /// the host may have to see that they were asked for. Requires a successful prepare_uidls().
  [[nodiscard]] virtual bool answers_uidl() = 0;
  /// The ids that UIDL shows, by UID; those that the plugin does not name are add_uidl()'s.
  /// nullptr: all are. Valid until prepare_uidls() is called again.
  [[nodiscard]] virtual uidl::Ids* shown_ids() = 0;
  /// Appends the id that UIDL shows to `to`. Requires a successful prepare_uidls() and a message
  /// that is not deleted. Failure::gone: it cannot be read or was removed by somebody else, and has
  /// no id in this session; then answers_uidl() is true.
  virtual Status add_uidl(MessageNumber number, std::string& to) = 0;
};

}  // namespace pop3_legacy::host

#endif
