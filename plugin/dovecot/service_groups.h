/// The groups that the pop3 process has because it is a Dovecot service, not because of the mail
/// user.
#ifndef POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H
#define POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H

#include <string>
#include <vector>

namespace pop3_legacy::dovecot {

/// The names of the groups from `service pop3 { extra_groups }` that this process still has; by
/// default, Dovecot's internal group, which owns its sockets. Programs that this process executes
/// have them too, because only root can take a group from a process.
[[nodiscard]] std::vector<std::string> service_groups();

}  // namespace pop3_legacy::dovecot

#endif
