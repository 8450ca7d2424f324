/// The handlers that others than the command table call. Each stands in a file of its own name, as
/// do those of the table, which command_table.cc declares.
#ifndef POP3_LEGACY_CORE_SESSION_HANDLERS_H
#define POP3_LEGACY_CORE_SESSION_HANDLERS_H

#include <string_view>

#include "plugin/core/host/programs.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy::commands {

/// A reply or a program of the policy's own, which stands in no table; no alias. `programs`: of the
/// host, which has them where the command is a program (SessionCommands).
Answer x_command(Session& session, const policy::XCommand& command, std::string_view arguments,
                 host::Programs* programs);

/// RFC 1082: DELE is a no-op on a board.
Handler<> dele;

/// RFC 1939: UIDL where some messages have no id in this session, and so no line.
Handler<> uidl;

}  // namespace pop3_legacy::commands

#endif
