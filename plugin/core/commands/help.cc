#include <optional>
#include <vector>

#include "plugin/core/help/help_text.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

Answer help(Session& session, std::string_view arguments) {
  std::optional<Reply>& kept = session.kept().help;
  if (arguments.empty() && kept) return Reply(*kept);
  std::vector<HelpEntry> available;
  for (const auto rows : {command_table(), session.commands().own()}) {
    for (const Command& command : rows) {
      if (session.commands().available(command)) {
        available.push_back({command.name, command.syntax, command.summary});
      }
    }
  }
  Reply made = help_reply(available, session.policy().help.style, arguments);
  if (arguments.empty()) kept = made;
  return made;
}

}  // namespace pop3_legacy::commands
