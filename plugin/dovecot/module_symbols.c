/* What Dovecot looks for before it runs a plugin: the ABI it was built for, and the binary it
   belongs into. A module for another ABI or in another process is refused with a clear line
   in the log, which is why these stand first and need nothing. */
#include "config.h"
#include "lib.h"

#pragma GCC visibility push(default)

extern const char* pop3_legacy_plugin_version;
extern const char pop3_legacy_plugin_binary_dependency[];

const char* pop3_legacy_plugin_version = DOVECOT_ABI_VERSION;
const char pop3_legacy_plugin_binary_dependency[] = "pop3";
