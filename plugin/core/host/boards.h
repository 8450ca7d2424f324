/// Maildrops opened in place of the user's own: RFC 1082's discussion groups.
#ifndef POP3_LEGACY_CORE_HOST_BOARDS_H
#define POP3_LEGACY_CORE_HOST_BOARDS_H

#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::host {

class Boards : public Interface {
 public:
  /// Looks at a mailbox as the user. Failure::gone: this user has no mailbox of that name or cannot
  /// read it.
  [[nodiscard]] virtual Result<Board> look_at_board(std::string_view mailbox) = 0;
  /// Closes the maildrop as QUIT does, removing what was marked, and opens `mailbox` read-only in
  /// its place. Failure::gone as above. After an Error the maildrop is as it was before.
  virtual Result<Board> open_board(std::string_view mailbox) = 0;
  /// The same, but leaves no messages open.
  virtual Status close_maildrop() = 0;
  /// The host is about to execute QUIT after open_board() or close_maildrop().
  virtual void prepare_quit() = 0;
};

}  // namespace pop3_legacy::host

#endif
