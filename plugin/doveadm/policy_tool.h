/* `doveadm pop3-legacy policy`: the part that commands.c calls. */
#ifndef POP3_LEGACY_DOVEADM_POLICY_TOOL_H
#define POP3_LEGACY_DOVEADM_POLICY_TOOL_H

#include <stdbool.h> /* NOLINT(modernize-deprecated-headers): C */

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;

/* Prints the user's policy as a document or, with explain, where each value comes from. Returns 1;
   0 if something is wrong with the policy, and then nothing was printed; -1 if the settings cannot
   be read. 0 and -1 have been logged. */
int pop3_legacy_policy_print(struct mail_user* user, bool explain);

#ifdef __cplusplus
}
#endif

#endif
