#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

// Dovecot's own RSET would remove \Seen from the board's messages if pop3_enable_last is set.
Answer rset(Session& session, std::string_view /*arguments*/) {
  session.accesses().reset();
  return Reply::ok("Nothing was marked.");
}

}  // namespace pop3_legacy::commands
