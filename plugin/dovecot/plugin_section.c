#include "plugin/dovecot/plugin_section.h"

#include "config.h"
#include "lib.h"

const char* pop3_legacy_unknown_setting(const char* const* words, unsigned int count) {
  static const char prefix[] = "pop3_legacy";
  static const char* const known[] = {"pop3_legacy_login_capabilities",
                                      "pop3_legacy_login_help",
                                      "pop3_legacy_login_unknown_command",
                                      "pop3_legacy_policy",
                                      "pop3_legacy_profile",
                                      "pop3_legacy_sendmail_path",
                                      "pop3_legacy_state",
                                      "pop3_legacy_submission_host",
                                      "pop3_legacy_submission_ssl",
                                      NULL};
  unsigned int i;

  for (i = 0; i + 1 < count; i += 2) {
    if (strncmp(words[i], prefix, sizeof(prefix) - 1) == 0 && !str_array_find(known, words[i]))
      return words[i];
  }
  return NULL;
}
