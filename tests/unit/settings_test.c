/* The plugin's settings, read as in a session: with a user who has them, and one who has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* must come after those */
#include <cmocka.h>

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "array.h"
#include "mail-storage-private.h"
#include "mail-user.h"
#include "plugin/dovecot/plugin_settings.h"
#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS
#include "settings.h"
#endif

static const char* const none[] = {NULL};
static const char* const both[] = {
    "pop3_legacy_policy", "/etc/dovecot/policy", "pop3_legacy_profile", "eudora", NULL,
};

/* Reads the settings of a user whose configuration has these words. Returns the error, if any. */
static const char* read_settings(const char* const* words, struct pop3_legacy_settings* settings) {
  const char* error = NULL;
  struct mail_user user;

  i_zero(&user);
  user.pool = pool_alloconly_create("test user", 1024);
#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS
  struct settings_simple simple;
  settings_simple_init(&simple, words);
  user.event = simple.event;
#else
  struct mail_user_settings set;
  i_zero(&set);
  p_array_init(&set.plugin_envs, user.pool, 4);
  for (; *words != NULL; words++) array_push_back(&set.plugin_envs, words);
  user.set = &set;
#endif
  int ret = pop3_legacy_settings_read(&user, settings, &error);
  assert_int_equal(ret, error == NULL ? 0 : -1);
#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS
  settings_simple_deinit(&simple);
#endif
  if (error == NULL) {
    /* the strings live as long as the user */
    settings->policy = t_strdup(settings->policy);
    settings->profile = t_strdup(settings->profile);
    settings->state = t_strdup(settings->state);
  }
  pool_unref(&user.pool);
  return error;
}

static void settings_of_a_user(void** state ATTR_UNUSED) {
  struct pop3_legacy_settings settings;

  T_BEGIN {
    assert_null(read_settings(both, &settings));
    assert_string_equal(settings.policy, "/etc/dovecot/policy");
    assert_string_equal(settings.profile, "eudora");
  }
  T_END;
}

static void settings_that_are_not_there_are_empty(void** state ATTR_UNUSED) {
  struct pop3_legacy_settings settings;

  T_BEGIN {
    assert_null(read_settings(none, &settings));
    assert_string_equal(settings.policy, "");
    assert_string_equal(settings.profile, "");
    assert_string_equal(settings.state, "");
  }
  T_END;
}

#ifndef POP3_LEGACY_HAVE_TYPED_SETTINGS

/* With typed settings, this is a block. */
static void the_dict_with_the_states_is_a_uri(void** state ATTR_UNUSED) {
  static const char* const words[] = {"pop3_legacy_state", "proxy::states", NULL};
  struct pop3_legacy_settings settings;

  T_BEGIN {
    assert_null(read_settings(words, &settings));
    assert_string_equal(settings.state, "proxy::states");
  }
  T_END;
}

/* With typed settings, Dovecot itself refuses it. */
static void a_misspelt_setting_is_an_error(void** state ATTR_UNUSED) {
  static const char* const misspelt[] = {
      "mail_log_events", "delete", "pop3_legacy_polcy", "/etc/dovecot/policy", NULL,
  };
  struct pop3_legacy_settings settings;

  T_BEGIN {
    assert_string_equal(read_settings(misspelt, &settings),
                        "there is no setting pop3_legacy_polcy; there are pop3_legacy_policy, "
                        "_profile, _state, _sendmail_path, _submission_host, _submission_ssl, "
                        "_login_help, _login_capabilities and _login_unknown_command");
  }
  T_END;
}

#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(settings_of_a_user),
      cmocka_unit_test(settings_that_are_not_there_are_empty),
#ifndef POP3_LEGACY_HAVE_TYPED_SETTINGS
      cmocka_unit_test(the_dict_with_the_states_is_a_uri),
      cmocka_unit_test(a_misspelt_setting_is_an_error),
#endif
  };
  int failed;

  lib_init();
  failed = cmocka_run_group_tests_name("settings", tests, NULL, NULL);
  lib_deinit();
  return failed;
}
