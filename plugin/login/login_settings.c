#include "plugin/login/login_settings.h"

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "array.h"
#include "master-service-settings.h"
#include "master-service.h"

#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS

#include "plugin/login/typed_login_settings.h"
#include "settings.h"

int pop3_legacy_login_settings_read(struct pop3_legacy_login_settings* settings_r,
                                    const char** error_r) {
  const struct pop3_legacy_typed_login_settings* set;

  if (settings_get(master_service_get_event(master_service), &pop3_legacy_login_setting_parser_info,
                   0, &set, error_r) < 0)
    return -1;
  settings_r->help = t_strdup(set->pop3_legacy_login_help);
  settings_r->capabilities = t_strdup(set->pop3_legacy_login_capabilities);
  settings_r->unknown_command = t_strdup(set->pop3_legacy_login_unknown_command);
  settings_free(set);
  return 0;
}

#else

#include "plugin/dovecot/plugin_section.h"
#include "settings-parser.h"

struct plugin_section {
  ARRAY(const char*) plugin_envs;
};

static const struct setting_define section_defines[] = {
    {.type = SET_STRLIST, .key = "plugin", .offset = offsetof(struct plugin_section, plugin_envs)},
    SETTING_DEFINE_LIST_END,
};

static const struct plugin_section section_defaults = {.plugin_envs = ARRAY_INIT};

static const struct setting_parser_info section_info = {
    .module_name = "mail",
    .defines = section_defines,
    .defaults = &section_defaults,
    .type_offset = SIZE_MAX,
    .struct_size = sizeof(struct plugin_section),
    .parent_offset = SIZE_MAX,
};

static const struct setting_parser_info* const section_roots[] = {&section_info, NULL};

/* Alternating names and values. */
static const char* const* section_words(const struct plugin_section* section,
                                        unsigned int* count_r) {
  *count_r = 0;
  return array_is_created(&section->plugin_envs) ? array_get(&section->plugin_envs, count_r) : NULL;
}

static const char* word(const struct plugin_section* section, const char* name) {
  unsigned int i, count;
  const char* const* words = section_words(section, &count);

  for (i = 0; i + 1 < count; i += 2) {
    if (strcmp(words[i], name) == 0) return t_strdup(words[i + 1]);
  }
  return "";
}

int pop3_legacy_login_settings_read(struct pop3_legacy_login_settings* settings_r,
                                    const char** error_r) {
  struct master_service_settings_input input;
  struct master_service_settings_output output;
  const struct plugin_section* section;
  const char* const* words;
  const char* unknown;
  unsigned int count;

  i_zero(&input);
  input.roots = section_roots;
  /* the module whose plugin { } is meant */
  input.module = section_info.module_name;
  input.service = "pop3";
  input.no_ssl_ca = TRUE;
  if (master_service_settings_read(master_service, &input, &output, error_r) < 0) return -1;
  section = master_service_settings_get_others(master_service)[0];
  words = section_words(section, &count);
  unknown = pop3_legacy_unknown_setting(words, count);
  if (unknown != NULL) {
    *error_r = t_strdup_printf("there is no setting %s", unknown);
    return -1;
  }
  settings_r->help = word(section, "pop3_legacy_login_help");
  settings_r->capabilities = word(section, "pop3_legacy_login_capabilities");
  settings_r->unknown_command = word(section, "pop3_legacy_login_unknown_command");
  return 0;
}

#endif
