/// Settings of Dovecot's pop3 process, which doveadm does not read.
#ifndef POP3_LEGACY_DOVEADM_POP3_SETTINGS_H
#define POP3_LEGACY_DOVEADM_POP3_SETTINGS_H

#include <optional>

#include "plugin/dovecot/host_ids.h"

namespace pop3_legacy::doveadm {

/// As `protocol pop3 { … }` has them, where they usually stand; asks doveconf, once. No value: it
/// cannot be asked, as under doveadm-server, which has no configuration file.
std::optional<dovecot::HostIdSettings> pop3_id_settings(const struct mail_user* user);

}  // namespace pop3_legacy::doveadm

#endif
