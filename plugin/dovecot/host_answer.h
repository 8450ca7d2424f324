/// What Dovecot itself answers to a command, asked from within a command of ours.
#ifndef POP3_LEGACY_DOVECOT_HOST_ANSWER_H
#define POP3_LEGACY_DOVECOT_HOST_ANSWER_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// host::Connection::host_answer(). Dovecot runs the command with an input and an output of ours in
/// place of the client's. It may decide meanwhile that the session is over (too many bad commands,
/// a mailbox that has become inconsistent): then the client is disconnected, and destroyed from the
/// event loop, but not in here. The command does not count among the client's bad ones.
Result<std::string> host_answer(struct client* client, std::string_view command);

}  // namespace pop3_legacy::dovecot

#endif
