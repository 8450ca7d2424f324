/// Small durable texts kept with one of Dovecot's mailboxes.
#ifndef POP3_LEGACY_DOVECOT_MAILBOX_STATE_H
#define POP3_LEGACY_DOVECOT_MAILBOX_STATE_H

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"
#include "plugin/core/uidl/list_file.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// A state is a file `dovecot-pop3-legacy-<name>` in the mailbox's control directory, beside
/// dovecot-uidlist: it survives the loss of the index and moves with the Maildir. A state in the
/// place where Dovecot had that directory before an update is moved. The mailbox must be open.
Result<std::optional<std::string>> load_mailbox_state(struct mailbox* box, std::string_view name);
/// The same for StateStore::load_state_front().
Result<std::optional<StateStore::Front>> load_mailbox_state_front(struct mailbox* box,
                                                                  std::string_view name,
                                                                  std::size_t octets);
/// If the mailbox is read-only for the user (by an ACL, for example), nothing is stored, which is
/// an Error; a caller that can do without the state says so itself. Also removes what killed
/// processes have left in the folder (files::remove_left_overs()), but not with the state that a
/// login stores.
Status store_mailbox_state(struct mailbox* box, std::string_view name, std::string_view content);

/// The same for StateStore::exchange_state().
Result<bool> exchange_mailbox_state(struct mailbox* box, std::string_view name,
                                    const std::optional<std::string>& old,
                                    std::string_view content);

/// The same for a text that can be made again: a file in the mailbox's index directory, written
/// without waiting for the disk, and not at all for a master user or in a read-only mailbox.
/// nullptr: there is none, or it cannot be read. False: nothing was written.
std::unique_ptr<uidl::ListFile> open_mailbox_cache(struct mailbox* box, std::string_view name);
Result<bool> keep_mailbox_cache(struct mailbox* box, std::string_view name,
                                std::string_view content);

/// The path of such a file in the INBOX of `ns`, for the log. Opens nothing.
std::string place_of_mailbox_state(struct mail_namespace* ns, std::string_view name);

/// Whether there is such a file in the INBOX of `ns`, as far as one look can tell. Opens nothing.
bool has_mailbox_state(struct mail_namespace* ns, std::string_view name);

/// The state itself. The INBOX need not be open.
Result<std::optional<std::string>> look_at_mailbox_state(struct mail_namespace* ns,
                                                         std::string_view name);

/// The last failure in `box` as a temporary Error, or Failure::gone if a message was removed
/// meanwhile.
Error mailbox_error(struct mailbox* box);

}  // namespace pop3_legacy::dovecot

#endif
