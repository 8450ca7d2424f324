#include "plugin/dovecot/plugin_settings.h"

#include "config.h"
#include "lib.h"
#include "mail-storage-private.h"
#include "mail-user.h"

#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS

#include "plugin/dovecot/typed_settings.h"
#include "settings.h"

int pop3_legacy_settings_read(struct mail_user* user, struct pop3_legacy_settings* settings_r,
                              const char** error_r) {
  const struct pop3_legacy_typed_settings* set;

  if (settings_get(user->event, &pop3_legacy_setting_parser_info, 0, &set, error_r) < 0) return -1;
  settings_r->policy = p_strdup(user->pool, set->pop3_legacy_policy);
  settings_r->profile = p_strdup(user->pool, set->pop3_legacy_profile);
  settings_r->state = "";
  settings_free(set);
  return 0;
}

#else

#include "plugin/dovecot/plugin_section.h"

static const char* from_plugin_section(struct mail_user* user, const char* name) {
  const char* value = mail_user_plugin_getenv(user, name);

  return value == NULL ? "" : p_strdup(user->pool, value);
}

int pop3_legacy_settings_read(struct mail_user* user, struct pop3_legacy_settings* settings_r,
                              const char** error_r) {
  unsigned int count = 0;
  const char* const* words =
      array_is_created(&user->set->plugin_envs) ? array_get(&user->set->plugin_envs, &count) : NULL;
  const char* unknown = pop3_legacy_unknown_setting(words, count);

  if (unknown != NULL) {
    *error_r = t_strdup_printf(
        "there is no setting %s; there are pop3_legacy_policy, _profile, _state, _sendmail_path, "
        "_submission_host, _submission_ssl, _login_help, _login_capabilities and "
        "_login_unknown_command",
        unknown);
    return -1;
  }
  settings_r->policy = from_plugin_section(user, "pop3_legacy_policy");
  settings_r->profile = from_plugin_section(user, "pop3_legacy_profile");
  settings_r->state = from_plugin_section(user, "pop3_legacy_state");
  return 0;
}

#endif
