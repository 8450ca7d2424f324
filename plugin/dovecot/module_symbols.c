/* What Dovecot checks before it runs a plugin: the ABI it was built for. Dovecot refuses a module
   for another ABI with a clear line in the log, so this is in a file of its own that needs nothing
   else. The binary it belongs to is not among it: a Dovecot whose mail_plugins has the plugin for
   imap as well would not start a session there. */
#include "config.h"
#include "lib.h"

#pragma GCC visibility push(default)

extern const char* pop3_legacy_plugin_version;

const char* pop3_legacy_plugin_version = DOVECOT_ABI_VERSION;
