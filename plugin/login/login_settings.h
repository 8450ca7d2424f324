/* The login process's settings in Dovecot's configuration. In C, because Dovecot's SETTING_DEFINE_*
   macros do not compile as C++. Read once, when the plugin is loaded: after that, the process is in
   its chroot.

   Dovecot 2.4: typed settings. Dovecot 2.3: words in `plugin { }`, like the plugin's others. A
   login process does not read that section by itself, so this asks for it. */
#ifndef POP3_LEGACY_LOGIN_LOGIN_SETTINGS_H
#define POP3_LEGACY_LOGIN_LOGIN_SETTINGS_H

#ifdef __cplusplus
extern "C" {
#endif

/* A setting that is not set is "". */
struct pop3_legacy_login_settings { /* NOLINT(readability-identifier-naming): C */
  const char* help;
  const char* capabilities;
  const char* unknown_command;
};

/* The strings are valid until the end of the host's data stack frame. Returns 0, or -1 and a
   sentence in *error_r, valid as long. */
int pop3_legacy_login_settings_read(struct pop3_legacy_login_settings* settings_r,
                                    const char** error_r);

#ifdef __cplusplus
}
#endif

#endif
