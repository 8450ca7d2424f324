/* Asks a `service script` of Dovecot's for a program's output. As C, for lib-program-client's
   macros are not C++. */
#ifndef POP3_LEGACY_DOVECOT_SCRIPT_CLIENT_H
#define POP3_LEGACY_DOVECOT_SCRIPT_CLIENT_H

#include <stddef.h> /* NOLINT(modernize-deprecated-headers): C */

#ifdef __cplusplus
extern "C" {
#endif

struct event;

/* NOLINTBEGIN(readability-identifier-naming): C */
enum pop3_legacy_script_end {
  POP3_LEGACY_SCRIPT_SUCCEEDED,
  POP3_LEGACY_SCRIPT_FAILED, /* its exit status was not 0 */
  POP3_LEGACY_SCRIPT_BROKEN,
  POP3_LEGACY_SCRIPT_TOO_LONG,
};
/* NOLINTEND(readability-identifier-naming) */

/* Called once from the event loop; what it was begun with is to be ended later, not in here. */
/* NOLINTNEXTLINE(modernize-use-using): C */
typedef void pop3_legacy_script_answer(enum pop3_legacy_script_end end, void* context);

struct pop3_legacy_script; /* NOLINT(readability-identifier-naming): C */

/* `socket_path` is absolute; `environment` is NAME, value, NAME, value, …, NULL. The service takes
   those that its -e names. More than `max_octets` of output are TOO_LONG. Everything that is
   pointed to is copied. */
struct pop3_legacy_script* pop3_legacy_script_begin(struct event* event, const char* socket_path,
                                                    const char* const* environment,
                                                    size_t max_octets,
                                                    pop3_legacy_script_answer* answer,
                                                    void* context);
/* What it has said so far; valid until the end. */
const char* pop3_legacy_script_output(struct pop3_legacy_script* script, size_t* size_r);
void pop3_legacy_script_end(struct pop3_legacy_script** script);

#ifdef __cplusplus
}
#endif

#endif
