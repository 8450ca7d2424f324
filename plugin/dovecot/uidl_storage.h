/// The ids of the policy's scheme, as Dovecot's storage gives them: MAIL_FETCH_UIDL_BACKEND of
/// the messages of a user's INBOX. So UIDL, pop3_uidl_duplicates, the logout line and
/// `doveadm fetch pop3.uidl` agree. Works in any process that loads a module with these hooks.
#ifndef POP3_LEGACY_DOVECOT_UIDL_STORAGE_H
#define POP3_LEGACY_DOVECOT_UIDL_STORAGE_H

#include <functional>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// The hooks, for the module's mail_storage_hooks_add().
struct mail_storage_hooks uidl_hooks();

/// Computes the ids of `box`, where that has not been done. An Error: they are not known, and
/// Dovecot, which would take its own instead, must not be asked. `box` is open.
Status prepare_uidls(struct mailbox* box);
/// host::Uidls::prepare_uidls(): the same, part by part.
Result<bool> prepare_part_of_uidls(struct mailbox* box);

/// The messages, ascending, that have no id in this session, although prepare_uidls() has
/// succeeded: they cannot be read, or were removed by somebody else.
const std::vector<Uid>& without_uidls(struct mailbox* box);

/// Runs `work` while the messages of `box` have the ids that Dovecot has stored with them or gives
/// them itself, as without the hooks: to compute ids aside, and store nothing.
void with_hosts_uidls(struct mailbox* box, const std::function<void()>& work);

/// The user's INBOX has ids by a plan of its own or imported ones, as far as one look tells.
bool remembers_uidls(struct mail_user* user);

}  // namespace pop3_legacy::dovecot

#endif
