#include "config.h"
#include "lib.h"
/* after lib.h */
#include "plugin/dovecot/typed_settings.h"

#include "plugin/dovecot/plugin_settings.h"

#undef DEF
#define DEF(type, name) SETTING_DEFINE_STRUCT_##type(#name, name, struct pop3_legacy_typed_settings)

static const struct setting_define pop3_legacy_setting_defines[] = {
    DEF(STR, pop3_legacy_policy),  {.type = SET_FILTER_NAME, .key = POP3_LEGACY_POLICY_DICT},
    DEF(STR, pop3_legacy_profile), {.type = SET_FILTER_NAME, .key = POP3_LEGACY_STATE_DICT},
    SETTING_DEFINE_LIST_END,
};

static const struct pop3_legacy_typed_settings pop3_legacy_default_settings = {
    .pop3_legacy_policy = "",
    .pop3_legacy_profile = "",
};

/* Dovecot would wait half a minute for a dict to which this process itself connects. */
#define POP3_LEGACY_STRING(number) POP3_LEGACY_STRING_OF(number)
#define POP3_LEGACY_STRING_OF(number) #number
static const struct setting_keyvalue pop3_legacy_default_keyvalues[] = {
    {POP3_LEGACY_POLICY_DICT "/redis_request_timeout",
     POP3_LEGACY_STRING(POP3_LEGACY_DICT_MSECS) "ms"},
    {POP3_LEGACY_STATE_DICT "/redis_request_timeout",
     POP3_LEGACY_STRING(POP3_LEGACY_DICT_MSECS) "ms"},
    {NULL, NULL},
};

const struct setting_parser_info pop3_legacy_setting_parser_info = {
    .name = "pop3_legacy",
    .defines = pop3_legacy_setting_defines,
    .defaults = &pop3_legacy_default_settings,
    .default_settings = pop3_legacy_default_keyvalues,
    .struct_size = sizeof(struct pop3_legacy_typed_settings),
    .pool_offset1 = 1 + offsetof(struct pop3_legacy_typed_settings, pool),
};
