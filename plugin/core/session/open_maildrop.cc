#include "plugin/core/session/open_maildrop.h"

#include <vector>

namespace pop3_legacy {

// What is kept is stored first. If the maildrop stays open after all, what was stored still holds
// when it ends, except for LAST, which stores another one. Deleted messages also stay deleted,
// although the host was told to forget the marks.
Status OpenMaildrop::leave_for(What next, const std::function<Status()>& open) {
  std::vector<MessageNumber> deleted;
  if (own() && accesses_.view().keeps_state()) {
    for (MessageNumber number = 1; number <= host_.maildrop.message_count(); ++number) {
      if (host_.maildrop.deleted(number)) deleted.push_back(number);
    }
  }
  if (Status settled = accesses_.settle(/*may_wait=*/false); !settled) return settled;
  Status opened = open();
  if (opened) {
    what_ = next;
    deleted_by_range_.clear();
    accesses_.leave_own_maildrop();
    return opened;
  }
  for (const MessageNumber number : deleted) {
    if (!host_.maildrop.deleted(number)) (void)host_.maildrop.mark_deleted(number);
  }
  return opened;
}

Result<Board> OpenMaildrop::open_board(std::string_view mailbox) {
  if (own() && accesses_.view().keeps_state()) {
    // Nothing needs to be stored because of a client's mistake.
    if (auto there = host_.boards->look_at_board(mailbox); !there) return there;
  }
  Board board;
  const Status opened = leave_for(What::board, [&]() -> Status {
    const Result<Board> found = host_.boards->open_board(mailbox);
    if (!found) return found.error();
    board = found.value();
    return Done{};
  });
  return opened ? Result<Board>(board) : opened.error();
}

Status OpenMaildrop::close() {
  return leave_for(What::none, [&] { return host_.boards->close_maildrop(); });
}

}  // namespace pop3_legacy
