/// The handlers that are called from outside the command table. Each is in a file of its own name,
/// like those of the table, which command_table.cc declares.
#ifndef POP3_LEGACY_CORE_SESSION_HANDLERS_H
#define POP3_LEGACY_CORE_SESSION_HANDLERS_H

#include <string_view>

#include "plugin/core/host/maildrop.h"
#include "plugin/core/host/programs.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy::commands {

/// A reply or a program defined by the policy; not an alias. `programs` is the host's facility,
/// which is there if the command is a program (SessionCommands).
Answer x_command(Session& session, const policy::XCommand& command, std::string_view arguments,
                 host::Programs* programs);

/// RFC 1082: DELE is a no-op on a board.
Handler<> dele;

/// RFC 1939's UIDL, from host::Uidls::shown_ids().
Handler<> uidl;
/// The `arguments` of such a UIDL: none, or the number of a message that is there. What is wrong
/// with others the host says.
bool is_about_messages(const host::Maildrop& maildrop, std::string_view arguments);

}  // namespace pop3_legacy::commands

#endif
