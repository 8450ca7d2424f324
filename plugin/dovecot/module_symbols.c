/* What Dovecot checks before it runs a plugin: the ABI it was built for and the binary it belongs
   to. Dovecot refuses a module for another ABI or process with a clear line in the log, so these
   are in a file of their own that needs nothing else. */
#include "config.h"
#include "lib.h"

#pragma GCC visibility push(default)

extern const char* pop3_legacy_plugin_version;
extern const char pop3_legacy_plugin_binary_dependency[];

const char* pop3_legacy_plugin_version = DOVECOT_ABI_VERSION;
const char pop3_legacy_plugin_binary_dependency[] = "pop3";
