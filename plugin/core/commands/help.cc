#include <vector>

#include "plugin/core/help/help_text.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

Answer help(Session& session, std::string_view arguments) {
  std::vector<HelpEntry> available;
  for (const auto rows : {command_table(), session.commands().own()}) {
    for (const Command& command : rows) {
      if (session.commands().available(command)) {
        available.push_back({command.name, command.syntax, command.summary});
      }
    }
  }
  return help_reply(available, session.policy().help.style, arguments);
}

}  // namespace pop3_legacy::commands
