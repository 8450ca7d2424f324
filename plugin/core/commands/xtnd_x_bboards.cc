#include <string>

#include "plugin/core/command_line.h"
#include "plugin/core/commands/boards.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/dates.h"

namespace pop3_legacy::commands {

namespace {

/// Aliases, the local system's eight lines and the two addresses, which RFC 1082 lets a server
/// leave empty.
constexpr unsigned unknown_lines = 11;

}  // namespace

Answer xtnd_x_bboards(Session& session, std::string_view arguments) {
  const std::string_view name = take_word(arguments);
  if (name.empty()) {
    return name_is_missing(session, "x-bboards", "XTND X-BBOARDS name");
  }
  const policy::BoardName* const board = find_board(session.policy().boards.bboards, name);
  if (board == nullptr) {
    return no_such_board(session, name);
  }
  const Result<Board> found = session.port().look_at_board(board->mailbox);
  if (!found) {
    return found.error().kind == Failure::gone ? no_such_board(session, name)
                                               : board_failed(session, *board, found.error());
  }
  Reply reply = boards_follow(session, "x-bboards");
  reply.line(board->name);
  for (unsigned i = 0; i < unknown_lines; ++i) {
    reply.line("");
  }
  // No flags are set.
  reply.line("0 " + std::to_string(found.value().maxima));
  reply.line(found.value().last_date ? rfc5322_date(*found.value().last_date) : "");
  return reply.end();
}

}  // namespace pop3_legacy::commands
