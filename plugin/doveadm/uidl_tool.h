/* The work of `doveadm pop3-legacy uidl …` for one user. Called by the commands, which are C
   because doveadm's tables of parameters are; no exception comes out of any of these. */
#ifndef POP3_LEGACY_DOVEADM_UIDL_TOOL_H
#define POP3_LEGACY_DOVEADM_UIDL_TOOL_H

#include <stdbool.h> /* NOLINT(modernize-deprecated-headers): C */
#include <stddef.h>  /* NOLINT(modernize-deprecated-headers): C */

#ifdef __cplusplus
extern "C" {
#endif

struct istream;
struct mail_user;
struct module;
struct pop3_legacy_old_list;

/* NOLINTBEGIN(readability-identifier-naming): C */
enum pop3_legacy_uidl_command {
  POP3_LEGACY_UIDL_LIST,
  POP3_LEGACY_UIDL_DETECT,
  POP3_LEGACY_UIDL_VERIFY,
  POP3_LEGACY_UIDL_PIN
};

enum pop3_legacy_uidl_outcome {
  POP3_LEGACY_UIDL_DONE,
  /* The answer is no: verify found other ids than the old list's, detect no scheme, or the list
     does not fit the mailbox, or the policy does not allow it. Which of them has been logged. */
  POP3_LEGACY_UIDL_NO,
  /* The list is empty, and the mailbox is not. It has been logged. */
  POP3_LEGACY_UIDL_NO_LIST,
  /* has been logged */
  POP3_LEGACY_UIDL_FAILED
};
/* NOLINTEND(readability-identifier-naming) */

/* Adds the storage hooks that give each user's INBOX its ids, in every command of doveadm. */
void pop3_legacy_uidl_attach(struct module* module);

/* Reads the stream to its end, and logs what is odd in it. NULL: it cannot be read, or is no list
   of ids; *error_r is a sentence, valid until the end of the host's data stack frame. The result is
   freed with pop3_legacy_old_list_free(). */
struct pop3_legacy_old_list* pop3_legacy_old_list_read(struct istream* input, const char** error_r);
/* The text that was read; valid as long as the list. */
const void* pop3_legacy_old_list_text(const struct pop3_legacy_old_list* list, size_t* size_r);
/* Sets *list to NULL, which it may be already. */
void pop3_legacy_old_list_free(struct pop3_legacy_old_list** list);

/* Prints the column headings of a command. Called once, before any user. */
void pop3_legacy_uidl_headings(enum pop3_legacy_uidl_command command);

/* Runs a command on the user's INBOX and prints its rows. PIN alone changes anything. list: NULL
   for LIST, and only there. replace: pins that contradict the list are replaced by PIN. *error_r:
   the enum mail_error of a failure, never MAIL_ERROR_NONE then. */
enum pop3_legacy_uidl_outcome pop3_legacy_uidl_run(enum pop3_legacy_uidl_command command,
                                                   struct mail_user* user,
                                                   const struct pop3_legacy_old_list* list,
                                                   bool replace, int* error_r);

#ifdef __cplusplus
}
#endif

#endif
