#include "plugin/core/commands/boards.h"

#include <algorithm>
#include <string>

#include "plugin/core/base/text.h"

namespace pop3_legacy::commands {

namespace {

bool says_as_mh(const Session& session) noexcept {
  return session.policy().boards.wording == policy::BoardsWording::mh;
}

}  // namespace

const policy::BoardName* find_board(const std::vector<policy::BoardName>& boards,
                                    std::string_view name) noexcept {
  const auto found =
      std::find_if(boards.begin(), boards.end(),
                   [&](const policy::BoardName& board) { return board.answers_to(name); });
  return found == boards.end() ? nullptr : &*found;
}

Reply boards_follow(const Session& session, std::string_view command) {
  return Reply::ok(says_as_mh(session) ? command : "XTND");
}

Reply name_is_missing(const Session& session, std::string_view command, std::string_view syntax) {
  if (says_as_mh(session)) {
    return Reply::err("too few arguments to XTND \"" + std::string(command) + '"');
  }
  return Reply::err("Too few arguments. Syntax: " + std::string(syntax));
}

Reply no_such_board(const Session& session, std::string_view name) {
  if (!says_as_mh(session)) {
    return Reply::err("no such bboard");
  }
  return Reply::err("unknown BBoard: \"" + lowered(name) + '"');
}

Reply board_failed(Session& session, const policy::BoardName& board, const Error& error) {
  session.environment().log_error("the board " + board.name + " in " + in_quotes(board.mailbox) +
                                  " cannot be read: " + error.text);
  return Reply::temporary_failure("The bboard cannot be read at the moment.");
}

std::string board_line(const policy::BoardName& board, const Board& found) {
  return board.name + ' ' + std::to_string(found.maxima);
}

Answer open_named_board(Session& session, std::string_view command, const policy::BoardName* board,
                        std::string_view name) {
  if (board != nullptr) {
    const Result<Board> opened = session.open().open_board(board->mailbox);
    if (opened) {
      return boards_follow(session, command).line(board_line(*board, opened.value())).end();
    }
    if (opened.error().kind != Failure::gone) {
      return board_failed(session, *board, opened.error());
    }
  }
  // RFC 1082 closes the maildrop before the name is checked.
  if (session.policy().boards.on_bad_name == policy::BoardsOnBadName::rfc) {
    if (const Status closed = session.open().close(); !closed) {
      session.environment().log_error("the maildrop cannot be closed, and stays open: " +
                                      closed.error().text);
      return Reply::temporary_failure("The maildrop could not be closed and is still open.");
    }
  }
  return no_such_board(session, name);
}

}  // namespace pop3_legacy::commands
