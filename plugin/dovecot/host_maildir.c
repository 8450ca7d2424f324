#include "plugin/dovecot/host_maildir.h"

/* clang-format off: lib.h must come first */
#include "lib.h"
/* clang-format on */
#include "maildir-storage.h"
#include "maildir-uidlist.h"

int pop3_legacy_maildir_list_is_read(struct mailbox* box) {
  const struct maildir_mailbox* const maildir = (const struct maildir_mailbox*)box;
  enum maildir_uidlist_rec_flag flags;
  const char* name = NULL;
  return maildir_uidlist_lookup(maildir->uidlist, 1, &flags, &name) >= 0;
}

int pop3_legacy_maildir_stores_uidl(struct mailbox* box, uint32_t uid) {
  const struct maildir_mailbox* const maildir = (const struct maildir_mailbox*)box;
  return maildir_uidlist_lookup_ext(maildir->uidlist, uid, MAILDIR_UIDLIST_REC_EXT_POP3_UIDL) !=
         NULL;
}
