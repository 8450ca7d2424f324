/// Settings of Dovecot's pop3 process that doveadm does not read.
#ifndef POP3_LEGACY_DOVEADM_POP3_SETTINGS_H
#define POP3_LEGACY_DOVEADM_POP3_SETTINGS_H

#include <optional>

#include "plugin/dovecot/host_ids.h"

namespace pop3_legacy::doveadm {

/// The settings in `protocol pop3 { … }`, where they usually are. Asks doveconf, once. No value:
/// that is not possible, as under doveadm-server, which has no configuration file.
std::optional<dovecot::HostIdSettings> pop3_id_settings(const struct mail_user* user);

}  // namespace pop3_legacy::doveadm

#endif
