/// One connection in the pop3-login process, before login.
///
/// Two of the connection's functions are ours. Dovecot's `input_next_cmd` executes the next
/// command: what it would do with HELP is done before it. `send_raw_data` sends what a command
/// answers: the answer to CAPA and that to an unknown command pass through it whole, so that
/// Dovecot itself finds, executes and counts the commands.
#ifndef POP3_LEGACY_LOGIN_LOGIN_CLIENT_H
#define POP3_LEGACY_LOGIN_LOGIN_CLIENT_H

#include "plugin/core/login/authorization.h"
#include "plugin/login/login_host.h"

namespace pop3_legacy::login {

/// Takes the two functions over, for a connection that Dovecot has just allocated.
/// `authorization` lives as long as the process.
void attach(struct client* client, const Authorization& authorization);

}  // namespace pop3_legacy::login

#endif
