/* Gets a program's output from one of Dovecot's `service script`s. In C, because
   lib-program-client's macros do not compile as C++. */
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

/* Called once, from the event loop. Do not call pop3_legacy_script_end() from within it. */
/* NOLINTNEXTLINE(modernize-use-using): C */
typedef void pop3_legacy_script_answer(enum pop3_legacy_script_end end, void* context);

struct pop3_legacy_script; /* NOLINT(readability-identifier-naming): C */

/* `socket_path` is absolute. `environment` is NAME, value, NAME, value, …, NULL; the service takes
   the variables that its -e option names. Output of more than `max_octets` is TOO_LONG. All
   arguments are copied. */
struct pop3_legacy_script* pop3_legacy_script_begin(struct event* event, const char* socket_path,
                                                    const char* const* environment,
                                                    size_t max_octets,
                                                    pop3_legacy_script_answer* answer,
                                                    void* context);
/* The output so far; valid until pop3_legacy_script_end(). */
const char* pop3_legacy_script_output(struct pop3_legacy_script* script, size_t* size_r);
void pop3_legacy_script_end(struct pop3_legacy_script** script);

#ifdef __cplusplus
}
#endif

#endif
