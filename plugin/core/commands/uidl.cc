#include <memory>
#include <optional>
#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/message_listing.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

Answer uidl(Session& session, std::string_view arguments) {
  const host::Maildrop& maildrop = session.maildrop();
  host::Uidls& uidls = session.uidls();
  if (arguments.empty()) {
    return {Reply::verbatim("+OK\r\n"),
            std::make_unique<MessageListing>(
                maildrop, 1, maildrop.message_count(),
                [&uidls](MessageNumber number) -> Result<std::optional<std::string>> {
                  const auto id = uidls.uidl(number);
                  if (id) return std::optional(std::to_string(number) + ' ' + id.value());
                  if (id.error().kind == Failure::gone) return std::optional<std::string>();
                  return id.error();
                })};
  }
  const auto number = message_named(maildrop, arguments);
  if (!number) return Reply::err(number.error().text);
  const auto id = uidls.uidl(number.value());
  if (!id) {
    return Reply::temporary_failure("The unique id is not available at the moment.");
  }
  return Reply::ok(std::to_string(number.value()) + ' ' + id.value());
}

}  // namespace pop3_legacy::commands
