/* The plugin's settings. In C, because Dovecot's SETTING_DEFINE_* macros do not compile as C++.

   Dovecot 2.4: typed settings, made known to the configuration by the module
   libpop3_legacy_settings.so. Dovecot 2.3: words in `plugin { }`. In both, a userdb field of the
   same name overrides the configuration for one user. */
#ifndef POP3_LEGACY_DOVECOT_PLUGIN_SETTINGS_H
#define POP3_LEGACY_DOVECOT_PLUGIN_SETTINGS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Dovecot 2.4: the blocks that contain the dicts with the policy and with the users' states. */
#define POP3_LEGACY_POLICY_DICT "pop3_legacy_policy_dict"
#define POP3_LEGACY_STATE_DICT "pop3_legacy_state_dict"
/* How long a dict may take for all the documents of a login, or to load or store one state. */
#define POP3_LEGACY_DICT_MSECS 5000

struct mail_user;

struct pop3_legacy_settings { /* NOLINT(readability-identifier-naming): C */
  /* The policy folder's path, or "dict:URI"; "" if there is none. If there is no dict in a block
     either, the built-in defaults apply. */
  const char* policy;
  /* The name of this user's profile; "" if there is none. */
  const char* profile;
  /* The URI of the dict with the users' states; "" if there is none, and always on Dovecot 2.4,
     which has a block for it. */
  const char* state;
};

/* The strings are allocated from the user's pool. Returns 0, or -1 and a sentence in *error_r,
   valid until the end of the host's data stack frame. */
int pop3_legacy_settings_read(struct mail_user* user, struct pop3_legacy_settings* settings_r,
                              const char** error_r);

#ifdef __cplusplus
}
#endif

#endif
