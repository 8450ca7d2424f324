/// Helpers for the arguments of several handlers.
#ifndef POP3_LEGACY_CORE_COMMANDS_ARGUMENTS_H
#define POP3_LEGACY_CORE_COMMANDS_ARGUMENTS_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/maildrop.h"

namespace pop3_legacy::commands {

/// The message that `word` names, if it exists and is not deleted. The Error's text is that of the
/// reply, in Dovecot's words (get_msgnum() in its pop3-commands.c).
Result<MessageNumber> message_named(const host::Maildrop& maildrop, std::string_view word);

/// "N messages (M octets)" for the messages that are not deleted, as Berkeley's popper words it.
std::string messages_left(const host::Maildrop& maildrop);

}  // namespace pop3_legacy::commands

#endif
