#include <memory>
#include <string>

#include "plugin/core/commands/boards.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"

namespace pop3_legacy::commands {

namespace {

/// The boards that the user may read. A mailbox is examined only when its line is needed.
class BoardListing : public Listing {
 public:
  BoardListing(Session& session, host::Boards& boards) : session_(session), boards_(boards) {}

  [[nodiscard]] Result<std::string> next() override {
    const auto& boards = session_.policy().boards.bboards;
    while (next_ < boards.size()) {
      const policy::BoardName& board = boards[next_++];
      const Result<Board> found = boards_.look_at_board(board.mailbox);
      if (found) {
        return board_line(board, found.value()) + "\r\n";
      }
      if (found.error().kind != Failure::gone) {
        (void)board_failed(session_, board, found.error());
      }
    }
    return std::string();
  }

 private:
  Session& session_;
  host::Boards& boards_;
  std::size_t next_ = 0;
};

}  // namespace

Answer xtnd_bboards(Session& session, std::string_view arguments, host::Boards& boards) {
  const std::string_view name = take_word(arguments);
  if (!name.empty()) {
    return open_named_board(session, "bboards", find_board(session.policy().boards.bboards, name),
                            name);
  }
  return {boards_follow(session, "bboards"), std::make_unique<BoardListing>(session, boards)};
}

}  // namespace pop3_legacy::commands
