/// Dovecot's own answer to a command, requested from within one of our commands.
#ifndef POP3_LEGACY_DOVECOT_HOST_ANSWER_H
#define POP3_LEGACY_DOVECOT_HOST_ANSWER_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// host::Connection::host_answer(). Dovecot runs the command with our input and output in place of
/// the client's. While it runs, it may decide that the session is over (too many bad commands, an
/// inconsistent mailbox). The client is then disconnected; it is destroyed later, from the event
/// loop. The command does not count among the client's bad ones.
Result<std::string> host_answer(struct client* client, std::string_view command);

}  // namespace pop3_legacy::dovecot

#endif
