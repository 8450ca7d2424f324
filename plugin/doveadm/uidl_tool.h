/* `doveadm pop3-legacy uidl …` for one user. Called by the commands, which are in C because
   doveadm's tables of parameters are. No exception leaves these functions. */
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
  /* The answer is no: verify found other ids than the old list's, detect found no scheme, the list
     does not fit the mailbox, or the policy does not allow it. The log says which. */
  POP3_LEGACY_UIDL_NO,
  /* The list is empty, but the mailbox is not. This has been logged. */
  POP3_LEGACY_UIDL_NO_LIST,
  /* has been logged */
  POP3_LEGACY_UIDL_FAILED
};
/* NOLINTEND(readability-identifier-naming) */

/* Adds the storage hooks that give each user's INBOX its ids, in all of doveadm's commands. */
void pop3_legacy_uidl_attach(struct module* module);

/* Reads the stream to its end and logs what is odd in it. NULL: it cannot be read, or is not a list
   of ids; *error_r is a sentence, valid until the end of the host's data stack frame. Free the
   result with pop3_legacy_old_list_free(). */
struct pop3_legacy_old_list* pop3_legacy_old_list_read(struct istream* input, const char** error_r);
/* The text that was read; valid as long as the list. */
const void* pop3_legacy_old_list_text(const struct pop3_legacy_old_list* list, size_t* size_r);
/* Sets *list to NULL; it may be NULL already. */
void pop3_legacy_old_list_free(struct pop3_legacy_old_list** list);

/* Prints a command's column headings. Call it once, before any user. */
void pop3_legacy_uidl_headings(enum pop3_legacy_uidl_command command);

/* Runs a command on the user's INBOX and prints its rows. Only PIN changes anything. list: NULL for
   LIST only. replace: PIN replaces pins that contradict the list. *error_r: the enum mail_error of
   a failure, never MAIL_ERROR_NONE then. */
enum pop3_legacy_uidl_outcome pop3_legacy_uidl_run(enum pop3_legacy_uidl_command command,
                                                   struct mail_user* user,
                                                   const struct pop3_legacy_old_list* list,
                                                   bool replace, int* error_r);

#ifdef __cplusplus
}
#endif

#endif
