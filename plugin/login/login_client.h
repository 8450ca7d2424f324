/// One connection in the pop3-login process, before login.
///
/// We replace two of the connection's functions. Dovecot's `input_next_cmd` executes the next
/// command; we answer HELP before it runs. `send_raw_data` sends a command's answer; the answers to
/// CAPA and to an unknown command pass through it whole. So Dovecot itself still finds, executes
/// and counts the commands.
#ifndef POP3_LEGACY_LOGIN_LOGIN_CLIENT_H
#define POP3_LEGACY_LOGIN_LOGIN_CLIENT_H

#include "plugin/core/login/authorization.h"
#include "plugin/login/login_host.h"

namespace pop3_legacy::login {

/// Replaces the two functions of a connection that Dovecot has just allocated. `authorization` must
/// live as long as the process.
void attach(struct client* client, const Authorization& authorization);

}  // namespace pop3_legacy::login

#endif
