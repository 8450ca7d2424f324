#include "config.h"
#include "lib.h"
/* after lib.h */
#include "plugin/login/typed_login_settings.h"

#undef DEF
#define DEF(type, name) \
  SETTING_DEFINE_STRUCT_##type(#name, name, struct pop3_legacy_typed_login_settings)

static const struct setting_define pop3_legacy_login_setting_defines[] = {
    DEF(STR, pop3_legacy_login_help),
    DEF(STR, pop3_legacy_login_capabilities),
    DEF(STR_NOVARS, pop3_legacy_login_unknown_command),
    SETTING_DEFINE_LIST_END,
};

static const struct pop3_legacy_typed_login_settings pop3_legacy_default_login_settings = {
    .pop3_legacy_login_help = "",
    .pop3_legacy_login_capabilities = "",
    .pop3_legacy_login_unknown_command = "",
};

const struct setting_parser_info pop3_legacy_login_setting_parser_info = {
    .name = "pop3_legacy_login",
    .defines = pop3_legacy_login_setting_defines,
    .defaults = &pop3_legacy_default_login_settings,
    .struct_size = sizeof(struct pop3_legacy_typed_login_settings),
    .pool_offset1 = 1 + offsetof(struct pop3_legacy_typed_login_settings, pool),
};
