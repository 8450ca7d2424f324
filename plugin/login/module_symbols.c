/* What Dovecot checks before it runs a login plugin; see plugin/dovecot/module_symbols.c. */
#include "config.h"
#include "lib.h"

#pragma GCC visibility push(default)

extern const char* pop3_legacy_login_plugin_version;
extern const char pop3_legacy_login_plugin_binary_dependency[];

const char* pop3_legacy_login_plugin_version = DOVECOT_ABI_VERSION;
const char pop3_legacy_login_plugin_binary_dependency[] = "pop3-login";
