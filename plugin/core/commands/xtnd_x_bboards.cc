#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/dates.h"
#include "plugin/core/base/text.h"
#include "plugin/core/commands/boards.h"
#include "plugin/core/policy/board_fields.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"

namespace pop3_legacy::commands {

namespace {

/// The encrypted password. In MH an empty line means a board that anybody may lead, and this one a
/// board that no password opens, as is true here.
constexpr std::string_view no_password = "*";

std::string date_of(const policy::Policy::Boards& boards, std::int64_t seconds) {
  const int zone = zone_minutes(boards.zone).value_or(0);
  return boards.date == policy::BoardsDate::rfc822 ? rfc822_date(seconds, zone)
                                                   : rfc5322_date(seconds, zone);
}

}  // namespace

Answer xtnd_x_bboards(Session& session, std::string_view arguments, host::Boards& boards) {
  const std::string_view name = take_word(arguments);
  if (name.empty()) {
    return name_is_missing(session, "x-bboards", "XTND X-BBOARDS name");
  }
  const policy::BoardName* const board = find_board(session.policy().boards.bboards, name);
  if (board == nullptr) {
    return no_such_board(session, name);
  }
  const Result<Board> found = boards.look_at_board(board->mailbox);
  if (!found) {
    return found.error().kind == Failure::gone ? no_such_board(session, name)
                                               : board_failed(session, *board, found.error());
  }
  Reply reply = boards_follow(session, "x-bboards");
  reply.line(board->name)
      .line(policy::separated_by_blanks(board->aliases))
      .line(board->maildrop)
      .line(board->archive_maildrop)
      .line(board->information)
      .line(board->maildrop_map)
      .line(no_password)
      .line(policy::separated_by_blanks(board->leaders))
      .line(board->address)
      .line(board->request)
      .line(board->incoming_feed)
      .line(policy::separated_by_blanks(board->outgoing_feeds))
      .line((board->flags == 0 ? "" : "0") + octal(board->flags) + ' ' +
            std::to_string(found.value().maxima))
      .line(found.value().last_date ? date_of(session.policy().boards, *found.value().last_date)
                                    : "");
  return reply.end();
}

}  // namespace pop3_legacy::commands
