/* Hands a message to the mail server that Dovecot's settings name: submission_host by SMTP, or the
   program sendmail_path. In C, because lib-smtp's macros do not compile as C++.

   Over SMTP this does not use Dovecot's smtp-submit.h. If one of several recipients is refused,
   that sends the message to the others and then reports a failure, so a client that tries again
   sends it twice. Here every recipient gets the message or none does. */
#ifndef POP3_LEGACY_DOVECOT_MAIL_SERVER_H
#define POP3_LEGACY_DOVECOT_MAIL_SERVER_H

#ifdef __cplusplus
extern "C" {
#endif

struct istream;
struct mail_user;
struct smtp_address;

/* status: 1 the message was accepted, 0 it was refused, -1 it may be tried again; error: why.
   Called once, from the event loop. Do not call pop3_legacy_mail_end() from within it. */
/* NOLINTNEXTLINE(modernize-use-using): C */
typedef void pop3_legacy_mail_answer(int status, const char* error, void* context);

struct pop3_legacy_mail; /* NOLINT(readability-identifier-naming): C */

/* Takes a reference to `message` and reads it until pop3_legacy_mail_end().

   Dovecot 2.4 provides the settings. Dovecot 2.3 does not give them to its pop3 process; there they
   are pop3_legacy_submission_host, pop3_legacy_submission_ssl and pop3_legacy_sendmail_path in
   `plugin { }`, whose values may be `$submission_host` and so on. If none is set,
   /usr/sbin/sendmail is run. Returns NULL and a sentence in *error_r, valid until the end of the
   host's data stack frame. */
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
