/// The groups that the pop3 process has for Dovecot's own purposes, not because of the mail user.
#ifndef POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H
#define POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H

#include <string>
#include <vector>

namespace pop3_legacy::dovecot {

/// The names of those groups of this process that are in `service pop3 { extra_groups }`, or may
/// write to a socket in `base_dir` that others may not. By default one of them is Dovecot's
/// internal group: Dovecot 2.3 and 2.4.1 give it to the service, 2.4.3 to the user
/// (`mail_access_groups`). Programs that this process executes have them too, because only root can
/// take a group from a process.
[[nodiscard]] std::vector<std::string> service_groups(const std::string& base_dir);

}  // namespace pop3_legacy::dovecot

#endif
