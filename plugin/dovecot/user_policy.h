/// The policy of one of Dovecot's users, found out once and kept with the user.
#ifndef POP3_LEGACY_DOVECOT_USER_POLICY_H
#define POP3_LEGACY_DOVECOT_USER_POLICY_H

#include "plugin/core/policy/policy.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Dovecot's hook mail_user_created: makes room for the policy, and reads nothing.
void user_policy_created(struct mail_user* user);

/// The plugin is among the user's mail_plugins, and was there when the user was created.
bool has_plugin(struct mail_user* user);

/// Of a user who has the plugin. Reads the settings and the policy's documents at the first call;
/// what is wrong with them is logged then. nullptr: the settings cannot be read; user->error says
/// why.
const policy::Resolution* user_policy(struct mail_user* user);

/// Where the values of user_policy() come from: reads the documents once more. Nothing for a user
/// that user_policy() has no policy for.
policy::Origins user_policy_origins(struct mail_user* user);

/// The user has states of his own beside those of the INBOX's other users (mailbox_users.h): the
/// policy says so, or the INBOX is in a public or shared namespace. Its namespaces are there.
bool has_states_of_own(const struct mail_user* user, const policy::Policy& policy);

}  // namespace pop3_legacy::dovecot

#endif
