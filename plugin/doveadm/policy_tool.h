/* `doveadm pop3-legacy policy`: what commands.c, which is C because of doveadm's macros, calls. */
#ifndef POP3_LEGACY_DOVEADM_POLICY_TOOL_H
#define POP3_LEGACY_DOVEADM_POLICY_TOOL_H

#include <stdbool.h> /* NOLINT(modernize-deprecated-headers): C */

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;

/* Prints the user's policy as a document, or with explain where each value comes from. Returns 1; 0
   where something is wrong with the policy, which has been logged, and nothing was printed; -1
   where the settings cannot be read, which has been logged, too. */
int pop3_legacy_policy_print(struct mail_user* user, bool explain);

#ifdef __cplusplus
}
#endif

#endif
