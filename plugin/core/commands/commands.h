/// The handlers that the command table names; each stands in a file of its own name.
///
/// A handler is called only when the policy allows its command and the number of arguments
/// is right. It may assume that every earlier command of the session has been answered.
#ifndef POP3_LEGACY_CORE_COMMANDS_COMMANDS_H
#define POP3_LEGACY_CORE_COMMANDS_COMMANDS_H

#include <string_view>

#include "plugin/core/answer.h"

namespace pop3_legacy {
class Session;
}

namespace pop3_legacy::commands {

/// RFC 1225 and RFC 1460: `LAST` → `+OK n`.
Answer last(Session& session, std::string_view arguments);
/// No RFC: `HELP [command]`.
Answer help(Session& session, std::string_view arguments);
/// RFC 2449: the host's own answer, with ours added and what is denied taken out.
Answer capa(Session& session, std::string_view arguments);
/// qpopper: `XTND XLST header [msg]` → a header of each message.
Answer xtnd_xlst(Session& session, std::string_view arguments);

}  // namespace pop3_legacy::commands

#endif
