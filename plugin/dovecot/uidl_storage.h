/// The ids of the policy's scheme, provided through Dovecot's storage: MAIL_FETCH_UIDL_BACKEND of
/// the messages in a user's INBOX. So UIDL, pop3_uidl_duplicates, the logout line and `doveadm
/// fetch pop3.uidl` agree. Works in every process that loads a module with these hooks.
#ifndef POP3_LEGACY_DOVECOT_UIDL_STORAGE_H
#define POP3_LEGACY_DOVECOT_UIDL_STORAGE_H

#include <functional>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// The hooks, for the module to pass to mail_storage_hooks_add().
struct mail_storage_hooks uidl_hooks();

/// Computes the ids of `box` unless that has been done. An Error: the ids are not known, and
/// Dovecot must not be asked for them, because it would use its own. `box` is open.
Status prepare_uidls(struct mailbox* box);
/// host::Uidls::prepare_uidls(): the same, in parts.
Result<bool> prepare_part_of_uidls(struct mailbox* box);

/// The ids, after prepare_uidls(). nullptr: Dovecot names all messages. Valid until the ids are
/// computed again, which may happen when messages have come.
uidl::Ids* prepared_uidls(struct mailbox* box);

/// The only one that answers what `mail` is asked, besides this plugin, is its storage: no other
/// plugin has hooked into it.
bool asks_storage_alone(struct mail* mail);

/// Runs `work` as if there were no hooks: the messages of `box` have the ids that Dovecot has
/// stored with them or makes itself. For computing ids on the side; nothing is stored.
void with_hosts_uidls(struct mailbox* box, const std::function<void()>& work);

/// The user's INBOX has imported ids, or ids from a plan of its own, as far as one look can tell.
bool remembers_uidls(struct mail_user* user);

}  // namespace pop3_legacy::dovecot

#endif
