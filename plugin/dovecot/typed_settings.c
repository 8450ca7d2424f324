#include "config.h"
#include "lib.h"
/* after lib.h */
#include "plugin/dovecot/typed_settings.h"

#undef DEF
#define DEF(type, name) SETTING_DEFINE_STRUCT_##type(#name, name, struct pop3_legacy_typed_settings)

static const struct setting_define pop3_legacy_setting_defines[] = {
    DEF(STR, pop3_legacy_policy),
    DEF(STR, pop3_legacy_profile),
    SETTING_DEFINE_LIST_END,
};

static const struct pop3_legacy_typed_settings pop3_legacy_default_settings = {
    .pop3_legacy_policy = "",
    .pop3_legacy_profile = "",
};

const struct setting_parser_info pop3_legacy_setting_parser_info = {
    .name = "pop3_legacy",
    .defines = pop3_legacy_setting_defines,
    .defaults = &pop3_legacy_default_settings,
    .struct_size = sizeof(struct pop3_legacy_typed_settings),
    .pool_offset1 = 1 + offsetof(struct pop3_legacy_typed_settings, pool),
};
