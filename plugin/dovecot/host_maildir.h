/* What Dovecot's list of a Maildir's files (dovecot-uidlist) knows. Its headers are not C++. */
#ifndef POP3_LEGACY_DOVECOT_HOST_MAILDIR_H
#define POP3_LEGACY_DOVECOT_HOST_MAILDIR_H

#include <stdint.h> /* NOLINT(modernize-deprecated-headers): for C, too */

#ifdef __cplusplus
extern "C" {
#endif

struct mailbox;

/* Reads the list of the Maildir `box` unless that has been done. 0: it cannot be read. */
int pop3_legacy_maildir_list_is_read(struct mailbox* box);
/* Not 0: an id is stored for a message of the Maildir `box`, as far as its list has been read. */
int pop3_legacy_maildir_stores_uidl(struct mailbox* box, uint32_t uid);

#ifdef __cplusplus
}
#endif

#endif
