#include "plugin/dovecot/submit_settings.h"

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "hostpid.h"
#include "iostream-ssl.h"
#include "mail-storage-private.h"
#include "mail-user.h"
#include "smtp-submit.h"

#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS

#include "settings.h"

struct smtp_submit* pop3_legacy_submit_init(struct mail_user* user, const struct smtp_address* from,
                                            const char** error_r) {
  const struct smtp_submit_settings* set;
  struct smtp_submit_input input;
  struct smtp_submit* submit;

  if (settings_get(user->event, &smtp_submit_setting_parser_info, 0, &set, error_r) < 0)
    return NULL;
  i_zero(&input);
  input.event_parent = user->event;
  submit = smtp_submit_init_simple(&input, set, from);
  settings_free(set);
  return submit;
}

#else

/* Dovecot's default. */
static const unsigned int timeout_seconds = 30;

static const char* setting(struct mail_user* user, const char* name, const char* otherwise) {
  const char* value = mail_user_plugin_getenv(user, name);

  return value == NULL ? otherwise : value;
}

struct smtp_submit* pop3_legacy_submit_init(struct mail_user* user, const struct smtp_address* from,
                                            const char** error_r) {
  struct smtp_submit_settings set;
  struct smtp_submit_input input;
  struct ssl_iostream_settings ssl;

  i_zero(&set);
  set.hostname = my_hostdomain();
  set.submission_host = setting(user, "pop3_legacy_submission_host", "");
  set.sendmail_path = setting(user, "pop3_legacy_sendmail_path", "/usr/sbin/sendmail");
  set.submission_timeout = timeout_seconds;
  set.submission_ssl = setting(user, "pop3_legacy_submission_ssl", "");
  if (*set.submission_host == '\0' && *set.sendmail_path != '/') {
    *error_r = "pop3_legacy_sendmail_path has to be a path that begins with /";
    return NULL;
  }
  mail_user_init_ssl_client_settings(user, &ssl);
  i_zero(&input);
  input.ssl = &ssl;
  input.event_parent = user->event;
  return smtp_submit_init_simple(&input, &set, from);
}

#endif
