/// Small durable texts kept with a mailbox of Dovecot's.
#ifndef POP3_LEGACY_DOVECOT_MAILBOX_STATE_H
#define POP3_LEGACY_DOVECOT_MAILBOX_STATE_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// State is a file `dovecot-pop3-legacy-<name>` in the mailbox's control directory, where
/// dovecot-uidlist stands: it survives the loss of the index and moves with the Maildir. A state
/// that stands where Dovecot had that directory before an update is moved. The mailbox is open.
Result<std::optional<std::string>> load_mailbox_state(struct mailbox* box, std::string_view name);
/// StateStore::load_state_front() likewise.
Result<std::optional<StateStore::Front>> load_mailbox_state_front(struct mailbox* box,
                                                                  std::string_view name,
                                                                  std::size_t octets);
/// In a mailbox that is read-only for the user (by an ACL, say) nothing is stored, which is an
/// Error: who can do without what is not kept says so himself. What killed processes have left in
/// the folder goes (files::remove_left_overs()), but not with the state that a login stores.
Status store_mailbox_state(struct mailbox* box, std::string_view name, std::string_view content);

/// StateStore::exchange_state() likewise.
Result<bool> exchange_mailbox_state(struct mailbox* box, std::string_view name,
                                    const std::optional<std::string>& old,
                                    std::string_view content);

/// The path of such a file in the INBOX of `ns`, for the log; nothing is opened.
std::string place_of_mailbox_state(struct mail_namespace* ns, std::string_view name);

/// There is such a file in the INBOX of `ns`, as far as one look tells; nothing is opened.
bool has_mailbox_state(struct mail_namespace* ns, std::string_view name);

/// The state itself, of an INBOX that need not be open.
Result<std::optional<std::string>> look_at_mailbox_state(struct mail_namespace* ns,
                                                         std::string_view name);

/// What went wrong last in `box`, as a temporary Error; Failure::gone where a message was removed
/// meanwhile.
Error mailbox_error(struct mailbox* box);

}  // namespace pop3_legacy::dovecot

#endif
