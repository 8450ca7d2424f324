/// A user's INBOX, for doveadm's commands.
#ifndef POP3_LEGACY_DOVEADM_INBOX_H
#define POP3_LEGACY_DOVEADM_INBOX_H

#include <memory>
#include <optional>
#include <vector>

#include "plugin/core/state/state_store.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/doveadm/doveadm_host.h"

namespace pop3_legacy::doveadm {

class Inbox {
 public:
  explicit Inbox(const struct mail_user* user)
      : box_(mailbox_alloc(mail_namespace_find_inbox(user->namespaces)->list, "INBOX",
                           MAILBOX_FLAG_IGNORE_ACLS)) {}
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  Inbox(Inbox&&) = delete;
  Inbox& operator=(Inbox&&) = delete;
  ~Inbox() { mailbox_free(&box_); }

  // False: the storage knows why.
  [[nodiscard]] bool open() { return mailbox_open(box_) == 0; }
  [[nodiscard]] bool sync() { return mailbox_sync(box_, MAILBOX_SYNC_FLAG_FULL_READ) == 0; }

  [[nodiscard]] struct mailbox* box() const { return box_; }

 private:
  struct mailbox* box_;
};

/// The states kept with an open mailbox, which must outlive the result.
std::unique_ptr<StateStore> states_of(struct mailbox* box);

using NumberedMessages = std::vector<uidl::NumberedMessage>;

/// All messages of an open mailbox in the order of their POP3 numbers, without ids. A message that
/// another session expunges meanwhile is left out. One that cannot be read keeps its number and is
/// logged. Some sizes may have to be read from the messages. No value: the storage knows why.
std::optional<NumberedMessages> read_messages(struct mailbox* box, bool with_sizes);

}  // namespace pop3_legacy::doveadm

#endif
