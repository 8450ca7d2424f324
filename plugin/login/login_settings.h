/* What the login process is told by Dovecot's configuration, as C because Dovecot's
   SETTING_DEFINE_* macros are not C++. Read once, when the plugin is loaded: later the process
   is in its chroot.

   Dovecot 2.4: typed settings. Dovecot 2.3: words in `plugin { }`, like the plugin's others; a
   login process does not read that section by itself, so it is asked for here. */
#ifndef POP3_LEGACY_LOGIN_LOGIN_SETTINGS_H
#define POP3_LEGACY_LOGIN_LOGIN_SETTINGS_H

#ifdef __cplusplus
extern "C" {
#endif

/* "" where a setting is not there. */
struct pop3_legacy_login_settings { /* NOLINT(readability-identifier-naming): C */
  const char* help;
  const char* capabilities;
  const char* unknown_command;
};

/* The strings live until the end of the host's data stack frame. Returns 0, or -1 and a sentence
   in *error_r, valid as long. */
int pop3_legacy_login_settings_read(struct pop3_legacy_login_settings* settings_r,
                                    const char** error_r);

#ifdef __cplusplus
}
#endif

#endif
