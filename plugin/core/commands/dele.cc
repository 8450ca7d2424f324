#include "plugin/core/commands/arguments.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

Answer dele(Session& session, std::string_view arguments) {
  if (session.policy().boards.wording == policy::BoardsWording::mh) {
    return Reply::err("maildrop is read-only");
  }
  const auto number = message_named(session.maildrop(), arguments);
  return number ? Reply::ok("Bboards are read-only; nothing was deleted.")
                : Reply::err(number.error().text);
}

}  // namespace pop3_legacy::commands
