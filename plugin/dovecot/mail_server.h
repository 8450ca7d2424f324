/* Hands a message to the mail server that Dovecot's settings name: submission_host by SMTP, or the
   program sendmail_path. As C, for lib-smtp's macros are not C++.

   By SMTP it is not Dovecot's smtp-submit.h that is used, which sends the message to the other
   recipients when one of several is refused and then reports a failure: whoever sends it again
   would send it twice. Here all take it or none gets it. */
#ifndef POP3_LEGACY_DOVECOT_MAIL_SERVER_H
#define POP3_LEGACY_DOVECOT_MAIL_SERVER_H

#ifdef __cplusplus
extern "C" {
#endif

struct istream;
struct mail_user;
struct smtp_address;

/* status: 1 the message is taken, 0 it is refused, -1 it may be tried again; error: why. Called
   once from the event loop; what it was begun with is to be ended later, not in here. */
/* NOLINTNEXTLINE(modernize-use-using): C */
typedef void pop3_legacy_mail_answer(int status, const char* error, void* context);

struct pop3_legacy_mail; /* NOLINT(readability-identifier-naming): C */

/* Takes a reference of `message`, and reads it until pop3_legacy_mail_end().

   Dovecot 2.4 has the settings itself. 2.3 does not give them to its pop3 process: there they are
   pop3_legacy_submission_host, pop3_legacy_submission_ssl and pop3_legacy_sendmail_path in
   `plugin { }`, which may be `$submission_host` and so on; without them /usr/sbin/sendmail. Returns
   NULL and a sentence in *error_r, valid until the end of the host's data stack frame. */
struct pop3_legacy_mail* pop3_legacy_mail_begin(struct mail_user* user,
                                                const struct smtp_address* sender,
                                                const struct smtp_address* recipients,
                                                unsigned int count, struct istream* message,
                                                pop3_legacy_mail_answer* answer, void* context,
                                                const char** error_r);
void pop3_legacy_mail_end(struct pop3_legacy_mail** mail);

#ifdef __cplusplus
}
#endif

#endif
