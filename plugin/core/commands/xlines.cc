#include <memory>
#include <string>
#include <utility>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/message_listing.h"
#include "plugin/core/session.h"

namespace pop3_legacy::commands {

namespace {

Result<std::string> line_of(const Port& port, Inspection& look, MessageNumber number) {
  const auto lines = look.lines(number);
  if (!lines && lines.error().kind != Failure::gone) {
    return lines.error();
  }
  return std::to_string(number) + ' ' + std::to_string(port.octets(number)) + ' ' +
         std::to_string(lines ? lines.value() : 0);
}

}  // namespace

// GNU Mailutils' pop3d puts this column into LIST itself (pop3d/list.c), where other clients
// would not look for it.
Answer xlines(Session& session, std::string_view arguments) {
  Port& port = session.port();
  auto inspection = port.inspect({});
  if (!inspection) {
    port.log_error("XLINES: " + inspection.error().text);
    return Reply::temporary_failure("The messages cannot be read.");
  }
  if (const std::string_view word = take_word(arguments); !word.empty()) {
    const auto number = message_named(port, word);
    if (!number) {
      return Reply::err(number.error().text);
    }
    const auto line = line_of(port, *inspection.value(), number.value());
    if (!line) {
      port.log_error("XLINES: " + line.error().text);
      return Reply::temporary_failure("The message cannot be read.");
    }
    return Reply::ok(line.value());
  }
  auto line = [&port, look = std::shared_ptr(std::move(inspection.value()))](
                  MessageNumber number) -> Result<std::optional<std::string>> {
    auto made = line_of(port, *look, number);
    return made ? Result<std::optional<std::string>>(std::move(made.value()))
                : Error{made.error().kind, "XLINES: " + made.error().text};
  };
  return {Reply::ok(messages_left(port)),
          std::make_unique<MessageListing>(port, 1, port.message_count(), std::move(line))};
}

}  // namespace pop3_legacy::commands
