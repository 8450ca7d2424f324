/* `doveadm pop3-legacy state …` for one user. Called by the commands, which are in C because
   doveadm's tables of parameters are. No exception leaves these functions. */
#ifndef POP3_LEGACY_DOVEADM_STATE_TOOL_H
#define POP3_LEGACY_DOVEADM_STATE_TOOL_H

#include <stdbool.h> /* NOLINT(modernize-deprecated-headers): C */
#include <stddef.h>  /* NOLINT(modernize-deprecated-headers): C */

#ifdef __cplusplus
extern "C" {
#endif

struct istream;
struct mail_user;
struct pop3_legacy_states;

/* NOLINTBEGIN(readability-identifier-naming): C */
enum pop3_legacy_state_outcome {
  POP3_LEGACY_STATE_DONE,
  /* The answer is no: there are other states, or a state cannot be used. The log says which, and
     nothing was changed. */
  POP3_LEGACY_STATE_NO,
  /* has been logged */
  POP3_LEGACY_STATE_FAILED
};
/* NOLINTEND(readability-identifier-naming) */

/* Reads the stream to its end. NULL: it cannot be read, or is not a document of `state export`;
   *error_r is a sentence, valid until the end of the host's data stack frame. Free the result with
   pop3_legacy_states_free(). */
struct pop3_legacy_states* pop3_legacy_states_read(struct istream* input, const char** error_r);
/* The text that was read; valid as long as the states. */
const void* pop3_legacy_states_text(const struct pop3_legacy_states* states, size_t* size_r);
/* Sets *states to NULL; it may be NULL already. */
void pop3_legacy_states_free(struct pop3_legacy_states** states);

/* Prints the user's states as one document. */
enum pop3_legacy_state_outcome pop3_legacy_states_export(struct mail_user* user);

/* Prints the column headings of the import. Call it once. */
void pop3_legacy_states_headings(void);
/* Stores the states where they belong and prints a row for each. If the user has another state of
   the same name, nothing is changed or, with replace, that state is replaced. An existing state
   that is not in the document stays. */
enum pop3_legacy_state_outcome pop3_legacy_states_import(struct mail_user* user,
                                                         const struct pop3_legacy_states* states,
                                                         bool replace);

#ifdef __cplusplus
}
#endif

#endif
