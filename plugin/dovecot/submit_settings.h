/* Where Dovecot hands over mail that it sends: submission_host, or sendmail_path. As C, for the
   same reason as plugin_settings.h. */
#ifndef POP3_LEGACY_DOVECOT_SUBMIT_SETTINGS_H
#define POP3_LEGACY_DOVECOT_SUBMIT_SETTINGS_H

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;
struct smtp_address;
struct smtp_submit;

/* Dovecot 2.4: its own settings. Dovecot 2.3 does not give them to its pop3 process: the settings
   pop3_legacy_submission_host and pop3_legacy_sendmail_path in `plugin { }`, which may be
   `$submission_host` and `$sendmail_path`; without them /usr/sbin/sendmail. Returns NULL and a
   sentence in *error_r, valid until the end of the host's data stack frame. */
struct smtp_submit* pop3_legacy_submit_init(struct mail_user* user, const struct smtp_address* from,
                                            const char** error_r);

#ifdef __cplusplus
}
#endif

#endif
