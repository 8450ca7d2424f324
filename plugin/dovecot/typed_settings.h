/* Dovecot 2.4's description of our settings. Built into the plugin, which reads them, and into
   libpop3_legacy_settings.so, which makes them known to the configuration. */
#ifndef POP3_LEGACY_DOVECOT_TYPED_SETTINGS_H
#define POP3_LEGACY_DOVECOT_TYPED_SETTINGS_H

#include "settings-parser.h"

struct pop3_legacy_typed_settings {
  pool_t pool;
  const char* pop3_legacy_policy;
  const char* pop3_legacy_profile;
};

extern const struct setting_parser_info pop3_legacy_setting_parser_info;

#endif
