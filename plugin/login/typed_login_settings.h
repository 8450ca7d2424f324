/* Dovecot 2.4's description of the login process's settings. Built into the login plugin, which
   reads them, and into libpop3_legacy_settings.so, which makes them known to the configuration. */
#ifndef POP3_LEGACY_LOGIN_TYPED_LOGIN_SETTINGS_H
#define POP3_LEGACY_LOGIN_TYPED_LOGIN_SETTINGS_H

#include "settings-parser.h"

struct pop3_legacy_typed_login_settings {
  pool_t pool;
  const char* pop3_legacy_login_help;
  const char* pop3_legacy_login_capabilities;
  const char* pop3_legacy_login_unknown_command;
};

extern const struct setting_parser_info pop3_legacy_login_setting_parser_info;

#endif
