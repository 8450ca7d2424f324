/// The common parts of XTND BBOARDS, ARCHIVE and X-BBOARDS: RFC 1082's discussion groups, in the
/// RFC's words or those of MH's popser.c.
#ifndef POP3_LEGACY_CORE_COMMANDS_BOARDS_H
#define POP3_LEGACY_CORE_COMMANDS_BOARDS_H

#include <string_view>
#include <vector>

#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

/// The board with that name or alias, ignoring case; nullptr: there is none.
const policy::BoardName* find_board(const std::vector<policy::BoardName>& boards,
                                    std::string_view name) noexcept;

/// The positive reply to `XTND command`, with `command` in lower case; lines follow.
Reply boards_follow(const Session& session, std::string_view command);
/// The reply when the name after `command` is missing.
Reply name_is_missing(const Session& session, std::string_view command, std::string_view syntax);
/// The reply when this user has no board of that name.
Reply no_such_board(const Session& session, std::string_view name);
/// The reply when a board's mailbox could not be examined, which is also logged.
Reply board_failed(Session& session, const policy::BoardName& board, const Error& error);

/// "NAME MAXIMA".
std::string board_line(const policy::BoardName& board, const Board& found);

/// Opens `board`, which the client called `name`, and answers; nullptr: there is no such board.
Answer open_named_board(Session& session, std::string_view command, const policy::BoardName* board,
                        std::string_view name);

}  // namespace pop3_legacy::commands

#endif
