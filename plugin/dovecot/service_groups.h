/// The groups that the pop3 process has as a service of Dovecot's, and not as the mail user.
#ifndef POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H
#define POP3_LEGACY_DOVECOT_SERVICE_GROUPS_H

#include <string>
#include <vector>

namespace pop3_legacy::dovecot {

/// The names of those that this process still has, of `service pop3 { extra_groups }`: by default
/// Dovecot's internal group, to which its sockets belong. What is executed by this process has
/// them, too, for only root can take a group from a process.
[[nodiscard]] std::vector<std::string> service_groups();

}  // namespace pop3_legacy::dovecot

#endif
