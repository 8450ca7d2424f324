/* What Dovecot's list of a Maildir's files (dovecot-uidlist) knows. Its headers are not C++. */
#ifndef POP3_LEGACY_DOVECOT_HOST_MAILDIR_H
#define POP3_LEGACY_DOVECOT_HOST_MAILDIR_H

#include <stdint.h> /* NOLINT(modernize-deprecated-headers): for C, too */

#ifdef __cplusplus
extern "C" {
#endif

struct mailbox;

/* The id that is stored for a message of the Maildir `box`; NULL: none. Valid until the list is
   read again. */
const char* pop3_legacy_maildir_stored_uidl(struct mailbox* box, uint32_t uid);

#ifdef __cplusplus
}
#endif

#endif
