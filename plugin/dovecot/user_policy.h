/// The policy of one of Dovecot's users, determined once and kept with the user.
#ifndef POP3_LEGACY_DOVECOT_USER_POLICY_H
#define POP3_LEGACY_DOVECOT_USER_POLICY_H

#include "plugin/core/policy/policy.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// For Dovecot's hook mail_user_created: makes room for the policy and reads nothing.
void user_policy_created(struct mail_user* user);

/// The plugin is in the user's mail_plugins and was loaded when the user was created.
bool has_plugin(struct mail_user* user);

/// The policy of a user who has the plugin. The first call reads the settings and the policy's
/// documents and logs what is wrong with them. nullptr: the settings cannot be read; user->error
/// says why.
const policy::Resolution* user_policy(struct mail_user* user);

/// Where the values of user_policy() come from. Reads the documents again. Empty for a user without
/// a policy from user_policy().
policy::Origins user_policy_origins(struct mail_user* user);

/// This user has states apart from those of the INBOX's other users (mailbox_users.h): the policy
/// says so, or the INBOX is in a public or shared namespace. The user's namespaces must exist.
bool has_states_of_own(const struct mail_user* user, const policy::Policy& policy);

}  // namespace pop3_legacy::dovecot

#endif
