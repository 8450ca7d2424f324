#include "plugin/core/commands/boards.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"

namespace pop3_legacy::commands {

Answer xtnd_archive(Session& session, std::string_view arguments, host::Boards& /*boards*/) {
  const std::string_view name = take_word(arguments);
  if (name.empty()) {
    return name_is_missing(session, "archive", "XTND ARCHIVE name");
  }
  const policy::Policy::Boards& boards = session.policy().boards;
  const policy::BoardName* archive = find_board(boards.archive, name);
  const policy::BoardName* const group = find_board(boards.bboards, name);
  if (archive == nullptr && group != nullptr) archive = find_board(boards.archive, group->name);
  return open_named_board(session, "archive", archive, name);
}

}  // namespace pop3_legacy::commands
