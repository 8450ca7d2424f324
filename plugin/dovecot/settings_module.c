/* What the config process of Dovecot 2.4 looks for in settings/libpop3_legacy_settings.so:
   <name>_settings_version and <name>_settings_set_infos. */
#include "config.h"
#include "lib.h"
/* after lib.h */
#include "plugin/dovecot/typed_settings.h"
#include "plugin/login/typed_login_settings.h"

#pragma GCC visibility push(default)

extern const char* const pop3_legacy_settings_version;
extern const struct setting_parser_info* const pop3_legacy_settings_set_infos[];

const char* const pop3_legacy_settings_version = DOVECOT_ABI_VERSION;
const struct setting_parser_info* const pop3_legacy_settings_set_infos[] = {
    &pop3_legacy_setting_parser_info,
    &pop3_legacy_login_setting_parser_info,
    NULL,
};
