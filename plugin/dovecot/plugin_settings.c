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
  settings_free(set);
  return 0;
}

#else

/* Anything may stand in plugin { }, so a misspelt name of ours would go unnoticed, and with it
   what the policy closes. Returns the first one that is none of ours, or NULL. */
static const char* unknown_setting(const struct mail_user_settings* set) {
  static const char prefix[] = "pop3_legacy";
  static const char* const known[] = {"pop3_legacy_policy",         "pop3_legacy_profile",
                                      "pop3_legacy_sendmail_path",  "pop3_legacy_submission_host",
                                      "pop3_legacy_submission_ssl", NULL};
  unsigned int i, count;
  const char* const* names;

  if (!array_is_created(&set->plugin_envs)) return NULL;
  names = array_get(&set->plugin_envs, &count);
  for (i = 0; i + 1 < count; i += 2) {
    if (strncmp(names[i], prefix, sizeof(prefix) - 1) == 0 &&
        str_array_find(known, names[i]) == FALSE)
      return names[i];
  }
  return NULL;
}

static const char* from_plugin_section(struct mail_user* user, const char* name) {
  const char* value = mail_user_plugin_getenv(user, name);

  return value == NULL ? "" : p_strdup(user->pool, value);
}

int pop3_legacy_settings_read(struct mail_user* user, struct pop3_legacy_settings* settings_r,
                              const char** error_r) {
  const char* unknown = unknown_setting(user->set);

  if (unknown != NULL) {
    *error_r = t_strdup_printf(
        "there is no setting %s; pop3_legacy_policy and "
        "pop3_legacy_profile are the ones there are",
        unknown);
    return -1;
  }
  settings_r->policy = from_plugin_section(user, "pop3_legacy_policy");
  settings_r->profile = from_plugin_section(user, "pop3_legacy_profile");
  return 0;
}

#endif
