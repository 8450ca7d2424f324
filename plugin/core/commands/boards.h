/// What XTND BBOARDS, ARCHIVE and X-BBOARDS have in common: discussion groups by RFC 1082, in its
/// words or in those of MH's popser.c.
#ifndef POP3_LEGACY_CORE_COMMANDS_BOARDS_H
#define POP3_LEGACY_CORE_COMMANDS_BOARDS_H

#include <string_view>
#include <vector>

#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

/// The board of that name or alias, whatever the letters' case; nullptr: there is none.
const policy::BoardName* find_board(const std::vector<policy::BoardName>& boards,
                                    std::string_view name) noexcept;

/// The positive reply to `XTND command`, `command` in lower case; lines follow.
Reply boards_follow(const Session& session, std::string_view command);
/// The name behind `command` is missing.
Reply name_is_missing(const Session& session, std::string_view command, std::string_view syntax);
/// There is no board of that name for this user.
Reply no_such_board(const Session& session, std::string_view name);
/// The mailbox of a board could not be looked at: logged.
Reply board_failed(Session& session, const policy::BoardName& board, const Error& error);

/// "NAME MAXIMA".
std::string board_line(const policy::BoardName& board, const Board& found);

/// Opens `board`, for which the client said `name`, and answers; nullptr: there is none.
Answer open_named_board(Session& session, std::string_view command, const policy::BoardName* board,
                        std::string_view name);

}  // namespace pop3_legacy::commands

#endif
